// RUN: rdu-opt %s --sam-vectorize="lanes=4" --split-input-file | FileCheck %s

// The last level is seen as chunks and lanes; the result has chunks as coordinates. The constant
// stands on all lanes.
!full = !sam.tensor<tensor<3x8xf32>, ["dense", "dense"], array<i64: 0, 1>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!ref2 = !sam.stream<"ref", 2 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!crd2 = !sam.stream<"crd", 2 : i64>
!val2 = !sam.stream<"val", 2 : i64>
// CHECK-LABEL: func.func @twice(
// CHECK:         %[[B:.*]] = "sam.bind"(%arg0) {{.*}}["dense", "dense", "blocked:4"], array<i64: 0, 1, 1>>
// CHECK:         "sam.fiber_lookup"(%[[B]], %{{.*}}) {level = 0 : i64}
// CHECK:         %[[J:.*]]:2 = "sam.fiber_lookup"(%[[B]], %{{.*}}) {level = 1 : i64}
// CHECK:         %[[V:.*]] = "sam.array"(%[[B]], %[[J]]#1) {{.*}} -> !sam.stream<vector<4xf32>, 2 : i64>
// CHECK:         %[[W:.*]] = "sam.unary"(%[[V]]) {{.*}} -> !sam.stream<vector<4xf32>, 2 : i64>
// CHECK:         "sam.fiber_write"(%[[J]]#0) {level = 1 : i64}
// CHECK:         "sam.yield"(%[[W]]) : (!sam.stream<vector<4xf32>, 2 : i64>)
func.func @twice(%b: tensor<3x8xf32>) -> tensor<3x8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<3x8xf32>) -> !full
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!full, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1 : i64} : (!full, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %rj) : (!full, !ref2) -> !val2
    %w = "sam.unary"(%v) {function = "mul", constant = 2.0 : f64} : (!val2) -> !val2
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!crd2) -> ()
    "sam.yield"(%w) : (!val2) -> ()
  }) : () -> tensor<3x8xf32>
  return %x : tensor<3x8xf32>
}

// -----

// What is the same along the level stays scalar. Lanes of a sum are reduced by a fold.
!full = !sam.tensor<tensor<3x8xf32>, ["dense", "dense"], array<i64: 0, 1>>
!rows = !sam.tensor<tensor<3xf32>, ["dense"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!ref2 = !sam.stream<"ref", 2 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!crd2 = !sam.stream<"crd", 2 : i64>
!val1 = !sam.stream<"val", 1 : i64>
!val2 = !sam.stream<"val", 2 : i64>
// CHECK-LABEL: func.func @scaled_sums(
// CHECK:         %[[S:.*]] = "sam.repeat"({{.*}} -> !sam.stream<"val", 2 : i64>
// CHECK:         %[[P:.*]] = "sam.alu"(%{{.*}}, %[[S]]) {function = "mul"} : (!sam.stream<vector<4xf32>, 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.stream<vector<4xf32>, 2 : i64>
// CHECK:         %[[R:.*]] = "sam.reduce"(%[[P]], %{{.*}}) {function = "add"} {{.*}} -> !sam.stream<vector<4xf32>, 1 : i64>
// CHECK:         %[[F:.*]] = "sam.fold"(%[[R]]) {function = "add"} : (!sam.stream<vector<4xf32>, 1 : i64>) -> !sam.stream<"val", 1 : i64>
// CHECK:         "sam.yield"(%[[F]]) : (!sam.stream<"val", 1 : i64>)
func.func @scaled_sums(%b: tensor<3x8xf32>, %c: tensor<3xf32>) -> tensor<3xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<3x8xf32>) -> !full
    %C = "sam.bind"(%c) : (tensor<3xf32>) -> !rows
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!full, !ref0) -> (!crd1, !ref1)
    %ic = "sam.locate"(%C, %i, %root) {level = 0 : i64} : (!rows, !crd1, !ref0) -> !ref1
    %c0 = "sam.array"(%C, %ic) : (!rows, !ref1) -> !val1
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1 : i64} : (!full, !ref1) -> (!crd2, !ref2)
    %cj = "sam.repeat"(%c0, %j) : (!val1, !crd2) -> !val2
    %v = "sam.array"(%B, %rj) : (!full, !ref2) -> !val2
    %p = "sam.alu"(%v, %cj) {function = "mul"} : (!val2, !val2) -> !val2
    %s = "sam.reduce"(%p, %i) {function = "add"} : (!val2, !crd1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%s) : (!val1) -> ()
  }) : () -> tensor<3xf32>
  return %x : tensor<3xf32>
}

