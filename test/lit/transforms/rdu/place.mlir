// RUN: rdu-opt %s --rdu-place --split-input-file | FileCheck %s
// RUN: rdu-opt %s --rdu-place=seed=1 --split-input-file > %t.1
// RUN: rdu-opt %s --rdu-place=seed=1 --split-input-file | cmp - %t.1

// Every unit gets a place of its kind: address generators at the sides.
// CHECK-LABEL: "rdu.section"
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<32xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<32xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  // CHECK: {kind = "ag", name = "load", place = array<i64: {{[0-9]+}}, {{-1|8}}>}
  }) {name = "load", kind = "ag"} : () -> ()
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
  // CHECK: {kind = "pcu", name = "neg", place = array<i64: {{[0-9]+}}, {{[0-7]}}>}
  }) {name = "neg", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 1} : () -> f32
      "rdu.store"(%v) {tensor = "y", index = affine_map<(i) -> (i)>} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 32>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  // CHECK: {kind = "ag", name = "store", place = array<i64: {{[0-9]+}}, {{-1|8}}>}
  }) {name = "store", kind = "ag"} : () -> ()
  "rdu.net"() {name = "in", kind = "vector", source = "load.main.data", sinks = ["neg.main.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "within", kind = "vector", source = "neg.main.y", sinks = ["neg.again.x"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "out", kind = "vector", source = "neg.again.y", sinks = ["store.main.data"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
// CHECK: {name = "s", state = "placed"}
}) {name = "s", state = "partitioned"} : () -> ()

// -----

// Sections in other states stay as they are.
// CHECK-LABEL: "rdu.section"
// CHECK: {kind = "pcu", name = "a"}
// CHECK: {name = "v", state = "virtual"}
"rdu.section"() ({
  "rdu.unit"() ({
  }) {name = "a", kind = "pcu"} : () -> ()
}) {name = "v", state = "virtual"} : () -> ()
// CHECK: {kind = "pcu", name = "b", place = array<i64: 4, 4>}
// CHECK: {name = "p", state = "placed"}
"rdu.section"() ({
  "rdu.unit"() ({
  }) {name = "b", kind = "pcu", place = array<i64: 4, 4>} : () -> ()
}) {name = "p", state = "placed"} : () -> ()
