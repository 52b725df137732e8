// RUN: rdu-opt %s --rdu-route --split-input-file | FileCheck %s

// The path to the unit next to it is the switch that both touch; a longer one is a list of switches.
// CHECK-LABEL: "rdu.section"
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<32xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<32xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "load", kind = "ag", place = array<i64: 0, -1>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %x = "rdu.pop"() {port = "x", kind = "vector", level = 1} : () -> f32
      %n = arith.negf %x : f32
      "rdu.push"(%n) {port = "y", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
    "rdu.context"() ({
      %x = "rdu.pop"() {port = "x", kind = "vector", level = 1} : () -> f32
      %n = arith.negf %x : f32
      "rdu.push"(%n) {port = "y", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "again", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "neg", kind = "pcu", place = array<i64: 0, 0>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 1} : () -> f32
      "rdu.store"(%v) {tensor = "y", index = affine_map<(i) -> (i)>} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "store", kind = "ag", place = array<i64: 3, 8>} : () -> ()
  // CHECK: name = "in", routes = [array<i64: 0, 0>], sinks = ["neg.main.x"]
  "rdu.net"() {name = "in", kind = "vector", source = "load.main.data", sinks = ["neg.main.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  // A net within a unit needs none.
  // CHECK-NEXT: name = "within", routes = [array<i64>], sinks = ["neg.again.x"]
  "rdu.net"() {name = "within", kind = "vector", source = "neg.main.y", sinks = ["neg.again.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  // CHECK-NEXT: name = "out", routes = [array<i64: {{[01], [01], .*}}3, 8>], sinks = ["store.main.data"]
  // CHECK-NEXT: {name = "s", state = "routed"}
  "rdu.net"() {name = "out", kind = "vector", source = "neg.again.y", sinks = ["store.main.data"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
}) {name = "s", state = "placed"} : () -> ()

// -----

// A path for each sink; they are branches of one tree.
// CHECK-LABEL: "rdu.section"
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
      %i = "rdu.counter"() {level = 1} : () -> i32
      %j = arith.addi %i, %i : i32
      "rdu.push"(%j) {port = "j", kind = "scalar", level = 1} : (i32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "from", kind = "pcu", place = array<i64: 0, 0>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %j = "rdu.pop"() {port = "j", kind = "scalar", level = 1} : () -> i32
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "near", kind = "pcu", place = array<i64: 0, 2>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %j = "rdu.pop"() {port = "j", kind = "scalar", level = 1} : () -> i32
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "far", kind = "pcu", place = array<i64: 0, 4>} : () -> ()
  // CHECK: routes = [array<i64: [[ROW:[01]]], 1, [[ROW]], 2>, array<i64: [[ROW]], 1, [[ROW]], 2, [[ROW]], 3, [[ROW]], 4>]
  "rdu.net"() {name = "n", kind = "scalar", source = "from.main.j", sinks = ["near.main.j", "far.main.j"], capacities = array<i64: 16, 16>, inits = array<i64: 0, 0>} : () -> ()
}) {name = "s", state = "placed"} : () -> ()

// -----

// Sections in other states stay as they are.
// CHECK-LABEL: "rdu.section"
// CHECK: {name = "v", state = "virtual"}
"rdu.section"() ({
}) {name = "v", state = "virtual"} : () -> ()
// CHECK: {name = "p", state = "partitioned"}
"rdu.section"() ({
}) {name = "p", state = "partitioned"} : () -> ()
