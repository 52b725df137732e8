// RUN: rdu-opt %s --pattern-to-spatial --split-input-file --mlir-print-local-scope | FileCheck %s

// Tiles of two rows: weights are loaded once, rows of x and of the result tile by tile. The bias is
// what the sum starts from.
// CHECK-LABEL: func.func @layers() {
// CHECK-DAG:     %[[X:.*]] = "spatial.dram"() {name = "arg0", role = "input"} : () -> !spatial.offchip<tensor<8x64xf32>>
// CHECK-DAG:     %[[W:.*]] = "spatial.dram"() {name = "arg1", role = "input"} : () -> !spatial.offchip<tensor<48x64xf32>>
// CHECK-DAG:     %[[Y:.*]] = "spatial.dram"() {name = "out0", role = "output"} : () -> !spatial.offchip<tensor<8x10xf32>>
// CHECK-DAG:     %[[TY:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "out0"} : () -> !spatial.scratchpad<tensor<2x10xf32>>
// CHECK-DAG:     %[[TX:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "arg0"} : () -> !spatial.scratchpad<tensor<2x64xf32>>
// CHECK-DAG:     %[[TW:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "arg1"} : () -> !spatial.scratchpad<tensor<48x64xf32>>
// CHECK-DAG:     %[[TB:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "arg2"}
// CHECK-DAG:     %[[TH:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "hidden"} : () -> !spatial.scratchpad<tensor<2x48xf32>>
// CHECK:         "spatial.load"(%[[W]], %[[TW]]) {offsets = affine_map<() -> (0, 0)>}
// CHECK:         "spatial.controller"() ({
// CHECK-NEXT:      "spatial.load"(%[[X]], %[[TX]]) {offsets = affine_map<(d0) -> (d0 * 2, 0)>}
// CHECK-NEXT:      "spatial.controller"() ({
// CHECK-NEXT:        %[[B:.*]] = "spatial.read"(%[[TB]]) {map = affine_map<(d0, d1, d2, d3) -> (d2)>}
// CHECK-NEXT:        %[[E:.*]] = "spatial.read"(%[[TX]]) {map = affine_map<(d0, d1, d2, d3) -> (d1, d3)>}
// CHECK-NEXT:        %[[F:.*]] = "spatial.read"(%[[TW]]) {map = affine_map<(d0, d1, d2, d3) -> (d2, d3)>}
// CHECK-NEXT:        %[[M:.*]] = arith.mulf %[[E]], %[[F]] : f32
// CHECK-NEXT:        %[[S:.*]] = "spatial.reduce"(%[[M]], %[[B]]) {combiner = "addf", operandSegmentSizes = array<i32: 1, 1>, over = 2 : i64}
// CHECK-NEXT:        "spatial.write"(%[[S]], %[[TH]]) {map = affine_map<(d0, d1, d2, d3) -> (d1, d2)>}
// CHECK-NEXT:        "spatial.yield"
// CHECK-NEXT:      }) {grains = array<i64: 1, 16, 32>, lanes = array<i64: 1, 16, 1>, names = ["i", "j", "k"], schedule = "pipelined", starts = array<i64: 0, 0, 0>, steps = array<i64: 1, 1, 1>, stops = array<i64: 2, 48, 64>, unroll = array<i64: 2, 3, 2>}
// CHECK-NEXT:      "spatial.controller"() ({
// CHECK-NEXT:        "spatial.read"(%[[TH]])
// CHECK:           "spatial.store"(%[[TY]], %[[Y]]) {offsets = affine_map<(d0) -> (d0 * 2, 0)>}
// CHECK:         }) {lanes = array<i64: 1>, names = ["t"], schedule = "pipelined", starts = array<i64: 0>, steps = array<i64: 1>, stops = array<i64: 4>, unroll = array<i64: 1>}
// CHECK-NEXT:    return
func.func @layers(%x: tensor<8x64xf32>, %w: tensor<48x64xf32>, %b: tensor<48xf32>, %v: tensor<10x48xf32>) -> tensor<8x10xf32> attributes {pattern.tile = 2 : i64} {
  %h = "pattern.map"() ({
    %bias = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<48xf32>) -> f32
    %p = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<8x64xf32>) -> f32
      %f = "pattern.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<48x64xf32>) -> f32
      %m = arith.mulf %e, %f : f32
      "pattern.yield"(%m) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 64>} : () -> f32
    %s = arith.addf %p, %bias : f32
    "pattern.yield"(%s) : (f32) -> ()
  }) {domain = array<i64: 8, 48>, pattern.grains = array<i64: 1, 16, 32>, pattern.lanes = array<i64: 1, 16, 1>, pattern.unroll = array<i64: 2, 3, 2>} : () -> tensor<8x48xf32>
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%h) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<8x48xf32>) -> f32
    %f = "pattern.read"(%v) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<10x48xf32>) -> f32
    %m = arith.mulf %e, %f : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 8, 10, 48>} : () -> tensor<8x10xf32>
  return %y : tensor<8x10xf32>
}

