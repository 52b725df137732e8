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

// -----

// Level 0 comes out of the accumulator together with the blocks and what is in them.
#B = #sparse_tensor.encoding<{ map = (d0, d1) -> (d1 : dense, d0 floordiv 4 : compressed, d0 mod 4 : dense) }>
func.func @blocks(%b: tensor<4x4xf32, #B>) -> tensor<4x4xf32> {
  // expected-remark @+1 {{'sam.graph' is not copied: 'sam.accumulate' makes streams under level 0 together with it}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x4xf32, #B>) -> !sam.tensor<tensor<4x4xf32, #B>, ["dense", "compressed", "blocked:4"], array<i64: 1, 0, 0>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %j, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4x4xf32, #B>, ["dense", "compressed", "blocked:4"], array<i64: 1, 0, 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %q = "sam.fiber_lookup"(%B, %p) {level = 1 : i64} : (!sam.tensor<tensor<4x4xf32, #B>, ["dense", "compressed", "blocked:4"], array<i64: 1, 0, 0>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %w, %s = "sam.fiber_lookup"(%B, %q) {level = 2 : i64} : (!sam.tensor<tensor<4x4xf32, #B>, ["dense", "compressed", "blocked:4"], array<i64: 1, 0, 0>>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 3 : i64>, !sam.stream<"ref", 3 : i64>)
    %v = "sam.array"(%B, %s) : (!sam.tensor<tensor<4x4xf32, #B>, ["dense", "compressed", "blocked:4"], array<i64: 1, 0, 0>>, !sam.stream<"ref", 3 : i64>) -> !sam.stream<"val", 3 : i64>
    %I, %W, %V = "sam.accumulate"(%j, %i, %w, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 3 : i64>, !sam.stream<"val", 3 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    %n = "sam.alu"(%V, %V) {function = "add"} : (!sam.stream<"val", 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%I) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%W) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%n) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
}

// -----

// A second copy would get nothing.
func.func @one_row(%b: tensor<1x4xf32>) -> tensor<1x4xf32> {
  // expected-remark @+1 {{'sam.graph' has use for 1 of 2 copies: level 0 has 1 coordinates at most, and a copy gets 1 in turn}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<1x4xf32>) -> !sam.tensor<tensor<1x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<1x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %q = "sam.fiber_lookup"(%B, %p) {level = 1 : i64} : (!sam.tensor<tensor<1x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%B, %q) : (!sam.tensor<tensor<1x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<1x4xf32>
  return %x : tensor<1x4xf32>
}

// -----

// What has no columns is dropped before values are computed: copies would not say for which rows they have nothing.
func.func @dropped(%b: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-remark @+1 {{'sam.graph' is not copied: 'sam.crd_drop' drops coordinates of level 0 in front of others}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x4xf32>) -> !sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %q = "sam.fiber_lookup"(%B, %p) {level = 1 : i64} : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %k, %q1 = "sam.crd_drop"(%i, %q) : (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 2 : i64>)
    %k1, %l = "sam.crd_drop"(%i, %j) : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>)
    %v = "sam.array"(%B, %q1) : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%k) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%l) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
}
