// RUN: rdu-opt %s --pattern-schedule --split-input-file --verify-diagnostics

// Each crowded pattern is reported.
func.func @crowded(%x: tensor<4x16xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  // expected-error @+1 {{'pattern.map' holds 2 reductions: expected at most one, as pattern-fuse leaves it}}
  %y = "pattern.map"() ({
    %s = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
    %m = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "maximumf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
    %d = arith.divf %s, %m : f32
    "pattern.yield"(%d) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  // expected-error @+1 {{'pattern.map' holds 3 reductions}}
  %z = "pattern.map"() ({
    %s = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
    %m = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
    %n = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
    %d = arith.addf %s, %m : f32
    %f = arith.addf %d, %n : f32
    "pattern.yield"(%f) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return %y, %z : tensor<4xf32>, tensor<4xf32>
}
