// What stock mlir-opt takes of the sam dialect: types, and ops outside regions with our terminators.
func.func @ops(%t: !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, %r: !sam.stream<"ref", 0 : i64>) {
  %c:2 = "sam.fiber_lookup"(%t, %r) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
  return
}
