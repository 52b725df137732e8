// RUN: rdu-opt %s --spatial-bank --split-input-file | FileCheck %s
// RUN: rdu-opt %s --pass-pipeline='builtin.module(spatial-bank{banks=10})' --split-input-file | FileCheck %s --check-prefix=TEN

// Lanes walk rows of w, which are 64 words apart: all in one bank, until a row takes 65 (or, with
// ten banks, 67). They walk y's last dimension, and x not at all.
// CHECK-LABEL: func.func @matrix
// CHECK:         {buffers = 1 : i64, name = "x"}
// CHECK:         {buffers = 1 : i64, name = "w", strides = array<i64: 65, 1>}
// CHECK:         {buffers = 1 : i64, name = "y"}
// TEN-LABEL:   func.func @matrix
// TEN:           {buffers = 1 : i64, name = "w", strides = array<i64: 67, 1>}
func.func @matrix() {
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<64x64xf32>>
  %w = "spatial.sram"() {buffers = 1 : i64, name = "w"} : () -> !spatial.scratchpad<tensor<48x64xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<64x48xf32>>
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i, j, k) -> (i, k)>} : (!spatial.scratchpad<tensor<64x64xf32>>) -> f32
    %f = "spatial.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (!spatial.scratchpad<tensor<48x64xf32>>) -> f32
    %m = arith.mulf %e, %f : f32
    %s = "spatial.reduce"(%m) {combiner = "addf", over = 2 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.write"(%s, %y) {map = affine_map<(i, j, k) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<64x48xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "j", "k"], starts = array<i64: 0, 0, 0>, stops = array<i64: 64, 48, 64>, steps = array<i64: 1, 1, 1>, lanes = array<i64: 1, 16, 1>, unroll = array<i64: 1, 1, 1>} : () -> ()
  return
}

// -----

// Only the dimension that lanes walk is padded.
// CHECK-LABEL: func.func @cube
// CHECK:         {buffers = 1 : i64, name = "x", strides = array<i64: 33, 8, 1>}
func.func @cube() {
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<16x4x8xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<16xf32>>
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i) -> (i, 1, 0)>} : (!spatial.scratchpad<tensor<16x4x8xf32>>) -> f32
    "spatial.write"(%e, %y) {map = affine_map<(i) -> (i)>} : (f32, !spatial.scratchpad<tensor<16xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// Nothing to do: 15 words between rows reach all banks, a scalar has no rows.
// CHECK-LABEL: func.func @nothing
// CHECK:         {buffers = 1 : i64, name = "odd"}
// CHECK:         {buffers = 1 : i64, name = "scalar"}
func.func @nothing() {
  %x = "spatial.sram"() {buffers = 1 : i64, name = "odd"} : () -> !spatial.scratchpad<tensor<16x15xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "scalar"} : () -> !spatial.scratchpad<tensor<f32>>
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i) -> (i, 0)>} : (!spatial.scratchpad<tensor<16x15xf32>>) -> f32
    %s = "spatial.reduce"(%e) {combiner = "addf", over = 0 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.write"(%s, %y) {map = affine_map<(i) -> ()>} : (f32, !spatial.scratchpad<tensor<f32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>, unroll = array<i64: 1>} : () -> ()
  return
}
