// RUN: rdu-opt %s --split-input-file --verify-diagnostics

// What stands in a module.
// expected-error @+1 {{'rdu.tensor' role is 'weights': expected input, weight, output or temporary}}
"rdu.tensor"() {name = "a", role = "weights", type = tensor<4xf32>, tier = "dram"} : () -> ()
// expected-error @+1 {{'rdu.tensor' type is tensor<?xf32>: expected a ranked tensor of static shape of f32, bf16, i32 or i1}}
"rdu.tensor"() {name = "b", role = "input", type = tensor<?xf32>, tier = "dram"} : () -> ()
// expected-error @+1 {{'rdu.tensor' type is tensor<4xf64>}}
"rdu.tensor"() {name = "c", role = "input", type = tensor<4xf64>, tier = "dram"} : () -> ()
// expected-error @+1 {{'rdu.run' binds 1 tensors: expected 2, one for each formal}}
"rdu.run"() {section = "s", formals = ["x", "y"], tensors = ["x"]} : () -> ()
// expected-error @+1 {{'rdu.run' attribute 'formals' holds 3 : i64: expected strings}}
"rdu.run"() {section = "s", formals = [3], tensors = ["x"]} : () -> ()
// expected-error @+1 {{'rdu.section' state is 'ready': expected virtual, partitioned, placed or routed}}
"rdu.section"() ({
}) {name = "s", state = "ready"} : () -> ()
// expected-error @+1 {{'rdu.section' body takes 1 arguments: expected none}}
"rdu.section"() ({
^body(%x: f32):
}) {name = "t", state = "virtual"} : () -> ()

// -----

// What stands in a section.
"rdu.section"() ({
  // expected-error @+1 {{'rdu.section' holds 'arith.constant': expected 'rdu.formal' or 'rdu.unit' or 'rdu.net'}}
  %c = arith.constant 1.0 : f32
}) {name = "s", state = "virtual"} : () -> ()

// -----

