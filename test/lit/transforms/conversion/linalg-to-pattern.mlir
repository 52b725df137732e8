// RUN: rdu-opt %s --linalg-to-pattern --split-input-file --mlir-print-local-scope | FileCheck %s

// A layer of a network: the transposition is in the map of its reader, the fill is gone.
// CHECK-LABEL: func.func @linear(
// CHECK-SAME:    %[[W:.*]]: tensor<8x16xf32> {rdu.name = "w", rdu.role = "weight"}, %[[B:.*]]: tensor<8xf32>, %[[X:.*]]: tensor<4x16xf32>)
// CHECK-SAME:    -> (tensor<4x8xf32> {rdu.name = "y", rdu.role = "output"})
// CHECK-NEXT:    %[[P:.*]] = "pattern.reduce"() ({
// CHECK-NEXT:      %[[I:.*]] = "pattern.read"(%[[X]]) {map = affine_map<(d0, d1, d2) -> (d0, d2)>} : (tensor<4x16xf32>) -> f32
// CHECK-NEXT:      %[[J:.*]] = "pattern.read"(%[[W]]) {map = affine_map<(d0, d1, d2) -> (d1, d2)>} : (tensor<8x16xf32>) -> f32
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[I]], %[[J]] : f32
// CHECK-NEXT:      "pattern.yield"(%[[M]]) : (f32) -> ()
// CHECK-NEXT:    }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>} : () -> tensor<4x8xf32>
// CHECK-NEXT:    %[[Y:.*]] = "pattern.map"() ({
// CHECK-NEXT:      %[[K:.*]] = "pattern.read"(%[[P]]) {map = affine_map<(d0, d1) -> (d0, d1)>}
// CHECK-NEXT:      %[[L:.*]] = "pattern.read"(%[[B]]) {map = affine_map<(d0, d1) -> (d1)>}
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[K]], %[[L]] : f32
// CHECK-NEXT:      "pattern.yield"(%[[S]]) : (f32) -> ()
// CHECK-NEXT:    }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xf32>
// CHECK-NEXT:    return %[[Y]]
#id = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
func.func @linear(%w: tensor<8x16xf32> {rdu.name = "w", rdu.role = "weight"}, %b: tensor<8xf32>, %x: tensor<4x16xf32>)
    -> (tensor<4x8xf32> {rdu.name = "y", rdu.role = "output"}) {
  %zero = arith.constant 0.0 : f32
  %e0 = tensor.empty() : tensor<16x8xf32>
  %t = linalg.transpose ins(%w : tensor<8x16xf32>) outs(%e0 : tensor<16x8xf32>) permutation = [1, 0]
  %e1 = tensor.empty() : tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e1 : tensor<4x8xf32>) -> tensor<4x8xf32>
  %p = linalg.matmul ins(%x, %t : tensor<4x16xf32>, tensor<16x8xf32>) outs(%f : tensor<4x8xf32>) -> tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#id, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%p, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%e1 : tensor<4x8xf32>) {
  ^bb0(%in: f32, %bias: f32, %out: f32):
    %s = arith.addf %in, %bias : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Nothing to do: patterns stay as they are.
// CHECK-LABEL: func.func @patterns(
// CHECK-NEXT:    %[[Y:.*]] = "pattern.map"() ({
// CHECK-NEXT:      "pattern.read"
// CHECK-NEXT:      "pattern.yield"
// CHECK-NEXT:    })
// CHECK-NEXT:    return %[[Y]]
func.func @patterns(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<4xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// What is returned is computed: transpositions, fills and arguments are copied.
// CHECK-LABEL: func.func @returned(%{{.*}}: tensor<2x3xf32>)
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<2x3xf32>) -> f32
// CHECK:         }) {domain = array<i64: 3, 2>} : () -> tensor<3x2xf32>
// CHECK:         "pattern.yield"(%[[C:.*]]) : (f32) -> ()
// CHECK-NEXT:    }) {domain = array<i64: 5>} : () -> tensor<5xf32>
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d0, d1)>} : (tensor<2x3xf32>) -> f32
// CHECK:         }) {domain = array<i64: 2, 3>} : () -> tensor<2x3xf32>
// CHECK-NOT:     linalg
func.func @returned(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<5xf32>, tensor<2x3xf32>) {
  %e0 = tensor.empty() : tensor<3x2xf32>
  %t = linalg.transpose ins(%x : tensor<2x3xf32>) outs(%e0 : tensor<3x2xf32>) permutation = [1, 0]
  %one = arith.constant 1.0 : f32
  %e1 = tensor.empty() : tensor<5xf32>
  %f = linalg.fill ins(%one : f32) outs(%e1 : tensor<5xf32>) -> tensor<5xf32>
  return %t, %f, %x : tensor<3x2xf32>, tensor<5xf32>, tensor<2x3xf32>
}

