// RUN: rdu-opt %s --sam-to-rdu="machine=capstan residency=dram" | FileCheck %s
// RUN: rdu-opt %s --sam-to-rdu="machine=capstan residency=scratchpad" | FileCheck %s --check-prefix=THERE
// RUN: rdu-opt %s --sam-to-rdu="machine=capstan" | FileCheck %s --check-prefix=THERE

// The rows' sums of a matrix. A lookup in the tier is where a fiber begins and ends, the positions
// between, and the coordinate at each if somebody takes it; here of the columns nobody does. The
// result is stored by its writers.
// CHECK-NOT:  "rdu.memory"
// CHECK-NOT:  "rdu.load"
// CHECK-NOT:  "rdu.store"
// CHECK:      "rdu.sparse"() {inputs = ["root"], outputs = ["out_ref_0", "out_ref_1"], parts = ["B.segments0"], primitive = "bounds", storage = "segments"}
// CHECK:      {kind = "ag", name = "bounds_B_0"}
// CHECK:      "rdu.sparse"() {inputs = ["ref_0", "ref_1"], outputs = ["out_ref"], primitive = "range"}
// CHECK:      {kind = "pcu", name = "range_B_0"}
// CHECK:      "rdu.sparse"() {inputs = ["ref"], outputs = ["out_crd"], parts = ["B.coordinates0"], primitive = "fetch", storage = "coordinates"}
// CHECK:      {kind = "ag", name = "fetch_B_0"}
// CHECK:      {kind = "ag", name = "bounds_B_1"}
// CHECK:      {kind = "pcu", name = "range_B_1"}
// CHECK-NOT:  name = "fetch_B_1"
// CHECK:      "rdu.sparse"() {inputs = ["ref"], outputs = ["out_val"], parts = ["B.values"], primitive = "array", storage = "values"}
// CHECK:      {kind = "ag", name = "array_B"}
// CHECK:      {kind = "pcu", name = "reduce"}
// CHECK:      "rdu.sparse"() {inputs = ["crd", "root"], outputs = [], parts = ["x.segments0", "x.coordinates0"], primitive = "write_fibers", storage = "compressed"}
// CHECK:      {kind = "ag", name = "write_fibers_x_0"}
// CHECK:      "rdu.sparse"() {inputs = ["val", "crd"], outputs = [], parts = ["x.values"], primitive = "write_values", storage = "values"}
// CHECK:      {kind = "ag", name = "write_values_x"}

// THERE-NOT:  "bounds"
// THERE:      "rdu.load"
// THERE:      primitive = "lookup"
// THERE-NOT:  "fetch"
!csr = !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
func.func @rows(%b: tensor<4x5xf32> {rdu.name = "B"}) -> (tensor<4xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 4, 7, 7>} : (tensor<4x5xf32>) -> !csr
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!csr, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!csr, !sam.stream<"ref", 1>) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%B, %rj) : (!csr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %s = "sam.reduce"(%v, %i) {function = "add"}
      : (!sam.stream<"val", 2>, !sam.stream<"crd", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}
