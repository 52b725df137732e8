// RUN: rdu-opt %s --linalg-to-sam='dense' --mlir-print-local-scope --split-input-file | FileCheck %s

// The rows of a table are found where values say; what is stored of them is walked.
// CHECK-LABEL: func.func @embedding(
// CHECK:         %[[V:.*]] = "sam.array"(%{{.*}}, %{{.*}})
// CHECK:         %[[C:.*]] = "sam.as_crd"(%[[V]]) {below = 4 : i64}
// CHECK:         %[[R:.*]] = "sam.locate"(%{{.*}}, %[[C]], %{{.*}}) {level = 0
// CHECK:         "sam.fiber_lookup"(%{{.*}}, %[[R]]) {level = 1
// CHECK-NOT:     "sam.reduce"
func.func @embedding(%t: tensor<4x5xf32>, %i: tensor<3xi32>) -> tensor<3x5xf32> {
  %zero = arith.constant 0.0 : f32
  %p = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi32>
  %e = tensor.empty() : tensor<3x5xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<3x5xf32>) -> tensor<3x5xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1, d2) -> (d0)>, affine_map<(d0, d1, d2) -> (d2)>, affine_map<(d0, d1, d2) -> (d2, d1)>, affine_map<(d0, d1, d2) -> (d0, d1)>], iterator_types = ["parallel", "parallel", "reduction"]} ins(%i, %p, %t : tensor<3xi32>, tensor<4xi32>, tensor<4x5xf32>) outs(%z : tensor<3x5xf32>) {
  ^bb0(%in: i32, %at: i32, %x: f32, %out: f32):
    %is = arith.cmpi eq, %in, %at : i32
    %s = arith.select %is, %x, %out : f32
    linalg.yield %s : f32
  } -> tensor<3x5xf32>
  return %y : tensor<3x5xf32>
}

// -----

// A sum by place: what comes together is one fiber of an accumulation.
// CHECK-LABEL: func.func @sum(
// CHECK:         %[[C:.*]] = "sam.as_crd"(%{{.*}}) {below = 4 : i64, wrap = true}
// CHECK:         "sam.accumulate"(%{{.*}}, %[[C]], %{{.*}}) {function = "add"
func.func @sum(%v: tensor<3xf32>, %i: tensor<3xi32>) -> tensor<4xf32> {
  %zero = arith.constant 0.0 : f32
  %end = arith.constant 4 : i32
  %p = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi32>
  %e = tensor.empty() : tensor<4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%i, %p, %v : tensor<3xi32>, tensor<4xi32>, tensor<3xf32>) outs(%z : tensor<4xf32>) {
  ^bb0(%in: i32, %at: i32, %x: f32, %out: f32):
    %there = arith.cmpi eq, %in, %at : i32
    %back = arith.subi %at, %end : i32
    %from_the_end = arith.cmpi eq, %in, %back : i32
    %is = arith.ori %there, %from_the_end : i1
    %a = arith.addf %out, %x : f32
    %s = arith.select %is, %a, %out : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
