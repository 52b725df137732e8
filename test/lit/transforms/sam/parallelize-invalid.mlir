// RUN: rdu-opt %s --sam-parallelize="level=0" --split-input-file --verify-diagnostics

// Every share needs the sum of all.
func.func @normalised(%b: tensor<4xf32>) -> tensor<4xf32> {
  // expected-remark @+1 {{'sam.graph' is not copied: 'sam.reduce' reduces over level 0}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v = "sam.array"(%B, %p) : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %s = "sam.reduce"(%v, %r) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"val", 0 : i64>
    %t = "sam.repeat"(%s, %i) : (!sam.stream<"val", 0 : i64>, !sam.stream<"crd", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %q = "sam.alu"(%v, %t) {function = "div"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%q) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// The other walk is not shared out with this one.
func.func @side_by_side(%b: tensor<4xf32>, %c: tensor<4xf32>) -> tensor<4xf32> {
  // expected-remark @+1 {{'sam.graph' is not copied: 'sam.alu' takes a stream beside level 0}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %C = "sam.bind"(%c) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %k, %q = "sam.fiber_lookup"(%C, %r) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v = "sam.array"(%B, %p) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %w = "sam.array"(%C, %q) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %m = "sam.alu"(%v, %w) {function = "mul"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%m) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}
