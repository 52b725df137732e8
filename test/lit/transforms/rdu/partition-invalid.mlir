// RUN: rdu-opt %s --rdu-partition --split-input-file --verify-diagnostics

// Everything that does not fit is reported at its op, all of it; nothing can be cut here.
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<64xf32>} : () -> ()
  "rdu.unit"() ({
    // expected-error @+1 {{'rdu.context' counter 'i' has too many lanes: expected at most 16, got 32}}
    "rdu.context"() ({
      %v = "rdu.load"() {tensor = "x", index = affine_map<(i) -> (i)>} : () -> f32
      "rdu.push"(%v) {port = "data", kind = "vector", level = 1} : (f32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 64>, steps = array<i64: 1>, lanes = array<i64: 32>} : () -> ()
  }) {name = "load", kind = "ag"} : () -> ()
  // expected-error @+1 {{'rdu.unit' pmu 'buffer' has too many bytes: expected at most 262144, got 400000}}
  "rdu.unit"() ({
    "rdu.memory"() {name = "m", element = f32, words = 50000, buffers = 2} : () -> ()
    // expected-error @+1 {{'rdu.context' counter 'i' has too many lanes}}
    "rdu.context"() ({
      "rdu.acquire"() {port = "free", level = 0} : () -> ()
      %v = "rdu.pop"() {port = "data", kind = "vector", level = 1} : () -> f32
      "rdu.write"(%v) {memory = "m", address = affine_map<(i) -> (i)>, level = 0} : (f32) -> ()
      "rdu.release"() {port = "done", level = 0} : () -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 64>, steps = array<i64: 1>, lanes = array<i64: 32>} : () -> ()
  }) {name = "buffer", kind = "pmu"} : () -> ()
  // expected-error @+1 {{'rdu.net' vector channel to 'buffer.main.data' is too deep: expected capacity 16 or less, got 99}}
  "rdu.net"() {name = "n", kind = "vector", source = "load.main.data", sinks = ["buffer.main.data"], capacities = array<i64: 99>, inits = array<i64: 0>} : () -> ()
  "rdu.net"() {name = "loop", kind = "control", source = "buffer.main.done", sinks = ["buffer.main.free"], capacities = array<i64: 2>, inits = array<i64: 2>} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// A value that goes to more outputs than a PCU has: no cut helps.
"rdu.section"() ({
  // expected-error @+1 {{'rdu.unit' pcu 'p' has too many scalar outputs: expected at most 5, got 6}}
  "rdu.unit"() ({
    "rdu.context"() ({
      %i = "rdu.counter"() {level = 1} : () -> i32
      %v = arith.addi %i, %i : i32
      // expected-error @+1 {{'rdu.push' output 'p.main.a' is not connected: expected a net, got none}}
      "rdu.push"(%v) {port = "a", kind = "scalar", level = 1} : (i32) -> ()
      // expected-error @+1 {{'rdu.push' output 'p.main.b' is not connected}}
      "rdu.push"(%v) {port = "b", kind = "scalar", level = 1} : (i32) -> ()
      // expected-error @+1 {{'rdu.push' output 'p.main.c' is not connected}}
      "rdu.push"(%v) {port = "c", kind = "scalar", level = 1} : (i32) -> ()
      // expected-error @+1 {{'rdu.push' output 'p.main.d' is not connected}}
      "rdu.push"(%v) {port = "d", kind = "scalar", level = 1} : (i32) -> ()
      // expected-error @+1 {{'rdu.push' output 'p.main.e' is not connected}}
      "rdu.push"(%v) {port = "e", kind = "scalar", level = 1} : (i32) -> ()
      // expected-error @+1 {{'rdu.push' output 'p.main.f' is not connected}}
      "rdu.push"(%v) {port = "f", kind = "scalar", level = 1} : (i32) -> ()
    }) {name = "main", names = ["i"], starts = array<i64: 0>, stops = array<i64: 8>, steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "p", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// What a configuration cannot say.
// expected-error @+1 {{'func.func' is no part of a configuration: expected 'rdu.tensor' or 'rdu.section' or 'rdu.run'}}
func.func private @f()
"rdu.section"() ({
  "rdu.unit"() ({
    // expected-error @+1 {{'rdu.memory' is named 'over': expected letters, digits and '_', and none of the reserved words}}
    "rdu.memory"() {name = "over", element = f32, words = 8, buffers = 1} : () -> ()
    // expected-error @+1 {{'rdu.memory' carries f64: expected f32, bf16, i32 or i1}}
    "rdu.memory"() {name = "m", element = f64, words = 8, buffers = 1} : () -> ()
    // expected-error @+1 {{'rdu.context' is named 'a-b': expected letters, digits and '_'}}
    "rdu.context"() ({
      %c = arith.constant 1.0 : f32
      // expected-error @+1 {{'rdu.write' takes a value made by 'arith.constant': expected the value of an 'rdu.pop'}}
      "rdu.write"(%c) {memory = "m", address = affine_map<() -> (0)>, level = 0} : (f32) -> ()
    }) {name = "a-b", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
    "rdu.context"() ({
      // expected-error @+1 {{'rdu.read' delivers a word that no ops use: expected one 'rdu.push' and nothing else}}
      %v = "rdu.read"() {memory = "m", address = affine_map<() -> (0)>, level = 0} : () -> f32
    }) {name = "c", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
    // expected-error @+1 {{'rdu.context' holds 'rdu.read' and operations: expected one access or primitive, or a computation}}
    "rdu.context"() ({
      // expected-error @+1 {{'rdu.read' delivers a word that 'arith.negf' use: expected one 'rdu.push' and nothing else}}
      %v = "rdu.read"() {memory = "m", address = affine_map<() -> (0)>, level = 0} : () -> f32
      %n = arith.negf %v : f32
    }) {name = "d", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "m", kind = "pmu"} : () -> ()
  "rdu.unit"() ({
    "rdu.context"() ({
      // expected-error @+1 {{'arith.constant' is 1.000000e+00 : f64: expected a constant of f32, i32 or i1}}
      %c = arith.constant 1.0 : f64
      %o = arith.constant 1.0 : f32
      // expected-error @+1 {{'math.sin' is no operation of the fabric: expected one of its scalar table}}
      %s = math.sin %o : f32
      // expected-error @+1 {{'rdu.push' pushes a constant: expected an input, a counter or a result}}
      "rdu.push"(%o) {port = "a", kind = "scalar", level = 0} : (f32) -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>, lanes = array<i64>} : () -> ()
  }) {name = "p", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()
