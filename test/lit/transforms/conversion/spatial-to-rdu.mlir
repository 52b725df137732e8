// RUN: rdu-opt %s --spatial-to-rdu --split-input-file --mlir-print-local-scope | FileCheck %s
// RUN: rdu-opt %s --pass-pipeline='builtin.module(spatial-to-rdu{lanes=8 fifo-depth=4 tier=hbm})' --split-input-file | FileCheck %s --check-prefix=OPTIONS

// Each memory is a PMU with a context for each side, each transfer an address generator, the inner
// controller a PCU; full and free tokens go between the sides of a memory, one for each tile.
// CHECK:         "rdu.tensor"() {name = "x", role = "input", tier = "dram", type = tensor<8x32xf32>}
// CHECK:         "rdu.tensor"() {name = "y", role = "output", tier = "dram", type = tensor<8x32xf32>}
// CHECK:         "rdu.section"() ({
// CHECK:           "rdu.memory"() {buffers = 2 : i64, element = f32, name = "a", words = 128 : i64}
// CHECK-NEXT:      "rdu.context"() ({
// CHECK-NEXT:        "rdu.acquire"() {level = 1 : i64, port = "free"}
// CHECK-NEXT:        %[[A:.*]] = "rdu.pop"() {kind = "vector", level = 3 : i64, port = "data"}
// CHECK-NEXT:        "rdu.write"(%[[A]]) {address = affine_map<(d0, d1, d2) -> (d1 * 32 + d2)>, level = 1 : i64, memory = "a"}
// CHECK-NEXT:        "rdu.release"() {level = 1 : i64, port = "full"}
// CHECK-NEXT:      }) {lanes = array<i64: 1, 1, 16>, name = "write", names = ["t", "d0", "d1"], {{.*}}stops = array<i64: 2, 4, 32>}
// CHECK-NEXT:      "rdu.context"() ({
// CHECK-NEXT:        "rdu.acquire"() {level = 1 : i64, port = "full"}
// CHECK-NEXT:        %[[B:.*]] = "rdu.read"() {address = affine_map<(d0, d1, d2) -> (d1 * 32 + d2)>, level = 1 : i64, memory = "a"}
// CHECK-NEXT:        "rdu.push"(%[[B]]) {kind = "vector", level = 3 : i64, port = "data"}
// CHECK-NEXT:        "rdu.release"() {level = 1 : i64, port = "free"}
// CHECK-NEXT:      }) {lanes = array<i64: 1, 1, 16>, name = "read", names = ["t", "i", "j"]
// CHECK-NEXT:    }) {kind = "pmu", name = "a"}
// CHECK:           "rdu.load"() {index = affine_map<(d0, d1, d2) -> (d0 * 4 + d1, d2)>, tensor = "x"}
// CHECK:         }) {kind = "ag", name = "load_a"}
// CHECK:           %[[E:.*]] = "rdu.pop"() {kind = "vector", level = 3 : i64, port = "a"}
// CHECK-NEXT:      %[[TWO:.*]] = arith.constant 2.0
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[E]], %[[TWO]]
// CHECK-NEXT:      "rdu.push"(%[[M]]) {kind = "vector", level = 3 : i64, port = "out"}
// CHECK:         }) {kind = "pcu", name = "make_b"}
// CHECK:         }) {kind = "ag", name = "store_b"}
// CHECK:         "rdu.net"() {capacities = array<i64: 16>, inits = array<i64: 0>, kind = "vector", name = "n0", sinks = ["a.write.data"], source = "load_a.main.data"}
// CHECK:         "rdu.net"() {capacities = array<i64: 2>, inits = array<i64: 0>, kind = "control", {{.*}} sinks = ["a.read.full"], source = "a.write.full"}
// CHECK:         "rdu.net"() {capacities = array<i64: 2>, inits = array<i64: 2>, kind = "control", {{.*}} sinks = ["a.write.free"], source = "a.read.free"}
// CHECK:       }) {name = "scale", state = "virtual"}
// CHECK-NEXT:  "rdu.run"() {formals = ["x", "y"], section = "scale", tensors = ["x", "y"]}
// OPTIONS:       "rdu.tensor"() {name = "x", role = "input", tier = "hbm"
// OPTIONS:       {lanes = array<i64: 1, 1, 8>, name = "write", names = ["t", "d0", "d1"]
// OPTIONS:       "rdu.net"() {capacities = array<i64: 4>
func.func @scale() {
  %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<8x32xf32>>
  %y = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<8x32xf32>>
  %a = "spatial.sram"() {buffers = 2 : i64, name = "a"} : () -> !spatial.scratchpad<tensor<4x32xf32>>
  %b = "spatial.sram"() {buffers = 2 : i64, name = "b"} : () -> !spatial.scratchpad<tensor<4x32xf32>>
  "spatial.controller"() ({
    "spatial.load"(%x, %a) {offsets = affine_map<(t) -> (4 * t, 0)>} : (!spatial.offchip<tensor<8x32xf32>>, !spatial.scratchpad<tensor<4x32xf32>>) -> ()
    "spatial.controller"() ({
      %e = "spatial.read"(%a) {map = affine_map<(t, i, j) -> (i, j)>} : (!spatial.scratchpad<tensor<4x32xf32>>) -> f32
      %two = arith.constant 2.0 : f32
      %m = arith.mulf %e, %two : f32
      "spatial.write"(%m, %b) {map = affine_map<(t, i, j) -> (i, j)>} : (f32, !spatial.scratchpad<tensor<4x32xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
    "spatial.store"(%b, %y) {offsets = affine_map<(t) -> (4 * t, 0)>} : (!spatial.scratchpad<tensor<4x32xf32>>, !spatial.offchip<tensor<8x32xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["t"], starts = array<i64: 0>, stops = array<i64: 2>, steps = array<i64: 1>, lanes = array<i64: 1>, unroll = array<i64: 1>} : () -> ()
  return
}

// -----

// A chain of two sums over halves of k. Both read x, at places of their own; the partial sum crosses
// from PCU to PCU once a row: it is outside of the lanes, so a scalar.
// CHECK:         "rdu.section"() ({
// CHECK:           name = "read", names = ["i", "k"], {{.*}}stops = array<i64: 4, 16>}
// CHECK:           name = "read_2", names = ["i", "k"], {{.*}}stops = array<i64: 4, 16>}
// CHECK:         }) {kind = "pmu", name = "x"}
// CHECK:           "rdu.push"(%{{.*}}) {kind = "scalar", level = 1 : i64, port = "out"}
// CHECK:         }) {kind = "pcu", name = "partial"}
// CHECK:           %[[P:.*]] = "rdu.pop"() {kind = "scalar", level = 1 : i64, port = "partial"}
// CHECK:           "rdu.reduce"(%{{.*}}, %[[P]]) {combiner = "addf", operandSegmentSizes = array<i32: 1, 1>, over = 2 : i64}
// CHECK:         }) {kind = "pcu", name = "make_y"}
// CHECK:         "rdu.net"() {capacities = array<i64: 3>, {{.*}} kind = "scalar", {{.*}} sinks = ["make_y.main.partial"], source = "partial.main.out"}
func.func @chain() {
  %dx = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<4x32xf32>>
  %dy = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<4xf32>>
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<4x32xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<4xf32>>
  %q = "spatial.fifo"() {depth = 3 : i64, name = "partial"} : () -> !spatial.queue<f32>
  "spatial.load"(%dx, %x) {offsets = affine_map<() -> (0, 0)>} : (!spatial.offchip<tensor<4x32xf32>>, !spatial.scratchpad<tensor<4x32xf32>>) -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (!spatial.scratchpad<tensor<4x32xf32>>) -> f32
    %f = "spatial.reduce"(%e) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.push"(%f, %q) : (f32, !spatial.queue<f32>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 16>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i, k) -> (i, k)>} : (!spatial.scratchpad<tensor<4x32xf32>>) -> f32
    %p = "spatial.pop"(%q) {level = 1 : i64} : (!spatial.queue<f32>) -> f32
    %f = "spatial.reduce"(%e, %p) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 1>} : (f32, f32) -> f32
    "spatial.write"(%f, %y) {map = affine_map<(i, k) -> (i)>} : (f32, !spatial.scratchpad<tensor<4xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k"], starts = array<i64: 0, 16>, stops = array<i64: 4, 32>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, unroll = array<i64: 1, 1>} : () -> ()
  "spatial.store"(%y, %dy) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<4xf32>>, !spatial.offchip<tensor<4xf32>>) -> ()
  return
}

// -----

// A chain whose lanes are rows: partial sums are vectors. What both read on each firing is read
// twice, since the second waits for the first one's sums; what they read once a sum, once for both.
// CHECK:           {lanes = array<i64: 16, 1, 1>, name = "read", names = ["i", "k", "l"]
// CHECK:           {lanes = array<i64: 16, 1, 1>, name = "read_2", names = ["i", "k", "l"]
// CHECK:         }) {kind = "pmu", name = "x"}
// CHECK:           "rdu.push"(%{{.*}}) {kind = "vector", level = 1 : i64, port = "out"}
// CHECK:         sinks = ["partial.main.scale", "make_y.main.scale"], source = "scale.read.data"}
func.func @repeated() {
  %dx = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<16x8xf32>>
  %ds = "spatial.dram"() {name = "scale", role = "weight"} : () -> !spatial.offchip<tensor<16xf32>>
  %dy = "spatial.dram"() {name = "y", role = "output"} : () -> !spatial.offchip<tensor<16xf32>>
  %x = "spatial.sram"() {buffers = 1 : i64, name = "x"} : () -> !spatial.scratchpad<tensor<16x8xf32>>
  %s = "spatial.sram"() {buffers = 1 : i64, name = "scale"} : () -> !spatial.scratchpad<tensor<16xf32>>
  %y = "spatial.sram"() {buffers = 1 : i64, name = "y"} : () -> !spatial.scratchpad<tensor<16xf32>>
  %q = "spatial.fifo"() {depth = 3 : i64, name = "partial"} : () -> !spatial.queue<f32>
  "spatial.load"(%dx, %x) {offsets = affine_map<() -> (0, 0)>} : (!spatial.offchip<tensor<16x8xf32>>, !spatial.scratchpad<tensor<16x8xf32>>) -> ()
  "spatial.load"(%ds, %s) {offsets = affine_map<() -> (0)>} : (!spatial.offchip<tensor<16xf32>>, !spatial.scratchpad<tensor<16xf32>>) -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i, k, l) -> (i, l)>} : (!spatial.scratchpad<tensor<16x8xf32>>) -> f32
    %c = "spatial.read"(%s) {map = affine_map<(i, k, l) -> (i)>} : (!spatial.scratchpad<tensor<16xf32>>) -> f32
    %m = arith.mulf %e, %c : f32
    %f = "spatial.reduce"(%m) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    "spatial.push"(%f, %q) : (f32, !spatial.queue<f32>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k", "l"], starts = array<i64: 0, 0, 0>, stops = array<i64: 16, 2, 8>, steps = array<i64: 1, 1, 1>, lanes = array<i64: 16, 1, 1>, unroll = array<i64: 1, 1, 1>} : () -> ()
  "spatial.controller"() ({
    %e = "spatial.read"(%x) {map = affine_map<(i, k, l) -> (i, l)>} : (!spatial.scratchpad<tensor<16x8xf32>>) -> f32
    %p = "spatial.pop"(%q) {level = 1 : i64} : (!spatial.queue<f32>) -> f32
    %c = "spatial.read"(%s) {map = affine_map<(i, k, l) -> (i)>} : (!spatial.scratchpad<tensor<16xf32>>) -> f32
    %m = arith.mulf %e, %c : f32
    %f = "spatial.reduce"(%m, %p) {combiner = "addf", over = 1 : i64, operandSegmentSizes = array<i32: 1, 1>} : (f32, f32) -> f32
    "spatial.write"(%f, %y) {map = affine_map<(i, k, l) -> (i)>} : (f32, !spatial.scratchpad<tensor<16xf32>>) -> ()
    "spatial.yield"() : () -> ()
  }) {schedule = "pipelined", names = ["i", "k", "l"], starts = array<i64: 0, 2, 0>, stops = array<i64: 16, 4, 8>, steps = array<i64: 1, 1, 1>, lanes = array<i64: 16, 1, 1>, unroll = array<i64: 1, 1, 1>} : () -> ()
  "spatial.store"(%y, %dy) {offsets = affine_map<() -> (0)>} : (!spatial.scratchpad<tensor<16xf32>>, !spatial.offchip<tensor<16xf32>>) -> ()
  return
}

// -----

// Nothing to do: no function with a body.
// CHECK:       module {
// CHECK-NEXT:    func.func private @declared(tensor<4xf32>)
// CHECK-NEXT:  }
func.func private @declared(tensor<4xf32>)
