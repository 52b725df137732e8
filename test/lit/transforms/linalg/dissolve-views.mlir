// RUN: rdu-opt %s --linalg-dissolve-views --mlir-print-local-scope --split-input-file | FileCheck %s

// A transposed weight is read through its access map.
// CHECK-LABEL: func.func @linear(
// CHECK-NOT:     linalg.transpose
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, d1)>, affine_map<(d0, d1, d2) -> (d2, d1)>,
// CHECK-SAME:      ins(%arg1, %arg0 :
// CHECK-NOT:     linalg.generic
func.func @linear(%w: tensor<5x6xf32>, %x: tensor<4x6xf32>) -> tensor<4x5xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<6x5xf32>
  %t = linalg.transpose ins(%w : tensor<5x6xf32>) outs(%e : tensor<6x5xf32>) permutation = [1, 0]
  %f = tensor.empty() : tensor<4x5xf32>
  %g = linalg.fill ins(%zero : f32) outs(%f : tensor<4x5xf32>) -> tensor<4x5xf32>
  %y = linalg.matmul ins(%x, %t : tensor<4x6xf32>, tensor<6x5xf32>) outs(%g : tensor<4x5xf32>) -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

// Blocks become dimensions, of all tensors that have the loop; a reshape cuts what it divides.
// CHECK-LABEL: func.func @blocks(
// CHECK-SAME:    %{{.*}}: tensor<2x2x2x3xf32, #sparse_tensor.encoding<{ map = (d0, d1, d2, d3) -> (d0 : dense, d2 : compressed, d1 : dense, d3 : dense) }>>, %{{.*}}: tensor<2x3xf32>) -> tensor<2x2xf32>
// CHECK-NOT:     tensor.expand_shape
#BSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 2 : dense, d1 floordiv 3 : compressed, d0 mod 2 : dense, d1 mod 3 : dense)}>
func.func @blocks(%b: tensor<4x6xf32, #BSR>, %c: tensor<6xf32>) -> tensor<2x2xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.matvec ins(%b, %c : tensor<4x6xf32, #BSR>, tensor<6xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %y = tensor.expand_shape %x [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  return %y : tensor<2x2xf32>
}

// -----

