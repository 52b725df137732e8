// RUN: rdu-opt %s --linalg-lift-reads --mlir-print-local-scope --split-input-file | FileCheck %s

// What is computed of an element at a value is computed of an operand; an op of its own reads it.
// CHECK-LABEL: func.func @bag(
// CHECK:         %[[G:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%arg1 : tensor<3xi64>)
// CHECK:           tensor.extract %arg0
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%arg1, %[[G]] :
// CHECK-NOT:       tensor.extract
func.func @bag(%t: tensor<4x2xf32>, %i: tensor<3xi64>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%i : tensor<3xi64>) outs(%x : tensor<2xf32>) {
  ^bb0(%in: i64, %out: f32):
    %r = arith.index_cast %in : i64 to index
    %c = linalg.index 1 : index
    %e = tensor.extract %t[%r, %c] : tensor<4x2xf32>
    %s = arith.addf %e, %out : f32
    linalg.yield %s : f32
  } -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Positions that are computed with are a vector.
// CHECK-LABEL: func.func @before(
// CHECK:         %[[P:.*]] = arith.constant dense<[0, 1, 2]> : tensor<3xi64>
// CHECK:         linalg.generic {{.*}} ins(%arg0, %[[P]] : tensor<3xf32>, tensor<3xi64>)
// CHECK-NOT:       linalg.index
func.func @before(%x: tensor<3xf32>) -> tensor<3xf32> {
  %two = arith.constant 2 : i64
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<3xf32>) outs(%e : tensor<3xf32>) {
  ^bb0(%in: f32, %out: f32):
    %i = linalg.index 0 : index
    %p = arith.index_cast %i : index to i64
    %c = arith.cmpi slt, %p, %two : i64
    %s = arith.select %c, %in, %zero : f32
    linalg.yield %s : f32
  } -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// So are indices that are computed with as they are, then of i64; none of them is negative.
// CHECK-LABEL: func.func @triangle(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0, d1)>]
// CHECK-NOT:       linalg.index
// CHECK:           %[[N:.*]] = arith.addi %{{.*}}, %{{.*}} : i64
// CHECK:           arith.cmpi sgt, %[[N]], %{{.*}} : i64
// CHECK:           arith.cmpi sge, %{{.*}}, %{{.*}} : i64
func.func @triangle(%x: tensor<3x4xf32>) -> tensor<3x4xf32> {
  %one = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<3x4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %n = arith.addi %i, %one : index
    %c = arith.cmpi sgt, %n, %j : index
    %d = arith.cmpi uge, %i, %j : index
    %b = arith.andi %c, %d : i1
    %s = arith.select %b, %in, %zero : f32
    linalg.yield %s : f32
  } -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}

// -----

// The element of a tensor without dimensions is an operand, wherever it is read.
// CHECK-LABEL: func.func @scaled(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> ()>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%arg0, %arg1 :
func.func @scaled(%x: tensor<4xf32>, %s: tensor<f32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = tensor.extract %s[] : tensor<f32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%in: f32, %out: f32):
    %p = arith.mulf %in, %r : f32
    linalg.yield %p : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
