// RUN: rdu-opt %s --sam-to-rdu --split-input-file | FileCheck %s
// RUN: rdu-opt %s --sam-to-rdu="fifo-depth=4 tier=dram capacity=3,3" --split-input-file | FileCheck %s --check-prefix=OPTIONS

// The sums of the rows' sigmoids: a unit for each primitive, four for the function. The rows are
// dense and take no tensor, and nobody wants the columns. There is room for what the graph says.
// CHECK:      "rdu.tensor"() {name = "B.segments1", role = "input", tier = "memory", type = tensor<5xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "B.coordinates1", role = "input", tier = "memory", type = tensor<7xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "B.values", role = "input", tier = "memory", type = tensor<7xf32>}
// CHECK-NEXT: "rdu.tensor"() {name = "x.segments0", role = "output", tier = "memory", type = tensor<2xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "x.coordinates0", role = "output", tier = "memory", type = tensor<4xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "x.values", role = "output", tier = "memory", type = tensor<4xf32>}
// CHECK-NEXT: "rdu.section"() ({
// CHECK:      "rdu.sparse"() {inputs = ["root"], outputs = ["out_crd", "out_ref"], parts = [4], primitive = "lookup", storage = "dense"}
// CHECK:      {kind = "ag", name = "fiber_lookup_B_0"}
// CHECK:      "rdu.receive"() {element = i32, kind = "scalar", port = "ref"}
// CHECK-NEXT: "rdu.sparse"() {inputs = ["ref"], outputs = ["_", "out_ref"], parts = ["B.segments1", "B.coordinates1"], primitive = "lookup", storage = "compressed"}
// CHECK-NEXT: "rdu.send"() {element = i32, kind = "scalar", port = "out_ref"}
// CHECK:      {kind = "ag", name = "fiber_lookup_B_1"}
// CHECK:      "rdu.sparse"() {inputs = ["ref"], outputs = ["out_val"], parts = ["B.values"], primitive = "array", storage = "values"}
// CHECK:      "rdu.sparse"() {function = "negf", inputs = ["val"], outputs = ["out_val"], primitive = "apply"}
// CHECK:      {kind = "pcu", name = "unary_sigmoid"}
// CHECK:      function = "exp"
// CHECK:      "rdu.sparse"() {function = "addf", inputs = [1.000000e+00 : f32, "val"], outputs = ["out_val"], primitive = "apply"}
// CHECK:      function = "divf"
// CHECK:      {kind = "pcu", name = "unary_sigmoid_4"}
// CHECK:      "rdu.sparse"() {function = "addf", inputs = ["val", "crd"], outputs = ["out_val"], primitive = "reduce"}
// CHECK:      "rdu.sparse"() {inputs = ["crd", "root"], outputs = [], parts = ["x.segments0", "x.coordinates0"], primitive = "write_fibers", storage = "compressed"}
// CHECK:      "rdu.sparse"() {inputs = ["val", "crd"], outputs = [], parts = ["x.values"], primitive = "write_values", storage = "values"}
// CHECK:      "rdu.net"() {capacities = array<i64: -1, -1, -1>, inits = array<i64: 0, 0, 0>, kind = "scalar", name = "fiber_lookup_B_0_crd", sinks = ["reduce.main.crd", "write_fibers_x_0.main.crd", "write_values_x.main.crd"], source = "fiber_lookup_B_0.main.out_crd"}
// CHECK:      {name = "rows", state = "virtual"}
// CHECK:      "rdu.run"() {formals = ["B.segments1", {{.*}}], section = "rows", tensors = ["B.segments1", {{.*}}]}
// CHECK-NOT:  func.func

// OPTIONS: "rdu.tensor"() {name = "x.coordinates0", role = "output", tier = "dram", type = tensor<3xi32>}
// OPTIONS: "rdu.net"() {capacities = array<i64: 4>,
func.func @rows(%b: tensor<4x5xf32> {rdu.name = "B"}) -> (tensor<4xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 4, 7, 7>} : (tensor<4x5xf32>)
      -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%B, %rj)
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2>)
      -> !sam.stream<"val", 2>
    %w = "sam.unary"(%v) {function = "sigmoid"} : (!sam.stream<"val", 2>) -> !sam.stream<"val", 2>
    %unused = "sam.unary"(%v) {function = "exp"} : (!sam.stream<"val", 2>) -> !sam.stream<"val", 2>
    %s = "sam.reduce"(%w, %i) {function = "add"}
      : (!sam.stream<"val", 2>, !sam.stream<"crd", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// Without names and counts: numbers, and room for everything. A vector is stored on the way, by a
// section of its own; what both sections need is in both.
// CHECK:      "rdu.tensor"() {name = "arg0.segments0", {{.*}} type = tensor<2xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "arg0.coordinates0", {{.*}} type = tensor<6xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "arg0.values", {{.*}} type = tensor<6xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "kept.values", role = "temporary", {{.*}} type = tensor<6xi32>}
// CHECK-NEXT: "rdu.tensor"() {name = "out0.segments0"
// CHECK:      "rdu.section"() ({
// CHECK:      primitive = "lookup"
// CHECK:      "rdu.sparse"() {inputs = ["crd", "val"], outputs = [], parts = ["kept.values"], primitive = "scatter", storage = "values"}
// CHECK:      {name = "kept_out0_0", state = "virtual"}
// CHECK:      "rdu.section"() ({
// CHECK:      primitive = "lookup"
// CHECK-NOT:  primitive = "scatter"
// CHECK:      "rdu.sparse"() {inputs = ["crd", "root"], outputs = ["out_ref"], parts = [6], primitive = "locate", storage = "dense"}
// CHECK:      parts = ["kept.values"], primitive = "array"
// CHECK:      "rdu.sparse"() {function = "maxsi", inputs = ["val", 3 : i32], outputs = ["out_val"], primitive = "apply"}
// CHECK:      {name = "kept", state = "virtual"}
// CHECK:      "rdu.run"() {{{.*}} section = "kept_out0_0",
// CHECK-NEXT: "rdu.run"() {{{.*}} section = "kept",
func.func @kept(%b: tensor<6xi32>) -> tensor<6xi32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<6xi32>)
      -> !sam.tensor<tensor<6xi32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<6xi32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %ri)
      : (!sam.tensor<tensor<6xi32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    %T = "sam.store"(%i, %v) : (!sam.stream<"crd", 1>, !sam.stream<"val", 1>)
      -> !sam.tensor<tensor<6xi32>, ["dense"], array<i64: 0>>
    %rt = "sam.locate"(%T, %i, %root) {level = 0}
      : (!sam.tensor<tensor<6xi32>, ["dense"], array<i64: 0>>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>)
      -> !sam.stream<"ref", 1>
    %t = "sam.array"(%T, %rt)
      : (!sam.tensor<tensor<6xi32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    %w = "sam.unary"(%t) {function = "max", constant = 3.0 : f64}
      : (!sam.stream<"val", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%w) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<6xi32>
  return %x : tensor<6xi32>
}

// -----

// Nothing to do: declarations are left alone, and so is a module of the `rdu` level.
// CHECK:      func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT: "rdu.tensor"() {name = "x", role = "input", tier = "memory", type = tensor<4xf32>}
func.func private @elsewhere(tensor<4xf32>) -> tensor<4xf32>
"rdu.tensor"() {name = "x", role = "input", type = tensor<4xf32>, tier = "memory"} : () -> ()
