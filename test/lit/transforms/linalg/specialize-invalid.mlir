// RUN: rdu-opt %s --linalg-specialize='shapes=4x5,6 narrow' --split-input-file --verify-diagnostics

// expected-error @+1 {{'func.func' gets 2 shapes: expected one for each argument of dynamic extents, 1}}
func.func @count(%b: tensor<?x6xf32>, %c: tensor<6xf32>) -> tensor<?x6xf32> {
  return %b : tensor<?x6xf32>
}

// -----

// expected-error @+2 {{'func.func' argument 0 is tensor<?x6xf32>: expected 2 extents, those that are known, got 4x5}}
// expected-error @+1 {{'func.func' argument 1 is tensor<?x?xf32>: expected 2 extents, those that are known, got 6}}
func.func @fit(%b: tensor<?x6xf32>, %c: tensor<?x?xf32>) -> tensor<?x6xf32> {
  return %b : tensor<?x6xf32>
}

// -----

func.func @elsewhere() -> tensor<3xf64> {
  // expected-error @+1 {{'arith.constant' has values that are not in the text: expected 32-bit floats}}
  %w = arith.constant dense_resource<__elided__> : tensor<3xf64>
  return %w : tensor<3xf64>
}
