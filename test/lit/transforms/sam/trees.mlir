// RUN: rdu-opt %s --sam-trees=machine=capstan --split-input-file | FileCheck %s
// RUN: rdu-opt %s --sam-trees=machine=sam-ideal --split-input-file | FileCheck %s --check-prefix=IDEAL

// Two and two and one: a merge for each payload of the largest group.
// CHECK-LABEL: func.func @sum(
// CHECK:         %[[I:.*]]:3 = "sam.union"(%[[C:.*]], %[[D:.*]], %{{.*}}, %{{.*}})
// CHECK:         %[[J:.*]]:3 = "sam.union"(
// CHECK:         %[[K:.*]]:4 = "sam.union"(%[[B:.*]]#0, %[[I]]#0, %[[J]]#0, %[[B]]#1, %[[I]]#1, %[[J]]#1)
// CHECK:         %[[L:.*]]:4 = "sam.union"(%[[B]]#0, %[[I]]#0, %[[J]]#0, %[[B]]#1, %[[I]]#2, %[[J]]#2)
// CHECK-NOT:     "sam.union"
// CHECK:         "sam.fiber_write"(%[[K]]#0)
// IDEAL-LABEL: func.func @sum(
// IDEAL-COUNT-1: "sam.union"
// IDEAL-NOT:     "sam.union"
func.func @sum(%b: tensor<9xf32>, %c: tensor<9xf32>, %d: tensor<9xf32>, %e: tensor<9xf32>, %f: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %tb = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %lb:2 = "sam.fiber_lookup"(%tb, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %tc = "sam.bind"(%c) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %lc:2 = "sam.fiber_lookup"(%tc, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %td = "sam.bind"(%d) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %ld:2 = "sam.fiber_lookup"(%td, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %te = "sam.bind"(%e) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %le:2 = "sam.fiber_lookup"(%te, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %tf = "sam.bind"(%f) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %lf:2 = "sam.fiber_lookup"(%tf, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %u:6 = "sam.union"(%lb#0, %lc#0, %ld#0, %le#0, %lf#0, %lb#1, %lc#1, %ld#1, %le#1, %lf#1) {operandSegmentSizes = array<i32: 5, 5>, resultSegmentSizes = array<i32: 1, 5>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %vb = "sam.array"(%tb, %u#1) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vc = "sam.array"(%tc, %u#2) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vd = "sam.array"(%td, %u#3) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %ve = "sam.array"(%te, %u#4) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vf = "sam.array"(%tf, %u#5) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %sc = "sam.alu"(%vb, %vc) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %sd = "sam.alu"(%sc, %vd) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %se = "sam.alu"(%sd, %ve) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %sf = "sam.alu"(%se, %vf) {function = "add"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%u#0) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%sf) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}

// -----

// Four branches, each dealt on to two; joins are the mirror.
// CHECK-LABEL: func.func @eight(
// CHECK:         "sam.fork"({{.*}}) {chunk = 3 : i64, resultSegmentSizes = array<i32: 4>}
// CHECK-COUNT-4: "sam.fork"({{.*}}) {chunk = 3 : i64, resultSegmentSizes = array<i32: 2>}
// CHECK:         %[[LIKE:.*]]:4 = "sam.fork"({{.*}}) {chunk = 3 : i64, resultSegmentSizes = array<i32: 4>}
// CHECK-COUNT-4: "sam.join"(%[[LIKE]]#{{.*}}) {chunk = 3 : i64
// CHECK:         %[[OUT:.*]] = "sam.join"({{.*}}) {chunk = 3 : i64
// CHECK:         "sam.yield"(%[[OUT]])
func.func @eight(%b: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %t = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %i, %r = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %f:8 = "sam.fork"(%r) {chunk = 3 : i64, resultSegmentSizes = array<i32: 8>} : (!sam.stream<"ref", 1 : i64>) -> (!sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v0 = "sam.array"(%t, %f#0) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v1 = "sam.array"(%t, %f#1) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v2 = "sam.array"(%t, %f#2) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v3 = "sam.array"(%t, %f#3) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v4 = "sam.array"(%t, %f#4) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v5 = "sam.array"(%t, %f#5) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v6 = "sam.array"(%t, %f#6) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v7 = "sam.array"(%t, %f#7) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v = "sam.join"(%i, %v0, %v1, %v2, %v3, %v4, %v5, %v6, %v7) {chunk = 3 : i64, operandSegmentSizes = array<i32: 1, 8>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}
