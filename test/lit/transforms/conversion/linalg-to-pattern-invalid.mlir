// RUN: rdu-opt %s --linalg-to-pattern --split-input-file --verify-diagnostics

// Everything wrong in a function is reported at once, each at its own line.
// expected-error @+1 {{'func.func' argument 1 is tensor<?xf32>: expected a static shape}}
func.func @several(%x: tensor<4x8xf32>, %y: tensor<?xf32>) -> (tensor<4x8xf32>, tensor<5x8xf32>) {
  %e = tensor.empty() : tensor<4x8xf32>
  // expected-error @+1 {{'linalg.softmax' is not supported: expected structured ops of linalg}}
  %s = linalg.softmax dimension(1) ins(%x : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %c0 = arith.constant 0 : i32
  // expected-error @+1 {{'tensor.pad' is not supported: expected structured ops of linalg}}
  %p = tensor.pad %s low[0, 0] high[1, 0] {
  ^bb0(%i: index, %j: index):
    %zero = arith.constant 0.0 : f32
    tensor.yield %zero : f32
  } : tensor<4x8xf32> to tensor<5x8xf32>
  %w = linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]} ins(%s : tensor<4x8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%in: f32, %out: f32):
    // expected-error @+1 {{'math.powf' (f32, f32) -> f32 is not supported in the body of 'linalg.generic': expected a scalar operation of the fabric}}
    %m = math.powf %in, %in : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32>
  return %w, %p : tensor<4x8xf32>, tensor<5x8xf32>
}

// -----

// The element types of other levels are named.
// expected-error @+2 {{'func.func' argument 0 is tensor<4xf64>: expected elements of f32, i32 or i1, got f64}}
// expected-error @+1 {{'func.func' argument 1 is tensor<4xbf16>: expected elements of f32, i32 or i1, got bf16}}
func.func @types(%x: tensor<4xf64>, %y: tensor<4xbf16>, %z: tensor<4xf32>) -> tensor<4xi64> {
  %e = tensor.empty() : tensor<4xi64>
  // expected-error @+1 {{'linalg.generic' result 0 is tensor<4xi64>: expected elements of f32, i32 or i1, got i64}}
  %w = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%z : tensor<4xf32>) outs(%e : tensor<4xi64>) {
  ^bb0(%in: f32, %out: i64):
    // expected-error @+1 {{'arith.fptosi' (f32) -> i64 is not supported in the body of 'linalg.generic'}}
    %m = arith.fptosi %in : f32 to i64
    linalg.yield %m : i64
  } -> tensor<4xi64>
  return %w : tensor<4xi64>
}

// -----

// expected-error @+2 {{'func.func' argument 0 is f32: expected a tensor of static shape}}
// expected-error @+1 {{'func.func' argument 1 is tensor<0xf32>: expected at least one element}}
func.func @arguments(%x: f32, %y: tensor<0xf32>) {
  return
}

// -----

// expected-error @+1 {{'func.func' has 2 blocks: expected one}}
func.func @blocks(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{'memref.global' is not supported: expected functions}}
memref.global "private" @g : memref<4xf32>

// -----

func.func @constants() -> tensor<2xf32> {
  // expected-error @+1 {{'arith.constant' holds different values: expected one value for all elements}}
  %c = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  return %c : tensor<2xf32>
}

// -----

func.func @collapse(%x: tensor<2x4xf32>) -> tensor<8xf32> {
  // expected-error @+1 {{'tensor.collapse_shape' merges dimensions [[0, 1]] of tensor<2x4xf32>: expected at most one of extent above 1}}
  %y = tensor.collapse_shape %x [[0, 1]] : tensor<2x4xf32> into tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// A reduction names its combiner; a value that depends on the result is none.
func.func @reduction(%x: tensor<4x8xf32>) -> tensor<4xf32> {
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'linalg.reduce' computes result 0 by no reduction: expected a combiner (addf, mulf, maximumf, minimumf, addi, muli, maxsi, minsi, andi, ori, xori) of the result and a value that does not depend on it}}
  %r = linalg.reduce ins(%x : tensor<4x8xf32>) outs(%zero : tensor<4xf32>) dimensions = [1]
    (%in: f32, %out: f32) {
      %m = arith.mulf %in, %out : f32
      %s = arith.addf %m, %out : f32
      linalg.yield %s : f32
    }
  return %r : tensor<4xf32>
}

// -----

func.func @diagonal(%x: tensor<4xf32>, %e: tensor<4x4xf32>) -> tensor<4x4xf32> {
  // expected-error @+1 {{'linalg.generic' writes result 0 at other than distinct loops: expected a projection}}
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i, i)>],
      iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%e : tensor<4x4xf32>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// -----

func.func @unwritten(%x: tensor<4x8xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.reduce' reads operand 1, which has no values yet: expected a fill or other values}}
  %r = linalg.reduce {arith.addf} ins(%x : tensor<4x8xf32>) outs(%e : tensor<4xf32>) dimensions = [1]
  // expected-error @+1 {{'func.return' reads operand 1, which has no values yet}}
  return %r, %e : tensor<4xf32>, tensor<4xf32>
}

// -----

// A comparison without a scalar operation names its predicate; a coordinate becomes an i32.
func.func @bodies(%x: tensor<4xi32>, %e: tensor<4xi1>) -> tensor<4xi1> {
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>],
      iterator_types = ["parallel"]} ins(%x : tensor<4xi32>) outs(%e : tensor<4xi1>) {
  ^bb0(%in: i32, %out: i1):
    %i = linalg.index 0 : index
    // expected-error @+1 {{'arith.index_cast' (index) -> i64 is not supported in the body of 'linalg.generic'}}
    %c = arith.index_cast %i : index to i64
    // expected-error @+1 {{'arith.trunci' (i64) -> i32 is not supported in the body of 'linalg.generic'}}
    %d = arith.trunci %c : i64 to i32
    // expected-error @+1 {{'arith.cmpi' (i32, i32) -> i1 with predicate ult is not supported in the body of 'linalg.generic'}}
    %m = arith.cmpi ult, %in, %d : i32
    linalg.yield %m : i1
  } -> tensor<4xi1>
  return %y : tensor<4xi1>
}
