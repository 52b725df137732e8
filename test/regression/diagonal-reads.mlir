// Copies along i cut a memory that is read along its diagonal in both dimensions: nobody read the
// shards off the diagonal.
func.func @main(%x: tensor<64x64xf32> {rdu.name = "x", rdu.role = "input"}) -> (tensor<64xf32> {rdu.name = "y", rdu.role = "output"}) {
  %y = "pattern.map"() ({
    %a = "pattern.read"(%x) {map = affine_map<(i) -> (i, i)>} : (tensor<64x64xf32>) -> f32
    %b = arith.addf %a, %a : f32
    "pattern.yield"(%b) : (f32) -> ()
  }) {domain = array<i64: 64>, pattern.lanes = array<i64: 16>, pattern.unroll = array<i64: 4>} : () -> tensor<64xf32>
  return %y : tensor<64xf32>
}
