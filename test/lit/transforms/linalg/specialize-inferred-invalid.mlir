// RUN: rdu-opt %s --linalg-specialize='shapes=4x6,5x3,?x?' --split-input-file --verify-diagnostics

// All that does not suit is said at once, each at its op.
// expected-error @+1 {{'func.func' argument 2 is tensor<?x?xf32>: expected all extents, since no op tells them}}
func.func @clash(%b: tensor<?x?xf32>, %c: tensor<?x?xf32>, %d: tensor<?x?xf32>, %x: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+2 {{'linalg.matmul' runs its loop 1 over 3 by operand 1, 4 by operand 2: expected one extent}}
  // expected-error @+1 {{'linalg.matmul' runs its loop 2 over 6 by operand 0, 5 by operand 1: expected one extent}}
  %y = linalg.matmul ins(%b, %c : tensor<?x?xf32>, tensor<?x?xf32>) outs(%x : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}
