// RUN: rdu-opt %s --linalg-specialize='integers' --mlir-print-local-scope | FileCheck %s

// 64-bit integers become 32-bit ones, and conversions between the two go; floats stay.
// CHECK-LABEL: func.func @sums(
// CHECK-SAME:    %arg0: tensor<4xi32>, %arg1: tensor<4xi32>, %arg2: tensor<4xf64>) -> (tensor<4xi32>, tensor<4xf64>)
// CHECK-NOT:   i64
// CHECK:       arith.constant dense<[1, -2, 3, 4]> : tensor<4xi32>
// CHECK-NOT:   i64
// CHECK:       return
func.func @sums(%x: tensor<4xi64>, %y: tensor<4xi32>, %z: tensor<4xf64>) -> (tensor<4xi64>, tensor<4xf64>) {
  %c = arith.constant dense<[1, -2, 3, 4]> : tensor<4xi64>
  %e = tensor.empty() : tensor<4xi64>
  %s = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x, %c, %y : tensor<4xi64>, tensor<4xi64>, tensor<4xi32>) outs(%e : tensor<4xi64>) {
  ^bb0(%a: i64, %b: i64, %in: i32, %out: i64):
    %w = arith.extsi %in : i32 to i64
    %p = arith.muli %a, %b : i64
    %q = arith.addi %p, %w : i64
    linalg.yield %q : i64
  } -> tensor<4xi64>
  return %s, %z : tensor<4xi64>, tensor<4xf64>
}
