// A coordinate in the leading dimension counts from the start of the tensor, not of the tile.
func.func @main(%x: tensor<6x20xi32> {rdu.name = "x", rdu.role = "input"}) -> (tensor<6x20xi32> {rdu.name = "y", rdu.role = "output"}) {
  %y = "pattern.map"() ({
    %a = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<6x20xi32>) -> i32
    %i = "pattern.index"() {dim = 0 : i64} : () -> i32
    %j = "pattern.index"() {dim = 1 : i64} : () -> i32
    %b = arith.muli %a, %i : i32
    %c = arith.addi %b, %j : i32
    "pattern.yield"(%c) : (i32) -> ()
  }) {domain = array<i64: 6, 20>} : () -> tensor<6x20xi32>
  return %y : tensor<6x20xi32>
}
