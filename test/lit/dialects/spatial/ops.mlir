// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s

// CHECK-LABEL: func.func @memories
func.func @memories() {
  // CHECK: "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x784xf32>>
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x784xf32>>
  // CHECK: "spatial.sram"() {buffers = 2 : i64, name = "t"} : () -> !spatial.scratchpad<tensor<4x784xf32>>
  %t = "spatial.sram"() {name = "t", buffers = 2} : () -> !spatial.scratchpad<tensor<4x784xf32>>
  // CHECK: "spatial.sram"() {buffers = 1 : i64, name = "w", strides = array<i64: 785, 1>}
  %w = "spatial.sram"() {name = "w", buffers = 1, strides = array<i64: 785, 1>} : () -> !spatial.scratchpad<tensor<64x784xf32>>
  // CHECK: "spatial.fifo"() {depth = 16 : i64, name = "partial"} : () -> !spatial.queue<f32>
  %f = "spatial.fifo"() {name = "partial", depth = 16} : () -> !spatial.queue<f32>
  // CHECK: "spatial.reg"() {name = "sum"} : () -> !spatial.register<i32>
  %r = "spatial.reg"() {name = "sum"} : () -> !spatial.register<i32>
  // CHECK: "spatial.lut"() {name = "l", values = dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf32>} : () -> !spatial.table<tensor<2xf32>>
  %l = "spatial.lut"() {name = "l", values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> !spatial.table<tensor<2xf32>>
  return
}

// Rows of a matrix times a vector, tile by tile: an outer controller, transfers, two inner ones.
// CHECK-LABEL: func.func @matvec
func.func @matvec() {
  %a = "spatial.dram"() {name = "a", role = "weight"} : () -> !spatial.offchip<tensor<64x32xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<64xf32>>
  // CHECK: "spatial.controller"() ({
  "spatial.controller"() ({
    %at = "spatial.sram"() {name = "at", buffers = 2} : () -> !spatial.scratchpad<tensor<4x32xf32>>
    %yt = "spatial.sram"() {name = "yt", buffers = 2} : () -> !spatial.scratchpad<tensor<4xf32>>
    %f = "spatial.fifo"() {name = "sums", depth = 4} : () -> !spatial.queue<f32>
    // CHECK: "spatial.load"(%{{.*}}, %{{.*}}) {offsets = #{{.*}}} : (!spatial.offchip<tensor<64x32xf32>>, !spatial.scratchpad<tensor<4x32xf32>>) -> ()
    "spatial.load"(%a, %at) {offsets = affine_map<(t) -> (4 * t, 0)>} : (!spatial.offchip<tensor<64x32xf32>>, !spatial.scratchpad<tensor<4x32xf32>>) -> ()
    // CHECK: "spatial.controller"() ({
    "spatial.controller"() ({
      // CHECK: "spatial.read"(%{{.*}}) {map = #{{.*}}} : (!spatial.scratchpad<tensor<4x32xf32>>) -> f32
      %e = "spatial.read"(%at) {map = affine_map<(t, i, k) -> (i, k)>} : (!spatial.scratchpad<tensor<4x32xf32>>) -> f32
      // CHECK: "spatial.index"() {dim = 1 : i64} : () -> i32
      %i = "spatial.index"() {dim = 1} : () -> i32
      %init = arith.sitofp %i : i32 to f32
      // CHECK: "spatial.reduce"(%{{.*}}, %{{.*}}) {combiner = "addf", operandSegmentSizes = array<i32: 1, 1>, over = 1 : i64} : (f32, f32) -> f32
      %s = "spatial.reduce"(%e, %init) {combiner = "addf", over = 1, operandSegmentSizes = array<i32: 1, 1>} : (f32, f32) -> f32
      // CHECK: "spatial.push"(%{{.*}}, %{{.*}}) : (f32, !spatial.queue<f32>) -> ()
      "spatial.push"(%s, %f) : (f32, !spatial.queue<f32>) -> ()
      // CHECK: "spatial.yield"() : () -> ()
      "spatial.yield"() : () -> ()
    // CHECK: }) {grains = array<i64: 2, 32>, lanes = array<i64: 1, 16>, names = ["i", "k"], schedule = "pipelined", starts = array<i64: 0, 0>, steps = array<i64: 1, 1>, stops = array<i64: 4, 32>, unroll = array<i64: 2, 1>} : () -> ()
    }) {schedule = "pipelined", names = ["i", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 2, 1>, grains = array<i64: 2, 32>} : () -> ()
    "spatial.controller"() ({
      // CHECK: "spatial.pop"(%{{.*}}) {level = 1 : i64} : (!spatial.queue<f32>) -> f32
      %p = "spatial.pop"(%f) {level = 1} : (!spatial.queue<f32>) -> f32
      // CHECK: "spatial.reduce"(%{{.*}}) {combiner = "maximumf", operandSegmentSizes = array<i32: 1, 0>, over = 1 : i64} : (f32) -> f32
      %m = "spatial.reduce"(%p) {combiner = "maximumf", over = 1, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
      // CHECK: "spatial.write"(%{{.*}}, %{{.*}}) {map = #{{.*}}} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
      "spatial.write"(%m, %yt) {map = affine_map<(t, j, n) -> (j)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["j", "n"], starts = array<i64: 0, 0>, stops = array<i64: 4, 2>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 1>, unroll = array<i64: 1, 1>} : () -> ()
    // CHECK: "spatial.store"(%{{.*}}, %{{.*}}) {offsets = #{{.*}}} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<64xf32>>) -> ()
    "spatial.store"(%yt, %y) {offsets = affine_map<(t) -> (4 * t)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<64xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "sequenced", names = ["t"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// Registers and tables are read and written like memories without dimensions, and with one.
// CHECK-LABEL: func.func @registers
func.func @registers() {
  %r = "spatial.reg"() {name = "r"} : () -> !spatial.register<f32>
  %q = "spatial.reg"() {name = "q"} : () -> !spatial.register<f32>
  %l = "spatial.lut"() {name = "l", values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> !spatial.table<tensor<2xf32>>
  "spatial.controller"() ({
    // CHECK: "spatial.read"(%{{.*}}) {map = #{{.*}}} : (!spatial.register<f32>) -> f32
    %v = "spatial.read"(%r) {map = affine_map<(i) -> ()>} : (!spatial.register<f32>) -> f32
    // CHECK: "spatial.read"(%{{.*}}) {map = #{{.*}}} : (!spatial.table<tensor<2xf32>>) -> f32
    %e = "spatial.read"(%l) {map = affine_map<(i) -> (i)>} : (!spatial.table<tensor<2xf32>>) -> f32
    %s = arith.addf %v, %e : f32
    // CHECK: "spatial.write"(%{{.*}}, %{{.*}}) {map = #{{.*}}} : (f32, !spatial.register<f32>) -> ()
    "spatial.write"(%s, %q) {map = affine_map<(i) -> ()>} : (f32, !spatial.register<f32>) -> ()
    "spatial.yield"() : () -> ()
  // CHECK: }) {{{.*}}schedule = "streaming"
  }) {schedule = "streaming", names = ["i"], starts = array<i64: 0>, stops = array<i64: 2>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  // CHECK: "spatial.controller"() ({
  // CHECK: }) {{{.*}}schedule = "fork_join"
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "fork_join", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>, unroll = array<i64>} : () -> ()
  return
}
