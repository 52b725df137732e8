// RUN: rdu-opt %s --sam-parallelize="factor=3 chunk=2" --split-input-file | FileCheck %s

// Rows are shared out, two at a time: the walk of the rows stays one, all under it is there thrice.
// What is written comes from the walk itself, and from what joins the copies in its order.
// CHECK-LABEL: func.func @rows
// CHECK:         %[[WALK:.*]]:2 = "sam.fiber_lookup"
// CHECK-NEXT:    "sam.fork"(%[[WALK]]#0) {chunk = 2 : i64
// CHECK-NEXT:    %[[ROWS:.*]]:3 = "sam.fork"(%[[WALK]]#1) {chunk = 2 : i64
// CHECK:         "sam.fiber_lookup"(%{{.*}}, %[[ROWS]]#0)
// CHECK:         %[[FIRST:.*]] = "sam.reduce"
// CHECK:         "sam.fiber_lookup"(%{{.*}}, %[[ROWS]]#1)
// CHECK:         %[[SECOND:.*]] = "sam.reduce"
// CHECK:         "sam.fiber_lookup"(%{{.*}}, %[[ROWS]]#2)
// CHECK:         %[[THIRD:.*]] = "sam.reduce"
// CHECK-NEXT:    %[[ALL:.*]] = "sam.join"(%[[WALK]]#0, %[[FIRST]], %[[SECOND]], %[[THIRD]]) {chunk = 2 : i64
// CHECK-NEXT:    "sam.fiber_write"(%[[WALK]]#0)
// CHECK-NEXT:    "sam.yield"(%[[ALL]])
func.func @rows(%arg0: tensor<6x4xf32> {rdu.name = "B"}, %arg1: tensor<4xf32> {rdu.name = "c"}) -> (tensor<6xf32> {rdu.name = "X"}) {
  %0 = "sam.graph"() ({
    %1 = "sam.bind"(%arg0) : (tensor<6x4xf32>) -> !sam.tensor<tensor<6x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %2 = "sam.bind"(%arg1) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
    %3 = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %4 = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %5:2 = "sam.fiber_lookup"(%1, %3) {level = 0 : i64} : (!sam.tensor<tensor<6x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %6 = "sam.repeat"(%4, %5#1) : (!sam.stream<"ref", 0 : i64>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"ref", 1 : i64>
    %7:2 = "sam.fiber_lookup"(%1, %5#1) {level = 1 : i64} : (!sam.tensor<tensor<6x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %8:2 = "sam.fiber_lookup"(%2, %6) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %9:3 = "sam.intersect"(%7#0, %8#0, %7#1, %8#1) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %10 = "sam.array"(%1, %9#1) : (!sam.tensor<tensor<6x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %11 = "sam.array"(%2, %9#2) : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %12 = "sam.alu"(%10, %11) {function = "mul"} : (!sam.stream<"val", 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %13 = "sam.reduce"(%12, %5#0) {function = "add"} : (!sam.stream<"val", 2 : i64>, !sam.stream<"crd", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%5#0) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%13) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<6xf32>
  return %0 : tensor<6xf32>
}
// -----

// A scalar has no level to share out.
// CHECK-LABEL: func.func @sum
// CHECK-NOT:     sam.fork
func.func @sum(%b: tensor<4xf32>) -> tensor<f32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v = "sam.array"(%B, %p) : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %s = "sam.reduce"(%v, %r) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"val", 0 : i64>
    "sam.yield"(%s) : (!sam.stream<"val", 0 : i64>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}

// -----

// An accumulator makes the rows: nothing is left to copy.
// CHECK-LABEL: func.func @weighted
// CHECK-NOT:     sam.fork
func.func @weighted(%b: tensor<4x4xf32>) -> tensor<4xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x4xf32>) -> !sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %r = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %k, %p = "sam.fiber_lookup"(%B, %r) {level = 0 : i64} : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %q = "sam.fiber_lookup"(%B, %p) {level = 1 : i64} : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%B, %q) : (!sam.tensor<tensor<4x4xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %c, %s = "sam.accumulate"(%k, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"val", 1 : i64>)
    "sam.fiber_write"(%c) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}
