// RUN: rdu-opt %s --linalg-specialize='shapes=4x6,6,4 narrow' --split-input-file | FileCheck %s

// Shapes of the arguments, from which those of results follow; f64 becomes f32.
// CHECK-LABEL: func.func @product(
// CHECK-SAME:    %{{.*}}: tensor<4x6xf32, #{{.*}}>, %{{.*}}: tensor<6xf32>, %{{.*}}: tensor<4xf32>) -> tensor<4xf32>
// CHECK:         %[[C:.*]] = arith.constant 2.500000e+00 : f32
// CHECK:         linalg.matvec {{.*}} -> tensor<4xf32>
// CHECK:         ^bb0(%[[A:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[A]], %[[C]] : f32
// CHECK-NEXT:      linalg.yield %[[M]] : f32
// CHECK-NEXT:    -> tensor<4xf32>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#id = affine_map<(i) -> (i)>
func.func @product(%b: tensor<?x6xf64, #CSR>, %c: tensor<?xf64>, %x: tensor<?xf64>) -> tensor<?xf64> {
  %k = arith.constant 2.5 : f64
  %y = linalg.matvec ins(%b, %c : tensor<?x6xf64, #CSR>, tensor<?xf64>) outs(%x : tensor<?xf64>) -> tensor<?xf64>
  %z = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%y : tensor<?xf64>) outs(%x : tensor<?xf64>) {
  ^bb0(%a: f64, %o: f64):
    %m = arith.mulf %a, %k : f64
    linalg.yield %m : f64
  } -> tensor<?xf64>
  return %z : tensor<?xf64>
}

// -----

// Conversions between the two widths go, in bodies and of constants.
// CHECK-LABEL: func.func @widened(
// CHECK-DAG:     arith.constant dense<1.000000e+00> : tensor<4xf32>
// CHECK-DAG:     arith.constant dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<4xf32>
// CHECK-NOT:     f64
#id = affine_map<(i) -> (i)>
func.func @widened(%x: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant dense<1.0> : tensor<4xf64>
  %some = arith.constant dense<[0.0, 1.0, 2.0, 3.0]> : tensor<4xf64>
  %tiny = arith.constant 1.0e-5 : f64
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #id, #id, #id], iterator_types = ["parallel"]}
      ins(%x, %one, %some : tensor<4xf32>, tensor<4xf64>, tensor<4xf64>) outs(%e : tensor<4xf32>) {
  ^bb0(%a: f32, %b: f64, %c: f64, %o: f32):
    %w = arith.extf %a : f32 to f64
    %s = arith.addf %w, %b : f64
    %t = arith.addf %s, %c : f64
    %u = arith.addf %t, %tiny : f64
    %r = arith.truncf %u : f64 to f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @ready(
// CHECK-SAME:    tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT:    linalg.add
func.func @ready(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = linalg.add ins(%x, %x : tensor<4xf32>, tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
