// RUN: rdu-opt %s --sam-to-rdu="machine=capstan residency=scratchpad" --verify-diagnostics

// Everything that is larger than a scratchpad is reported: levels, values, results, and what an
// accumulation may merge at a time. Rows that are dense take nothing.
func.func @large(%b: tensor<300x70000xf32> {rdu.name = "B"}) -> (tensor<70000xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 300, 80000, 80000>} : (tensor<300x70000xf32>)
      -> !sam.tensor<tensor<300x70000xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<300x70000xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    // expected-error @+1 {{level 1 of 'B' does not fit a scratchpad: expected at most 262144 bytes, got 321204}}
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!sam.tensor<tensor<300x70000xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    // expected-error @+1 {{the value array of 'B' does not fit a scratchpad: expected at most 262144 bytes, got 320000}}
    %v = "sam.array"(%B, %rj)
      : (!sam.tensor<tensor<300x70000xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2>)
      -> !sam.stream<"val", 2>
    // expected-error @+3 {{level 0 of 'x' does not fit a scratchpad: expected at most 262144 bytes, got 280008}}
    // expected-error @+2 {{the value array of 'x' does not fit a scratchpad: expected at most 262144 bytes, got 280000}}
    // expected-error @+1 {{what 'accumulate' merges at a time does not fit a scratchpad: expected at most 262144 bytes, got 280000}}
    %xj, %s = "sam.accumulate"(%i, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>}
      : (!sam.stream<"crd", 1>, !sam.stream<"crd", 2>, !sam.stream<"val", 2>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"val", 1>)
    "sam.fiber_write"(%xj) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<70000xf32>
  return %x : tensor<70000xf32>
}
