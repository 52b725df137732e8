// Scores of two heads under a sparse mask.

#ss = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed, j : compressed)}>
#dd = #sparse_tensor.encoding<{map = (i, j, k, l) -> (i : dense, j : dense, k : dense, l : dense)}>
#id4 = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
#mask = affine_map<(d0, d1, d2, d3) -> (d2, d3)>
#q = affine_map<(d0, d1, d2, d4, d3) -> (d0, d1, d2, d3)>
#k = affine_map<(d0, d1, d2, d4, d3) -> (d0, d1, d3, d4)>
#qk = affine_map<(d0, d1, d2, d4, d3) -> (d0, d1, d2, d4)>

func.func @main(%a: tensor<1x2x5x3xf32, #dd>, %b: tensor<1x2x3x5xf32, #dd>, %m: tensor<5x5xf32, #ss>)
    -> tensor<1x2x5x5xf32, #dd> {
  %eight = arith.constant 8.0 : f32
  %0 = tensor.empty() : tensor<1x2x5x5xf32, #dd>
  %1 = linalg.generic {indexing_maps = [#q, #k, #qk],
      iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction"]}
      ins(%a, %b : tensor<1x2x5x3xf32, #dd>, tensor<1x2x3x5xf32, #dd>) outs(%0 : tensor<1x2x5x5xf32, #dd>) {
  ^bb0(%p: f32, %r: f32, %out: f32):
    %s = arith.mulf %p, %r : f32
    %t = arith.addf %s, %out : f32
    linalg.yield %t : f32
  } -> tensor<1x2x5x5xf32, #dd>
  %2 = linalg.generic {indexing_maps = [#id4, #mask, #id4],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%1, %m : tensor<1x2x5x5xf32, #dd>, tensor<5x5xf32, #ss>) outs(%0 : tensor<1x2x5x5xf32, #dd>) {
  ^bb0(%p: f32, %r: f32, %out: f32):
    %s = arith.mulf %p, %r : f32
    %t = arith.divf %s, %eight : f32
    linalg.yield %t : f32
  } -> tensor<1x2x5x5xf32, #dd>
  return %2 : tensor<1x2x5x5xf32, #dd>
}

ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>
