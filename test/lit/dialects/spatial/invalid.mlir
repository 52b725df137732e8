// RUN: rdu-opt %s --split-input-file --verify-diagnostics

func.func @memories() {
  // expected-error @+1 {{'spatial.dram' role is 'argument': expected input or weight or output or temporary}}
  %0 = "spatial.dram"() {name = "x", role = "argument"} : () -> !spatial.offchip<tensor<4xf32>>
  // expected-error @+1 {{'spatial.dram' holds f32: expected a ranked tensor of static shape}}
  %1 = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<f32>
  // expected-error @+1 {{'spatial.sram' holds tensor<?xf32>: expected a ranked tensor of static shape}}
  %2 = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<?xf32>>
  // expected-error @+1 {{'spatial.sram' has 0 buffers: expected at least 1}}
  %3 = "spatial.sram"() {name = "t", buffers = 0} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.sram' has strides [1]: expected 2, one for each dimension, each at least 1}}
  %4 = "spatial.sram"() {name = "t", buffers = 1, strides = array<i64: 1>} : () -> !spatial.scratchpad<tensor<4x4xf32>>
  // expected-error @+1 {{'spatial.sram' strides [3, 1] map two elements to one word: expected disjoint elements}}
  %5 = "spatial.sram"() {name = "t", buffers = 1, strides = array<i64: 3, 1>} : () -> !spatial.scratchpad<tensor<4x4xf32>>
  // expected-error @+1 {{'spatial.fifo' has depth 0: expected at least 1}}
  %6 = "spatial.fifo"() {name = "f", depth = 0} : () -> !spatial.queue<f32>
  // expected-error @+1 {{'spatial.lut' has values of tensor<2xf32>: expected tensor<3xf32>}}
  %7 = "spatial.lut"() {name = "l", values = dense<[1.0, 2.0]> : tensor<2xf32>} : () -> !spatial.table<tensor<3xf32>>
  return
}

// -----