// -----

// A reduction that keeps its dimension, and the broadcast that reads it.
// CHECK-LABEL: func.func @kept(
// CHECK:         }) {combiner = "maximumf", dims = array<i64: 2>, domain = array<i64: 4, 1, 8>} : () -> tensor<4x1xf32>
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d0, d1)>} : (tensor<4x8xf32>) -> f32
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d0, 0)>} : (tensor<4x1xf32>) -> f32
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i, 0)>
func.func @kept(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %low = arith.constant 0xFF800000 : f32
  %e0 = tensor.empty() : tensor<4x1xf32>
  %f = linalg.fill ins(%low : f32) outs(%e0 : tensor<4x1xf32>) -> tensor<4x1xf32>
  %m = linalg.generic {indexing_maps = [#id, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%f : tensor<4x1xf32>) {
  ^bb0(%in: f32, %out: f32):
    %s = arith.maximumf %in, %out : f32
    linalg.yield %s : f32
  } -> tensor<4x1xf32>
  %e1 = tensor.empty() : tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%x, %m : tensor<4x8xf32>, tensor<4x1xf32>) outs(%e1 : tensor<4x8xf32>) {
  ^bb0(%in: f32, %most: f32, %out: f32):
    %s = arith.subf %in, %most : f32
    linalg.yield %s : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// A constant that is no identity, and a tensor, are combined after the reduction.
// CHECK-LABEL: func.func @initial(
// CHECK:         %[[SEVEN:.*]] = arith.constant 7 : i32
// CHECK:         %[[R:.*]] = "pattern.reduce"
// CHECK:         }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> tensor<4xi32>
// CHECK-NEXT:    %{{.*}} = "pattern.map"() ({
// CHECK-NEXT:      %[[E:.*]] = "pattern.read"(%[[R]]) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      arith.addi %[[SEVEN]], %[[E]] : i32
// CHECK:         %[[T:.*]] = "pattern.reduce"
// CHECK:         }) {combiner = "minsi", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> tensor<4xi32>
// CHECK-NEXT:    %{{.*}} = "pattern.map"() ({
// CHECK-NEXT:      %[[B:.*]] = "pattern.read"(%{{.*}}) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      %[[F:.*]] = "pattern.read"(%[[T]]) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      arith.minsi %[[B]], %[[F]] : i32
func.func @initial(%x: tensor<4x8xi32>, %b: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>) {
  %seven = arith.constant dense<7> : tensor<4xi32>
  %r = linalg.reduce {arith.addi} ins(%x : tensor<4x8xi32>) outs(%seven : tensor<4xi32>) dimensions = [1]
  %t = linalg.reduce {arith.minsi} ins(%x : tensor<4x8xi32>) outs(%b : tensor<4xi32>) dimensions = [1]
  return %r, %t : tensor<4xi32>, tensor<4xi32>
}

// -----

// The identities of the other combiners vanish as well.
// CHECK-LABEL: func.func @identities(
// CHECK-NOT:     pattern.map
// CHECK:         combiner = "andi", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> tensor<4xi1>
// CHECK-NOT:     pattern.map
// CHECK:         combiner = "muli"
// CHECK-NOT:     pattern.map
// CHECK:         return
func.func @identities(%x: tensor<8x4xi1>, %y: tensor<8x4xi32>) -> (tensor<4xi1>, tensor<4xi32>) {
  %true = arith.constant dense<true> : tensor<4xi1>
  %one = arith.constant dense<1> : tensor<4xi32>
  %a = linalg.reduce {arith.andi} ins(%x : tensor<8x4xi1>) outs(%true : tensor<4xi1>) dimensions = [0]
  %m = linalg.reduce {arith.muli} ins(%y : tensor<8x4xi32>) outs(%one : tensor<4xi32>) dimensions = [0]
  return %a, %m : tensor<4xi1>, tensor<4xi32>
}

// -----

// Rank 0: one element, reshaped where it is returned.
// CHECK-LABEL: func.func @scalar(
// CHECK:         %[[S:.*]] = "pattern.reduce"
// CHECK:           "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d1)>} : (tensor<8xf32>) -> f32
// CHECK:         }) {combiner = "addf", dims = array<i64: 1>, domain = array<i64: 1, 8>} : () -> tensor<1xf32>
// CHECK:           "pattern.read"(%[[S]]) {map = affine_map<(d0) -> (0)>} : (tensor<1xf32>) -> f32
// CHECK:           "pattern.read"(%{{.*}}) {map = affine_map<(d0) -> ()>} : (tensor<f32>) -> f32
// CHECK:         %[[M:.*]] = "pattern.map"
// CHECK:           "pattern.read"(%[[S]]) {map = affine_map<(d0) -> (0)>} : (tensor<1xf32>) -> f32
// CHECK:         }) {domain = array<i64: 1>} : () -> tensor<1xf32>
// CHECK:         %[[R:.*]] = tensor.collapse_shape %[[M]] [] : tensor<1xf32> into tensor<f32>
// CHECK:         return %{{.*}}, %[[R]]
#none = affine_map<(i) -> ()>
#id = affine_map<(i) -> (i)>
#point = affine_map<() -> ()>
func.func @scalar(%x: tensor<8xf32>, %k: tensor<f32>) -> (tensor<8xf32>, tensor<f32>) {
  %zero = arith.constant dense<0.0> : tensor<f32>
  %s = linalg.generic {indexing_maps = [#id, #none], iterator_types = ["reduction"]}
      ins(%x : tensor<8xf32>) outs(%zero : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.addf %out, %in : f32
    linalg.yield %a : f32
  } -> tensor<f32>
  %e = tensor.empty() : tensor<8xf32>
  %y = linalg.generic {indexing_maps = [#none, #none, #id], iterator_types = ["parallel"]}
      ins(%s, %k : tensor<f32>, tensor<f32>) outs(%e : tensor<8xf32>) {
  ^bb0(%in: f32, %scale: f32, %out: f32):
    %a = arith.mulf %in, %scale : f32
    linalg.yield %a : f32
  } -> tensor<8xf32>
  %e0 = tensor.empty() : tensor<f32>
  %n = linalg.generic {indexing_maps = [#point, #point], iterator_types = []}
      ins(%s : tensor<f32>) outs(%e0 : tensor<f32>) {
  ^bb0(%in: f32, %out: f32):
    %a = arith.negf %in : f32
    linalg.yield %a : f32
  } -> tensor<f32>
  return %y, %n : tensor<8xf32>, tensor<f32>
}

// -----

// Reshapes are maps; coordinates are indices; several results are several patterns.
// CHECK-LABEL: func.func @reshaped(
// CHECK:         %[[I:.*]] = "pattern.index"() {dim = 1 : i64} : () -> i32
// CHECK-NEXT:    %[[E:.*]] = "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1, d2) -> (d0 * 4 + d1)>} : (tensor<8xi32>) -> i32
// CHECK-NEXT:    arith.addi %[[E]], %[[I]] : i32
// CHECK:         }) {domain = array<i64: 2, 4, 1>} : () -> tensor<2x4x1xi32>
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1, d2) -> (d0 * 4 + d1)>} : (tensor<8xi32>) -> i32
// CHECK-NEXT:    arith.muli
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d0, d1, 0)>} : (tensor<2x4x1xi32>) -> i32
#id = affine_map<(i, j, k) -> (i, j, k)>
func.func @reshaped(%x: tensor<8xi32>) -> (tensor<2x4xi32>, tensor<2x4x1xi32>) {
  %a = tensor.expand_shape %x [[0, 1, 2]] output_shape [2, 4, 1] : tensor<8xi32> into tensor<2x4x1xi32>
  %e = tensor.empty() : tensor<2x4x1xi32>
  %b:2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%a : tensor<2x4x1xi32>) outs(%e, %e : tensor<2x4x1xi32>, tensor<2x4x1xi32>) {
  ^bb0(%in: i32, %out: i32, %other: i32):
    %j = linalg.index 1 : index
    %c = arith.index_cast %j : index to i32
    %s = arith.addi %in, %c : i32
    %m = arith.muli %in, %in : i32
    linalg.yield %s, %m : i32, i32
  } -> (tensor<2x4x1xi32>, tensor<2x4x1xi32>)
  %y = tensor.collapse_shape %b#0 [[0], [1, 2]] : tensor<2x4x1xi32> into tensor<2x4xi32>
  return %y, %b#1 : tensor<2x4xi32>, tensor<2x4x1xi32>
}

// -----

// Windows are maps as well.
// CHECK-LABEL: func.func @window(
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1, d2, d3, d4) -> (d0, d4, d2 * 2 + d3)>}
// CHECK:         "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1, d2, d3, d4) -> (d1, d4, d3)>}
// CHECK:         dims = array<i64: 3, 4>, domain = array<i64: 1, 2, 3, 3, 4>
func.func @window(%x: tensor<1x4x7xf32>, %w: tensor<2x4x3xf32>) -> tensor<1x2x3xf32> {
  %zero = arith.constant dense<0.0> : tensor<1x2x3xf32>
  %map = linalg.generic {indexing_maps = [affine_map<(n, f, o, k, c) -> (n, c, o * 2 + k)>,
      affine_map<(n, f, o, k, c) -> (f, c, k)>, affine_map<(n, f, o, k, c) -> (n, f, o)>],
      iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x4x7xf32>, tensor<2x4x3xf32>) outs(%zero : tensor<1x2x3xf32>) {
  ^bb0(%in: f32, %weight: f32, %out: f32):
    %m = arith.mulf %in, %weight : f32
    %s = arith.addf %out, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x2x3xf32>
  return %map : tensor<1x2x3xf32>
}

// -----

// Named ops: a batch of products, elementwise ops, an accumulating body.
// CHECK-LABEL: func.func @named(
// CHECK:         combiner = "addf", dims = array<i64: 3>, domain = array<i64: 2, 3, 5, 4>
// CHECK:         math.exp
// CHECK:         }) {domain = array<i64: 2, 3, 5>}
// CHECK:         %[[X:.*]] = "pattern.read"
// CHECK:         %[[A:.*]] = "pattern.read"
// CHECK:         arith.mulf %[[X]], %[[A]] : f32
func.func @named(%a: tensor<2x3x4xf32>, %b: tensor<2x4x5xf32>) -> tensor<2x3x5xf32> {
  %zero = arith.constant dense<0.0> : tensor<2x3x5xf32>
  %c = linalg.batch_matmul ins(%a, %b : tensor<2x3x4xf32>, tensor<2x4x5xf32>) outs(%zero : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %d = linalg.exp ins(%c : tensor<2x3x5xf32>) outs(%zero : tensor<2x3x5xf32>) -> tensor<2x3x5xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i, j, k) -> (i, j, k)>, affine_map<(i, j, k) -> (i, j, k)>],
      iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%c : tensor<2x3x5xf32>) outs(%d : tensor<2x3x5xf32>) {
  ^bb0(%in: f32, %out: f32):
    %m = arith.mulf %in, %out : f32
    linalg.yield %m : f32
  } -> tensor<2x3x5xf32>
  return %y : tensor<2x3x5xf32>
}

