// RUN: rdu-opt %s --rdu-pack=machine=capstan --split-input-file | FileCheck %s
// RUN: rdu-opt %s --rdu-pack=machine=capstan --rdu-pack=machine=capstan --split-input-file > %t.twice
// RUN: rdu-opt %s --rdu-pack=machine=capstan --split-input-file | cmp - %t.twice
// RUN: rdu-opt %s --rdu-pack=machine=%S/Inputs/gridless.toml --split-input-file > %t.gridless
// RUN: rdu-opt %s --split-input-file | cmp - %t.gridless

// Two loads have their PMU in common and become one unit; so do the PMU of the values and that of
// the level, which it feeds. What follows is a pipeline of a PCU. A join takes all stages of one.
// Contexts called `main` take the name of their unit, others have it in front, as have memories.
// CHECK:      "rdu.memory"() {buffers = 1 : i64, element = i32, name = "level_crds", words = 16 : i64}
// CHECK-NEXT: "rdu.memory"() {buffers = 1 : i64, element = f32, name = "values_words", words = 16 : i64}
// CHECK:      "rdu.write"(%{{.*}}) {{{.*}} memory = "level_crds"}
// CHECK:      name = "level_fill"
// CHECK:      parts = ["level_crds"], primitive = "lookup"
// CHECK:      name = "level_walk"
// CHECK:      "rdu.write"(%{{.*}}) {{{.*}} memory = "values_words"}
// CHECK:      name = "values_fill"
// CHECK:      parts = ["values_words"], primitive = "array"
// CHECK:      name = "values"
// CHECK:      {kind = "pmu", name = "level"}
// CHECK:      tensor = "crds"
// CHECK:      name = "ld_crds"
// CHECK:      tensor = "words"
// CHECK:      name = "ld_words"
// CHECK:      {kind = "ag", name = "ld_crds"}
// CHECK:      name = "twice"
// CHECK:      name = "negative"
// CHECK:      {kind = "pcu", name = "twice"}
// CHECK:      name = "main"
// CHECK:      {kind = "pcu", name = "join"}
// CHECK:      name = "main"
// CHECK:      {kind = "pcu", name = "far"}
// CHECK:      sinks = ["level.level_fill.v"], source = "ld_crds.ld_crds.v"
// CHECK:      sinks = ["level.values_fill.v"], source = "ld_crds.ld_words.v"
// CHECK:      sinks = ["level.values.ref", "join.main.r0", "join.main.r1"], source = "level.level_walk.ref"
// CHECK:      sinks = ["twice.twice.val"], source = "level.values.val"
// CHECK:      sinks = ["twice.negative.val"], source = "twice.twice.out"
// CHECK:      {name = "pipeline", state = "virtual"}
"rdu.section"() ({
  "rdu.formal"() {name = "crds", type = tensor<16xi32>} : () -> ()
  "rdu.formal"() {name = "words", type = tensor<16xf32>} : () -> ()
  "rdu.unit"() ({
    "rdu.memory"() {name = "crds", element = i32, words = 16, buffers = 1} : () -> ()
    "rdu.context"() ({
      "rdu.acquire"() {port = "free", level = 0} : () -> ()
      %v = "rdu.pop"() {port = "v", kind = "vector", level = 1} : () -> i32
      "rdu.write"(%v) {memory = "crds", address = affine_map<(i) -> (i)>, level = 0} : (i32) -> ()
      "rdu.release"() {port = "full", level = 0} : () -> ()
    }) {name = "fill", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
    "rdu.context"() ({
      "rdu.acquire"() {port = "full", level = 0} : () -> ()
      "rdu.sparse"() {primitive = "lookup", inputs = ["root"], outputs = ["_", "ref"], storage = "singleton", parts = ["crds"]} : () -> ()
      "rdu.send"() {port = "ref", kind = "scalar", element = i32} : () -> ()
      "rdu.release"() {port = "free", level = 0} : () -> ()
    }) {name = "walk", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "level", kind = "pmu"} : () -> ()
  "rdu.unit"() ({
    "rdu.memory"() {name = "words", element = f32, words = 16, buffers = 1} : () -> ()
    "rdu.context"() ({
      "rdu.acquire"() {port = "free", level = 0} : () -> ()
      %v = "rdu.pop"() {port = "v", kind = "vector", level = 1} : () -> f32
      "rdu.write"(%v) {memory = "words", address = affine_map<(i) -> (i)>, level = 0} : (f32) -> ()
      "rdu.release"() {port = "full", level = 0} : () -> ()
    }) {name = "fill", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
    "rdu.context"() ({
      "rdu.acquire"() {port = "full", level = 0} : () -> ()
      "rdu.receive"() {port = "ref", kind = "scalar", element = i32} : () -> ()
      "rdu.sparse"() {primitive = "array", inputs = ["ref"], outputs = ["val"], storage = "values", parts = ["words"]} : () -> ()
      "rdu.send"() {port = "val", kind = "scalar", element = f32} : () -> ()
      "rdu.release"() {port = "free", level = 0} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "values", kind = "pmu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "crds", index = affine_map<(i) -> (i)>} : () -> i32
      "rdu.push"(%v) {port = "v", kind = "vector", level = 1} : (i32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "ld_crds", kind = "ag"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "words", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "v", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 16>, steps = array<i64: 1>, lanes = array<i64: 16>} : () -> ()
  }) {name = "ld_words", kind = "ag"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.receive"() {port = "val", kind = "scalar", element = f32} : () -> ()
      "rdu.sparse"() {primitive = "apply", function = "mulf", inputs = ["val", 2.0 : f32], outputs = ["out"]} : () -> ()
      "rdu.send"() {port = "out", kind = "scalar", element = f32} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "twice", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.receive"() {port = "val", kind = "scalar", element = f32} : () -> ()
      "rdu.sparse"() {primitive = "apply", function = "negf", inputs = ["val"], outputs = ["_"]} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "negative", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.receive"() {port = "r0", kind = "scalar", element = i32} : () -> ()
      "rdu.receive"() {port = "r1", kind = "scalar", element = i32} : () -> ()
      "rdu.sparse"() {primitive = "intersect", inputs = ["r0", "r1", "r0", "r1"], outputs = ["_", "_", "_"]} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "join", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.sparse"() {primitive = "apply", function = "negf", inputs = [2.0 : f32], outputs = ["_"]} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "far", kind = "pcu"} : () -> ()
  "rdu.net"() {name = "a", kind = "vector", source = "ld_crds.main.v", sinks = ["level.fill.v"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "b", kind = "vector", source = "ld_words.main.v", sinks = ["values.fill.v"], capacities = array<i64: 16>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "c", kind = "scalar", source = "level.walk.ref", sinks = ["values.main.ref", "join.main.r0", "join.main.r1"], capacities = array<i64: 8, 8, 8>, inits = array<i64: 0, 0, 0>} : () -> ()
  "rdu.net"() {name = "d", kind = "scalar", source = "values.main.val", sinks = ["twice.main.val"], capacities = array<i64: 8>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "e", kind = "scalar", source = "twice.main.out", sinks = ["negative.main.val"], capacities = array<i64: 8>, inits = array<i64: 0>} : () -> ()
}) {name = "pipeline", state = "virtual"} : () -> ()

// -----

// Nothing to do in other states.
// CHECK:      {kind = "pcu", name = "first"}
// CHECK:      {kind = "pcu", name = "second"}
// CHECK:      {name = "other", state = "partitioned"}
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.release"() {port = "out", level = 0} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "first", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      "rdu.acquire"() {port = "in", level = 0} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "second", kind = "pcu"} : () -> ()
  "rdu.net"() {name = "n", kind = "control", source = "first.main.out", sinks = ["second.main.in"], capacities = array<i64: 1>, inits = array<i64: 0>} : () -> ()
}) {name = "other", state = "partitioned"} : () -> ()
