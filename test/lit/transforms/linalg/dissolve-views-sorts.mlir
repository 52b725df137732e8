// RUN: rdu-opt %s --linalg-dissolve-views --allow-unregistered-dialect | FileCheck %s

#map = affine_map<(d0, d1) -> (d0, d1)>

// The dimension that is sorted stays whole, others are cut; positions are those of the new one.
// CHECK-LABEL: func.func @cut(%arg0: tensor<2x3x5xf32>
// CHECK: linalg.index 2
// CHECK: "tm_tensor.sort"
// CHECK: dimension = 2 : i64{{.*}} : (tensor<2x3x5xf32>, tensor<2x3x5xi32>) -> (tensor<2x3x5xf32>, tensor<2x3x5xi32>)
func.func @cut(%x: tensor<2x3x5xf32>) -> (tensor<6x5xf32>, tensor<6x5xi32>) {
  %f = tensor.collapse_shape %x [[0, 1], [2]] : tensor<2x3x5xf32> into tensor<6x5xf32>
  %0 = tensor.empty() : tensor<6x5xi32>
  %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<6x5xi32>) {
  ^bb0(%out: i32):
    %a = linalg.index 1 : index
    %b = arith.index_cast %a : index to i32
    linalg.yield %b : i32
  } -> tensor<6x5xi32>
  %2:2 = "tm_tensor.sort"(%f, %1) ({
  ^bb0(%p: f32, %q: f32, %r: i32, %s: i32):
    %c = arith.cmpf oge, %p, %q : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 1 : i64, operandSegmentSizes = array<i32: 0, 2>} : (tensor<6x5xf32>, tensor<6x5xi32>) -> (tensor<6x5xf32>, tensor<6x5xi32>)
  return %2#0, %2#1 : tensor<6x5xf32>, tensor<6x5xi32>
}
