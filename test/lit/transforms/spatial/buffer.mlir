// RUN: rdu-opt %s --spatial-buffer --split-input-file | FileCheck %s
// RUN: rdu-opt %s --pass-pipeline='builtin.module(spatial-buffer{latency=2})' --split-input-file | FileCheck %s --check-prefix=LATENCY

// The first stage after the load makes b, the second reads a and b: a is two stages long. Tokens
// take longer than no time, so b needs a third buffer too. What is resident or deep stays so.
// CHECK-LABEL: func.func @stages
// CHECK-DAG:     {buffers = 1 : i64, name = "resident"}
// CHECK-DAG:     {buffers = 3 : i64, name = "a"}
// CHECK-DAG:     {buffers = 3 : i64, name = "b"}
// CHECK-DAG:     {buffers = 7 : i64, name = "c"}
func.func @stages() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x256xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<64x256xf32>>
  %w = "spatial.sram"() {buffers = 1 : i64, name = "resident"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %a = "spatial.sram"() {buffers = 1 : i64, name = "a"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %b = "spatial.sram"() {buffers = 1 : i64, name = "b"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %c = "spatial.sram"() {buffers = 7 : i64, name = "c"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  "spatial.controller"() ({
    "spatial.load"(%x, %a) {offsets = affine_map<(t) -> (8 * t, 0)>} : (!spatial.offchip<tensor<64x256xf32>>, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %n = arith.negf %e : f32
      "spatial.write"(%n, %b) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 8, 256>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %f = "spatial.read"(%b) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %g = "spatial.read"(%w) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %m = arith.mulf %e, %f : f32
      %n = arith.mulf %m, %g : f32
      "spatial.write"(%n, %c) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 8, 256>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.store"(%c, %y) {offsets = affine_map<(t) -> (8 * t, 0)>} : (!spatial.scratchpad<tensor<8x256xf32>>, !spatial.offchip<tensor<64x256xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["t"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// Tiles of one firing: buffers cover the way of the tokens and back, 24 cycles, or 4.
// CHECK-LABEL: func.func @short
// CHECK:         {buffers = 24 : i64, name = "a"}
// CHECK:         {buffers = 24 : i64, name = "b"}
// CHECK:         {buffers = 24 : i64, name = "c"}
// LATENCY-LABEL: func.func @short
// LATENCY:       {buffers = 4 : i64, name = "a"}
func.func @short() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x16xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<64x16xf32>>
  %w = "spatial.sram"() {buffers = 1 : i64, name = "resident"} : () -> !spatial.scratchpad<tensor<1x16xf32>>
  %a = "spatial.sram"() {buffers = 1 : i64, name = "a"} : () -> !spatial.scratchpad<tensor<1x16xf32>>
  %b = "spatial.sram"() {buffers = 1 : i64, name = "b"} : () -> !spatial.scratchpad<tensor<1x16xf32>>
  %c = "spatial.sram"() {buffers = 7 : i64, name = "c"} : () -> !spatial.scratchpad<tensor<1x16xf32>>
  "spatial.controller"() ({
    "spatial.load"(%x, %a) {offsets = affine_map<(t) -> (t, 0)>} : (!spatial.offchip<tensor<64x16xf32>>, !spatial.scratchpad<tensor<1x16xf32>>) -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<1x16xf32>>) -> f32
      %n = arith.negf %e : f32
      "spatial.write"(%n, %b) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<1x16xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 1, 16>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<1x16xf32>>) -> f32
      %f = "spatial.read"(%b) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<1x16xf32>>) -> f32
      %g = "spatial.read"(%w) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<1x16xf32>>) -> f32
      %m = arith.mulf %e, %f : f32
      %n = arith.mulf %m, %g : f32
      "spatial.write"(%n, %c) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<1x16xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 1, 16>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.store"(%c, %y) {offsets = affine_map<(t) -> (t, 0)>} : (!spatial.scratchpad<tensor<1x16xf32>>, !spatial.offchip<tensor<64x16xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["t"], starts = array<i64: 0>, stops = array<i64: 64>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// Nothing to do: iterations of this controller do not overlap.
// CHECK-LABEL: func.func @sequenced
// CHECK-DAG:     {buffers = 1 : i64, name = "a"}
// CHECK-DAG:     {buffers = 1 : i64, name = "b"}
func.func @sequenced() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x256xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<64x256xf32>>
  %w = "spatial.sram"() {buffers = 1 : i64, name = "resident"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %a = "spatial.sram"() {buffers = 1 : i64, name = "a"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %b = "spatial.sram"() {buffers = 1 : i64, name = "b"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  %c = "spatial.sram"() {buffers = 7 : i64, name = "c"} : () -> !spatial.scratchpad<tensor<8x256xf32>>
  "spatial.controller"() ({
    "spatial.load"(%x, %a) {offsets = affine_map<(t) -> (8 * t, 0)>} : (!spatial.offchip<tensor<64x256xf32>>, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %n = arith.negf %e : f32
      "spatial.write"(%n, %b) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 8, 256>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %f = "spatial.read"(%b) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %g = "spatial.read"(%w) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<8x256xf32>>) -> f32
      %m = arith.mulf %e, %f : f32
      %n = arith.mulf %m, %g : f32
      "spatial.write"(%n, %c) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<8x256xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 8, 256>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.store"(%c, %y) {offsets = affine_map<(t) -> (8 * t, 0)>} : (!spatial.scratchpad<tensor<8x256xf32>>, !spatial.offchip<tensor<64x256xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "sequenced", names = ["t"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}
