// RUN: rdu-opt %s --spatial-unroll --split-input-file --verify-diagnostics

func.func @outer(%n: f32) {
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.controller' is an outer controller unrolled 6 times: expected inner ones only}}
  "spatial.controller"() ({
    "spatial.controller"() ({
      "spatial.write"(%n, %y) {map = affine_map<(t, u, i) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 4>, unroll = array<i64: 1>} : () -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["t", "u"], starts = array<i64: 0, 0>, stops = array<i64: 8, 8>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 1>, unroll = array<i64: 2, 3>} : () -> ()
  return
}

// -----

// Along reduced counters only the outermost can be cut, and between vectors.
func.func @chain() {
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<64x64xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<1xf32>>
  // expected-error @+1 {{'spatial.controller' is unrolled along 2 reduced counters: expected at most one, the outermost}}
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(j, k) -> (j, k)>} : (!spatial.scratchpad<tensor<64x64xf32>>) -> f32
    %s = "spatial.reduce"(%e) {combiner = "addf", over = 0 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.write"(%s, %y) {map = affine_map<(j, k) -> (0)>} : (f32, !spatial.scratchpad<tensor<1xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["j", "k"], starts = array<i64: 0, 0>, stops = array<i64: 64, 64>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 2, 2>} : () -> ()
  // expected-error @+1 {{'spatial.controller' is unrolled along 1 reduced counters: expected at most one, the outermost}}
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(j, k) -> (j, k)>} : (!spatial.scratchpad<tensor<64x64xf32>>) -> f32
    %s = "spatial.reduce"(%e) {combiner = "addf", over = 0 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.write"(%s, %y) {map = affine_map<(j, k) -> (0)>} : (f32, !spatial.scratchpad<tensor<1xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["j", "k"], starts = array<i64: 0, 0>, stops = array<i64: 64, 64>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 2>} : () -> ()
  // expected-error @+1 {{'spatial.controller' is cut in grains of 8 along the lanes of a reduction: expected a multiple of 16, so that the order of the reduction stays}}
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(j, k) -> (j, k)>} : (!spatial.scratchpad<tensor<64x64xf32>>) -> f32
    %s = "spatial.reduce"(%e) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.write"(%s, %y) {map = affine_map<(j, k) -> (0)>} : (f32, !spatial.scratchpad<tensor<1xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["j", "k"], starts = array<i64: 0, 0>, stops = array<i64: 64, 64>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 2>, grains = array<i64: 1, 8>} : () -> ()
  return
}

// -----

// The reader's copies read halves of h; the writer's thirds lie across them.
func.func @straddles(%n: f32) {
  %h = "spatial.sram"() {buffers = 1 : i64, name = "h"} : () -> !spatial.scratchpad<tensor<12xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<12xf32>>
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.write' copy writes elements (4, 7) of dimension 0, across the cut of the memory that 'h_0' reads at [6]: expected a copy's range inside one piece}}
    "spatial.write"(%n, %h) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<12xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 12>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 3>} : () -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%h) {map = affine_map<(i) -> (i)>} : (!spatial.scratchpad<tensor<12xf32>>) -> f32
    "spatial.write"(%e, %y) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<12xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 12>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 2>} : () -> ()
  return
}

// -----

// Copies run side by side, a queue has one order.
func.func @queue() {
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<12xf32>>
  %q = "spatial.fifo"() {depth = 16 : i64, name = "q"} : () -> !spatial.queue<f32>
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i) -> (i)>} : (!spatial.scratchpad<tensor<12xf32>>) -> f32
    // expected-error @+1 {{'spatial.push' is in a controller unrolled 2 times: expected copies without queues, which hand on values in one order}}
    "spatial.push"(%e, %q) : (f32, !spatial.queue<f32>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 12>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 2>} : () -> ()
  return
}
