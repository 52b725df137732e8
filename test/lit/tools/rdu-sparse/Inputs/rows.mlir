// Rows of a table, at the positions that an index tensor holds.
func.func @main(%t: tensor<?x4xf32>, %i: tensor<3xi32>) -> tensor<3x4xf32> {
  %e = tensor.empty() : tensor<3x4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%i : tensor<3xi32>) outs(%e : tensor<3x4xf32>) {
  ^bb0(%in: i32, %out: f32):
    %r = arith.index_cast %in : i32 to index
    %c = linalg.index 1 : index
    %x = tensor.extract %t[%r, %c] : tensor<?x4xf32>
    linalg.yield %x : f32
  } -> tensor<3x4xf32>
  return %y : tensor<3x4xf32>
}