// -----

// Only what results need counts: the position of the greatest element, an i64, is not used.
// CHECK-LABEL: func.func @needed(
// CHECK:         "pattern.reduce"
// CHECK-NOT:     i64 :
// CHECK:         combiner = "maximumf"
// CHECK-NOT:     i64 :
// CHECK:         return
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @needed(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %none = arith.constant 0 : i64
  %low = arith.constant dense<0xFF800000> : tensor<4xf32>
  %e = tensor.empty() : tensor<4xi64>
  %f = linalg.fill ins(%none : i64) outs(%e : tensor<4xi64>) -> tensor<4xi64>
  %m:2 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x8xf32>) outs(%low, %f : tensor<4xf32>, tensor<4xi64>) {
  ^bb0(%in: f32, %most: f32, %at: i64):
    %j = linalg.index 1 : index
    %here = arith.index_cast %j : index to i64
    %max = arith.maximumf %in, %most : f32
    %greater = arith.cmpf ogt, %in, %most : f32
    %p = arith.select %greater, %here, %at : i64
    linalg.yield %max, %p : f32, i64
  } -> (tensor<4xf32>, tensor<4xi64>)
  return %m#0 : tensor<4xf32>
}

// -----

// A constant of f64 becomes one of f32.
// CHECK-LABEL: func.func @double(
// CHECK:         %[[C:.*]] = arith.constant 0.00999999977 : f32
// CHECK:         arith.mulf %{{.*}}, %[[C]] : f32
// CHECK-NOT:     f64
#id = affine_map<(i) -> (i)>
func.func @double(%x: tensor<4xf32>) -> tensor<4xf32> {
  %hundredth = arith.constant 1.0e-2 : f64
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %c = arith.truncf %hundredth : f64 to f32
    %s = arith.mulf %in, %c : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
