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
// CHECK:         %[[Y:.*]] = "sam.stop_drop"(%[[X]]#0) {levels = 1 : i64}
// CHECK:         %[[S:.*]] = "sam.stop_drop"(%[[X]]#1) {levels = 1 : i64}
// CHECK:         "sam.fiber_write"(%[[Y]]) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
// CHECK:         "sam.yield"(%[[S]]) : (!sam.stream<"val", 1 : i64>) -> ()
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
// CHECK-NOT:     "sam.flatten"
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
// CHECK-NOT:     "sam.flatten"
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

// -----

!b = !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!c = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// Rows of a product: ranges of columns under each row, whose coordinates are walked once.
// CHECK-LABEL: func.func @rows_of_a_product(
// CHECK:         %[[ROOT:.*]] = "sam.root"()
// CHECK:         %[[I:.*]]:2 = "sam.fiber_lookup"(%[[B:.*]], %[[ROOT]]) {level = 0 : i64}
// CHECK:         %[[RI:.*]] = "sam.repeat"(%{{.*}}, %[[I]]#0)
// CHECK:         %[[N:.*]]:2 = "sam.fiber_lookup"(%{{.*}}, %[[RI]]) {level = 0 : i64}
// CHECK:         %[[L:.*]] = "sam.flatten"(%[[N]]#0, %{{.*}}) {factor = 3 : i64}
// CHECK:         %[[IR:.*]] = "sam.repeat"(%[[I]]#1, %[[N]]#0)
// CHECK:         %[[K:.*]]:2 = "sam.fiber_lookup"(%[[B]], %[[IR]]) {level = 1 : i64}
// CHECK:         %[[C:.*]] = "sam.locate"(%{{.*}}, %[[K]]#0, %[[ROOT]]) {level = 0 : i64}
// CHECK:         %[[J:.*]]:2 = "sam.fiber_lookup"(%{{.*}}, %[[C]]) {level = 1 : i64}
// CHECK:         %[[H:.*]] = "sam.hold"(%[[L]], %[[K]]#0)
// CHECK:         "sam.mask"(%[[H]], %[[J]]#0, %[[J]]#1) {offset = 0 : i64, predicate = "ge"}
// CHECK:         %[[X:.*]]:2 = "sam.accumulate"(%[[K]]#0,
// CHECK:         %[[Y:.*]] = "sam.stop_drop"(%[[X]]#0) {levels = 1 : i64} : (!sam.stream<"crd", 3 : i64>)
// CHECK:         "sam.fiber_write"(%[[I]]#0) {level = 0 : i64}
// CHECK:         "sam.fiber_write"(%[[Y]]) {level = 1 : i64}
func.func @rows_of_a_product(%b: tensor<4x5xf32>, %c: tensor<5x7xf32>) -> tensor<4x7xf32> {
  %0 = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !b
    %C = "sam.bind"(%c) : (tensor<5x7xf32>) -> !c
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!b, !r0) -> (!c1, !r1)
    %k, %rk = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!b, !r1) -> (!c2, !r2)
    %rc = "sam.locate"(%C, %k, %root) {level = 0} : (!c, !c2, !r0) -> !r2
    %j, %rj = "sam.fiber_lookup"(%C, %rc) {level = 1} : (!c, !r2) -> (!c3, !r3)
    %v = "sam.array"(%B, %rk) : (!b, !r2) -> !v2
    %w = "sam.array"(%C, %rj) : (!c, !r3) -> !v3
    %u = "sam.repeat"(%v, %j) : (!v2, !c3) -> !v3
    %p = "sam.alu"(%u, %w) {function = "mul"} : (!v3, !v3) -> !v3
    %x, %s = "sam.accumulate"(%k, %j, %p) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c2, !c3, !v3) -> (!c2, !v2)
    "sam.fiber_write"(%i) {level = 0} : (!c1) -> ()
    "sam.fiber_write"(%x) {level = 1} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) : () -> tensor<4x7xf32>
  return %0 : tensor<4x7xf32>
}
