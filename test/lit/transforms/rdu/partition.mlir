// RUN: rdu-opt %s --rdu-partition --split-input-file --mlir-print-local-scope | FileCheck %s

// What fits changes its state only, even where it names a machine's last stage.
// CHECK-LABEL: name = "x", role = "input"
"rdu.tensor"() {name = "x", role = "input", type = tensor<32xf32>, tier = "dram"} : () -> ()
"rdu.tensor"() {name = "y", role = "output", type = tensor<32xf32>, tier = "dram"} : () -> ()
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<32xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<32xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "load", kind = "ag"} : () -> ()
  // CHECK: {kind = "ag", name = "load"}
  // CHECK-NEXT: "rdu.unit"
  // CHECK-NEXT: "rdu.context"
  // CHECK-NEXT: "rdu.pop"
  // CHECK-NEXT: math.absf
  // CHECK-NEXT: math.sqrt
  // CHECK-NEXT: arith.negf
  // CHECK-NEXT: math.exp
  // CHECK-NEXT: math.tanh
  // CHECK-NEXT: arith.negf
  // CHECK-NEXT: "rdu.push"
  // CHECK: {kind = "pcu", name = "six"}
  // CHECK-NEXT: "rdu.unit"
  "rdu.unit"() ({
    "rdu.context"() ({
      %x = "rdu.pop"() {port = "x", kind = "vector", level = 1} : () -> f32
      %0 = math.absf %x : f32
      %1 = math.sqrt %0 : f32
      %2 = arith.negf %1 : f32
      %3 = math.exp %2 : f32
      %4 = math.tanh %3 : f32
      %5 = arith.negf %4 : f32
      "rdu.push"(%5) {port = "y", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "six", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 1} : () -> f32
      "rdu.store"(%v) {tensor = "y", index = affine_map<(i) -> (i)>} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  // CHECK: {kind = "ag", name = "store"}
  // CHECK-NEXT: "rdu.net"() {{.*}}name = "in"
  // CHECK-NEXT: "rdu.net"() {{.*}}name = "out"
  // CHECK-NEXT: state = "partitioned"
  }) {name = "store", kind = "ag"} : () -> ()
  "rdu.net"() {name = "in", kind = "vector", source = "load.main.data", sinks = ["six.main.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "out", kind = "vector", source = "six.main.y", sinks = ["store.main.data"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
}) {name = "fits", state = "virtual"} : () -> ()
"rdu.run"() {section = "fits", formals = ["x", "y"], tensors = ["x", "y"]} : () -> ()

// -----

// A section that is not virtual is none of the pass's business, even if it cannot fit.
// CHECK-LABEL: name = "placed_already"
"rdu.tensor"() {name = "placed_already", role = "input", type = tensor<32xf32>, tier = "dram"} : () -> ()
"rdu.section"() ({
  // CHECK: name = "far", place = array<i64: 99, 99>
  "rdu.unit"() ({
  }) {name = "far", kind = "pcu", place = array<i64: 99, 99>} : () -> ()
// CHECK: state = "placed"
}) {name = "s", state = "placed"} : () -> ()

// -----

// GELU behind a dot product with lanes along the sum: five stages for the reduction, so the rest
// moves to a second unit, and runs once for each sum. The bias follows its only user; the sum
// crosses as a scalar.
// CHECK-LABEL: name = "w", role = "weight"
"rdu.tensor"() {name = "w", role = "weight", type = tensor<20x32xf32>, tier = "dram"} : () -> ()
"rdu.section"() ({
  "rdu.formal"() {name = "w", type = tensor<20x32xf32>} : () -> ()
  "rdu.formal"() {name = "b", type = tensor<20xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<20xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "w", index = affine_map<(n, k) -> (n, k)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 2} : (f32) -> ()
    }) {name = "main", names = ["n", "k"], starts = array<i64: 0, 0>, stops = array<i64: 20, 32>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>} : () -> ()
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "b", index = affine_map<(n) -> (n)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "scalar", level = 1} : (f32) -> ()
    }) {name = "bias", names = ["n"], starts = array<i64: 0>, stops = array<i64: 20>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "load", kind = "ag"} : () -> ()
  "rdu.unit"() ({
    // CHECK: {kind = "ag", name = "load"}
    // CHECK-NEXT: "rdu.unit"() ({
    // CHECK-NEXT: "rdu.context"() ({
    // CHECK-NEXT: %[[A:.*]] = "rdu.pop"() {kind = "vector", level = 2 : i64, port = "a"}
    // CHECK-NEXT: %[[P:.*]] = arith.mulf %[[A]], %[[A]]
    // CHECK-NEXT: %[[S:.*]] = "rdu.reduce"(%[[P]])
    // CHECK-NEXT: "rdu.push"(%[[S]]) {kind = "scalar", level = 1 : i64, port = "v1"}
    // CHECK-NEXT: names = ["n", "k"]
    // CHECK-NEXT: {kind = "pcu", name = "norm"}
    // CHECK-NEXT: "rdu.unit"() ({
    // CHECK-NEXT: "rdu.context"() ({
    // CHECK-NEXT: %[[B:.*]] = "rdu.pop"() {kind = "scalar", level = 1 : i64, port = "b"}
    // CHECK-NEXT: %[[S:.*]] = "rdu.pop"() {kind = "scalar", level = 1 : i64, port = "v1"}
    // CHECK-NEXT: %[[T:.*]] = arith.addf %[[S]], %[[B]]
    // CHECK-NEXT: arith.constant 5.0
    // CHECK-NEXT: arith.mulf %[[T]]
    // CHECK: "rdu.push"(%{{.*}}) {kind = "scalar", level = 1 : i64, port = "y"}
    // CHECK-NEXT: }) {lanes = array<i64: 1>, name = "main", names = ["n"]
    // CHECK-NEXT: {kind = "pcu", name = "norm_1"}
    "rdu.context"() ({
      %a = "rdu.pop"() {port = "a", kind = "vector", level = 2} : () -> f32
      %b = "rdu.pop"() {port = "b", kind = "scalar", level = 1} : () -> f32
      %p = arith.mulf %a, %a : f32
      %s = "rdu.reduce"(%p) {combiner = "addf", over = 2, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
      %t = arith.addf %s, %b : f32
      %half = arith.constant 0.5 : f32
      %h = arith.mulf %t, %half : f32
      %root = arith.constant 0.70710677 : f32
      %q = arith.mulf %t, %root : f32
      %e = math.erf %q : f32
      %one = arith.constant 1.0 : f32
      %f = arith.addf %e, %one : f32
      %g = arith.mulf %f, %h : f32
      "rdu.push"(%g) {port = "y", kind = "scalar", level = 1} : (f32) -> ()
    }) {name = "main", names = ["n", "k"], starts = array<i64: 0, 0>, stops = array<i64: 20, 32>, steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>} : () -> ()
  }) {name = "norm", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "scalar", level = 1} : () -> f32
      "rdu.store"(%v) {tensor = "y", index = affine_map<(i) -> (i)>} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 20>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "store", kind = "ag"} : () -> ()
  // CHECK: name = "weights", sinks = ["norm.main.a"], source = "load.main.data"
  // CHECK-NEXT: name = "bias", sinks = ["norm_1.main.b"], source = "load.bias.data"
  // CHECK-NEXT: name = "out", sinks = ["store.main.data"], source = "norm_1.main.y"
  // CHECK-NEXT: "rdu.net"() {capacities = array<i64: 64>, inits = array<i64: 0>, kind = "scalar", name = "norm_v1", sinks = ["norm_1.main.v1"], source = "norm.main.v1"}
  "rdu.net"() {name = "weights", kind = "vector", source = "load.main.data", sinks = ["norm.main.a"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "bias", kind = "scalar", source = "load.bias.data", sinks = ["norm.main.b"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "out", kind = "scalar", source = "norm.main.y", sinks = ["store.main.data"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
}) {name = "gelu", state = "virtual"} : () -> ()

// -----

// Two contexts of one unit that are too large together part; one is still too large and is cut.
// What two parts use, both pop: the net has one sink more, and deep FIFOs, as they do it at
// different times. A value that skips a part crosses once.
// CHECK-LABEL: name = "z", role = "input"
"rdu.tensor"() {name = "z", role = "input", type = tensor<32xf32>, tier = "dram"} : () -> ()
"rdu.section"() ({
  "rdu.formal"() {name = "z", type = tensor<32xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<32xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "z", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "load", kind = "ag"} : () -> ()
  // CHECK: {kind = "pcu", name = "both"}
  // CHECK: {kind = "pcu", name = "both_long"}
  // CHECK: {kind = "pcu", name = "both_long_1"}
  // CHECK: {kind = "pcu", name = "both_long_2"}
  // CHECK: {kind = "ag", name = "store"}
  "rdu.unit"() ({
    "rdu.context"() ({
      %x = "rdu.pop"() {port = "x", kind = "vector", level = 1} : () -> f32
      %n = arith.negf %x : f32
      "rdu.push"(%n) {port = "n", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "short", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
    "rdu.context"() ({
      %n = "rdu.pop"() {port = "n", kind = "vector", level = 1} : () -> f32
      %0 = math.sqrt %n {rdu.name = "first"} : f32
      %1 = arith.addf %0, %n : f32
      %2 = arith.negf %1 : f32
      %3 = arith.negf %2 : f32
      %4 = arith.negf %3 : f32
      %5 = arith.negf %4 : f32
      %6 = arith.negf %5 : f32
      %7 = arith.negf %6 : f32
      %8 = arith.negf %7 : f32
      %9 = arith.negf %8 : f32
      %10 = arith.negf %9 : f32
      %11 = arith.negf %10 : f32
      %12 = arith.addf %11, %n : f32
      %13 = arith.addf %12, %0 : f32
      "rdu.push"(%13) {port = "y", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "long", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "both", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 1} : () -> f32
      "rdu.store"(%v) {tensor = "y", index = affine_map<(i) -> (i)>} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "store", kind = "ag"} : () -> ()
  // CHECK: name = "in", sinks = ["both.short.x"]
  // CHECK-NEXT: capacities = array<i64: 16, 16>{{.*}} name = "mid", sinks = ["both_long.long.n", "both_long_2.long.n"], source = "both.short.n"
  // CHECK-NEXT: name = "out", sinks = ["store.main.data"], source = "both_long_2.long.y"
  // CHECK-NEXT: name = "both_long_first", sinks = ["both_long_2.long.first"], source = "both_long.long.first"
  // CHECK-NEXT: sinks = ["both_long_1.long.v{{.*}}"], source = "both_long.long.v
  // CHECK-NEXT: sinks = ["both_long_2.long.v{{.*}}"], source = "both_long_1.long.v
  // CHECK-NEXT: state = "partitioned"
  "rdu.net"() {name = "in", kind = "vector", source = "load.main.data", sinks = ["both.short.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "mid", kind = "vector", source = "both.short.n", sinks = ["both.long.n"], capacities = array<i64: 5>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "out", kind = "vector", source = "both.long.y", sinks = ["store.main.data"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
}) {name = "long", state = "virtual"} : () -> ()
