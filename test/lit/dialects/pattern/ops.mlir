// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @map
func.func @map(%x: tensor<64x512xf32>, %b: tensor<512xf32>) -> tensor<64x512xf32> {
  // CHECK: "pattern.map"() ({
  %y = "pattern.map"() ({
    // CHECK: "pattern.read"(%{{.*}}) {map = #{{.*}}} : (tensor<64x512xf32>) -> f32
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<64x512xf32>) -> f32
    %c = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<512xf32>) -> f32
    // CHECK: arith.addf
    %s = arith.addf %e, %c : f32
    // CHECK: "pattern.yield"(%{{.*}}) : (f32) -> ()
    "pattern.yield"(%s) : (f32) -> ()
  // CHECK: }) {domain = array<i64: 64, 512>} : () -> tensor<64x512xf32>
  }) {domain = array<i64: 64, 512>} : () -> tensor<64x512xf32>
  return %y : tensor<64x512xf32>
}

// CHECK-LABEL: func.func @zip
func.func @zip(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: "pattern.zip"() ({
  %z = "pattern.zip"() ({
    %a = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<8xf32>) -> f32
    %b = "pattern.read"(%y) {map = affine_map<(i) -> (i)>} : (tensor<8xf32>) -> f32
    %s = arith.mulf %a, %b : f32
    "pattern.yield"(%s) : (f32) -> ()
  // CHECK: }) {domain = array<i64: 8>} : () -> tensor<8xf32>
  }) {domain = array<i64: 8>} : () -> tensor<8xf32>
  return %z : tensor<8xf32>
}

// Dimensions that are not reduced stay, in order.
// CHECK-LABEL: func.func @reduce
func.func @reduce(%a: tensor<4x16xf32>, %b: tensor<8x16xf32>) -> tensor<4x8xf32> {
  // CHECK: "pattern.reduce"() ({
  %c = "pattern.reduce"() ({
    %x = "pattern.read"(%a) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
    %w = "pattern.read"(%b) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<8x16xf32>) -> f32
    %p = arith.mulf %x, %w : f32
    "pattern.yield"(%p) : (f32) -> ()
  // CHECK: }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>} : () -> tensor<4x8xf32>
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>} : () -> tensor<4x8xf32>
  return %c : tensor<4x8xf32>
}

// A reduction of everything is a scalar.
// CHECK-LABEL: func.func @reduce_all
func.func @reduce_all(%a: tensor<4x16xi32>) -> i32 {
  %c = "pattern.reduce"() ({
    %x = "pattern.read"(%a) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xi32>) -> i32
    "pattern.yield"(%x) : (i32) -> ()
  // CHECK: }) {combiner = "maxsi", dims = array<i64: 0, 1>, domain = array<i64: 4, 16>} : () -> i32
  }) {combiner = "maxsi", dims = array<i64: 0, 1>, domain = array<i64: 4, 16>} : () -> i32
  return %c : i32
}

// A nested pattern sees the point of the enclosing one; windows are maps with sums.
// CHECK-LABEL: func.func @nested
func.func @nested(%x: tensor<18xf32>) -> tensor<16xf32> {
  // CHECK: "pattern.map"() ({
  %y = "pattern.map"() ({
    // CHECK: "pattern.reduce"() ({
    %w = "pattern.reduce"() ({
      // CHECK: "pattern.index"() {dim = 1 : i64} : () -> i32
      %k = "pattern.index"() {dim = 1} : () -> i32
      %f = arith.sitofp %k : i32 to f32
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i + k)>} : (tensor<18xf32>) -> f32
      %p = arith.mulf %e, %f : f32
      "pattern.yield"(%p) : (f32) -> ()
    // CHECK: }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 3>} : () -> f32
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 3>} : () -> f32
    "pattern.yield"(%w) : (f32) -> ()
  }) {domain = array<i64: 16>} : () -> tensor<16xf32>
  return %y : tensor<16xf32>
}
