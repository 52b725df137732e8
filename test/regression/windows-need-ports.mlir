// Neither counter walks a dimension of x alone, so copies along i cannot cut it: the planner took
// more read ports than a PMU has.
func.func @main(%x: tensor<22x39xi32> {rdu.name = "x", rdu.role = "input"}) -> (tensor<20xi32> {rdu.name = "y", rdu.role = "output"}) {
  %y = "pattern.reduce"() ({
    %a = "pattern.read"(%x) {map = affine_map<(i, j, k) -> (i + k, 2 * j)>} : (tensor<22x39xi32>) -> i32
    "pattern.yield"(%a) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 1, 2>, domain = array<i64: 20, 20, 3>} : () -> tensor<20xi32>
  return %y : tensor<20xi32>
}
