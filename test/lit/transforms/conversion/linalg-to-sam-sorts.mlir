// RUN: rdu-opt %s --linalg-to-sam=anew --allow-unregistered-dialect 2>/dev/null | FileCheck %s

#map = affine_map<(d0, d1) -> (d0, d1)>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (d0, d1) -> (d1 : dense, d0 : compressed)}>

// Zeros that are not stored are brought in by a union; a first part is all that is kept. Values and
// positions have a graph each, the sort itself has none.
// CHECK-LABEL: func.func @first
// CHECK-NOT: tm_tensor
// CHECK: "sam.union"
// CHECK: "sam.sort"(%{{.*}}) {keep = 2 : i64, order = "descending"}
// CHECK-NOT: "sam.as_value"
// CHECK: -> tensor<4x2xf32>
// CHECK: "sam.sort"(%{{.*}}) {keep = 2 : i64, order = "descending"}
// CHECK: "sam.as_value"
// CHECK: -> tensor<4x2xi32>
// CHECK-NOT: "sam.graph"
// CHECK: return
func.func @first(%x: tensor<4x6xf32, #CSR>) -> (tensor<4x2xf32>, tensor<4x2xi32>) {
  %0 = tensor.empty() : tensor<4x6xi32>
  %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<4x6xi32>) {
  ^bb0(%out: i32):
    %a = linalg.index 1 : index
    %b = arith.index_cast %a : index to i32
    linalg.yield %b : i32
  } -> tensor<4x6xi32>
  %2:2 = "tm_tensor.sort"(%x, %1) ({
  ^bb0(%p: f32, %q: f32, %r: i32, %s: i32):
    %c = arith.cmpf oge, %p, %q : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 1 : i64, operandSegmentSizes = array<i32: 0, 2>} : (tensor<4x6xf32, #CSR>, tensor<4x6xi32>) -> (tensor<4x6xf32>, tensor<4x6xi32>)
  %3 = tensor.extract_slice %2#0[0, 0] [4, 2] [1, 1] : tensor<4x6xf32> to tensor<4x2xf32>
  %4 = tensor.extract_slice %2#1[0, 0] [4, 2] [1, 1] : tensor<4x6xi32> to tensor<4x2xi32>
  return %3, %4 : tensor<4x2xf32>, tensor<4x2xi32>
}

// Columns are sorted innermost; a matrix that is stored by rows is bound as if it were by columns.
// CHECK-LABEL: func.func @columns
// CHECK: "sam.bind"(%arg0) : {{.*}}["compressed", "compressed"], array<i64: 1, 0>>
// CHECK: "sam.sort"(%{{.*}}) {order = "ascending"}
// CHECK: order = array<i64: 1, 0>
func.func @columns(%x: tensor<4x6xi32, #CSR>) -> tensor<4x6xi32> {
  %2 = "tm_tensor.sort"(%x) ({
  ^bb0(%p: i32, %q: i32):
    %c = arith.cmpi sle, %p, %q : i32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 0 : i64, operandSegmentSizes = array<i32: 0, 1>} : (tensor<4x6xi32, #CSR>) -> tensor<4x6xi32>
  return %2 : tensor<4x6xi32>
}

// Nothing is sorted here.
// CHECK-LABEL: func.func @nothing
// CHECK-NEXT: return
func.func @nothing(%x: tensor<4x6xf32, #CSC>) -> tensor<4x6xf32, #CSC> {
  return %x : tensor<4x6xf32, #CSC>
}
