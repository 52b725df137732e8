// RUN: rdu-opt %s --allow-unregistered-dialect --linalg-match-indices --split-input-file --verify-diagnostics

func.func @reversed(%t: tensor<4xf32>) -> tensor<4xf32> {
  %c3 = arith.constant 3 : index
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' extracts at a position that 'arith.subi' computes: expected loops, or values of index tensors as they are}}
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %r = arith.subi %c3, %i : index
    %x = tensor.extract %t[%r] : tensor<4xf32>
    linalg.yield %x : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Only one index is right, which nothing would check.
func.func @single(%t: tensor<1xf32>, %i: tensor<3xi32>) -> tensor<3xf32> {
  %e = tensor.empty() : tensor<3xf32>
  // expected-error @+1 {{'linalg.generic' has indices of a dimension of extent 1: expected 2 or more}}
  %y = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} ins(%i : tensor<3xi32>) outs(%e : tensor<3xf32>) {
  ^bb0(%in: i32, %out: f32):
    %r = arith.index_cast %in : i32 to index
    %x = tensor.extract %t[%r] : tensor<1xf32>
    linalg.yield %x : f32
  } -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// -----

func.func @scatters(%v: tensor<3xf32>, %i: tensor<3x1xi32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'tm_tensor.scatter' combines values by 'arith.maximumf': expected a sum, or the new value}}
  %1 = "tm_tensor.scatter"(%v, %i, %x) <{dimension_map = array<i64: 0>, operandSegmentSizes = array<i32: 2, 1>, unique_indices = false}> ({
  ^bb0(%a: f32, %b: f32):
    %m = arith.maximumf %a, %b : f32
    "tm_tensor.yield"(%m) : (f32) -> ()
  }) : (tensor<3xf32>, tensor<3x1xi32>, tensor<4xf32>) -> tensor<4xf32>
  return %1 : tensor<4xf32>
}

// -----

// Updates are read row by row by an op that does not make the indices.
func.func @apart(%v: tensor<3xf32>, %i: tensor<3x1xi32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<3xf32>
  // expected-error @+1 {{'linalg.generic' extracts at a position that 'tensor.extract' computes}}
  %u = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]} outs(%e : tensor<3xf32>) {
  ^bb0(%out: f32):
    %n = linalg.index 0 : index
    %a = tensor.extract %v[%n] : tensor<3xf32>
    linalg.yield %a : f32
  } -> tensor<3xf32>
  // expected-error @+1 {{'tm_tensor.scatter' has indices that are computed: expected values of index tensors as they are}}
  %0 = "tm_tensor.scatter"(%u, %i, %x) <{dimension_map = array<i64: 0>, operandSegmentSizes = array<i32: 2, 1>, unique_indices = true}> ({
  ^bb0(%a: f32, %b: f32):
    "tm_tensor.yield"(%a) : (f32) -> ()
  }) : (tensor<3xf32>, tensor<3x1xi32>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
