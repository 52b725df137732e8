// RUN: rdu-opt %s --linalg-to-sam=dense 2>/dev/null | FileCheck %s

// A function without sparse tensors, for those who ask.
// CHECK-LABEL: func.func @product(
// CHECK-NOT:     linalg.
// CHECK:         "sam.graph"
func.func @product(%b: tensor<4x6xf32>, %c: tensor<6xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.matvec ins(%b, %c : tensor<4x6xf32>, tensor<6xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// Nothing to do: there is no structured op.
// CHECK-LABEL: func.func @reshaped(
// CHECK-NEXT:    tensor.collapse_shape
func.func @reshaped(%b: tensor<4x6xf32>) -> tensor<24xf32> {
  %c = tensor.collapse_shape %b [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>
  return %c : tensor<24xf32>
}
