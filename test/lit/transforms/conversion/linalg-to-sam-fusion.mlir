// RUN: rdu-opt %s --linalg-to-sam=fusion=auto --split-input-file --verify-diagnostics

// What is fused is said, with what it is expected to send.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @sampled(%b: tensor<40x40xf32, #CSR>, %c: tensor<40x8xf32>, %d: tensor<8x40xf32>) -> tensor<40x40xf32, #CSR> {
  %zero = arith.constant dense<0.0> : tensor<40x40xf32>
  %e = tensor.empty() : tensor<40x40xf32, #CSR>
  %p = linalg.matmul ins(%c, %d : tensor<40x8xf32>, tensor<8x40xf32>) outs(%zero : tensor<40x40xf32>) -> tensor<40x40xf32>
  // expected-remark @+1 {{'linalg.mul' computes in its graph what 'linalg.matmul' at 8:8 gives}}
  %x = linalg.mul ins(%b, %p : tensor<40x40xf32, #CSR>, tensor<40x40xf32>) outs(%e : tensor<40x40xf32, #CSR>) -> tensor<40x40xf32, #CSR>
  return %x : tensor<40x40xf32, #CSR>
}

// -----

// To fuse these would compute each element of the inner product again for each row.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @layers(%a: tensor<40x40xf32, #CSR>, %h: tensor<40x40xf32>, %w: tensor<40x8xf32>) -> tensor<40x8xf32> {
  %zero = arith.constant dense<0.0> : tensor<40x8xf32>
  %t = linalg.matmul ins(%h, %w : tensor<40x40xf32>, tensor<40x8xf32>) outs(%zero : tensor<40x8xf32>) -> tensor<40x8xf32>
  // expected-remark @+1 {{'linalg.matmul' reads what 'linalg.matmul' at 20:8 gives from a tensor}}
  %x = linalg.matmul ins(%a, %t : tensor<40x40xf32, #CSR>, tensor<40x8xf32>) outs(%zero : tensor<40x8xf32>) -> tensor<40x8xf32>
  return %x : tensor<40x8xf32>
}

// -----

// A sum over rows that are stored as rows is accumulated, which no other operand can follow.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @apart(%c: tensor<6x4xf32, #CSR>, %f: tensor<4xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xf32>
  %t = linalg.reduce {arith.addf} ins(%c : tensor<6x4xf32, #CSR>) outs(%zero : tensor<4xf32>) dimensions = [0]
  // expected-remark @+1 {{'linalg.add' reads what 'linalg.reduce' at 33:8 gives from a tensor: no order of loops computes both}}
  %x = linalg.add ins(%t, %f : tensor<4xf32>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// What drops zeros is stored, and that it drops them is said.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @dropping(%a: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32, #CSR>
  %f = tensor.empty() : tensor<4x6xf32>
  // expected-remark @+1 {{'linalg.abs' stores no zeros that it computes, in the levels dense, compressed}}
  %x = linalg.abs {sam.drop_zeros} ins(%a : tensor<4x6xf32, #CSR>) outs(%e : tensor<4x6xf32, #CSR>) -> tensor<4x6xf32, #CSR>
  %y = linalg.exp ins(%x : tensor<4x6xf32, #CSR>) outs(%f : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}
