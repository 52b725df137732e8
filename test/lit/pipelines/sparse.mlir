// RUN: rdu-opt %s --to-sam --sam-to-rdu | FileCheck %s

// A matrix in CSR and a vector: each primitive that the product takes is a unit.
#csr = #sparse_tensor.encoding<{map = (i, j) -> (i : dense, j : compressed)}>
func.func @product(%b: tensor<6x5xf32, #csr>, %c: tensor<5xf32>) -> tensor<6xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<6xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<6xf32>) -> tensor<6xf32>
  %x = linalg.matvec ins(%b, %c : tensor<6x5xf32, #csr>, tensor<5xf32>)
    outs(%init : tensor<6xf32>) -> tensor<6xf32>
  return %x : tensor<6xf32>
}

// CHECK: "rdu.tensor"() {name = "arg0.segments1", role = "input"
// CHECK: "rdu.section"
// CHECK: primitive = "lookup"
// CHECK: primitive = "lookup"
// CHECK: primitive = "locate"
// CHECK: function = "mulf"
// CHECK: primitive = "reduce"
// CHECK: primitive = "write_fibers"
// CHECK: primitive = "write_values"
