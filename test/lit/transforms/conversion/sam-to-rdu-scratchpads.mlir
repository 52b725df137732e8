// RUN: rdu-opt %s --sam-to-rdu=machine=capstan --split-input-file | FileCheck %s
// RUN: rdu-opt %s --sam-to-rdu="machine=capstan fifo-depth=4 totals=7" --split-input-file | FileCheck %s --check-prefix=OPTIONS
// RUN: rdu-opt %s --sam-to-rdu --split-input-file | FileCheck %s --check-prefix=DIRECT

// The columns' sums. Rows and columns are read by one primitive each, from memories that address
// generators fill; the dense rows need none. The sums are merged in a memory of all five columns
// and one word more; what is written is read out and stored. There is room for what may come.
// CHECK:      "rdu.tensor"() {name = "B.segments1", role = "input", tier = "dram", type = tensor<5xi32>}
// CHECK:      {kind = "pmu", name = "fiber_lookup_B_0"}
// CHECK:      "rdu.memory"() {buffers = 1 : i64, element = f32, name = "totals", words = 5 : i64}
// CHECK:      "rdu.sparse"() {function = "addf", inputs = ["crd_0", "crd_1", "val"], outputs = ["out_crd", "out_val"], parts = ["totals"], primitive = "accumulate", storage = "values"}
// CHECK:      {kind = "pmu", name = "accumulate"}
// CHECK:      "rdu.memory"() {buffers = 1 : i64, element = i32, name = "segments", words = 2 : i64}
// CHECK-NEXT: "rdu.memory"() {buffers = 1 : i64, element = i32, name = "coordinates", words = 5 : i64}
// CHECK-NEXT: "rdu.context"() ({
// CHECK-NEXT:   "rdu.acquire"() {level = 0 : i64, port = "free"}
// CHECK-NEXT:   "rdu.acquire"() {level = 0 : i64, port = "free_1"}
// CHECK-NEXT:   "rdu.receive"() {element = i32, kind = "scalar", port = "crd"}
// CHECK-NEXT:   "rdu.sparse"() {inputs = ["crd", "root"], outputs = [], parts = ["segments", "coordinates"], primitive = "write_fibers", storage = "compressed"}
// CHECK-NEXT:   "rdu.release"() {level = 0 : i64, port = "full"}
// CHECK:      name = "write_fibers"
// CHECK:        %[[W:.*]] = "rdu.read"() {address = #{{.*}}, level = 0 : i64, memory = "segments"} : () -> i32
// CHECK-NEXT:   "rdu.push"(%[[W]]) {kind = "vector", level = 1 : i64, port = "data"}
// CHECK-NEXT:   "rdu.release"() {level = 0 : i64, port = "free"}
// CHECK:      name = "read_segments"
// CHECK:      name = "read_coordinates"
// CHECK:      {kind = "pmu", name = "x_0"}
// CHECK:        "rdu.store"(%{{.*}}) {index = #{{.*}}, tensor = "x.segments0"}
// CHECK:      {kind = "ag", name = "store_x_segments0"}
// CHECK:      {kind = "pmu", name = "x_values"}
// CHECK:        %[[L:.*]] = "rdu.load"() {index = #{{.*}}, tensor = "B.segments1"} : () -> i32
// CHECK-NEXT:   "rdu.push"(%[[L]]) {kind = "vector", level = 1 : i64, port = "data"}
// CHECK:      lanes = array<i64: 16>, name = "main", names = ["i"], starts = array<i64: 0>, steps = array<i64: 1>, stops = array<i64: 5>
// CHECK:      {kind = "ag", name = "load_B_segments1"}
// CHECK:      name = "fill_segments"
// CHECK:      name = "fill_coordinates"
// CHECK:        "rdu.acquire"() {level = 0 : i64, port = "full"}
// CHECK-NEXT:   "rdu.acquire"() {level = 0 : i64, port = "full_1"}
// CHECK:        "rdu.sparse"() {inputs = ["ref"], outputs = ["out_crd", "out_ref"], parts = ["segments", "coordinates"], primitive = "lookup", storage = "compressed"}
// CHECK:        "rdu.release"() {level = 0 : i64, port = "free"}
// CHECK:      {kind = "pmu", name = "B_1"}
// CHECK:      "rdu.net"() {capacities = array<i64: 1, 1>, inits = array<i64: 0, 0>, kind = "control", {{.*}} sinks = ["x_0.read_segments.full", "x_0.read_coordinates.full"], source = "x_0.write_fibers.full"}
// CHECK:      "rdu.net"() {capacities = array<i64: 1>, inits = array<i64: 1>, kind = "control", {{.*}} sinks = ["x_0.write_fibers.free"], source = "x_0.read_segments.free"}
// CHECK:      "rdu.net"() {capacities = array<i64: 16>, inits = array<i64: 0>, kind = "vector", {{.*}} sinks = ["store_x_segments0.main.data"], source = "x_0.read_segments.data"}
// CHECK:      "rdu.net"() {capacities = array<i64: 16>, inits = array<i64: 0>, kind = "vector", {{.*}} sinks = ["B_1.fill_segments.data"], source = "load_B_segments1.main.data"}
// CHECK:      "rdu.net"() {capacities = array<i64: 1, 1>, inits = array<i64: 1, 1>, kind = "control", {{.*}} sinks = ["B_1.fill_segments.free", "B_1.fill_coordinates.free"], source = "B_1.lookup.free"}
// CHECK:      "rdu.net"() {capacities = array<i64: 64>, inits = array<i64: 0>, kind = "scalar", name = "fiber_lookup_B_0_ref", sinks = ["B_1.lookup.ref"]
// CHECK:      {name = "columns", state = "virtual"}

