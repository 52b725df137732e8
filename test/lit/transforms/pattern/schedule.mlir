// RUN: rdu-opt %s --pattern-schedule --split-input-file --mlir-print-local-scope | FileCheck %s
// RUN: rdu-opt %s --pass-pipeline='builtin.module(pattern-schedule{spatial=false})' --split-input-file | FileCheck %s --check-prefix=ONE
// RUN: rdu-opt %s --pass-pipeline='builtin.module(pattern-schedule{machine=pir})' --split-input-file | FileCheck %s --check-prefix=PIR

// Both layers keep rows of x apart, so they are tiled along them; lanes run along the columns, and
// the copies that make columns of the first layer are the copies that add up the second's sum. A larger
// machine takes more rows at once.
// CHECK-LABEL: func.func @layers(
// CHECK-SAME:    attributes {pattern.tile = 2 : i64}
// CHECK:         {domain = array<i64: 8, 48>, pattern.grains = array<i64: 1, 16, 32>, pattern.lanes = array<i64: 1, 16, 1>, pattern.unroll = array<i64: 2, 3, 2>}
// CHECK:         {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 8, 10, 48>, pattern.grains = array<i64: 1, 16, 16>, pattern.lanes = array<i64: 1, 16, 1>, pattern.unroll = array<i64: 1, 1, 3>}
// ONE-LABEL:   func.func @layers(
// ONE-SAME:      attributes {pattern.tile = 1 : i64}
// ONE:           pattern.unroll = array<i64: 1, 1, 1>
// ONE:           pattern.unroll = array<i64: 1, 1, 1>
// PIR-LABEL:   func.func @layers(
// PIR-SAME:      attributes {pattern.tile = 8 : i64}
func.func @layers(%x: tensor<8x64xf32>, %w: tensor<48x64xf32>, %b: tensor<48xf32>, %v: tensor<10x48xf32>) -> tensor<8x10xf32> {
  %h = "pattern.map"() ({
    %bias = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<48xf32>) -> f32
    %p = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<8x64xf32>) -> f32
      %f = "pattern.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<48x64xf32>) -> f32
      %m = arith.mulf %e, %f : f32
      "pattern.yield"(%m) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 64>} : () -> f32
    %s = arith.addf %p, %bias : f32
    "pattern.yield"(%s) : (f32) -> ()
  }) {domain = array<i64: 8, 48>} : () -> tensor<8x48xf32>
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%h) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<8x48xf32>) -> f32
    %f = "pattern.read"(%v) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<10x48xf32>) -> f32
    %m = arith.mulf %e, %f : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 8, 10, 48>} : () -> tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// -----

// Few sums of many values: lanes run along the reduction, whose tree pays off, and copies add up
// halves of it. One kernel has nothing to tile for.
// CHECK-LABEL: func.func @long(
// CHECK-NOT:     pattern.tile
// CHECK:         pattern.grains = array<i64: 1, 2048>, pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 2>
// ONE-LABEL:   func.func @long(
// ONE:           pattern.lanes = array<i64: 1, 16>, pattern.unroll = array<i64: 1, 1>
func.func @long(%x: tensor<2x4096xf32>) -> tensor<2xf32> {
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<2x4096xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 1>, domain = array<i64: 2, 4096>} : () -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @none(
// CHECK-NEXT:    return
func.func @none(%x: tensor<2xf32>) -> tensor<2xf32> {
  return %x : tensor<2xf32>
}