// -----

// Of 6 coordinates 3 are the most that 4 lanes can take; a tensor that is searched is bound alike.
!six = !sam.tensor<tensor<6xf32>, ["dense"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!val1 = !sam.stream<"val", 1 : i64>
// CHECK-LABEL: func.func @divides(
// CHECK:         "sam.bind"(%arg0) {{.*}}["dense", "blocked:3"], array<i64: 0, 0>>
// CHECK:         "sam.bind"(%arg1) {{.*}}["dense", "blocked:3"], array<i64: 0, 0>>
// CHECK:         "sam.yield"(%{{.*}}) : (!sam.stream<vector<3xf32>, 1 : i64>)
func.func @divides(%b: tensor<6xf32>, %c: tensor<6xf32>) -> tensor<6xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<6xf32>) -> !six
    %C = "sam.bind"(%c) : (tensor<6xf32>) -> !six
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!six, !ref0) -> (!crd1, !ref1)
    %ic = "sam.locate"(%C, %i, %root) {level = 0 : i64} : (!six, !crd1, !ref0) -> !ref1
    %v = "sam.array"(%B, %ri) : (!six, !ref1) -> !val1
    %w = "sam.array"(%C, %ic) : (!six, !ref1) -> !val1
    %p = "sam.alu"(%v, %w) {function = "add"} : (!val1, !val1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%p) : (!val1) -> ()
  }) : () -> tensor<6xf32>
  return %x : tensor<6xf32>
}

// -----

// The inside of blocks: two vectors in each row of a block of 8 columns. Factors count in chunks.
!blocks = !sam.tensor<tensor<16xf32>, ["compressed", "blocked:8"], array<i64: 0, 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!ref2 = !sam.stream<"ref", 2 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!crd2 = !sam.stream<"crd", 2 : i64>
!val1 = !sam.stream<"val", 1 : i64>
!val2 = !sam.stream<"val", 2 : i64>
// CHECK-LABEL: func.func @blocks(
// CHECK:         "sam.bind"(%arg0) {{.*}}["compressed", "blocked:2", "blocked:4"], array<i64: 0, 0, 0>>
// CHECK:         "sam.flatten"(%{{.*}}) {factor = 2 : i64}
// CHECK:         "sam.yield"(%{{.*}}) : (!sam.stream<vector<4xf32>, 1 : i64>)
func.func @blocks(%b: tensor<16xf32>) -> tensor<16xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<16xf32>) -> !blocks
    %root = "sam.root"() : () -> !ref0
    %o, %ro = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!blocks, !ref0) -> (!crd1, !ref1)
    %n, %rn = "sam.fiber_lookup"(%B, %ro) {level = 1 : i64} : (!blocks, !ref1) -> (!crd2, !ref2)
    %i = "sam.flatten"(%o, %n) {factor = 8 : i64} : (!crd1, !crd2) -> !crd1
    %v = "sam.array"(%B, %rn) : (!blocks, !ref2) -> !val2
    %w = "sam.stop_drop"(%v) {levels = 1 : i64} : (!val2) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%w) : (!val1) -> ()
  }) : () -> tensor<16xf32>
  return %x : tensor<16xf32>
}

// -----

