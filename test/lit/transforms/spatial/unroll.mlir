// RUN: rdu-opt %s --spatial-unroll --split-input-file --mlir-print-local-scope | FileCheck %s
// RUN: rdu-opt %s --pass-pipeline='builtin.module(spatial-unroll{queue-depth=4})' --split-input-file | FileCheck %s --check-prefix=DEPTH

// Two copies along i, each a chain of two along k: three vectors of k are one and two. The memories
// are cut to match, the first copy of a chain starts from b and sends its sum on, the last one
// does what follows.
// CHECK-LABEL: func.func @chain() {
// CHECK-DAG:     %[[B0:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "b_0"} : () -> !spatial.scratchpad<tensor<16xf32>>
// CHECK-DAG:     %[[X0:.*]] = "spatial.sram"() {buffers = 2 : i64, name = "tx_0"} : () -> !spatial.scratchpad<tensor<16x16xf32>>
// CHECK-DAG:     %[[X1:.*]] = "spatial.sram"() {buffers = 2 : i64, name = "tx_1"} : () -> !spatial.scratchpad<tensor<16x24xf32>>
// CHECK-DAG:     %[[X3:.*]] = "spatial.sram"() {buffers = 2 : i64, name = "tx_3"} : () -> !spatial.scratchpad<tensor<16x24xf32>>
// CHECK-DAG:     %[[Y0:.*]] = "spatial.sram"() {buffers = 1 : i64, name = "ty_0"} : () -> !spatial.scratchpad<tensor<16xf32>>
// CHECK-DAG:     "spatial.load"(%{{.*}}, %[[X1]]) {offsets = affine_map<() -> (0, 16)>}
// CHECK-DAG:     "spatial.load"(%{{.*}}, %[[X3]]) {offsets = affine_map<() -> (16, 16)>}
// CHECK:         %[[Q:.*]] = "spatial.fifo"() {depth = 16 : i64, name = "partial"}
// CHECK-NEXT:    "spatial.controller"() ({
// CHECK-NEXT:      %[[E:.*]] = "spatial.read"(%[[X0]]) {map = affine_map<(d0, d1) -> (d0, d1)>}
// CHECK-NEXT:      %[[B:.*]] = "spatial.read"(%[[B0]]) {map = affine_map<(d0, d1) -> (d0)>}
// CHECK-NEXT:      %[[S:.*]] = "spatial.reduce"(%[[E]], %[[B]])
// CHECK-NEXT:      "spatial.push"(%[[S]], %[[Q]])
// CHECK-NEXT:      "spatial.yield"
// CHECK-NEXT:    }) {{.*}} starts = array<i64: 0, 0>, {{.*}} stops = array<i64: 16, 16>, unroll = array<i64: 1, 1>}
// CHECK-NEXT:    "spatial.controller"() ({
// CHECK-NEXT:      %[[E:.*]] = "spatial.read"(%[[X1]]) {map = affine_map<(d0, d1) -> (d0, d1 - 16)>}
// CHECK-NEXT:      %[[P:.*]] = "spatial.pop"(%[[Q]]) {level = 1 : i64}
// CHECK-NEXT:      %[[S:.*]] = "spatial.reduce"(%[[E]], %[[P]])
// CHECK-NEXT:      %[[N:.*]] = arith.negf %[[S]]
// CHECK-NEXT:      "spatial.write"(%[[N]], %[[Y0]]) {map = affine_map<(d0, d1) -> (d0)>}
// CHECK-NEXT:      "spatial.yield"
// CHECK-NEXT:    }) {{.*}} starts = array<i64: 0, 16>, {{.*}} stops = array<i64: 16, 40>, unroll = array<i64: 1, 1>}
// CHECK:         "spatial.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d0 - 16, d1 - 16)>}
// CHECK:         "spatial.store"(%[[Y0]], %{{.*}}) {offsets = affine_map<() -> (0)>}
// CHECK-NEXT:    "spatial.store"(%{{.*}}, %{{.*}}) {offsets = affine_map<() -> (16)>}
// DEPTH-LABEL: func.func @chain() {
// DEPTH:         "spatial.fifo"() {depth = 4 : i64, name = "partial"}
func.func @chain() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<32x40xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<32xf32>>
  %b = "spatial.sram"() {buffers = 1 : i64, name = "b"} : () -> !spatial.scratchpad<tensor<32xf32>>
  %tx = "spatial.sram"() {buffers = 2 : i64, name = "tx"} : () -> !spatial.scratchpad<tensor<32x40xf32>>
  %ty = "spatial.sram"() {buffers = 1 : i64, name = "ty"} : () -> !spatial.scratchpad<tensor<32xf32>>
  "spatial.load"(%x, %tx) {offsets = affine_map<() -> (0, 0)>} : (!spatial.offchip<tensor<32x40xf32>>, !spatial.scratchpad<tensor<32x40xf32>>) -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%tx) {map = affine_map<(i, k) -> (i, k)>} : (!spatial.scratchpad<tensor<32x40xf32>>) -> f32
    %c = "spatial.read"(%b) {map = affine_map<(i, k) -> (i)>} : (!spatial.scratchpad<tensor<32xf32>>) -> f32
    %s = "spatial.reduce"(%e, %c) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 1>} : (f32, f32) -> f32
    %n = arith.negf %s : f32
    "spatial.write"(%n, %ty) {map = affine_map<(i, k) -> (i)>} : (f32, !spatial.scratchpad<tensor<32xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k"], starts = array<i64: 0, 0>, stops = array<i64: 32, 40>, steps = array<i64: 1, 1>, lanes = array<i64: 16, 1>, unroll = array<i64: 2, 2>, grains = array<i64: 16, 16>} : () -> ()
  "spatial.store"(%ty, %y) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<32xf32>>, !spatial.offchip<tensor<32xf32>>) -> ()
  return
}

