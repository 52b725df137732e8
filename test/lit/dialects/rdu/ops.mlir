// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s

// A weighted row sum, whose rows wait in a scratchpad: every op once.
// CHECK: "rdu.tensor"() {name = "x", role = "input", tier = "dram", type = tensor<4x32xf32>}
"rdu.tensor"() {name = "x", role = "input", type = tensor<4x32xf32>, tier = "dram"} : () -> ()
"rdu.tensor"() {name = "y", role = "output", type = tensor<4xf32>, tier = "dram"} : () -> ()
// CHECK: "rdu.section"() ({
"rdu.section"() ({
  // CHECK: "rdu.formal"() {name = "x", type = tensor<4x32xf32>}
  "rdu.formal"() {name = "x", type = tensor<4x32xf32>} : () -> ()
  "rdu.formal"() {name = "y", type = tensor<4xf32>} : () -> ()
  // CHECK: "rdu.unit"() ({
  "rdu.unit"() ({
    // CHECK: "rdu.context"() ({
    "rdu.context"() ({
      // CHECK: "rdu.load"() {index = #{{.*}}, tensor = "x"} : () -> f32
      %v = "rdu.load"() {tensor = "x", index = affine_map<(m, k) -> (m, k)>} : () -> f32
      // CHECK: "rdu.push"(%{{.*}}) {kind = "vector", level = 2 : i64, port = "data"} : (f32) -> ()
      "rdu.push"(%v) {port = "data", kind = "vector", level = 2} : (f32) -> ()
    }) {name = "main", names = ["m", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>,
        steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>} : () -> ()
  // CHECK: {kind = "ag", name = "load", place = array<i64: 0, -1>}
  }) {name = "load", kind = "ag", place = array<i64: 0, -1>} : () -> ()
  "rdu.unit"() ({
    // CHECK: "rdu.memory"() {buffers = 2 : i64, element = f32, name = "rows", words = 32 : i64}
    "rdu.memory"() {name = "rows", element = f32, words = 32, buffers = 2} : () -> ()
    "rdu.context"() ({
      // CHECK: "rdu.acquire"() {level = 1 : i64, port = "free"} : () -> ()
      "rdu.acquire"() {port = "free", level = 1} : () -> ()
      // CHECK: "rdu.pop"() {kind = "vector", level = 2 : i64, port = "data"} : () -> f32
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 2} : () -> f32
      // CHECK: "rdu.write"(%{{.*}}) {address = #{{.*}}, level = 1 : i64, memory = "rows"} : (f32)
      "rdu.write"(%v) {memory = "rows", address = affine_map<(m, k) -> (k)>, level = 1} : (f32) -> ()
      // CHECK: "rdu.release"() {level = 1 : i64, port = "full"} : () -> ()
      "rdu.release"() {port = "full", level = 1} : () -> ()
    }) {name = "write", names = ["m", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>,
        steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>} : () -> ()
    "rdu.context"() ({
      "rdu.acquire"() {port = "full", level = 1} : () -> ()
      // CHECK: "rdu.read"() {address = #{{.*}}, level = 1 : i64, memory = "rows"} : () -> f32
      %v = "rdu.read"() {memory = "rows", address = affine_map<(m, k) -> (31 - k)>, level = 1} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 2} : (f32) -> ()
      "rdu.release"() {port = "free", level = 1} : () -> ()
    }) {name = "read", names = ["m", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>,
        steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>} : () -> ()
  }) {name = "buffer", kind = "pmu", place = array<i64: 0, 1>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %a = "rdu.pop"() {port = "a", kind = "vector", level = 2} : () -> f32
      // CHECK: "rdu.counter"() {level = 2 : i64} : () -> i32
      %k = "rdu.counter"() {level = 2} : () -> i32
      // CHECK: arith.sitofp
      %w = arith.sitofp %k : i32 to f32
      %p = arith.mulf %a, %w : f32
      %zero = arith.constant 0.0 : f32
      // CHECK: "rdu.reduce"(%{{.*}}, %{{.*}}) {combiner = "addf", {{.*}}, over = 2 : i64} : (f32, f32) -> f32
      %s = "rdu.reduce"(%p, %zero) {combiner = "addf", over = 2, operandSegmentSizes = array<i32: 1, 1>} : (f32, f32) -> f32
      "rdu.push"(%s) {port = "s", kind = "scalar", level = 1} : (f32) -> ()
    // CHECK: repeat = 1 : i64
    }) {name = "main", names = ["m", "k"], starts = array<i64: 0, 0>, stops = array<i64: 4, 32>,
        steps = array<i64: 1, 1>, lanes = array<i64: 1, 16>, repeat = 1} : () -> ()
  }) {name = "sum", kind = "pcu", place = array<i64: 0, 0>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      %v = "rdu.pop"() {port = "data", kind = "scalar", level = 1} : () -> f32
      // CHECK: "rdu.store"(%{{.*}}) {index = #{{.*}}, tensor = "y"} : (f32) -> ()
      "rdu.store"(%v) {tensor = "y", index = affine_map<(m) -> (m)>} : (f32) -> ()
    }) {name = "main", names = ["m"], starts = array<i64: 0>, stops = array<i64: 4>,
        steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "store", kind = "ag", place = array<i64: 1, -1>} : () -> ()
  // CHECK: "rdu.net"() {capacities = array<i64: 16>, inits = array<i64: 0>, kind = "vector", name = "in", routes = [array<i64: 0, 0, 0, 1>], sinks = ["buffer.write.data"], source = "load.main.data"}
  "rdu.net"() {name = "in", kind = "vector", source = "load.main.data", sinks = ["buffer.write.data"],
    capacities = array<i64: 16>, inits = array<i64: 0>, routes = [array<i64: 0, 0, 0, 1>]} : () -> ()
  "rdu.net"() {name = "full", kind = "control", source = "buffer.write.full", sinks = ["buffer.read.full"],
    capacities = array<i64: 2>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "free", kind = "control", source = "buffer.read.free", sinks = ["buffer.write.free"],
    capacities = array<i64: 2>, inits = array<i64: 2>} : () -> ()
  "rdu.net"() {name = "rows", kind = "vector", source = "buffer.read.data", sinks = ["sum.main.a"],
    capacities = array<i64: -1>, inits = array<i64: 0>, routes = [array<i64: 0, 1>]} : () -> ()
  "rdu.net"() {name = "out", kind = "scalar", source = "sum.main.s", sinks = ["store.main.data"],
    capacities = array<i64: 16>, inits = array<i64: 0>, routes = [array<i64: 0, 0, 1, 0>]} : () -> ()