// Two of four: a fiber of compressed coordinates for each group.
// CHECK-LABEL: func.func @groups(
// CHECK-SAME:    tensor<2x2x4xf32, #sparse_tensor.encoding<{ map = (d0, d1, d2) -> (d0 : dense, d1 : dense, d2 : compressed) }>>) -> tensor<2x2x4xf32>
#NM = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 floordiv 4 : dense, d1 mod 4 : structured[2, 4])}>
func.func @groups(%b: tensor<2x8xf32, #NM>) -> tensor<2x8xf32> {
  %e = tensor.empty() : tensor<2x8xf32>
  %x = linalg.abs ins(%b : tensor<2x8xf32, #NM>) outs(%e : tensor<2x8xf32>) -> tensor<2x8xf32>
  return %x : tensor<2x8xf32>
}

// -----

// A result that nobody needs goes, extents of 1 too, and a constant is converted.
// CHECK-LABEL: func.func @greatest(
// CHECK-SAME:    tensor<4x6xf32>) -> tensor<4xf32>
// CHECK:         linalg.generic
// CHECK-NOT:     linalg.index
// CHECK:         linalg.generic
// CHECK:           arith.constant 5.000000e-01 : f32
// CHECK-NOT:       arith.truncf
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
func.func @greatest(%x: tensor<4x6xf32>) -> tensor<4x1xf32> {
  %least = arith.constant 0xFF800000 : f32
  %none = arith.constant 0 : i64
  %half = arith.constant 0.5 : f64
  %e = tensor.empty() : tensor<4xf32>
  %f = linalg.fill ins(%least : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %g = tensor.empty() : tensor<4xi64>
  %h = linalg.fill ins(%none : i64) outs(%g : tensor<4xi64>) -> tensor<4xi64>
  %m:2 = linalg.generic {indexing_maps = [#id, #row, #row], iterator_types = ["parallel", "reduction"]}
      ins(%x : tensor<4x6xf32>) outs(%f, %h : tensor<4xf32>, tensor<4xi64>) {
  ^bb0(%a: f32, %o: f32, %p: i64):
    %j = linalg.index 1 : index
    %k = arith.index_cast %j : index to i64
    %greater = arith.cmpf ogt, %a, %o : f32
    %place = arith.select %greater, %k, %p : i64
    %most = arith.maximumf %a, %o : f32
    linalg.yield %most, %place : f32, i64
  } -> (tensor<4xf32>, tensor<4xi64>)
  %c = tensor.expand_shape %m#0 [[0, 1]] output_shape [4, 1] : tensor<4xf32> into tensor<4x1xf32>
  %d = tensor.empty() : tensor<4x1xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%c : tensor<4x1xf32>) outs(%d : tensor<4x1xf32>) {
  ^bb0(%a: f32, %o: f32):
    %t = arith.truncf %half : f64 to f32
    %r = arith.mulf %a, %t : f32
    linalg.yield %r : f32
  } -> tensor<4x1xf32>
  return %y : tensor<4x1xf32>
}

// -----

// Heads of 4 out of three times two of them: whole heads move.
// CHECK-LABEL: func.func @heads(%arg0: tensor<5x6x4xf32>) -> tensor<5x2x4xf32>
// CHECK-NEXT:    %[[K:.*]] = tensor.extract_slice %arg0[0, 2, 0] [5, 2, 4] [1, 1, 1]
// CHECK-NEXT:    return %[[K]]
func.func @heads(%x: tensor<5x24xf32>) -> tensor<5x2x4xf32> {
  %k = tensor.extract_slice %x[0, 8] [5, 8] [1, 1] : tensor<5x24xf32> to tensor<5x8xf32>
  %h = tensor.expand_shape %k [[0], [1, 2]] output_shape [5, 2, 4] : tensor<5x8xf32> into tensor<5x2x4xf32>
  return %h : tensor<5x2x4xf32>
}

// -----

// Two tensors as one with a dimension more: each gets it in a copy.
// CHECK-LABEL: func.func @stack(%arg0: tensor<4xf32>, %arg1: tensor<4xf32>) -> tensor<2x4xf32>
// CHECK:         %[[A:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<4xf32>) outs({{.*}} : tensor<1x4xf32>)
// CHECK:         %[[B:.*]] = linalg.generic {{.*}} ins(%arg1 : tensor<4xf32>) outs({{.*}} : tensor<1x4xf32>)
// CHECK:         %[[S:.*]] = tensor.concat dim(0) %[[A]], %[[B]]
// CHECK-NEXT:    return %[[S]]
func.func @stack(%x: tensor<4xf32>, %y: tensor<4xf32>) -> tensor<2x4xf32> {
  %s = tensor.concat dim(0) %x, %y : (tensor<4xf32>, tensor<4xf32>) -> tensor<8xf32>
  %h = tensor.expand_shape %s [[0, 1]] output_shape [2, 4] : tensor<8xf32> into tensor<2x4xf32>
  return %h : tensor<2x4xf32>
}

// -----

// One row out of four is read at 0; between zeros and in another tensor, parts go where wholes do.
// CHECK-LABEL: func.func @others(
// CHECK:         %[[R:.*]] = tensor.extract_slice %arg0[1, 0] [1, 6] [1, 1]
// CHECK:         linalg.generic {{.*}} ins(%[[R]] : tensor<1x6xf32>)
// CHECK:         tensor.insert_slice {{.*}}[0, 2] [4, 3] [1, 1]
// CHECK:         tensor.pad {{.*}} low[0, 1] high[2, 0]
func.func @others(%x: tensor<4x6xf32>, %y: tensor<4x3xf32>) -> (tensor<6xf32>, tensor<4x6xf32>, tensor<6x7xf32>) {
  %a = tensor.extract_slice %x[1, 0] [1, 6] [1, 1] : tensor<4x6xf32> to tensor<1x6xf32>
  %b = tensor.collapse_shape %a [[0, 1]] : tensor<1x6xf32> into tensor<6xf32>
  %e = tensor.empty() : tensor<6xf32>
  %c = linalg.exp ins(%b : tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  %d = tensor.insert_slice %y into %x[0, 2] [4, 3] [1, 1] : tensor<4x3xf32> into tensor<4x6xf32>
  %z = arith.constant 0.0 : f32
  %f = tensor.pad %x low[0, 1] high[2, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %z : f32
  } : tensor<4x6xf32> to tensor<6x7xf32>
  return %c, %d, %f : tensor<6xf32>, tensor<4x6xf32>, tensor<6x7xf32>
}

// -----

// Nothing to dissolve.
// CHECK-LABEL: func.func @plain(%arg0: tensor<4x6xf32>) -> tensor<4x6xf32>
// CHECK:         linalg.generic
// CHECK:         return
func.func @plain(%x: tensor<4x6xf32>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %y = linalg.exp ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

// A format that an op says its result has becomes its type's, and drops zeros that are computed.
// CHECK-LABEL: func.func @said(
// CHECK:         linalg.generic {{.*}} ins(%arg0 : tensor<4x6xf32>) outs(%{{.*}} : tensor<4x6xf32, #{{.*}}>) attrs = {sam.drop_zeros}
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @said(%x: tensor<4x6xf32>) -> tensor<24xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %y = linalg.exp {sam.format = #CSR} ins(%x : tensor<4x6xf32>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  %f = tensor.empty() : tensor<24xf32>
  %z = tensor.collapse_shape %y [[0, 1]] : tensor<4x6xf32> into tensor<24xf32>
  %w = linalg.abs ins(%z : tensor<24xf32>) outs(%f : tensor<24xf32>) -> tensor<24xf32>
  return %w : tensor<24xf32>
}

// -----

// A result that only computes another one stays with it.
// CHECK-LABEL: func.func @argmax(
// CHECK:         %[[R:.*]]:2 = linalg.generic
// CHECK:         return %[[R]]#1
func.func @argmax(%x: tensor<4x6xf32>, %low: f32) -> tensor<4xi32> {
  %none = arith.constant 0 : i32
  %e = tensor.empty() : tensor<4xf32>
  %m = linalg.fill ins(%low : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %f = tensor.empty() : tensor<4xi32>
  %p = linalg.fill ins(%none : i32) outs(%f : tensor<4xi32>) -> tensor<4xi32>
  %r:2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x6xf32>) outs(%m, %p : tensor<4xf32>, tensor<4xi32>) {
  ^bb0(%in: f32, %most: f32, %at: i32):
    %i = linalg.index 1 : index
    %j = arith.index_cast %i : index to i32
    %more = arith.cmpf ogt, %in, %most : f32
    %y = arith.select %more, %in, %most : f32
    %k = arith.select %more, %j, %at : i32
    linalg.yield %y, %k : f32, i32
  } -> (tensor<4xf32>, tensor<4xi32>)
  return %r#1 : tensor<4xi32>
}
