// Stock mlir-opt checks the fields of our ops.
func.func @missing(%t: !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, %r: !sam.stream<"ref", 0 : i64>) {
  // expected-error @+1 {{attribute "level" is expected but not provided}}
  %c:2 = "sam.fiber_lookup"(%t, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
  return
}

// -----

// expected-error @+1 {{does not satisfy the constraint}}
func.func private @kind(!sam.stream<"index", 1 : i64>)
