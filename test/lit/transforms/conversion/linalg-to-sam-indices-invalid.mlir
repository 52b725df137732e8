// RUN: rdu-opt %s --linalg-to-sam='dense' --split-input-file --verify-diagnostics

func.func @onto(%v: tensor<3xf32>, %i: tensor<3xi32>, %z: tensor<4xf32>) -> tensor<4xf32> {
  %p = arith.constant dense<[0, 1, 2, 3]> : tensor<4xi32>
  // expected-error @+1 {{'linalg.generic' gathers or scatters into what is not zero: expected zeros}}
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>, affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d1)>], iterator_types = ["reduction", "parallel"]} ins(%i, %p, %v : tensor<3xi32>, tensor<4xi32>, tensor<3xf32>) outs(%z : tensor<4xf32>) {
  ^bb0(%in: i32, %at: i32, %x: f32, %out: f32):
    %is = arith.cmpi eq, %in, %at : i32
    %s = arith.select %is, %x, %out : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  return %y : tensor<4xf32>
}
