// RUN: rdu-opt %s --linalg-narrow-positions --allow-unregistered-dialect | FileCheck %s

#map = affine_map<(d0, d1) -> (d0, d1)>

// Positions, and what is computed of them, fit; conversions between the widths go.
// CHECK-LABEL: func.func @positions
// CHECK-NOT: i64
// CHECK: arith.constant 3 : i32
// CHECK: arith.index_cast %{{.*}} : index to i32
// CHECK: "tm_tensor.sort"
// CHECK: arith.muli %{{.*}} : i32
// CHECK-NOT: trunci
// CHECK: return
func.func @positions(%x: tensor<4x6xf32>) -> tensor<4x6xi32> {
  %three = arith.constant 3 : i64
  %0 = tensor.empty() : tensor<4x6xi64>
  %1 = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel", "parallel"]} outs(%0 : tensor<4x6xi64>) {
  ^bb0(%out: i64):
    %a = linalg.index 1 : index
    %b = arith.index_cast %a : index to i64
    linalg.yield %b : i64
  } -> tensor<4x6xi64>
  %2:2 = "tm_tensor.sort"(%x, %1) ({
  ^bb0(%p: f32, %q: f32, %r: i64, %s: i64):
    %c = arith.cmpf ole, %p, %q : f32
    "tm_tensor.yield"(%c) : (i1) -> ()
  }) {dimension = 1 : i64, operandSegmentSizes = array<i32: 0, 2>} : (tensor<4x6xf32>, tensor<4x6xi64>) -> (tensor<4x6xf32>, tensor<4x6xi64>)
  %3 = tensor.empty() : tensor<4x6xi32>
  %4 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%2#1 : tensor<4x6xi64>) outs(%3 : tensor<4x6xi32>) {
  ^bb0(%in: i64, %out: i32):
    %d = arith.muli %in, %three : i64
    %e = arith.trunci %d : i64 to i32
    linalg.yield %e : i32
  } -> tensor<4x6xi32>
  return %4 : tensor<4x6xi32>
}

// A product that may be larger stays, with all that it meets; so does what is passed in or returned.
// CHECK-LABEL: func.func @large
// CHECK: arith.muli %{{.*}} : i64
// CHECK: arith.trunci
func.func @large(%x: tensor<4xi32>, %y: tensor<4xi64>)
    -> (tensor<4xi32> {rdu.hosted = "torch.int64"}, tensor<4xi64>) {
  %0 = tensor.empty() : tensor<4xi32>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<4xi32>) outs(%0 : tensor<4xi32>) {
  ^bb0(%in: i32, %out: i32):
    %a = arith.extsi %in : i32 to i64
    %b = arith.muli %a, %a : i64
    %c = arith.trunci %b : i64 to i32
    linalg.yield %c : i32
  } -> tensor<4xi32>
  return %1, %y : tensor<4xi32>, tensor<4xi64>
}

// A vector of positions is a constant, and what meets a constant does not meet its other users.
// CHECK-LABEL: func.func @triangle
// CHECK: %[[P:.*]] = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi32>
// CHECK: linalg.generic {{.*}} ins(%[[P]] : tensor<4xi32>)
// CHECK: arith.cmpi sle, %{{.*}}, %{{.*}} : i32
// CHECK: arith.muli %{{.*}}, %{{.*}} : i64
func.func @triangle(%x: tensor<4xi32>)
    -> (tensor<4xi1>, tensor<4xi32> {rdu.hosted = "torch.int64"}) {
  %two = arith.constant 2 : i64
  %0 = tensor.empty() : tensor<4xi64>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%0 : tensor<4xi64>) {
  ^bb0(%out: i64):
    %a = linalg.index 0 : index
    %b = arith.index_cast %a : index to i64
    linalg.yield %b : i64
  } -> tensor<4xi64>
  %2 = tensor.empty() : tensor<4xi1>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1 : tensor<4xi64>) outs(%2 : tensor<4xi1>) {
  ^bb0(%in: i64, %out: i1):
    %c = arith.cmpi sle, %in, %two : i64
    linalg.yield %c : i1
  } -> tensor<4xi1>
  %4 = tensor.empty() : tensor<4xi32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%x : tensor<4xi32>) outs(%4 : tensor<4xi32>) {
  ^bb0(%in: i32, %out: i32):
    %d = arith.extsi %in : i32 to i64
    %e = arith.muli %d, %two : i64
    %f = arith.trunci %e : i64 to i32
    linalg.yield %f : i32
  } -> tensor<4xi32>
  return %3, %5 : tensor<4xi1>, tensor<4xi32>
}