// CHECK: {name = "main", state = "routed"}
}) {name = "main", state = "routed"} : () -> ()
// CHECK: "rdu.run"() {formals = ["x", "y"], section = "main", tensors = ["x", "y"]}
"rdu.run"() {section = "main", formals = ["x", "y"], tensors = ["x", "y"]} : () -> ()

// A section, a unit and a context may be empty.
// CHECK: "rdu.section"() ({
// CHECK-NEXT: }) {name = "nothing", state = "virtual"}
"rdu.section"() ({
}) {name = "nothing", state = "virtual"} : () -> ()
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
  // CHECK: {kind = "pcu", name = "idle"}
  }) {name = "idle", kind = "pcu"} : () -> ()
}) {name = "little", state = "partitioned"} : () -> ()

// A primitive of sparse tensor algebra is all that its context does.
"rdu.section"() ({
  "rdu.formal"() {name = "B.segments0", type = tensor<2xi32>} : () -> ()
  "rdu.formal"() {name = "B.coordinates0", type = tensor<4xi32>} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      // CHECK: "rdu.sparse"() {inputs = ["root"], outputs = ["crd", "_"], parts = ["B.segments0", "B.coordinates0"], primitive = "lookup", storage = "compressed"} : () -> ()
      "rdu.sparse"() {primitive = "lookup", inputs = ["root"], outputs = ["crd", "_"],
        storage = "compressed", parts = ["B.segments0", "B.coordinates0"]} : () -> ()
      // CHECK: "rdu.send"() {element = i32, kind = "scalar", port = "crd"} : () -> ()
      "rdu.send"() {port = "crd", kind = "scalar", element = i32} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
  }) {name = "walk", kind = "ag"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      // CHECK: "rdu.receive"() {element = f32, kind = "scalar", port = "x"} : () -> ()
      "rdu.receive"() {port = "x", kind = "scalar", element = f32} : () -> ()
      // CHECK: "rdu.sparse"() {function = "mulf", inputs = ["x", 2.000000e+00 : f32], outputs = ["y"], primitive = "apply"} : () -> ()
      "rdu.sparse"() {primitive = "apply", function = "mulf", inputs = ["x", 2.0 : f32],
        outputs = ["y"]} : () -> ()
      "rdu.send"() {port = "y", kind = "scalar", element = f32} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
  }) {name = "twice", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      // CHECK: "rdu.sparse"() {inputs = ["crd", "root"], numbers = array<i64: 4>, outputs = ["_"], parts = [8], primitive = "locate", settings = ["factor"], storage = "dense"} : () -> ()
      "rdu.sparse"() {primitive = "locate", inputs = ["crd", "root"], outputs = ["_"],
        storage = "dense", parts = [8], settings = ["factor"], numbers = array<i64: 4>}
        : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
  }) {name = "cut", kind = "pcu"} : () -> ()
}) {name = "streams", state = "virtual"} : () -> ()