"rdu.section"() ({
  // expected-error @+1 {{'rdu.formal' type is memref<4xf32>: expected a ranked tensor of static shape of f32, bf16, i32 or i1}}
  "rdu.formal"() {name = "x", type = memref<4xf32>} : () -> ()
  // expected-error @+1 {{'rdu.unit' kind is 'cpu': expected pcu, pmu or ag}}
  "rdu.unit"() ({
  }) {name = "p", kind = "cpu"} : () -> ()
  // expected-error @+1 {{'rdu.unit' place is [1, 2, 3]: expected a row and a column}}
  "rdu.unit"() ({
  }) {name = "q", kind = "pcu", place = array<i64: 1, 2, 3>} : () -> ()
  // expected-error @+1 {{'rdu.unit' body takes 1 arguments: expected none}}
  "rdu.unit"() ({
  ^body(%x: f32):
  }) {name = "r", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
    // expected-error @+1 {{'rdu.unit' holds 'arith.constant': expected 'rdu.memory' or 'rdu.context'}}
    %c = arith.constant 1.0 : f32
  }) {name = "s", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// Names are unique for each kind.
"rdu.section"() ({
  "rdu.formal"() {name = "x", type = tensor<4xf32>} : () -> ()
  // expected-error @+1 {{'rdu.section' holds two formals named 'x'}}
  "rdu.formal"() {name = "x", type = tensor<5xf32>} : () -> ()
  "rdu.unit"() ({
  }) {name = "x", kind = "pcu"} : () -> ()
  // expected-error @+1 {{'rdu.section' holds two units named 'x'}}
  "rdu.unit"() ({
  }) {name = "x", kind = "ag"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// What the states promise.
"rdu.section"() ({
  "rdu.unit"() ({
  }) {name = "p", kind = "pcu", place = array<i64: 1, 2>} : () -> ()
  // expected-error @+1 {{'rdu.section' is placed, but unit 'q' has no place}}
  "rdu.unit"() ({
  }) {name = "q", kind = "pcu"} : () -> ()
  // expected-error @+1 {{'rdu.section' units 'p' and 'r' are both at (1, 2)}}
  "rdu.unit"() ({
  }) {name = "r", kind = "pcu", place = array<i64: 1, 2>} : () -> ()
}) {name = "s", state = "placed"} : () -> ()

// -----

"rdu.section"() ({
  // expected-error @+1 {{'rdu.section' is routed, but unit 'p' has no place}}
  "rdu.unit"() ({
  }) {name = "p", kind = "pcu"} : () -> ()
  // expected-error @+1 {{'rdu.section' is routed, but net 'n' has no path from 'p.main.a' to 'q.main.b'}}
  "rdu.net"() {name = "n", kind = "vector", source = "p.main.a", sinks = ["p.main.c", "q.main.b"],
    capacities = array<i64: 1, 1>, inits = array<i64: 0, 0>, routes = [array<i64>, array<i64>]} : () -> ()
}) {name = "s", state = "routed"} : () -> ()

// -----

// Nets.
"rdu.section"() ({
  // expected-error @+2 {{'rdu.net' kind is 'data': expected vector, scalar or control}}
  // expected-error @+1 {{'rdu.net' connects 'p.a': expected a port as unit.context.port}}
  "rdu.net"() {name = "a", kind = "data", source = "p.a", sinks = ["q.main.b"],
    capacities = array<i64: 1>, inits = array<i64: 0>} : () -> ()
  // expected-error @+3 {{'rdu.net' attribute 'capacities' has 2 entries: expected 1, one for each sink}}
  // expected-error @+2 {{'rdu.net' attribute 'inits' has 0 entries: expected 1, one for each sink}}
  // expected-error @+1 {{'rdu.net' attribute 'routes' has 2 entries: expected 1, one for each sink}}
  "rdu.net"() {name = "b", kind = "vector", source = "p.main.a", sinks = ["q.main.b"],
    capacities = array<i64: 1, 1>, inits = array<i64>, routes = [array<i64>, array<i64>]} : () -> ()
  // expected-error @+2 {{'rdu.net' sink 'q.main.b' has capacity 0: expected 1 or more, or -1 for unbounded}}
  // expected-error @+1 {{'rdu.net' sink 'q.main.c' starts with 3 tokens: expected 0 to 2}}
  "rdu.net"() {name = "c", kind = "control", source = "p.main.a", sinks = ["q.main.b", "q.main.c"],
    capacities = array<i64: 0, 2>, inits = array<i64: 0, 3>} : () -> ()
  // expected-error @+1 {{'rdu.net' route to 'q.main.b' has 3 numbers: expected two for each switch}}
  "rdu.net"() {name = "d", kind = "vector", source = "p.main.a", sinks = ["q.main.b"],
    capacities = array<i64: 1>, inits = array<i64: 0>, routes = [array<i64: 0, 0, 1>]} : () -> ()
  // expected-error @+1 {{'rdu.net' attribute 'sinks' holds 7 : i64: expected strings}}
  "rdu.net"() {name = "e", kind = "vector", source = "p.main.a", sinks = [7],
    capacities = array<i64: 1>, inits = array<i64: 0>} : () -> ()
  // expected-error @+1 {{'rdu.net' attribute 'routes' holds "north": expected arrays of i64}}
  "rdu.net"() {name = "f", kind = "vector", source = "p.main.a", sinks = ["q.main.b"],
    capacities = array<i64: 1>, inits = array<i64: 0>, routes = ["north"]} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// Memories and counter chains.
"rdu.section"() ({
  "rdu.unit"() ({
    // expected-error @+1 {{'rdu.memory' has 0 buffers of 8 words: expected 1 or more of each}}
    "rdu.memory"() {name = "m", element = f32, words = 8, buffers = 0} : () -> ()
    // expected-error @+2 {{'rdu.context' attribute 'starts' has 2 entries: expected 1, one for each name}}
    // expected-error @+1 {{'rdu.context' attribute 'lanes' has 0 entries: expected 1, one for each name}}
    "rdu.context"() ({
    }) {name = "a", names = ["i"], starts = array<i64: 0, 0>, stops = array<i64: 4>,
        steps = array<i64: 1>, lanes = array<i64>} : () -> ()
    // expected-error @+2 {{'rdu.context' counter 'i' runs from 4 to 4 by 1: expected at least one iteration and a step of 1 or more}}
    // expected-error @+1 {{'rdu.context' counter 'j' runs from 0 to 4 by 0}}
    "rdu.context"() ({
    }) {name = "b", names = ["i", "j"], starts = array<i64: 4, 0>, stops = array<i64: 4, 4>,
        steps = array<i64: 1, 0>, lanes = array<i64: 1, 1>} : () -> ()
    // expected-error @+2 {{'rdu.context' counters have lanes [16, 16]: expected at most one entry above 1, each at least 1}}
    // expected-error @+1 {{'rdu.context' repeats 0 times: expected at least 1}}
    "rdu.context"() ({
    }) {name = "c", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 4, 4>,
        steps = array<i64: 1, 1>, lanes = array<i64: 16, 16>, repeat = 0} : () -> ()
    // expected-error @+1 {{'rdu.context' body takes 2 arguments: expected none}}
    "rdu.context"() ({
    ^body(%x: f32, %y: f32):
    }) {name = "d", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
    // expected-error @+1 {{'rdu.context' attribute 'names' holds 1 : i64: expected strings}}
    "rdu.context"() ({
    }) {name = "e", names = [1], starts = array<i64: 0>, stops = array<i64: 4>,
        steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "p", kind = "pmu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// What stands in a context: levels, kinds, affine maps.
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
      // expected-error @+2 {{'rdu.pop' level is 3: expected 0 to 2, the context's counters}}
      // expected-error @+1 {{'rdu.pop' kind is 'control': expected vector or scalar}}
      %a = "rdu.pop"() {port = "a", kind = "control", level = 3} : () -> f32
      // expected-error @+1 {{'rdu.acquire' level is -1: expected 0 to 2, the context's counters}}
      "rdu.acquire"() {port = "b", level = -1} : () -> ()
      // expected-error @+1 {{'rdu.counter' level is 0: expected 1 to 2, one of the context's counters}}
      %i = "rdu.counter"() {level = 0} : () -> i32
      // expected-error @+2 {{'rdu.read' level is 3: expected 0 to 2, the context's counters}}
      // expected-error @+1 {{'rdu.read' address is (d0) -> (d0): expected one sum of the 2 counters times constants}}
      %b = "rdu.read"() {memory = "m", address = affine_map<(i) -> (i)>, level = 3} : () -> f32
      // expected-error @+2 {{'rdu.write' level is 3: expected 0 to 2, the context's counters}}
      // expected-error @+1 {{'rdu.write' address is (d0, d1) -> (d0, d1): expected one sum of the 2 counters times constants}}
      "rdu.write"(%a) {memory = "m", address = affine_map<(i, j) -> (i, j)>, level = 3} : (f32) -> ()
      // expected-error @+1 {{'rdu.load' index is (d0, d1) -> (d0 floordiv 2): expected sums of the 2 counters times constants}}
      %c = "rdu.load"() {tensor = "x", index = affine_map<(i, j) -> (i floordiv 2)>} : () -> f32
      // expected-error @+1 {{'rdu.store' index is (d0, d1)[s0] -> (d0 + s0): expected sums of the 2 counters times constants}}
      "rdu.store"(%c) {tensor = "x", index = affine_map<(i, j)[s] -> (i + s)>} : (f32) -> ()
      // expected-error @+2 {{'rdu.push' level is 7: expected 0 to 2, the context's counters}}
      // expected-error @+1 {{'rdu.push' kind is 'matrix': expected vector or scalar}}
      "rdu.push"(%c) {port = "d", kind = "matrix", level = 7} : (f32) -> ()
      // expected-error @+1 {{'rdu.release' level is 4: expected 0 to 2, the context's counters}}
      "rdu.release"() {port = "e", level = 4} : () -> ()
    }) {name = "a", names = ["i", "j"], starts = array<i64: 0, 0>, stops = array<i64: 4, 4>,
        steps = array<i64: 1, 1>, lanes = array<i64: 1, 1>} : () -> ()
  }) {name = "p", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// Reductions.
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
      %a = "rdu.pop"() {port = "a", kind = "vector", level = 1} : () -> f32
      %i = "rdu.counter"() {level = 1} : () -> i32
      // expected-error @+1 {{'rdu.reduce' reduces from level 0: expected 1 to 1, one of the context's counters}}
      %r = "rdu.reduce"(%a) {combiner = "addf", over = 0, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
      // expected-error @+1 {{'rdu.reduce' combiner 'subf' does not reduce f32: expected addf, mulf, maximumf, minimumf}}
      %s = "rdu.reduce"(%a) {combiner = "subf", over = 1, operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
      // expected-error @+1 {{'rdu.reduce' combiner 'addf' does not reduce i32: expected addi, muli, maxsi, minsi, andi, ori, xori}}
      %t = "rdu.reduce"(%i) {combiner = "addf", over = 1, operandSegmentSizes = array<i32: 1, 0>} : (i32) -> i32
      // expected-error @+1 {{'rdu.reduce' combines f32 and i32 into f32: expected one type}}
      %u = "rdu.reduce"(%a, %i) {combiner = "addf", over = 1, operandSegmentSizes = array<i32: 1, 1>} : (f32, i32) -> f32
    }) {name = "a", names = ["i"], starts = array<i64: 0>, stops = array<i64: 4>,
        steps = array<i64: 1>, lanes = array<i64: 1>} : () -> ()
  }) {name = "p", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// Every op has its place.
// expected-error @+1 {{'rdu.formal' is in the wrong place: expected inside 'rdu.section', got 'builtin.module'}}
"rdu.formal"() {name = "x", type = tensor<4xf32>} : () -> ()

// -----

// expected-error @+1 {{'rdu.counter' is in the wrong place: expected inside 'rdu.context', got 'builtin.module'}}
%i = "rdu.counter"() {level = 1} : () -> i32

// -----

// Streams and primitives.
"rdu.section"() ({
  "rdu.unit"() ({
    "rdu.context"() ({
      // expected-error @+1 {{'rdu.receive' kind is 'control': expected vector or scalar}}
      "rdu.receive"() {port = "a", kind = "control", element = i32} : () -> ()
      // expected-error @+1 {{'rdu.send' kind is 'token': expected vector or scalar}}
      "rdu.send"() {port = "b", kind = "token", element = i32} : () -> ()
      // expected-error @+1 {{'rdu.sparse' attribute 'inputs' holds unit: expected strings, or constants of f32, i32 or i1}}
      "rdu.sparse"() {primitive = "apply", inputs = ["a", unit], outputs = ["b"]} : () -> ()
      // expected-error @+1 {{'rdu.sparse' attribute 'outputs' holds 1 : i64: expected strings}}
      "rdu.sparse"() {primitive = "apply", inputs = [1.0 : f32, true, 2 : i32], outputs = [1]} : () -> ()
      // expected-error @+1 {{'rdu.sparse' has 'storage' without 'parts': expected both or neither}}
      "rdu.sparse"() {primitive = "lookup", inputs = [], outputs = [], storage = "dense"} : () -> ()
      // expected-error @+1 {{'rdu.sparse' has 'parts' without 'storage': expected both or neither}}
      "rdu.sparse"() {primitive = "lookup", inputs = [], outputs = [], parts = [4]} : () -> ()
      // expected-error @+1 {{'rdu.sparse' attribute 'parts' holds 1.000000e+00 : f32: expected strings or integers}}
      "rdu.sparse"() {primitive = "lookup", inputs = [], outputs = [], storage = "dense", parts = ["x", 1.0 : f32]} : () -> ()
      // expected-error @+1 {{'rdu.sparse' has 'settings' without 'numbers': expected both or neither}}
      "rdu.sparse"() {primitive = "split", inputs = [], outputs = [], settings = ["factor"]} : () -> ()
      // expected-error @+1 {{'rdu.sparse' has 2 numbers: expected 1, one for each setting}}
      "rdu.sparse"() {primitive = "split", inputs = [], outputs = [], settings = ["factor"], numbers = array<i64: 4, 5>} : () -> ()
      // expected-error @+1 {{'rdu.sparse' attribute 'settings' holds 4 : i64: expected strings}}
      "rdu.sparse"() {primitive = "split", inputs = [], outputs = [], settings = [4], numbers = array<i64: 4>} : () -> ()
    }) {name = "main", names = [], starts = array<i64>, stops = array<i64>, steps = array<i64>,
        lanes = array<i64>} : () -> ()
  }) {name = "p", kind = "pcu"} : () -> ()
}) {name = "s", state = "virtual"} : () -> ()

// -----

// expected-error @+1 {{'rdu.sparse' is in the wrong place: expected inside 'rdu.context', got 'builtin.module'}}
"rdu.sparse"() {primitive = "apply", inputs = [], outputs = []} : () -> ()
