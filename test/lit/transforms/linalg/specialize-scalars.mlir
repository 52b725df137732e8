// RUN: rdu-opt %s --linalg-specialize='scalars' --mlir-print-local-scope | FileCheck %s

// A number that is passed in is the element of a tensor; tensors stay.
// CHECK-LABEL: func.func @scaled(
// CHECK-SAME:    %arg0: tensor<4xf32>, %arg1: tensor<f32>)
// CHECK:         %[[S:.*]] = tensor.extract %arg1[] : tensor<f32>
// CHECK:         arith.mulf %{{.*}}, %[[S]] : f32
func.func @scaled(%x: tensor<4xf32>, %s: f32) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %p = arith.mulf %in, %s : f32
    linalg.yield %p : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
