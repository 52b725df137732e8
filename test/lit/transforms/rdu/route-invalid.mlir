// RUN: sed '/^\[grid\]/,/^$/d' %S/../../../../python/rdu/targets/plasticine.toml > %t.none.toml
// RUN: sed 's/^scalar_tracks = { value = [0-9]*/scalar_tracks = { value = 1/; s/^rows = { value = [0-9]*/rows = { value = 1/' %S/../../../../python/rdu/targets/plasticine.toml > %t.narrow.toml
// RUN: rdu-opt %s --rdu-route --split-input-file --verify-diagnostics
// RUN: sh -c "rdu-opt %s --rdu-route --split-input-file 2> %t.err; test $? = 3"
// RUN: sh -c "rdu-opt %s --rdu-route=machine=%t.none.toml --split-input-file 2> %t.err; test $? = 3"
// RUN: FileCheck %s --check-prefix=GRID < %t.err
// RUN: sh -c "rdu-opt %s --rdu-route=machine=%t.narrow.toml --split-input-file 2> %t.err; test $? = 3"
// RUN: FileCheck %s --check-prefix=NARROW < %t.err

// GRID: error: 'rdu.section' cannot be routed: machine '{{.*}}' has no grid
// GRID: hint: a configuration of unplaced units runs as well

"rdu.section"() ({
  // expected-error @+1 {{'rdu.unit' cannot be routed from (0, 1): expected a place of a pcu on 'plasticine'}}
  "rdu.unit"() ({
  }) {name = "a", kind = "pcu", place = array<i64: 0, 1>} : () -> ()
  // expected-error @+1 {{'rdu.unit' cannot be routed from (16, 3): expected a place of a pmu on 'plasticine'}}
  "rdu.unit"() ({
  }) {name = "b", kind = "pmu", place = array<i64: 16, 3>} : () -> ()
}) {name = "s", state = "placed"} : () -> ()

// -----

// Three nets out of a switch with two links of one track each.
// NARROW: route-invalid.mlir:{{[0-9]+}}:1: error: 'rdu.section' does not fit: {{[0-9]+}} links need more tracks than machine
// NARROW: note: link (0, 0) -> {{.*}} is asked to carry {{[23]}} scalar nets
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<8xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "scalar", level = 1} : (f32) -> ()
    }) {name = "l0", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "scalar", level = 1} : (f32) -> ()
    }) {name = "l1", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "scalar", level = 1} : (f32) -> ()
    }) {name = "l2", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "load", kind = "ag", place = array<i64: 0, -1>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %0 = "rdu.pop"() {port = "p0", kind = "scalar", level = 1} : () -> f32
      %1 = "rdu.pop"() {port = "p1", kind = "scalar", level = 1} : () -> f32
      %2 = "rdu.pop"() {port = "p2", kind = "scalar", level = 1} : () -> f32
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "use", kind = "pcu", place = array<i64: 0, 4>} : () -> ()
  "rdu.net"() {name = "n0", kind = "scalar", source = "load.l0.data", sinks = ["use.main.p0"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "n1", kind = "scalar", source = "load.l1.data", sinks = ["use.main.p1"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "n2", kind = "scalar", source = "load.l2.data", sinks = ["use.main.p2"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
}) {name = "s", state = "placed"} : () -> ()
