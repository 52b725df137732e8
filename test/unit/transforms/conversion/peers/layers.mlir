// Two layers whose weights are stored by rows and read transposed.

#ss = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed, j : compressed)}>
#id = affine_map<(d0, d1) -> (d0, d1)>
#t = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d1)>

func.func @main(%x: tensor<7x5xf32>, %a: tensor<7x7xf32, #ss>, %w: tensor<4x5xf32, #ss>,
    %b: tensor<4xf32>, %v: tensor<6x4xf32, #ss>) -> tensor<7x6xf32, #ss> {
  %zero = arith.constant 0.0 : f32
  %0 = tensor.empty() : tensor<7x5xf32>
  %1 = linalg.matmul ins(%a, %x : tensor<7x7xf32, #ss>, tensor<7x5xf32>) outs(%0 : tensor<7x5xf32>) -> tensor<7x5xf32>
  %2 = tensor.empty() : tensor<5x4xf32, #ss>
  %3 = linalg.generic {indexing_maps = [#id, #t], iterator_types = ["parallel", "parallel"]}
      ins(%w : tensor<4x5xf32, #ss>) outs(%2 : tensor<5x4xf32, #ss>) {
  ^bb0(%in: f32, %out: f32):
    linalg.yield %in : f32
  } -> tensor<5x4xf32, #ss>
  %4 = tensor.empty() : tensor<7x4xf32, #ss>
  %5 = linalg.matmul ins(%1, %3 : tensor<7x5xf32>, tensor<5x4xf32, #ss>) outs(%4 : tensor<7x4xf32, #ss>) -> tensor<7x4xf32, #ss>
  %dead = linalg.exp ins(%5 : tensor<7x4xf32, #ss>) outs(%4 : tensor<7x4xf32, #ss>) -> tensor<7x4xf32, #ss>
  %6 = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%5, %b : tensor<7x4xf32, #ss>, tensor<4xf32>) outs(%4 : tensor<7x4xf32, #ss>) {
  ^bb0(%in: f32, %bias: f32, %out: f32):
    %s = arith.addf %in, %bias : f32
    %p = arith.cmpf ugt, %s, %zero : f32
    %r = arith.select %p, %s, %zero : f32
    linalg.yield %r : f32
  } -> tensor<7x4xf32, #ss>
  %7 = tensor.empty() : tensor<4x6xf32, #ss>
  %8 = linalg.transpose ins(%v : tensor<6x4xf32, #ss>) outs(%7 : tensor<4x6xf32, #ss>) permutation = [1, 0]
  %9 = tensor.empty() : tensor<7x6xf32, #ss>
  %10 = linalg.matmul ins(%6, %8 : tensor<7x4xf32, #ss>, tensor<4x6xf32, #ss>) outs(%9 : tensor<7x6xf32, #ss>) -> tensor<7x6xf32, #ss>
  return %10 : tensor<7x6xf32, #ss>
}

ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>
