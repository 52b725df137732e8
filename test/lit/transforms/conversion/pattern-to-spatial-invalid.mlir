// RUN: rdu-opt %s --pattern-to-spatial --split-input-file --verify-diagnostics

// Two reductions in one pattern: pattern-fuse keeps them apart.
func.func @reductions(%x: tensor<4x16xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'pattern.map' holds 2 reductions: expected at most one}}
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
  return %y : tensor<4xf32>
}

// -----

// Ops of other levels, and what they compute.
func.func @foreign(%x: tensor<4x16xf32>) -> tensor<4x16xf32> {
  // expected-error @+1 {{'tensor.empty' is not at the pattern level: expected patterns, scalar constants and a return}}
  %e = tensor.empty() : tensor<4x16xf32>
  // expected-error @+1 {{'linalg.exp' is not at the pattern level}}
  %y = linalg.exp ins(%x : tensor<4x16xf32>) outs(%e : tensor<4x16xf32>) -> tensor<4x16xf32>
  // expected-error @+1 {{'func.return' returns a value that no pattern computes: expected results of patterns}}
  return %y : tensor<4x16xf32>
}

// -----

// An argument comes back: linalg-to-pattern copies it with a map.
func.func @returned(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.return' returns a value that no pattern computes: expected results of patterns}}
  return %x : tensor<4xf32>
}

// -----

// Every type that has no place on the fabric is named.
// expected-error @+2 {{'func.func' takes or returns tensor<?xf32>: expected ranked tensors of f32, i32 or i1}}
// expected-error @+1 {{'func.func' takes or returns tensor<4xf64>: expected ranked tensors of f32, i32 or i1}}
func.func @signature(%x: tensor<?xf32>, %y: tensor<4xf64>, %z: tensor<4xi1>) {
  return
}