// -----

// Without a schedule: one lane, one copy, whole tensors. Names and roles are the arguments'; each
// way of reading x gets a memory; constants move into the controller; a coordinate is a counter.
// CHECK-LABEL: func.func @named() {
// CHECK-DAG:     name = "x", role = "input"
// CHECK-DAG:     name = "fc.weight", role = "weight"
// CHECK-DAG:     name = "out", role = "output"
// CHECK-DAG:     %[[A:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "x"}
// CHECK-DAG:     %[[B:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "x_2"}
// CHECK-DAG:     "spatial.sram"() {buffers = 1 : i64, name = "fc_weight"}
// CHECK-NOT:     arith.constant
// CHECK:         "spatial.controller"() ({
// CHECK-NEXT:      "spatial.read"(%[[A]]) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      "spatial.read"(%[[B]]) {map = affine_map<(d0) -> (-d0 + 19)>}
// CHECK:           %[[I:.*]] = "spatial.index"() {dim = 0 : i64}
// CHECK-NEXT:      %[[TWO:.*]] = arith.constant 2 : i32
// CHECK-NEXT:      arith.muli %[[I]], %[[TWO]]
// CHECK:         lanes = array<i64: 1>, {{.*}} stops = array<i64: 20>, unroll = array<i64: 1>
func.func @named(%x: tensor<20xi32> {rdu.name = "x", rdu.role = "input"}, %y: tensor<20xi32> {rdu.name = "fc.weight", rdu.role = "weight"}) -> (tensor<20xi32> {rdu.name = "out", rdu.role = "output"}) {
  %two = arith.constant 2 : i32
  %r = "pattern.map"() ({
    %a = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<20xi32>) -> i32
    %b = "pattern.read"(%x) {map = affine_map<(i) -> (19 - i)>} : (tensor<20xi32>) -> i32
    %c = "pattern.read"(%y) {map = affine_map<(i) -> (i)>} : (tensor<20xi32>) -> i32
    %d = arith.addi %a, %b : i32
    %e = arith.muli %d, %c : i32
    %i = "pattern.index"() {dim = 0 : i64} : () -> i32
    %f = arith.muli %i, %two : i32
    %g = arith.addi %e, %f : i32
    "pattern.yield"(%g) : (i32) -> ()
  }) {domain = array<i64: 20>} : () -> tensor<20xi32>
  return %r : tensor<20xi32>
}

// -----

// Lanes along the reduction: its tree starts from nothing, the bias is added to its result.
// CHECK-LABEL: func.func @tree() {
// CHECK:         %[[S:.*]] = "spatial.reduce"(%{{.*}}) {combiner = "addf", operandSegmentSizes = array<i32: 1, 0>, over = 1 : i64}
// CHECK-NEXT:    %[[Y:.*]] = arith.addf %[[S]], %{{.*}} : f32
// CHECK-NEXT:    "spatial.write"(%[[Y]]
func.func @tree(%x: tensor<2x64xf32>, %b: tensor<2xf32>) -> tensor<2xf32> {
  %y = "pattern.map"() ({
    %bias = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<2xf32>) -> f32
    %p = "pattern.reduce"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (tensor<2x64xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 64>} : () -> f32
    %s = arith.addf %p, %bias : f32
    "pattern.yield"(%s) : (f32) -> ()
  }) {domain = array<i64: 2>, pattern.lanes = array<i64: 1, 16>} : () -> tensor<2xf32>
  return %y : tensor<2xf32>
}

// -----

// Nothing to do: no body, or converted already.
// CHECK-LABEL: func.func private @declared(tensor<4xf32>)
// CHECK-LABEL: func.func @converted() {
// CHECK-NEXT:    return
func.func private @declared(tensor<4xf32>)
func.func @converted() {
  return
}
