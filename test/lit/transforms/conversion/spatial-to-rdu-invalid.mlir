// RUN: rdu-opt %s --spatial-to-rdu --split-input-file --verify-diagnostics

// What earlier passes do, and what units cannot hold yet, all at once.
// expected-error @+1 {{'func.func' has arguments: expected spatial.dram declarations instead}}
func.func @early(%n: f32) {
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.reg' has no place on the fabric yet: expected a spatial.sram}}
  %r = "spatial.reg"() {name = "r"} : () -> !spatial.register<f32>
  // expected-error @+1 {{'spatial.lut' has no place on the fabric yet: expected a spatial.sram}}
  %t = "spatial.lut"() {name = "t", values = dense<1.0> : tensor<4xf32>} : () -> !spatial.table<tensor<4xf32>>
  // expected-error @+1 {{'spatial.controller' is unrolled: expected spatial-unroll before this pass}}
  "spatial.controller"() ({
    "spatial.write"(%n, %y) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 2>} : () -> ()
  return
}

// -----

func.func @one_sided() {
  // expected-error @+1 {{'spatial.sram' is read and never written}}
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.sram' is written and never read}}
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i) -> (i)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    "spatial.write"(%e, %y) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 4>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// One reader takes every tile, the other only the last: no level passes the memory to both.
func.func @depths() {
  %d = "spatial.dram"() {name = "d", role = "input"} : () -> !spatial.offchip<tensor<8xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<8xf32>>
  // expected-error @+1 {{'spatial.sram' is shared at different depths of the nest: expected one controller around all pairs of writer and reader}}
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<4xf32>>
  "spatial.controller"() ({
    "spatial.load"(%d, %x) {offsets = affine_map<(t) -> (4 * t)>} : (!spatial.offchip<tensor<8xf32>>, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.store"(%x, %y) {offsets = affine_map<(t) -> (4 * t)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<8xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["t"], starts = array<i64: 0>, stops = array<i64: 2>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  "spatial.store"(%x, %y) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<8xf32>>) -> ()
  return
}

// -----

// When the sum is there, k has run out.
func.func @stale() {
  %d = "spatial.dram"() {name = "d", role = "input"} : () -> !spatial.offchip<tensor<4x8xf32>>
  %e = "spatial.dram"() {name = "e", role = "output"} : () -> !spatial.offchip<tensor<4xf32>>
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<4x8xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  "spatial.load"(%d, %x) {offsets = affine_map<() -> (0, 0)>} : (!spatial.offchip<tensor<4x8xf32>>, !spatial.scratchpad<tensor<4x8xf32>>) -> ()
  "spatial.controller"() ({
    %a = "spatial.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (!spatial.scratchpad<tensor<4x8xf32>>) -> f32
    %s = "spatial.reduce"(%a) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    // expected-error @+1 {{'spatial.read' depends on a reduced counter after the reduction: expected outer counters only}}
    %b = "spatial.read"(%x) {map = affine_map<(i, k) -> (0, k)>} : (!spatial.scratchpad<tensor<4x8xf32>>) -> f32
    %c = arith.addf %s, %b : f32
    "spatial.write"(%c, %y) {map = affine_map<(i, k) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 8>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 1>, unroll = array<i64: 1, 1>} : () -> ()
  "spatial.store"(%y, %e) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<4xf32>>) -> ()
  return
}

// -----

func.func @queues() {
  %d = "spatial.dram"() {name = "d", role = "output"} : () -> !spatial.offchip<tensor<4xf32>>
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.fifo' is filled by 0 operations and emptied by 1: expected one of each}}
  %f = "spatial.fifo"() {name = "f", depth = 4 : i64} : () -> !spatial.queue<f32>
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.pop' takes from a queue that no operation before it fills}}
    %a = "spatial.pop"(%f) {level = 1 : i64} : (!spatial.queue<f32>) -> f32
    "spatial.write"(%a, %x) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  "spatial.store"(%x, %d) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<4xf32>>) -> ()
  return
}
