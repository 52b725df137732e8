// RUN: rdu-opt %s --linalg-order-loops --split-input-file | FileCheck %s

// The result of the product is read by columns, so it is written by columns.
// CHECK-LABEL: func.func @columns(
// CHECK:         linalg.matmul {sam.order = [{{.*}}"d1"{{.*}}"d0"{{.*}}], sam.variables = ["d0", "d1", "d2"]}
// CHECK:         linalg.mul {sam.order = ["d1", "d0"], sam.variables = ["d0", "d1"]}
#CSC = #sparse_tensor.encoding<{map = (d0, d1) -> (d1 : dense, d0 : compressed)}>
func.func @columns(%x: tensor<4x6xf32>, %w: tensor<6x5xf32>, %m: tensor<4x5xf32, #CSC>) -> tensor<4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x5xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  %y = linalg.matmul ins(%x, %w : tensor<4x6xf32>, tensor<6x5xf32>) outs(%f : tensor<4x5xf32>) -> tensor<4x5xf32>
  %z = linalg.mul ins(%y, %m : tensor<4x5xf32>, tensor<4x5xf32, #CSC>) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %z : tensor<4x5xf32>
}

// -----

// An order that is wished for stays, and an op that no graph computes is left alone.
// CHECK-LABEL: func.func @left(
// CHECK:         attrs = {sam.order = ["j", "i"], sam.variables = ["i", "j"]}
// CHECK:         linalg.round ins
#id = affine_map<(i, j) -> (i, j)>
func.func @left(%x: tensor<4x6xf32>) -> (tensor<4x6xf32>, tensor<4x6xf32>) {
  %e = tensor.empty() : tensor<4x6xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) attrs = {sam.order = ["j", "i"], sam.variables = ["i", "j"]} {
  ^bb0(%a: f32, %o: f32):
    %n = arith.negf %a : f32
    linalg.yield %n : f32
  } -> tensor<4x6xf32>
  %z = linalg.round ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y, %z : tensor<4x6xf32>, tensor<4x6xf32>
}