// OPTIONS:    "rdu.memory"() {buffers = 1 : i64, element = f32, name = "totals", words = 7 : i64}
// OPTIONS:    "rdu.net"() {capacities = array<i64: 16>, {{.*}} kind = "vector"
// OPTIONS:    "rdu.net"() {capacities = array<i64: 4>, {{.*}} kind = "scalar"

// A machine that serves primitives directly has no memories in between.
// DIRECT-NOT: "rdu.memory"
// DIRECT-NOT: "rdu.load"
func.func @columns(%b: tensor<4x5xf32> {rdu.name = "B"}) -> (tensor<5xf32> {rdu.name = "x"}) {
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
    %xj, %s = "sam.accumulate"(%i, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>}
      : (!sam.stream<"crd", 1>, !sam.stream<"crd", 2>, !sam.stream<"val", 2>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"val", 1>)
    "sam.fiber_write"(%xj) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<5xf32>
  return %x : tensor<5xf32>
}

// -----

// Five primitives look up one level. Two contexts fill its memories, and a PMU has four in all: so
// two share a PMU, there are three of them, and each part is loaded once. Three share the values.
// CHECK:      "rdu.tensor"() {name = "B.segments0"
// CHECK:      {kind = "ag", name = "load_B_segments0"}
// CHECK:      name = "lookup"
// CHECK:      name = "locate"
// CHECK:      {kind = "pmu", name = "B_0"}
// CHECK:      name = "locate"
// CHECK:      name = "locate_2"
// CHECK:      {kind = "pmu", name = "B_0_2"}
// CHECK:      name = "locate"
// CHECK:      {kind = "pmu", name = "B_0_3"}
// CHECK:      {kind = "ag", name = "load_B_values"}
// CHECK-NOT:  kind = "ag"
// CHECK:      name = "array_3"
// CHECK:      {kind = "pmu", name = "B_values"}
// CHECK:      {kind = "pmu", name = "B_values_2"}
// CHECK:      "rdu.net"() {capacities = array<i64: 16, 16, 16>, {{.*}} sinks = ["B_0.fill_segments.data", "B_0_2.fill_segments.data", "B_0_3.fill_segments.data"], source = "load_B_segments0.main.data"}
// CHECK:      "rdu.net"() {capacities = array<i64: 1, 1>, inits = array<i64: 0, 0>, kind = "control", {{.*}} sinks = ["B_0.lookup.full", "B_0.locate.full"], source = "B_0.fill_segments.full"}
// CHECK:      "rdu.net"() {capacities = array<i64: 1, 1>, inits = array<i64: 1, 1>, kind = "control", {{.*}} sinks = ["B_0.fill_segments.free", "B_0.fill_coordinates.free"], source = "B_0.lookup.free"}
// CHECK:      {name = "shared", state = "virtual"}
func.func @shared(%b: tensor<9xf32> {rdu.name = "B"}) -> (tensor<f32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 3, 3>} : (tensor<9xf32>)
      -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %a, %ra = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %r0 = "sam.locate"(%B, %a, %root) {level = 0}
      : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>)
      -> !sam.stream<"ref", 1>
    %r1 = "sam.locate"(%B, %a, %root) {level = 0}
      : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>)
      -> !sam.stream<"ref", 1>
    %r2 = "sam.locate"(%B, %a, %root) {level = 0}
      : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>)
      -> !sam.stream<"ref", 1>
    %r3 = "sam.locate"(%B, %a, %root) {level = 0}
      : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>)
      -> !sam.stream<"ref", 1>
    %v0 = "sam.array"(%B, %r0) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %v1 = "sam.array"(%B, %r1) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %v2 = "sam.array"(%B, %r2) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %v3 = "sam.array"(%B, %r3) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %p = "sam.alu"(%v0, %v1) {function = "mul"} : (!sam.stream<"val", 1>, !sam.stream<"val", 1>) -> !sam.stream<"val", 1>
    %q = "sam.alu"(%v2, %v3) {function = "mul"} : (!sam.stream<"val", 1>, !sam.stream<"val", 1>) -> !sam.stream<"val", 1>
    %t = "sam.alu"(%p, %q) {function = "mul"} : (!sam.stream<"val", 1>, !sam.stream<"val", 1>) -> !sam.stream<"val", 1>
    %s = "sam.reduce"(%t, %root) {function = "add"}
      : (!sam.stream<"val", 1>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%s) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}
