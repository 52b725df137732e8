// RUN: rdu-opt %s --linalg-to-sam --split-input-file | FileCheck %s

// Rows behind rows: coordinates and values of all levels, each by a primitive.
// CHECK-LABEL: func.func @rows(
// CHECK:         "sam.graph"
// CHECK-COUNT-2:   "sam.concat"{{.*}}offsets = array<i64: 0, 4>
// CHECK-NOT:       "sam.union"
// CHECK:           "sam.fiber_write"
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @rows(%a: tensor<4x6xf32, #CSR>, %b: tensor<3x6xf32, #CSR>) -> tensor<7x6xf32, #CSR> {
  %x = tensor.concat dim(0) %a, %b : (tensor<4x6xf32, #CSR>, tensor<3x6xf32, #CSR>) -> tensor<7x6xf32, #CSR>
  return %x : tensor<7x6xf32, #CSR>
}

// -----

// Columns beside columns: the rows that any has.
// CHECK-LABEL: func.func @columns(
// CHECK:         "sam.union"
// CHECK:         "sam.concat"{{.*}}offsets = array<i64: 0, 6>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @columns(%a: tensor<4x6xf32, #CSR>, %b: tensor<4x2xf32>) -> tensor<4x8xf32> {
  %x = tensor.concat dim(1) %a, %b : (tensor<4x6xf32, #CSR>, tensor<4x2xf32>) -> tensor<4x8xf32>
  return %x : tensor<4x8xf32>
}

// -----

// Every other row from the second one: twice the coordinate and 1, found and dropped where it is not
// there; columns are walked.
// CHECK-LABEL: func.func @slice(
// CHECK:         %[[EVEN:.*]] = "sam.flatten"{{.*}} {factor = 2
// CHECK:         %[[ROW:.*]]:2 = "sam.concat"(%[[EVEN]], %[[EVEN]]) {offsets = array<i64: 1>
// CHECK:         %[[REF:.*]] = "sam.locate"(%{{.*}}, %[[ROW]]#0, %{{.*}}) {level = 0
// CHECK:         "sam.crd_drop"(%{{.*}}, %[[REF]])
// CHECK:         "sam.fiber_lookup"(%{{.*}}) {level = 1
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @slice(%a: tensor<6x4xf32, #CSR>) -> tensor<3x4xf32> {
  %x = tensor.extract_slice %a[1, 0] [3, 4] [2, 1] : tensor<6x4xf32, #CSR> to tensor<3x4xf32>
  return %x : tensor<3x4xf32>
}

// -----

// Between zeros, coordinates are raised.
// CHECK-LABEL: func.func @zeros(
// CHECK-NOT:     "sam.locate"
// CHECK:         "sam.concat"{{.*}}offsets = array<i64: 2>
// CHECK:         "sam.concat"{{.*}}offsets = array<i64: 1>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @zeros(%a: tensor<2x3xf32, #CSR>) -> (tensor<6x6xf32>, tensor<5x4xf32>) {
  %z = arith.constant dense<0.0> : tensor<6x6xf32>
  %x = tensor.insert_slice %a into %z[2, 0] [2, 3] [1, 1] : tensor<2x3xf32, #CSR> into tensor<6x6xf32>
  %n = arith.constant 0.0 : f32
  %y = tensor.pad %a low[0, 1] high[3, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %n : f32
  } : tensor<2x3xf32, #CSR> to tensor<5x4xf32>
  return %x, %y : tensor<6x6xf32>, tensor<5x4xf32>
}

// -----

// Between what is in front of it and behind it in another tensor.
// CHECK-LABEL: func.func @between(
// CHECK-COUNT-2: "sam.locate"
// CHECK:         "sam.concat"{{.*}}offsets = array<i64: 0, 2, 5>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @between(%a: tensor<4x3xf32, #CSR>, %b: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  %c = tensor.empty() : tensor<4x6xf32>
  %d = linalg.copy ins(%b : tensor<4x6xf32, #CSR>) outs(%c : tensor<4x6xf32>) -> tensor<4x6xf32>
  %x = tensor.insert_slice %a into %d[0, 2] [4, 3] [1, 1] : tensor<4x3xf32, #CSR> into tensor<4x6xf32>
  return %x : tensor<4x6xf32>
}

// -----

// Nothing is sparse.
// CHECK-LABEL: func.func @dense(
// CHECK:         tensor.concat
func.func @dense(%a: tensor<4xf32>) -> tensor<8xf32> {
  %x = tensor.concat dim(0) %a, %a : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  return %x : tensor<8xf32>
}
