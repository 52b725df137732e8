// RUN: rdu-opt %s --linalg-to-sam --allow-unregistered-dialect --split-input-file --verify-diagnostics

#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @compares(%x: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  // expected-error @+1 {{'tm_tensor.sort' compares in a way of its own: expected ole, oge, sle or sge of two values}}
  %0 = "tm_tensor.sort"(%x) ({
  ^bb0(%p: f32, %q: f32):
    %c = arith.cmpf ole, %q, %p : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 1 : i64, operandSegmentSizes = array<i32: 0, 1>} : (tensor<4x6xf32, #CSR>) -> tensor<4x6xf32>
  return %0 : tensor<4x6xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @beside(%x: tensor<4x6xf32, #CSR>, %y: tensor<4x6xi32>) -> tensor<4x6xi32> {
  // expected-error @+1 {{'tm_tensor.sort' sorts tensor<4x6xi32> along: expected positions along the same dimension, or nothing}}
  %0:2 = "tm_tensor.sort"(%x, %y) ({
  ^bb0(%p: f32, %q: f32, %r: i32, %s: i32):
    %c = arith.cmpf ole, %p, %q : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 1 : i64, operandSegmentSizes = array<i32: 0, 2>} : (tensor<4x6xf32, #CSR>, tensor<4x6xi32>) -> (tensor<4x6xf32>, tensor<4x6xi32>)
  return %0#1 : tensor<4x6xi32>
}

// -----

// Without a copy, what is stored by rows cannot be walked by columns.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @columns(%x: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  // expected-error @+1 {{'tm_tensor.sort' moves between tensors stored in the orders [0, 1] and [1, 0]: expected one order}}
  %0 = "tm_tensor.sort"(%x) ({
  ^bb0(%p: f32, %q: f32):
    %c = arith.cmpf oge, %p, %q : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 0 : i64, operandSegmentSizes = array<i32: 0, 1>} : (tensor<4x6xf32, #CSR>) -> tensor<4x6xf32>
  return %0 : tensor<4x6xf32>
}