// How many of a row are: sums of so many ones fit, of any numbers they may not.
// CHECK-LABEL: func.func @counts
// CHECK: arith.extui %{{.*}} : i1 to i32
// CHECK: arith.addi %{{.*}}, %{{.*}} : i32
// CHECK: arith.addi %{{.*}}, %{{.*}} : i64
func.func @counts(%x: tensor<4x6xi1>, %y: tensor<4x6xi32>)
    -> (tensor<4xi32>, tensor<4xi32> {rdu.hosted = "torch.int64"}) {
  %zero = arith.constant 0 : i64
  %0 = tensor.empty() : tensor<4xi64>
  %1 = linalg.fill ins(%zero : i64) outs(%0 : tensor<4xi64>) -> tensor<4xi64>
  %2 = linalg.generic {indexing_maps = [#map, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<4x6xi1>) outs(%1 : tensor<4xi64>) {
  ^bb0(%in: i1, %out: i64):
    %a = arith.extui %in : i1 to i64
    %b = arith.addi %a, %out : i64
    linalg.yield %b : i64
  } -> tensor<4xi64>
  %3 = linalg.generic {indexing_maps = [#map, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%y : tensor<4x6xi32>) outs(%1 : tensor<4xi64>) {
  ^bb0(%in: i32, %out: i64):
    %a = arith.extsi %in : i32 to i64
    %b = arith.addi %a, %out : i64
    linalg.yield %b : i64
  } -> tensor<4xi64>
  %4 = tensor.empty() : tensor<4xi32>
  %5 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%2 : tensor<4xi64>) outs(%4 : tensor<4xi32>) {
  ^bb0(%in: i64, %out: i32):
    %a = arith.trunci %in : i64 to i32
    linalg.yield %a : i32
  } -> tensor<4xi32>
  %6 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%3 : tensor<4xi64>) outs(%4 : tensor<4xi32>) {
  ^bb0(%in: i64, %out: i32):
    %a = arith.trunci %in : i64 to i32
    linalg.yield %a : i32
  } -> tensor<4xi32>
  return %5, %6 : tensor<4xi32>, tensor<4xi32>
}

// Indices that are compared with positions, and those less the extent, are of the width that both fit.
// CHECK-LABEL: func.func @indices
// CHECK-NOT: i64
// CHECK: arith.cmpi eq, %{{.*}}, %{{.*}} : i32
// CHECK-NOT: i64
// CHECK: return
func.func @indices(%t: tensor<4xf32>, %i: tensor<3xi32>) -> tensor<3xf32> {
  %four = arith.constant 4 : i64
  %zero = arith.constant 0.0 : f32
  %p = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi64>
  %w = tensor.empty() : tensor<3xi64>
  %l = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%i : tensor<3xi32>) outs(%w : tensor<3xi64>) {
  ^bb0(%in: i32, %out: i64):
    %x = arith.extsi %in : i32 to i64
    linalg.yield %x : i64
  } -> tensor<3xi64>
  %0 = tensor.empty() : tensor<3xf32>
  %1 = linalg.fill ins(%zero : f32) outs(%0 : tensor<3xf32>) -> tensor<3xf32>
  %2 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>], iterator_types = ["parallel", "reduction"]} ins(%l, %p, %t : tensor<3xi64>, tensor<4xi64>, tensor<4xf32>) outs(%1 : tensor<3xf32>) {
  ^bb0(%in: i64, %at: i64, %v: f32, %out: f32):
    %a = arith.cmpi eq, %in, %at : i64
    %b = arith.subi %at, %four : i64
    %c = arith.cmpi eq, %in, %b : i64
    %d = arith.ori %a, %c : i1
    %e = arith.select %d, %v, %out : f32
    linalg.yield %e : f32
  } -> tensor<3xf32>
  return %2 : tensor<3xf32>
}

