// RUN: rdu-opt %s --sam-tile=totals=4 --split-input-file --verify-diagnostics

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x5xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// Four words are two sums twice, and less than the columns under one row. What fits stays as it is.
func.func @as_one(%t: tensor<5x7x5xf32>) -> tensor<7x5xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x7x5xf32>) -> !t
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!t, !r1) -> (!c2, !r2)
    %k, %rk = "sam.fiber_lookup"(%T, %rj) {level = 2} : (!t, !r2) -> (!c3, !r3)
    %v = "sam.array"(%T, %rk) : (!t, !r3) -> !v3
    // expected-remark @+1 {{'sam.accumulate' merges 2 levels as one in 18 ranges of 2 coordinates}}
    %x, %y, %s = "sam.accumulate"(%i, %j, %k, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!c1, !c2, !c3, !v3) -> (!c1, !c2, !v2)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.fiber_write"(%y) {level = 1} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) : () -> tensor<7x5xf32>
  return %0 : tensor<7x5xf32>
}
