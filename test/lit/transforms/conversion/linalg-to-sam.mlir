// RUN: rdu-opt %s --linalg-to-sam --split-input-file 2>/dev/null | FileCheck %s

// A product of matrices by rows: the dense level of C is located, sums are accumulated row by row.
// CHECK-LABEL: func.func @product(
// CHECK-SAME:    %[[ARG0:.*]]: tensor<4x6xf32, #{{.*}}>, %[[ARG1:.*]]: tensor<6x5xf32, #{{.*}}>)
// CHECK-NEXT:    %[[X:.*]] = "sam.graph"() ({
// CHECK-NEXT:      %[[B:.*]] = "sam.bind"(%[[ARG0]]) {{.*}}, ["dense", "compressed"], array<i64: 0, 1>>
// CHECK-NEXT:      %[[C:.*]] = "sam.bind"(%[[ARG1]]) {{.*}}, ["dense", "compressed"], array<i64: 0, 1>>
// CHECK-NEXT:      %[[ROOT:.*]] = "sam.root"()
// CHECK-NEXT:      %[[I:.*]]:2 = "sam.fiber_lookup"(%[[B]], %[[ROOT]]) {level = 0 : i64}
// CHECK-NEXT:      %[[K:.*]]:2 = "sam.fiber_lookup"(%[[B]], %[[I]]#1) {level = 1 : i64}
// CHECK-NEXT:      %[[CK:.*]] = "sam.locate"(%[[C]], %[[K]]#0, %[[ROOT]]) {level = 0 : i64}
// CHECK-NEXT:      %[[J:.*]]:2 = "sam.fiber_lookup"(%[[C]], %[[CK]]) {level = 1 : i64}
// CHECK-NEXT:      %[[BV:.*]] = "sam.array"(%[[B]], %[[K]]#1)
// CHECK-NEXT:      %[[CV:.*]] = "sam.array"(%[[C]], %[[J]]#1)
// CHECK-NEXT:      %[[BJ:.*]] = "sam.repeat"(%[[BV]], %[[J]]#0)
// CHECK-NEXT:      %[[P:.*]] = "sam.alu"(%[[BJ]], %[[CV]]) {function = "mul"}
// CHECK-NEXT:      %[[S:.*]]:2 = "sam.accumulate"(%[[K]]#0, %[[J]]#0, %[[P]]) {function = "add"
// CHECK-NEXT:      "sam.fiber_write"(%[[I]]#0) {level = 0 : i64}
// CHECK-NEXT:      "sam.fiber_write"(%[[S]]#0) {level = 1 : i64}
// CHECK-NEXT:      "sam.yield"(%[[S]]#1)
// CHECK-NEXT:    }) : () -> tensor<4x5xf32, #{{.*}}>
// CHECK-NEXT:    return %[[X]]
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @product(%b: tensor<4x6xf32, #CSR>, %c: tensor<6x5xf32, #CSR>) -> tensor<4x5xf32, #CSR> {
  %e = tensor.empty() : tensor<4x5xf32, #CSR>
  %x = linalg.matmul ins(%b, %c : tensor<4x6xf32, #CSR>, tensor<6x5xf32, #CSR>)
    outs(%e : tensor<4x5xf32, #CSR>) -> tensor<4x5xf32, #CSR>
  return %x : tensor<4x5xf32, #CSR>
}

// -----

// Columns of an order that the user wishes are written in that order. Rows without a common column
// go where the result's outer level is compressed.
// CHECK-LABEL: func.func @columns(
// CHECK:         "sam.graph"
// CHECK:           %[[J:.*]]:3 = "sam.intersect"
// CHECK:           %[[I:.*]]:3 = "sam.intersect"
// CHECK:           %[[JI:.*]]:2 = "sam.crd_drop"(%[[J]]#0, %[[I]]#0)
// CHECK:           %[[JV:.*]]:2 = "sam.crd_drop"(%[[J]]#0, %{{.*}})
// CHECK-NEXT:      "sam.fiber_write"(%[[JV]]#0) {level = 0 : i64}
// CHECK-NEXT:      "sam.fiber_write"(%[[JI]]#1) {level = 1 : i64}
// CHECK-NEXT:      "sam.yield"(%[[JV]]#1)
// CHECK-NEXT:    }) {order = array<i64: 1, 0>}
#DCSC = #sparse_tensor.encoding<{map = (d0, d1) -> (d1 : compressed, d0 : compressed)}>
func.func @columns(%b: tensor<4x6xi32, #DCSC>, %c: tensor<4x6xi32, #DCSC>) -> tensor<4x6xi32, #DCSC> {
  %e = tensor.empty() : tensor<4x6xi32, #DCSC>
  %x = linalg.mul ins(%b, %c : tensor<4x6xi32, #DCSC>, tensor<4x6xi32, #DCSC>)
    outs(%e : tensor<4x6xi32, #DCSC>) -> tensor<4x6xi32, #DCSC>
  return %x : tensor<4x6xi32, #DCSC>
}

// -----

// A residual: the sum is reduced where the union of rows is, in one graph.
// CHECK-LABEL: func.func @residual(
// CHECK:         "sam.graph"
// CHECK:           %[[I:.*]]:3 = "sam.union"
// CHECK:           %[[J:.*]]:2 = "sam.fiber_lookup"(%{{.*}}, %[[I]]#2) {level = 1 : i64}
// CHECK:           "sam.locate"(%{{.*}}, %[[J]]#0, %{{.*}}) {level = 0 : i64}
// CHECK:           %[[P:.*]] = "sam.alu"(%{{.*}}, %{{.*}}) {function = "mul"}
// CHECK-NEXT:      %[[S:.*]] = "sam.reduce"(%[[P]], %[[I]]#0) {function = "add"}
// CHECK-NEXT:      %[[X:.*]] = "sam.alu"(%{{.*}}, %[[S]]) {function = "sub"}
// CHECK-NEXT:      "sam.fiber_write"(%[[I]]#0)
// CHECK-NEXT:      "sam.yield"(%[[X]])
// CHECK-NOT:     "sam.graph"
#V = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
#D = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @residual(%b: tensor<4xf32, #V>, %c: tensor<4x6xf32, #D>, %d: tensor<6xf32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %p = linalg.matvec ins(%c, %d : tensor<4x6xf32, #D>, tensor<6xf32>) outs(%f : tensor<4xf32>) -> tensor<4xf32>
  %x = linalg.sub ins(%b, %p : tensor<4xf32, #V>, tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// exp(0) is not 0: every coordinate is taken, of a vector that holds nothing.
// CHECK-LABEL: func.func @everywhere(
// CHECK:         %[[E:.*]] = tensor.empty() : tensor<8xf32>
// CHECK:         "sam.graph"
// CHECK:           %[[U:.*]] = "sam.bind"(%[[E]])
// CHECK:           %[[I:.*]]:2 = "sam.fiber_lookup"(%[[U]], %{{.*}}) {level = 0 : i64}
// CHECK:           "sam.union"(%[[I]]#0,
// CHECK:           "sam.unary"(%{{.*}}) {function = "exp"}
#V = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
func.func @everywhere(%b: tensor<8xf32, #V>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %x = linalg.exp ins(%b : tensor<8xf32, #V>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
  return %x : tensor<8xf32>
}

// -----

// Rows of blocks: sums over blocks are accumulated, then the parts of a row's number put together.
// CHECK-LABEL: func.func @blocks(
// CHECK:         "sam.bind"({{.*}}, ["dense", "compressed", "blocked:2", "blocked:3"], array<i64: 0, 1, 0, 1>>
// CHECK:         "sam.bind"({{.*}}, ["dense", "blocked:3"], array<i64: 0, 0>>
// CHECK:         "sam.reduce"
// CHECK:         %[[S:.*]]:2 = "sam.accumulate"
// CHECK:         %[[I:.*]] = "sam.flatten"(%{{.*}}, %[[S]]#0) {factor = 2 : i64}
// CHECK:         %[[X:.*]] = "sam.stop_drop"(%[[S]]#1) {levels = 1 : i64}
// CHECK-NEXT:    "sam.fiber_write"(%[[I]]) {level = 0 : i64}
// CHECK-NEXT:    "sam.yield"(%[[X]])
#BSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 2 : dense, d1 floordiv 3 : compressed, d0 mod 2 : dense, d1 mod 3 : dense)}>
func.func @blocks(%b: tensor<4x6xf32, #BSR>, %c: tensor<6xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.matvec ins(%b, %c : tensor<4x6xf32, #BSR>, tensor<6xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// Nothing to do: no tensor is sparse.
// CHECK-LABEL: func.func @dense(
// CHECK:         linalg.matvec
// CHECK-NOT:     sam.
func.func @dense(%b: tensor<4x6xf32>, %c: tensor<6xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.matvec ins(%b, %c : tensor<4x6xf32>, tensor<6xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// A transposed matrix of the same levels is read in place, and the global that nobody uses goes.
// CHECK-NOT:     ml_program.global
// CHECK-LABEL: func.func @transposed(
// CHECK-SAME:    %[[B:.*]]: tensor<4x6xf32, #{{.*}}>, %[[C:.*]]: tensor<4x5xf32, #{{.*}}>)
// CHECK-NOT:     linalg.
// CHECK:         "sam.graph"()
// CHECK-DAG:       "sam.bind"(%[[B]]) : {{.*}} -> !sam.tensor<{{.*}}, ["compressed", "compressed"], array<i64: 0, 1>>
// CHECK-DAG:       "sam.bind"(%[[C]]) : {{.*}} -> !sam.tensor<{{.*}}, ["compressed", "compressed"], array<i64: 0, 1>>
// CHECK:           "sam.accumulate"
// CHECK-NOT:     "sam.graph"
// CHECK:         return
#DCSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
ml_program.global private mutable @seed(dense<0> : tensor<i64>) : tensor<i64>
func.func @transposed(%b: tensor<4x6xf32, #DCSR>, %c: tensor<4x5xf32, #DCSR>) -> tensor<6x5xf32, #DCSR> {
  %e = tensor.empty() : tensor<6x4xf32, #DCSR>
  %t = linalg.transpose ins(%b : tensor<4x6xf32, #DCSR>) outs(%e : tensor<6x4xf32, #DCSR>) permutation = [1, 0]
  %f = tensor.empty() : tensor<6x5xf32, #DCSR>
  %x = linalg.matmul ins(%t, %c : tensor<6x4xf32, #DCSR>, tensor<4x5xf32, #DCSR>) outs(%f : tensor<6x5xf32, #DCSR>) -> tensor<6x5xf32, #DCSR>
  return %x : tensor<6x5xf32, #DCSR>
}

// -----

// A diagonal: under each row that is walked, the row's own coordinate passes the mask; it is one
// level with the row then. Of a dense matrix each row's own coordinate is located.
// CHECK-LABEL: func.func @diagonals(
// CHECK:           %[[B:.*]] = "sam.bind"(%{{.*}}) {{.*}}, ["compressed", "compressed"], array<i64: 0, 1>>
// CHECK:           %[[I:.*]]:2 = "sam.fiber_lookup"(%[[B]], %{{.*}}) {level = 0 : i64}
// CHECK-NEXT:      %[[J:.*]]:2 = "sam.fiber_lookup"(%[[B]], %[[I]]#1) {level = 1 : i64}
// CHECK-NEXT:      %[[M:.*]]:2 = "sam.mask"(%[[I]]#0, %[[J]]#0, %[[J]]#1) {offset = 0 : i64, predicate = "eq"}
// CHECK-NEXT:      %[[H:.*]] = "sam.hold"(%[[I]]#0, %[[M]]#0)
// CHECK-NEXT:      %[[CRD:.*]] = "sam.stop_drop"(%[[H]]) {levels = 1 : i64}
// CHECK-NEXT:      %[[REF:.*]] = "sam.stop_drop"(%[[M]]#1) {levels = 1 : i64}
// CHECK-NEXT:      %[[V:.*]] = "sam.array"(%[[B]], %[[REF]])
// CHECK-NEXT:      "sam.fiber_write"(%[[CRD]]) {level = 0 : i64}
// CHECK-NEXT:      "sam.yield"(%[[V]])
// CHECK:           %[[C:.*]] = "sam.bind"(%{{.*}}) {{.*}}, ["dense", "dense"], array<i64: 0, 1>>
// CHECK:           %[[CI:.*]]:2 = "sam.fiber_lookup"(%[[C]], %[[ROOT:.*]]) {level = 0 : i64}
// CHECK-NEXT:      %[[UNIT:.*]] = "sam.bind"(%{{.*}}) : (tensor<1xf32>)
// CHECK-NEXT:      %[[EACH:.*]] = "sam.repeat"(%[[ROOT]], %[[CI]]#0)
// CHECK-NEXT:      %[[ONE:.*]]:2 = "sam.fiber_lookup"(%[[UNIT]], %[[EACH]]) {level = 0 : i64}
// CHECK-NEXT:      %[[AT:.*]] = "sam.hold"(%[[CI]]#0, %[[ONE]]#0)
// CHECK-NEXT:      %[[F:.*]] = "sam.locate"(%[[C]], %[[AT]], %[[CI]]#1) {level = 1 : i64}
// CHECK-NEXT:      %[[CR:.*]] = "sam.stop_drop"(%[[F]]) {levels = 1 : i64}
// CHECK-NEXT:      "sam.array"(%[[C]], %[[CR]])
#DCSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
#diagonal = affine_map<(i) -> (i, i)>
#vector = affine_map<(i) -> (i)>
func.func @diagonals(%b: tensor<5x5xf32, #DCSR>, %c: tensor<5x5xf32>) -> (tensor<5xf32>, tensor<5xf32>) {
  %e = tensor.empty() : tensor<5xf32>
  %x = linalg.generic {indexing_maps = [#diagonal, #vector], iterator_types = ["parallel"]}
      ins(%b : tensor<5x5xf32, #DCSR>) outs(%e : tensor<5xf32>) {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<5xf32>
  %y = linalg.generic {indexing_maps = [#diagonal, #vector], iterator_types = ["parallel"]}
      ins(%c : tensor<5x5xf32>) outs(%e : tensor<5xf32>) {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<5xf32>
  return %x, %y : tensor<5xf32>, tensor<5xf32>
}
