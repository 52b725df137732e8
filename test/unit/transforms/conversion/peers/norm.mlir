// Values less the mean of their row, of which the sum is in 64 bits; a batch of one.

#one = affine_map<(d0, d1, d2) -> (0, d1, d2)>
#mean = affine_map<(d0, d1, d2) -> (0, d1, 0)>
#sum = affine_map<(d0, d1, d2) -> (d0, d1, 0)>
#id3 = affine_map<(d0, d1, d2) -> (d0, d1, d2)>

func.func @main(%x: tensor<1x6x4xf32>) -> tensor<1x6x4xf32> {
  %zero = arith.constant 0.0 : f64
  %n = arith.constant 4.0 : f64
  %wide = tensor.empty() : tensor<1x6x4xf64>
  %0 = linalg.generic {indexing_maps = [#one, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x : tensor<1x6x4xf32>) outs(%wide : tensor<1x6x4xf64>) {
  ^bb0(%in: f32, %out: f64):
    %e = arith.extf %in : f32 to f64
    linalg.yield %e : f64
  } -> tensor<1x6x4xf64>
  %1 = tensor.empty() : tensor<1x6x1xf64>
  %2 = linalg.fill ins(%zero : f64) outs(%1 : tensor<1x6x1xf64>) -> tensor<1x6x1xf64>
  %3 = linalg.generic {indexing_maps = [#id3, #sum], iterator_types = ["parallel", "parallel", "reduction"]}
      ins(%0 : tensor<1x6x4xf64>) outs(%2 : tensor<1x6x1xf64>) {
  ^bb0(%in: f64, %out: f64):
    %s = arith.addf %in, %out : f64
    linalg.yield %s : f64
  } -> tensor<1x6x1xf64>
  %4 = tensor.empty() : tensor<1x6x4xf32>
  %5 = linalg.generic {indexing_maps = [#one, #mean, #id3], iterator_types = ["parallel", "parallel", "parallel"]}
      ins(%x, %3 : tensor<1x6x4xf32>, tensor<1x6x1xf64>) outs(%4 : tensor<1x6x4xf32>) {
  ^bb0(%in: f32, %total: f64, %out: f32):
    %m = arith.divf %total, %n : f64
    %t = arith.truncf %m : f64 to f32
    %d = arith.subf %in, %t : f32
    linalg.yield %d : f32
  } -> tensor<1x6x4xf32>
  return %5 : tensor<1x6x4xf32>
}

ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>
