func.func @rows(%b: tensor<4x5xf32> {rdu.name = "B"}) -> (tensor<4xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 4, 7, 7>} : (tensor<4x5xf32>)
      -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%B, %rj)
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2>)
      -> !sam.stream<"val", 2>
    %w = "sam.unary"(%v) {function = "sigmoid"} : (!sam.stream<"val", 2>) -> !sam.stream<"val", 2>
    %s = "sam.reduce"(%w, %i) {function = "add"} : (!sam.stream<"val", 2>, !sam.stream<"crd", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}
