// RUN: rdu-opt %s --split-input-file --verify-diagnostics

func.func @extent(%c: f32) {
  // expected-error @+1 {{'pattern.map' domain is []: expected at least one dimension, each of extent 1 or more}}
  %0 = "pattern.map"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64>} : () -> f32
  // expected-error @+1 {{'pattern.zip' domain is [4, 0]: expected at least one dimension, each of extent 1 or more}}
  %1 = "pattern.zip"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64: 4, 0>} : () -> tensor<4x0xf32>
  // expected-error @+1 {{'pattern.reduce' domain is [-1]: expected at least one dimension, each of extent 1 or more}}
  %2 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: -1>} : () -> f32
  return
}

// -----

func.func @map_arguments() {
  // expected-error @+1 {{'pattern.map' body takes 1 arguments: expected none}}
  %0 = "pattern.map"() ({
  ^bb0(%i: f32):
    "pattern.yield"(%i) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return
}

// -----

func.func @zip_arguments() {
  // expected-error @+1 {{'pattern.zip' body takes 2 arguments: expected none}}
  %0 = "pattern.zip"() ({
  ^bb0(%i: f32, %j: f32):
    "pattern.yield"(%i) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return
}

// -----

func.func @reduce_arguments() {
  // expected-error @+1 {{'pattern.reduce' body takes 1 arguments: expected none}}
  %0 = "pattern.reduce"() ({
  ^bb0(%i: f32):
    "pattern.yield"(%i) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 4>} : () -> f32
  return
}

// -----

func.func @map_result(%c: f32) {
  // expected-error @+1 {{'pattern.map' result is tensor<5xf32>: expected tensor<4xf32>}}
  %0 = "pattern.map"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<5xf32>
  return
}

// -----

func.func @zip_result(%c: f32) {
  // expected-error @+1 {{'pattern.zip' result is tensor<4xi32>: expected tensor<4xf32>}}
  %0 = "pattern.zip"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  return
}

// -----

func.func @reduce_result(%c: f32) {
  // expected-error @+1 {{'pattern.reduce' result is f32: expected tensor<4xf32>}}
  %0 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> f32
  return
}

// -----

func.func @reduce_yield(%c: f32) {
  // expected-error @+1 {{'pattern.reduce' body yields f32: expected i32}}
  %0 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 4>} : () -> i32
  return
}

// -----

func.func @zip(%x: tensor<4x4xf32>) {
  %0 = "pattern.zip"() ({
    // expected-error @+1 {{'pattern.zip' reads through (d0, d1) -> (d1, d0): expected the identity}}
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (j, i)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+1 {{'pattern.zip' holds the pattern 'pattern.reduce': expected scalar operations}}
    %s = "pattern.reduce"() ({
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 4>} : () -> f32
    "pattern.yield"(%s) : (f32) -> ()
  }) {domain = array<i64: 4, 4>} : () -> tensor<4x4xf32>
  return
}

// -----

func.func @reduce_combiner(%c: f32) {
  // expected-error @+1 {{'pattern.reduce' combiner 'addi' does not reduce f32: expected addf, mulf, maximumf, minimumf}}
  %0 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addi", dims = array<i64: 0>, domain = array<i64: 4>} : () -> f32
  return
}

// -----

func.func @reduce_element(%h: f16) {
  // expected-error @+1 {{'pattern.reduce' combiner 'addf' does not reduce f16: expected values of f32, i32 or i1}}
  %0 = "pattern.reduce"() ({
    "pattern.yield"(%h) : (f16) -> ()
  }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 4>} : () -> f16
  return
}

// -----

func.func @dims(%c: f32) {
  // expected-error @+1 {{'pattern.reduce' reduced dimensions are [1, 0]: expected increasing numbers from 0 to 1}}
  %0 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 1, 0>, domain = array<i64: 4, 4>} : () -> f32
  // expected-error @+1 {{'pattern.reduce' reduced dimensions are [2]: expected increasing numbers from 0 to 1}}
  %1 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 4>} : () -> tensor<4x4xf32>
  // expected-error @+1 {{'pattern.reduce' reduced dimensions are []: expected increasing numbers from 0 to 1}}
  %2 = "pattern.reduce"() ({
    "pattern.yield"(%c) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64>, domain = array<i64: 4, 4>} : () -> tensor<4x4xf32>
  return
}

// -----

func.func @nested(%c: f32) {
  %0 = "pattern.map"() ({
    // expected-error @+1 {{'pattern.reduce' is nested and keeps dimensions [1]: expected all of them reduced}}
    %1 = "pattern.reduce"() ({
      "pattern.yield"(%c) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 4, 4>} : () -> tensor<4xf32>
    "pattern.yield"(%c) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return
}

// -----

func.func @outside(%x: tensor<4xf32>) {
  // expected-error @+1 {{'pattern.read' stands outside of any pattern}}
  %0 = "pattern.read"(%x) {map = affine_map<() -> (0)>} : (tensor<4xf32>) -> f32
  // expected-error @+1 {{'pattern.index' stands outside of any pattern}}
  %1 = "pattern.index"() {dim = 0} : () -> i32
  return
}

// -----

func.func @read(%x: tensor<4x4xf32>, %d: tensor<?xf32>, %v: vector<4xf32>) {
  %0 = "pattern.map"() ({
    // expected-error @+1 {{'pattern.read' reads tensor<?xf32>: expected a ranked tensor of static shape}}
    %1 = "pattern.read"(%d) {map = affine_map<(i) -> (i)>} : (tensor<?xf32>) -> f32
    // expected-error @+1 {{'pattern.read' reads vector<4xf32>: expected a ranked tensor of static shape}}
    %2 = "pattern.read"(%v) {map = affine_map<(i) -> (i)>} : (vector<4xf32>) -> f32
    // expected-error @+1 {{'pattern.read' map takes 2 dimensions: expected 1, all those of the enclosing patterns}}
    %3 = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+1 {{'pattern.read' map has 1 results: expected 2, the tensor's rank}}
    %4 = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+1 {{'pattern.read' map is (d0) -> (d0 floordiv 2, d0): expected sums of dimensions times constants}}
    %5 = "pattern.read"(%x) {map = affine_map<(i) -> (i floordiv 2, i)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+1 {{'pattern.read' map is (d0)[s0] -> (d0, s0): expected sums of dimensions times constants}}
    %6 = "pattern.read"(%x) {map = affine_map<(i)[s] -> (i, s)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+2 {{'pattern.read' map reads elements -1 to 2 of dimension 0: expected 0 to 3}}
    // expected-error @+1 {{'pattern.read' map reads elements 0 to 6 of dimension 1: expected 0 to 3}}
    %7 = "pattern.read"(%x) {map = affine_map<(i) -> (i - 1, 2 * i)>} : (tensor<4x4xf32>) -> f32
    // expected-error @+1 {{'pattern.read' result is i32: expected f32}}
    %8 = "pattern.read"(%x) {map = affine_map<(i) -> (i, i)>} : (tensor<4x4xf32>) -> i32
    "pattern.yield"(%1) : (f32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return
}

// -----

func.func @index() {
  %0 = "pattern.map"() ({
    // expected-error @+1 {{'pattern.index' dimension is 1: expected 0 to 0}}
    %1 = "pattern.index"() {dim = 1} : () -> i32
    // expected-error @+1 {{'pattern.index' dimension is -1: expected 0 to 0}}
    %2 = "pattern.index"() {dim = -1} : () -> i32
    // expected-error @+1 {{'pattern.index' result 'result' has the wrong type: expected i32, got index}}
    %3 = "pattern.index"() {dim = 0} : () -> index
    "pattern.yield"(%1) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  return
}

// -----

func.func @yield(%c: f32) {
  // expected-error @+1 {{'pattern.yield' is in the wrong place: expected inside 'pattern.map' or 'pattern.zip' or 'pattern.reduce', got 'func.func'}}
  "pattern.yield"(%c) : (f32) -> ()
}

// -----

func.func @terminator() {
  // expected-error @+1 {{'pattern.map' region 'body' ends wrongly: expected 'pattern.yield', got nothing}}
  %0 = "pattern.map"() ({
  ^bb0:
  }) {domain = array<i64: 4>} : () -> tensor<4xf32>
  return
}