// A tensor of which two walks go different ways is bound twice; both see the same memory.
!vec = !sam.tensor<tensor<8xf32>, ["dense"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!ref2 = !sam.stream<"ref", 2 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!crd2 = !sam.stream<"crd", 2 : i64>
!val1 = !sam.stream<"val", 1 : i64>
!val2 = !sam.stream<"val", 2 : i64>
// CHECK-LABEL: func.func @both_ways(
// CHECK-DAG:     %[[B:.*]] = "sam.bind"(%arg0) {{.*}}["dense"], array<i64: 0>>
// CHECK-DAG:     %[[L:.*]] = "sam.bind"(%arg0) {{.*}}["dense", "blocked:4"], array<i64: 0, 0>>
// CHECK:         "sam.fiber_lookup"(%[[B]],
// CHECK:         "sam.fiber_lookup"(%[[L]],
// CHECK:         "sam.fold"
func.func @both_ways(%b: tensor<8xf32>) -> tensor<8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!vec, !ref0) -> (!crd1, !ref1)
    %again = "sam.repeat"(%root, %i) : (!ref0, !crd1) -> !ref1
    %j, %rj = "sam.fiber_lookup"(%B, %again) {level = 0 : i64} : (!vec, !ref1) -> (!crd2, !ref2)
    %w = "sam.array"(%B, %rj) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%w, %i) {function = "add"} : (!val2, !crd1) -> !val1
    %v = "sam.array"(%B, %ri) : (!vec, !ref1) -> !val1
    %p = "sam.alu"(%v, %s) {function = "mul"} : (!val1, !val1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%p) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  return %x : tensor<8xf32>
}

// -----

// Nothing to do.
// CHECK-LABEL: func.func @none(
// CHECK-NEXT:    return
func.func @none(%b: tensor<4xf32>) -> tensor<4xf32> {
  return %b : tensor<4xf32>
}

// -----

// Of 7 values, the second chunk has 3: it is padded, and a table tells what is summed.
!seven = !sam.tensor<tensor<2x7xf32>, ["dense", "dense"], array<i64: 0, 1>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!ref2 = !sam.stream<"ref", 2 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!crd2 = !sam.stream<"crd", 2 : i64>
!val1 = !sam.stream<"val", 1 : i64>
!val2 = !sam.stream<"val", 2 : i64>

// CHECK-LABEL: func.func @shorter(
// CHECK:         %[[T:.*]] = arith.constant dense<1> : tensor<7xi32>
// CHECK:         %[[B:.*]] = "sam.bind"(%{{.*}}) : (tensor<2x7xf32>) -> !sam.tensor<tensor<2x7xf32>, ["dense", "dense", "blocked:4"], array<i64: 0, 1, 1>>
// CHECK:         %[[J:.*]]:2 = "sam.fiber_lookup"(%[[B]], %{{.*}}) {level = 1 : i64}
// CHECK:         %[[V:.*]] = "sam.array"(%[[B]], %[[J]]#1) {{.*}} -> !sam.stream<vector<4xf32>, 2 : i64>
// CHECK:         %[[O:.*]] = "sam.bind"(%[[T]]) : (tensor<7xi32>) -> !sam.tensor<tensor<7xi32>, ["dense", "blocked:4"], array<i64: 0, 0>>
// CHECK:         %[[P:.*]] = "sam.locate"(%[[O]], %[[J]]#0, %{{.*}}) {level = 0 : i64}
// CHECK:         %[[N:.*]] = "sam.array"(%[[O]], %[[P]]) {{.*}} -> !sam.stream<vector<4xi32>, 2 : i64>
// CHECK:         %[[M:.*]] = "sam.unary"(%[[N]]) {constant = 0.000000e+00 : f64, function = "ne"}
// CHECK:         %[[S:.*]] = "sam.select"(%[[M]], %[[V]]) {operandSegmentSizes = array<i32: 1, 1, 0>, other_constant = 0xFFF0000000000000 : f64}
// CHECK:         %[[R:.*]] = "sam.reduce"(%[[S]], %{{.*}}) {function = "max"}
// CHECK:         "sam.fold"(%[[R]]) {function = "max"}
func.func @shorter(%b: tensor<2x7xf32>) -> tensor<2xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<2x7xf32>) -> !seven
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!seven, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1 : i64} : (!seven, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %rj) : (!seven, !ref2) -> !val2
    %s = "sam.reduce"(%v, %i) {function = "max"} : (!val2, !crd1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%s) : (!val1) -> ()
  }) : () -> tensor<2xf32>
  return %x : tensor<2xf32>
}
