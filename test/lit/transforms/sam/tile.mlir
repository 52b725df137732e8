// RUN: rdu-opt %s --sam-tile=extent=3 --split-input-file | FileCheck %s

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// The sums of columns: the matrix is walked once for each of three ranges of them.
// CHECK-LABEL: func.func @columns(
// CHECK:         %[[T:.*]] = arith.constant dense<0.000000e+00> : tensor<3x1xf32>
// CHECK:         %[[R:.*]] = "sam.bind"(%[[T]]) : (tensor<3x1xf32>) -> !sam.tensor<tensor<3x1xf32>, ["dense", "dense"], array<i64: 0, 1>>
// CHECK:         %[[N:.*]]:2 = "sam.fiber_lookup"(%[[R]], %{{.*}}) {level = 0 : i64}
// CHECK:         %[[Z:.*]]:2 = "sam.fiber_lookup"(%[[R]], %[[N]]#1) {level = 1 : i64}
// CHECK:         %[[L:.*]] = "sam.flatten"(%[[N]]#0, %[[Z]]#0) {factor = 3 : i64}
// CHECK:         %[[ROOT:.*]] = "sam.repeat"(%{{.*}}, %[[N]]#0)
// CHECK:         %[[I:.*]]:2 = "sam.fiber_lookup"(%{{.*}}, %[[ROOT]]) {level = 0 : i64}
// CHECK:         %[[J:.*]]:2 = "sam.fiber_lookup"(%{{.*}}, %[[I]]#1) {level = 1 : i64}
// CHECK:         %[[H:.*]] = "sam.hold"(%[[L]], %[[I]]#0)
// CHECK:         %[[G:.*]]:2 = "sam.mask"(%[[H]], %[[J]]#0, %[[J]]#1) {offset = 0 : i64, predicate = "ge"}
// CHECK:         %[[K:.*]]:2 = "sam.mask"(%[[H]], %[[G]]#0, %[[G]]#1) {offset = 3 : i64, predicate = "lt"}
// CHECK:         %[[V:.*]] = "sam.array"(%{{.*}}, %[[K]]#1)
// CHECK:         %[[X:.*]]:2 = "sam.accumulate"(%[[I]]#0, %[[K]]#0, %[[V]])
// CHECK:         "sam.fiber_write"(%[[X]]#0) {level = 0 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
// CHECK:         "sam.yield"(%[[X]]#1) : (!sam.stream<"val", 2 : i64>) -> ()
// CHECK:       }) {above = 1 : i64}
func.func @columns(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// The sums of rows are not merged by their coordinates: nothing is done.
// CHECK-LABEL: func.func @rows(
// CHECK-NOT:     above
// CHECK-NOT:     "sam.mask"
func.func @rows(%m: tensor<5x7xf32>) -> tensor<5xf32> {
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %s = "sam.reduce"(%v, %i) {function = "add"} : (!v2, !c1) -> !v1
    "sam.fiber_write"(%i) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<5xf32>
  return %0 : tensor<5xf32>
}

// -----

!m = !sam.tensor<tensor<5x3xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<3xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// All columns are in one range.
// CHECK-LABEL: func.func @few(
// CHECK-NOT:     above
func.func @few(%m: tensor<5x3xf32>) -> tensor<3xf32> {
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x3xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<3xf32>
  return %0 : tensor<3xf32>
}
