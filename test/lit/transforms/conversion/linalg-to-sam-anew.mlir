// RUN: rdu-opt %s --linalg-to-sam=anew --verify-diagnostics
// RUN: rdu-opt %s --linalg-to-sam=anew | FileCheck %s

// No loops read the matrix by rows and by columns, so it is bound by columns as well: with compressed
// levels, for sam-read-as-written to store it so.
// CHECK-LABEL: func.func @symmetric(
// CHECK-DAG:     "sam.bind"(%arg0) {{.*}}["dense", "compressed"], array<i64: 0, 1>>
// CHECK-DAG:     "sam.bind"(%arg0) {{.*}}["compressed", "compressed"], array<i64: 1, 0>>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#COO = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton)}>
#id = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>
func.func @symmetric(%b: tensor<5x5xf32, #CSR>, %x: tensor<5x5xf32>) -> tensor<5x5xf32> {
  // expected-remark @+1 {{'linalg.generic' reads 'arg0' stored anew, as compressed, compressed of 1 0: no loops can read dense, compressed here}}
  %y = linalg.generic {indexing_maps = [#id, #turned, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b, %b : tensor<5x5xf32, #CSR>, tensor<5x5xf32, #CSR>) outs(%x : tensor<5x5xf32>) {
  ^bb0(%l: f32, %r: f32, %o: f32):
    %s = arith.addf %l, %r : f32
    linalg.yield %s : f32
  } -> tensor<5x5xf32>
  return %y : tensor<5x5xf32>
}

// A list of points repeats coordinates of rows, so it is merged with nothing before it is sorted.
// CHECK-LABEL: func.func @points(
// CHECK:         "sam.bind"(%arg0) {{.*}}["compressed", "compressed"], array<i64: 0, 1>>
func.func @points(%b: tensor<5x5xf32, #COO>, %c: tensor<5x5xf32, #CSR>, %x: tensor<5x5xf32>) -> tensor<5x5xf32> {
  // expected-remark @+1 {{'linalg.add' reads 'arg0' stored anew, as compressed, compressed: no loops can read compressed, singleton here}}
  %y = linalg.add ins(%b, %c : tensor<5x5xf32, #COO>, tensor<5x5xf32, #CSR>) outs(%x : tensor<5x5xf32>) -> tensor<5x5xf32>
  return %y : tensor<5x5xf32>
}