// -----

// A memory that is read at a sum of counters, or that is larger than the range of its counter, stays
// whole; so does the second dimension along a diagonal.
// CHECK-LABEL: func.func @whole() {
// CHECK-DAG:     "spatial.sram"() {buffers = 1 : i64, name = "window"} : () -> !spatial.scratchpad<tensor<8xf32>>
// CHECK-DAG:     "spatial.sram"() {buffers = 1 : i64, name = "larger"} : () -> !spatial.scratchpad<tensor<9xf32>>
// CHECK-DAG:     "spatial.sram"() {buffers = 1 : i64, name = "diagonal_0"} : () -> !spatial.scratchpad<tensor<2x4xf32>>
// CHECK-DAG:     "spatial.sram"() {buffers = 1 : i64, name = "diagonal_1"} : () -> !spatial.scratchpad<tensor<2x4xf32>>
func.func @whole() {
  %w = "spatial.sram"() {buffers = 1 : i64, name = "window"} : () -> !spatial.scratchpad<tensor<8xf32>>
  %l = "spatial.sram"() {buffers = 1 : i64, name = "larger"} : () -> !spatial.scratchpad<tensor<9xf32>>
  %d = "spatial.sram"() {buffers = 1 : i64, name = "diagonal"} : () -> !spatial.scratchpad<tensor<4x4xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4x5xf32>>
  "spatial.controller"() ({
    %a = "spatial.read"(%w) {map = affine_map<(i, j) -> (i + j)>} : (!spatial.scratchpad<tensor<8xf32>>) -> f32
    %b = "spatial.read"(%l) {map = affine_map<(i, j) -> (i)>} : (!spatial.scratchpad<tensor<9xf32>>) -> f32
    %c = "spatial.read"(%d) {map = affine_map<(i, j) -> (i, i)>} : (!spatial.scratchpad<tensor<4x4xf32>>) -> f32
    %e = arith.addf %a, %b : f32
    %f = arith.addf %e, %c : f32
    "spatial.write"(%f, %y) {map = affine_map<(i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<4x5xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 4, 5>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 1>, unroll = array<i64: 2, 1>} : () -> ()
  return
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @one() {
// CHECK-NEXT:    "spatial.sram"() {buffers = 1 : i64, name = "y"}
// CHECK-NEXT:    "spatial.controller"
// CHECK-NOT:     "spatial.controller"
func.func @one() {
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  "spatial.controller"() ({
    %zero = arith.constant 0.0 : f32
    "spatial.write"(%zero, %y) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 4>, unroll = array<i64: 1>} : () -> ()
  return
}
