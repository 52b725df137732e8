// A layer as torch-mlir writes it, its weights elsewhere, and an encoding typed in.
#map = affine_map<(d0, d1) -> (d0, d1)>
#map1 = affine_map<(d0, d1) -> (d1, d0)>
#map2 = affine_map<(d0, d1) -> (d1)>
#SPARSE = #sparse_tensor.encoding<{
  map = (i,j) -> (i : compressed, j : compressed)
}>
module attributes {torch.debug_module_name = "Layer"} {
  ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>
  func.func @forward(%features: tensor<7x5xf32>, %adjacency: tensor<7x7xf32, #SPARSE>,
                     %other: tensor<3xf32>) -> tensor<7x4xf32> {
    %cst = arith.constant dense_resource<__elided__> : tensor<4x5xf32, #SPARSE>
    %cst_0 = arith.constant 0.000000e+00 : f32
    // %cst_1 = arith.constant dense_resource<__elided__> : tensor<3xf32>
    %cst_1 = arith.constant dense_resource<__elided__> : tensor<9x9xf32>
    %cst_2 = arith.constant dense_resource<__elided__> : tensor<4xf32>
    %0 = tensor.empty() : tensor<7x5xf32>
    %1 = linalg.fill ins(%cst_0 : f32) outs(%0 : tensor<7x5xf32>) -> tensor<7x5xf32>
    %2 = linalg.matmul ins(%adjacency, %features : tensor<7x7xf32, #SPARSE>, tensor<7x5xf32>) outs(%1 : tensor<7x5xf32>) -> tensor<7x5xf32>
    %3 = tensor.empty() : tensor<5x4xf32, #SPARSE>
    %4 = linalg.generic {indexing_maps = [#map, #map1], iterator_types = ["parallel", "parallel"]} ins(%cst : tensor<4x5xf32, #SPARSE>) outs(%3 : tensor<5x4xf32, #SPARSE>) {
    ^bb0(%in: f32, %out: f32):
      linalg.yield %in : f32
    } -> tensor<5x4xf32, #SPARSE>
    %5 = tensor.empty() : tensor<7x4xf32>
    %6 = linalg.fill ins(%cst_0 : f32) outs(%5 : tensor<7x4xf32>) -> tensor<7x4xf32>
    %7 = linalg.matmul ins(%2, %4 : tensor<7x5xf32>, tensor<5x4xf32, #SPARSE>) outs(%6 : tensor<7x4xf32>) -> tensor<7x4xf32>
    %8 = linalg.generic {indexing_maps = [#map, #map2, #map], iterator_types = ["parallel", "parallel"]} ins(%7, %cst_2 : tensor<7x4xf32>, tensor<4xf32>) outs(%5 : tensor<7x4xf32>) {
    ^bb0(%in: f32, %in_3: f32, %out: f32):
      %10 = arith.addf %in, %in_3 : f32
      linalg.yield %10 : f32
    } -> tensor<7x4xf32>
    %dead = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%cst_1 : tensor<9x9xf32>) outs(%cst_1 : tensor<9x9xf32>) {
    ^bb0(%in: f32, %out: f32):
      %10 = math.exp %in : f32
      linalg.yield %10 : f32
    } -> tensor<9x9xf32>
    %9 = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel", "parallel"]} ins(%8 : tensor<7x4xf32>) outs(%5 : tensor<7x4xf32>) {
    ^bb0(%in: f32, %out: f32):
      %10 = arith.cmpf ugt, %in, %cst_0 : f32
      %11 = arith.select %10, %in, %cst_0 : f32
      linalg.yield %11 : f32
    } -> tensor<7x4xf32>
    return %9 : tensor<7x4xf32>
  }
}