func.func @controller(%t: !spatial.scratchpad<tensor<4xf32>>) {
  // expected-error @+1 {{'spatial.controller' schedule is 'parallel': expected pipelined or sequenced or streaming or fork_join}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "parallel", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>, unroll = array<i64>} : () -> ()
  // expected-error @+2 {{'spatial.controller' attribute 'stops' has 2 entries: expected 1, one for each name}}
  // expected-error @+1 {{'spatial.controller' attribute 'lanes' has 0 entries: expected 1, one for each name}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 2, 2>, steps = array<i64: 1>, lanes = array<i64>, unroll = array<i64: 1>} : () -> ()
  // expected-error @+2 {{'spatial.controller' counter 'i' runs from 4 to 4 by 1: expected at least one iteration and a step of 1 or more}}
  // expected-error @+1 {{'spatial.controller' counter 'j' runs from 0 to 4 by 0: expected at least one iteration and a step of 1 or more}}
  "spatial.controller"() ({
    %e = "spatial.read"(%t) {map = affine_map<(i, j) -> (i)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 4, 0>, stops = array<i64: 4, 4>, steps = array<i64: 1, 0>, lanes = array<i64: 1, 1>, unroll = array<i64: 1, 1>} : () -> ()
  // expected-error @+1 {{'spatial.controller' counters have lanes [16, 2]: expected at most one entry above 1, each at least 1}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 4, 4>, steps = array<i64: 1, 1>, lanes = array<i64: 16, 2>, unroll = array<i64: 1, 1>} : () -> ()
  // expected-error @+1 {{'spatial.controller' counters have lanes [0]: expected at most one entry above 1, each at least 1}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 0>, unroll = array<i64: 1>, grains = array<i64: 4>} : () -> ()
  // expected-error @+1 {{'spatial.controller' counters have grains [0]: expected 1 entries of at least 1}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 64>, steps = array<i64: 1>, lanes = array<i64: 16>, unroll = array<i64: 1>, grains = array<i64: 0>} : () -> ()
  // expected-error @+1 {{'spatial.controller' counters are unrolled [0] times: expected entries of at least 1}}
  "spatial.controller"() ({
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 0>} : () -> ()
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.controller' counter name 'i' is taken: expected names that differ along the nest}}
    "spatial.controller"() ({
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// What a controller's counters are is unknown here; the ops inside say nothing about them.
func.func @names() {
  // expected-error @+1 {{'spatial.controller' names a counter 1 : i64: expected a string}}
  "spatial.controller"() ({
    %i = "spatial.index"() {dim = 0} : () -> i32
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = [1], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

func.func @mixed() {
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.controller' holds controllers or transfers beside 'spatial.index': expected one kind or the other}}
    %i = "spatial.index"() {dim = 0} : () -> i32
    "spatial.controller"() ({
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>, unroll = array<i64>} : () -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "sequenced", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

func.func @hazard() {
  %t = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<5xf32>>
  "spatial.controller"() ({
    %e = "spatial.read"(%t) {map = affine_map<(i) -> (i)>} : (!spatial.scratchpad<tensor<5xf32>>) -> f32
    // expected-error @+1 {{'spatial.controller' reads and writes the same memory: expected two memories}}
    "spatial.write"(%e, %t) {map = affine_map<(i) -> (i + 1)>} : (f32, !spatial.scratchpad<tensor<5xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

func.func @transfers() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<8x8xf32>>
  %t = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<2x8xf32>>
  %v = "spatial.sram"() {name = "v", buffers = 1} : () -> !spatial.scratchpad<tensor<8xf32>>
  %n = "spatial.sram"() {name = "n", buffers = 1} : () -> !spatial.scratchpad<tensor<2x8xi32>>
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.load' offsets take 0 dimensions: expected 1, the enclosing counters}}
    "spatial.load"(%x, %t) {offsets = affine_map<() -> (0, 0)>} : (!spatial.offchip<tensor<8x8xf32>>, !spatial.scratchpad<tensor<2x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.load' offsets have 1 results: expected 2, the tensor's rank}}
    "spatial.load"(%x, %t) {offsets = affine_map<(i) -> (i)>} : (!spatial.offchip<tensor<8x8xf32>>, !spatial.scratchpad<tensor<2x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.load' offsets are (d0) -> (d0 mod 2, 0): expected sums of counters times constants}}
    "spatial.load"(%x, %t) {offsets = affine_map<(i) -> (i mod 2, 0)>} : (!spatial.offchip<tensor<8x8xf32>>, !spatial.scratchpad<tensor<2x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.load' moves a tile tensor<8xf32> of tensor<8x8xf32>: expected static tensors of one rank and element type}}
    "spatial.load"(%x, %v) {offsets = affine_map<(i) -> (i, 0)>} : (!spatial.offchip<tensor<8x8xf32>>, !spatial.scratchpad<tensor<8xf32>>) -> ()
    // expected-error @+1 {{'spatial.load' reaches elements 0 to 10 of dimension 0: expected 0 to 7}}
    "spatial.load"(%x, %t) {offsets = affine_map<(i) -> (3 * i, 0)>} : (!spatial.offchip<tensor<8x8xf32>>, !spatial.scratchpad<tensor<2x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.store' offsets take 2 dimensions: expected 1, the enclosing counters}}
    "spatial.store"(%t, %x) {offsets = affine_map<(i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<2x8xf32>>, !spatial.offchip<tensor<8x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.store' offsets have 3 results: expected 2, the tensor's rank}}
    "spatial.store"(%t, %x) {offsets = affine_map<(i) -> (i, 0, 0)>} : (!spatial.scratchpad<tensor<2x8xf32>>, !spatial.offchip<tensor<8x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.store' offsets are (d0) -> (d0 floordiv 2, 0): expected sums of counters times constants}}
    "spatial.store"(%t, %x) {offsets = affine_map<(i) -> (i floordiv 2, 0)>} : (!spatial.scratchpad<tensor<2x8xf32>>, !spatial.offchip<tensor<8x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.store' moves a tile tensor<2x8xi32> of tensor<8x8xf32>: expected static tensors of one rank and element type}}
    "spatial.store"(%n, %x) {offsets = affine_map<(i) -> (i, 0)>} : (!spatial.scratchpad<tensor<2x8xi32>>, !spatial.offchip<tensor<8x8xf32>>) -> ()
    // expected-error @+1 {{'spatial.store' reaches elements -1 to 3 of dimension 0: expected 0 to 7}}
    "spatial.store"(%t, %x) {offsets = affine_map<(i) -> (i - 1, 0)>} : (!spatial.scratchpad<tensor<2x8xf32>>, !spatial.offchip<tensor<8x8xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// Memories of no shape are refused once, where they are declared.
func.func @shapeless() {
  // expected-error @+1 {{'spatial.dram' holds f32: expected a ranked tensor of static shape}}
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<f32>
  // expected-error @+1 {{'spatial.sram' holds tensor<?xf32>: expected a ranked tensor of static shape}}
  %t = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<?xf32>>
  // expected-error @+1 {{'spatial.load' moves a tile tensor<?xf32> of f32: expected static tensors of one rank and element type}}
  "spatial.load"(%x, %t) {offsets = affine_map<() -> ()>} : (!spatial.offchip<f32>, !spatial.scratchpad<tensor<?xf32>>) -> ()
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.read' accesses tensor<?xf32>: expected a ranked tensor of static shape}}
    %e = "spatial.read"(%t) {map = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<?xf32>>) -> f32
    // expected-error @+1 {{'spatial.write' accesses tensor<?xf32>: expected a ranked tensor of static shape}}
    "spatial.write"(%e, %t) {map = affine_map<() -> (0)>} : (f32, !spatial.scratchpad<tensor<?xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>, unroll = array<i64>} : () -> ()
  return
}

// -----

func.func @outside(%c: f32) {
  %t = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<4xf32>>
  // expected-error @+1 {{'spatial.read' stands outside of any controller}}
  %e = "spatial.read"(%t) {map = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
  // expected-error @+1 {{'spatial.write' stands outside of any controller}}
  "spatial.write"(%c, %t) {map = affine_map<() -> (0)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
  // expected-error @+1 {{'spatial.index' is in the wrong place: expected inside 'spatial.controller', got 'func.func'}}
  %i = "spatial.index"() {dim = 0} : () -> i32
  return
}

// -----

func.func @accesses(%c: f32) {
  %t = "spatial.sram"() {name = "t", buffers = 1} : () -> !spatial.scratchpad<tensor<4xf32>>
  %w = "spatial.sram"() {name = "w", buffers = 1} : () -> !spatial.scratchpad<tensor<4xf32>>
  %r = "spatial.reg"() {name = "r"} : () -> !spatial.register<i32>
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.read' map takes 2 dimensions: expected 1, the enclosing counters}}
    %0 = "spatial.read"(%t) {map = affine_map<(i, j) -> (i)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    // expected-error @+1 {{'spatial.read' map has 2 results: expected 1, the memory's rank}}
    %1 = "spatial.read"(%t) {map = affine_map<(i) -> (i, i)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    // expected-error @+1 {{'spatial.read' map is (d0) -> (d0 mod 3): expected sums of counters times constants}}
    %2 = "spatial.read"(%t) {map = affine_map<(i) -> (i mod 3)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    // expected-error @+1 {{'spatial.read' accesses elements 1 to 4 of dimension 0: expected 0 to 3}}
    %3 = "spatial.read"(%t) {map = affine_map<(i) -> (i + 1)>} : (!spatial.scratchpad<tensor<4xf32>>) -> f32
    // expected-error @+1 {{'spatial.read' moves f32: expected i32}}
    %4 = "spatial.read"(%r) {map = affine_map<(i) -> ()>} : (!spatial.register<i32>) -> f32
    // expected-error @+1 {{'spatial.write' map takes 0 dimensions: expected 1, the enclosing counters}}
    "spatial.write"(%c, %w) {map = affine_map<() -> (0)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    // expected-error @+1 {{'spatial.write' map has 0 results: expected 1, the memory's rank}}
    "spatial.write"(%c, %w) {map = affine_map<(i) -> ()>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    // expected-error @+1 {{'spatial.write' map is (d0) -> (d0 floordiv 2): expected sums of counters times constants}}
    "spatial.write"(%c, %w) {map = affine_map<(i) -> (i floordiv 2)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    // expected-error @+1 {{'spatial.write' accesses elements 0 to 6 of dimension 0: expected 0 to 3}}
    "spatial.write"(%c, %w) {map = affine_map<(i) -> (2 * i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    // expected-error @+1 {{'spatial.write' moves f32: expected i32}}
    "spatial.write"(%c, %r) {map = affine_map<(i) -> ()>} : (f32, !spatial.register<i32>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

func.func @scalars(%c: f32, %n: i32, %h: f16) {
  %f = "spatial.fifo"() {name = "f", depth = 4} : () -> !spatial.queue<f32>
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.pop' level is 2: expected 0 to 1, the own controller's counters}}
    %0 = "spatial.pop"(%f) {level = 2} : (!spatial.queue<f32>) -> f32
    // expected-error @+1 {{'spatial.pop' gives i32: expected f32}}
    %1 = "spatial.pop"(%f) {level = 0} : (!spatial.queue<f32>) -> i32
    // expected-error @+1 {{'spatial.push' appends i32: expected f32}}
    "spatial.push"(%n, %f) : (i32, !spatial.queue<f32>) -> ()
    // expected-error @+1 {{'spatial.reduce' reduces from counter 1: expected 0 to 0, one of the own controller's}}
    %2 = "spatial.reduce"(%c) {combiner = "addf", over = 1, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    // expected-error @+1 {{'spatial.reduce' combines f32 and i32 into f32: expected one type}}
    %3 = "spatial.reduce"(%c, %n) {combiner = "addf", over = 0, operandSegmentSizes = array<i32: 1, 1>} : (f32, i32) -> f32
    // expected-error @+1 {{'spatial.reduce' combiner 'subi' does not reduce i32: expected addi, muli, maxsi, minsi, andi, ori, xori}}
    %4 = "spatial.reduce"(%n) {combiner = "subi", over = 0, operandSegmentSizes = array<i32: 1, 0>} : (i32) -> i32
    // expected-error @+1 {{'spatial.reduce' combiner 'addf' does not reduce f16: expected values of f32, i32 or i1}}
    %5 = "spatial.reduce"(%h) {combiner = "addf", over = 0, operandSegmentSizes = array<i32: 1, 0>} : (f16) -> f16
    // expected-error @+1 {{'spatial.index' counter is 1: expected 0 to 0}}
    %6 = "spatial.index"() {dim = 1} : () -> i32
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

func.func @segments(%c: f32) {
  "spatial.controller"() ({
    // expected-error @+1 {{'spatial.reduce' attribute 'operandSegmentSizes' does not fit: expected one size for each of 2 ('value', 'init')}}
    %0 = "spatial.reduce"(%c, %c) {combiner = "addf", over = 0, operandSegmentSizes = array<i32: 1, 0>} : (f32, f32) -> f32
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}
