// RUN: rdu-opt %s --allow-unregistered-dialect --linalg-match-indices --mlir-print-local-scope --split-input-file | FileCheck %s

// Rows of a table: the loop of what is compared is reduced.
// CHECK-LABEL: func.func @embedding(
// CHECK:         %[[P:.*]] = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi32>
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%arg1, %[[P]], %arg0 :
// CHECK:           %[[E:.*]] = arith.cmpi eq, %{{.*}}, %{{.*}} : i32
// CHECK:           arith.select %[[E]], %{{.*}}, %{{.*}} : f32
// CHECK-NOT:     tensor.extract
func.func @embedding(%t: tensor<4x5xf32>, %i: tensor<3xi32>) -> tensor<3x5xf32> {
  %c4 = arith.constant 4 : index
  %c0 = arith.constant 0 : i32
  %e = tensor.empty() : tensor<3x5xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<3xi32>) outs(%e : tensor<3x5xf32>) {
  ^bb0(%in: i32, %out: f32):
    %r = arith.index_cast %in : i32 to index
    %h = linalg.index 1 : index
    %below = arith.cmpi slt, %r, %c4 : index
    cf.assert %below, "index must be smaller than dim size"
    %above = arith.cmpi sge, %in, %c0 : i32
    cf.assert %above, "index must be larger or equal to 0"
    %x = tensor.extract %t[%r, %h] : tensor<4x5xf32>
    linalg.yield %x : f32
  } -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

// Indices of i64 are compared as they are; negative ones count from the end.
// CHECK-LABEL: func.func @wraps(
// CHECK:         %[[E:.*]] = arith.cmpi eq, %[[I:.*]], %[[P:.*]] : i64
// CHECK:         %[[L:.*]] = arith.subi %[[P]], %{{.*}} : i64
// CHECK:         %[[W:.*]] = arith.cmpi eq, %[[I]], %[[L]] : i64
// CHECK:         arith.ori %[[E]], %[[W]] : i1
func.func @wraps(%t: tensor<4xf32>, %i: tensor<3xi32>) -> tensor<3xf32> {
  %c4 = arith.constant 4 : i64
  %c0 = arith.constant 0 : i64
  %w = tensor.empty() : tensor<3xi64>
  %l = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%i : tensor<3xi32>) outs(%w : tensor<3xi64>) {
  ^bb0(%in: i32, %out: i64):
    %x = arith.extsi %in : i32 to i64
    linalg.yield %x : i64
  } -> tensor<3xi64>
  %e = tensor.empty() : tensor<3xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%l : tensor<3xi64>) outs(%e : tensor<3xf32>) {
  ^bb0(%in: i64, %out: f32):
    %n = arith.cmpi slt, %in, %c0 : i64
    %a = arith.addi %in, %c4 : i64
    %s = arith.select %n, %a, %in : i64
    %r = arith.index_cast %s : i64 to index
    %x = tensor.extract %t[%r] : tensor<4xf32>
    linalg.yield %x : f32
  } -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

// What is scattered onto something is added to it afterwards.
// CHECK-LABEL: func.func @adds(
// CHECK:         linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0, 0)>, affine_map<(d0, d1, d2) -> (d1)>, affine_map<(d0, d1, d2) -> (d0, 0, d2)>, affine_map<(d0, d1, d2) -> (d1, d2)>], iterator_types = ["reduction", "parallel", "parallel"]}
// CHECK:           arith.addf
// CHECK:         linalg.generic {{.*}} ins(%arg2,
// CHECK-NOT:     tm_tensor.scatter
func.func @adds(%v: tensor<3x1x6xf32>, %i: tensor<3x1xi32>, %x: tensor<4x6xf32>) -> tensor<4x6xf32> {
  %0 = "tm_tensor.scatter"(%v, %i, %x) <{dimension_map = array<i64: 0>, operandSegmentSizes = array<i32: 2, 1>, unique_indices = false}> ({
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %b, %a : f32
    "tm_tensor.yield"(%s) : (f32) -> ()
  }) : (tensor<3x1x6xf32>, tensor<3x1xi32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  return %0 : tensor<4x6xf32>
}

// -----

// What replaces something is chosen where ones that are stored alike are.
// CHECK-LABEL: func.func @replaces(
// CHECK:         %[[ONE:.*]] = linalg.fill ins(%{{.*}} : f32) outs(%{{.*}} : tensor<f32>)
// CHECK:         %[[PLACES:.*]] = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, 0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> ()>, affine_map<(d0, d1) -> (d1)>], {{.*}} ins(%arg1, %{{.*}}, %[[ONE]] :
// CHECK:         %[[VALUES:.*]] = linalg.generic {{.*}} ins(%arg1, %{{.*}}, %arg0 :
// CHECK:         linalg.generic {{.*}} ins(%[[PLACES]], %[[VALUES]], %arg2 :
// CHECK:           %[[STORED:.*]] = arith.cmpf une
// CHECK:           arith.select %[[STORED]]
func.func @replaces(%v: tensor<3xf32>, %i: tensor<3x1xi32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = "tm_tensor.scatter"(%v, %i, %x) <{dimension_map = array<i64: 0>, operandSegmentSizes = array<i32: 2, 1>, unique_indices = true}> ({
  ^bb0(%a: f32, %b: f32):
    "tm_tensor.yield"(%a) : (f32) -> ()
  }) : (tensor<3xf32>, tensor<3x1xi32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @diagonal(
// CHECK:         linalg.exp
func.func @diagonal(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.exp ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}