// Of what becomes i32 in the end, the low bits are computed, constants as well; not of what is compared.
// CHECK-LABEL: func.func @low_bits
// CHECK: arith.constant 705032704 : i32
// CHECK: linalg.matmul ins(%{{.*}}, %{{.*}} : tensor<4x6xi32>, tensor<6x4xi32>) outs(%{{.*}} : tensor<4x4xi32>)
// CHECK: arith.muli %{{.*}}, %{{.*}} : i32
// CHECK-NOT: arith.trunci
// CHECK: arith.extsi %{{.*}} : i32 to i64
// CHECK: arith.addi %{{.*}}, %{{.*}} : i64
// CHECK: arith.cmpi sgt, %{{.*}}, %{{.*}} : i64
func.func @low_bits(%x: tensor<4x6xi32>, %y: tensor<6x4xi32>) -> (tensor<4x4xi32>, tensor<4x4xi1>) {
  %zero = arith.constant 0 : i64
  %more = arith.constant 5000000000 : i64
  %0 = tensor.empty() : tensor<4x4xi64>
  %1 = linalg.fill ins(%zero : i64) outs(%0 : tensor<4x4xi64>) -> tensor<4x4xi64>
  %2 = linalg.matmul ins(%x, %y : tensor<4x6xi32>, tensor<6x4xi32>) outs(%1 : tensor<4x4xi64>) -> tensor<4x4xi64>
  %3 = tensor.empty() : tensor<4x4xi32>
  %4 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%2 : tensor<4x4xi64>) outs(%3 : tensor<4x4xi32>) {
  ^bb0(%in: i64, %out: i32):
    %a = arith.muli %in, %more : i64
    %b = arith.trunci %a : i64 to i32
    linalg.yield %b : i32
  } -> tensor<4x4xi32>
  %5 = tensor.empty() : tensor<4x4xi1>
  %6 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%4 : tensor<4x4xi32>) outs(%5 : tensor<4x4xi1>) {
  ^bb0(%in: i32, %out: i1):
    %a = arith.extsi %in : i32 to i64
    %b = arith.addi %a, %a : i64
    %c = arith.cmpi sgt, %b, %a : i64
    linalg.yield %c : i1
  } -> tensor<4x4xi1>
  return %4, %6 : tensor<4x4xi32>, tensor<4x4xi1>
}

// How far a position is from another is no farther than they go.
// CHECK-LABEL: func.func @reflected
// CHECK-NOT: i64
// CHECK: math.absi
// CHECK-NOT: i64
// CHECK: return
func.func @reflected(%x: tensor<4xf32>) -> tensor<4xi32> {
  %p = arith.constant dense<[-1, 0, 1, 2]> : tensor<4xi64>
  %0 = tensor.empty() : tensor<4xi64>
  %1 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%p : tensor<4xi64>) outs(%0 : tensor<4xi64>) {
  ^bb0(%in: i64, %out: i64):
    %a = math.absi %in : i64
    linalg.yield %a : i64
  } -> tensor<4xi64>
  %2 = tensor.empty() : tensor<4xi32>
  %3 = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%1 : tensor<4xi64>) outs(%2 : tensor<4xi32>) {
  ^bb0(%in: i64, %out: i32):
    %a = arith.trunci %in : i64 to i32
    linalg.yield %a : i32
  } -> tensor<4xi32>
  return %3 : tensor<4xi32>
}

// Nothing to do.
// CHECK-LABEL: func.func @short
// CHECK-NEXT: return
func.func @short(%x: tensor<4xi32>) -> tensor<4xi32> {
  return %x : tensor<4xi32>
}
