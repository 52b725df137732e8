// RUN: rdu-opt %s --sam-parallelize="level=1" --verify-diagnostics

// The result's coordinates are the second of what a merge of matrices gives.
func.func @merged(%b: tensor<2x4x4xf32>) -> tensor<4x4xf32> {
  // expected-remark @+1 {{'sam.graph' is not copied: level 1 is made by no primitive}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<2x4x4xf32>) -> !sam.tensor<tensor<2x4x4xf32>, ["dense", "dense", "dense"], array<i64: 0, 1, 2>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %k, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<2x4x4xf32>, ["dense", "dense", "dense"], array<i64: 0, 1, 2>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %q = "sam.fiber_lookup"(%B, %p) {level = 1 : i64} : (!sam.tensor<tensor<2x4x4xf32>, ["dense", "dense", "dense"], array<i64: 0, 1, 2>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %j, %s = "sam.fiber_lookup"(%B, %q) {level = 2 : i64} : (!sam.tensor<tensor<2x4x4xf32>, ["dense", "dense", "dense"], array<i64: 0, 1, 2>>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 3 : i64>, !sam.stream<"ref", 3 : i64>)
    %v = "sam.array"(%B, %s) : (!sam.tensor<tensor<2x4x4xf32>, ["dense", "dense", "dense"], array<i64: 0, 1, 2>>, !sam.stream<"ref", 3 : i64>) -> !sam.stream<"val", 3 : i64>
    %a, %c, %m = "sam.accumulate"(%k, %i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 3 : i64>, !sam.stream<"val", 3 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    "sam.fiber_write"(%a) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%c) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%m) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x4xf32>
  return %x : tensor<4x4xf32>
}
