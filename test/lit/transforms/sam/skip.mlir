// RUN: rdu-opt %s --sam-skip --split-input-file | FileCheck %s

// Nobody but the intersection reads either side.
// CHECK-LABEL: func.func @alone(
// CHECK:         "sam.intersect"({{.*}}skip = true
func.func @alone(%b: tensor<9xf32>, %c: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %tb = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %tc = "sam.bind"(%c) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %ib, %rb = "sam.fiber_lookup"(%tb, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %ic, %rc = "sam.fiber_lookup"(%tc, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %pb, %pc = "sam.intersect"(%ib, %ic, %rb, %rc) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %vb = "sam.array"(%tb, %pb) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vc = "sam.array"(%tc, %pc) : (!sam.tensor<tensor<9xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v = "sam.alu"(%vb, %vc) {function = "mul"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}

// -----

// One side that can be told is enough.
// CHECK-LABEL: func.func @one_side(
// CHECK:         "sam.intersect"({{.*}}skip = true
func.func @one_side(%b: tensor<9xf32>, %c: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %tb = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %tc = "sam.bind"(%c) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %ib, %rb = "sam.fiber_lookup"(%tb, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %ic, %rc = "sam.fiber_lookup"(%tc, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %pb, %pc = "sam.intersect"(%ib, %ic, %rb, %rc) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %ub = "sam.gen_ref"(%ib) : (!sam.stream<"crd", 1 : i64>) -> !sam.stream<"ref", 1 : i64>
    %vb = "sam.array"(%tb, %pb) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vc = "sam.array"(%tc, %pc) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v = "sam.alu"(%vb, %vc) {function = "mul"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}

// -----

// Whoever else reads a lookup would miss what it leaves out.
// CHECK-LABEL: func.func @read_elsewhere(
// CHECK-NOT:     skip
// CHECK:         return
func.func @read_elsewhere(%b: tensor<9xf32>, %c: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %tb = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %tc = "sam.bind"(%c) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %ib, %rb = "sam.fiber_lookup"(%tb, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %ic, %rc = "sam.fiber_lookup"(%tc, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %pb, %pc = "sam.intersect"(%ib, %ic, %rb, %rc) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %ub = "sam.gen_ref"(%ib) : (!sam.stream<"crd", 1 : i64>) -> !sam.stream<"ref", 1 : i64>
    %uc = "sam.gen_ref"(%rc) : (!sam.stream<"ref", 1 : i64>) -> !sam.stream<"ref", 1 : i64>
    %vb = "sam.array"(%tb, %pb) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %vc = "sam.array"(%tc, %pc) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v = "sam.alu"(%vb, %vc) {function = "mul"} : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}
