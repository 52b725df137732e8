// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s

!csr = !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
!dcsr = !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!full = !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>
!vec = !sam.tensor<tensor<5xf32>, ["compressed"], array<i64: 0>>
!bits = !sam.tensor<tensor<8xf32>, ["bitvector"], array<i64: 0>>
!coo = !sam.tensor<tensor<4x5xf32>, ["compressed", "singleton"], array<i64: 0, 1>>
!bsr = !sam.tensor<tensor<4x6xf32>, ["dense", "compressed", "blocked:2", "blocked:3"], array<i64: 0, 1, 0, 1>>
!wide = !sam.tensor<tensor<4x8xf32>, ["dense", "dense", "blocked:4"], array<i64: 0, 1, 1>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!crd3 = !sam.stream<"crd", 3>
!crd4 = !sam.stream<"crd", 4>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!ref3 = !sam.stream<"ref", 3>
!ref4 = !sam.stream<"ref", 4>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!val3 = !sam.stream<"val", 3>
!val4 = !sam.stream<"val", 4>
!lanes1 = !sam.stream<vector<4xf32>, 1>
!lanes2 = !sam.stream<vector<4xf32>, 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

// x(i) = B(i,j) * c(j)
// CHECK-LABEL: func.func @spmv
func.func @spmv(%b: tensor<4x5xf32>, %c: tensor<5xf32>) -> tensor<4xf32> {
  // CHECK: "sam.graph"() ({
  %x = "sam.graph"() ({
    // CHECK: "sam.bind"(%{{.*}}) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !csr
    %C = "sam.bind"(%c) : (tensor<5xf32>) -> !vec
    // CHECK: "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %root = "sam.root"() : () -> !ref0
    // CHECK: "sam.fiber_lookup"(%{{.*}}) {level = 0 : i64}
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!csr, !ref0) -> (!crd1, !ref1)
    // CHECK: -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!csr, !ref1) -> (!crd2, !ref2)
    // CHECK: "sam.repeat"
    %rc = "sam.repeat"(%root, %i) : (!ref0, !crd1) -> !ref1
    %jc, %rjc = "sam.fiber_lookup"(%C, %rc) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    // CHECK: "sam.intersect"(%{{.*}}) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>, skip = true}
    %k, %rb, %rv = "sam.intersect"(%j, %jc, %rj, %rjc) {skip = true, operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!crd2, !crd2, !ref2, !ref2) -> (!crd2, !ref2, !ref2)
    // CHECK-COUNT-2: "sam.array"
    %vb = "sam.array"(%B, %rb) : (!csr, !ref2) -> !val2
    %vc = "sam.array"(%C, %rv) : (!vec, !ref2) -> !val2
    // CHECK: "sam.alu"(%{{.*}}) {function = "mul"}
    %p = "sam.alu"(%vb, %vc) {function = "mul"} : (!val2, !val2) -> !val2
    // CHECK: "sam.reduce"(%{{.*}}) {function = "add"} : (!sam.stream<"val", 2 : i64>, !sam.stream<"crd", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %s = "sam.reduce"(%p, %i) {function = "add"} : (!val2, !crd1) -> !val1
    // CHECK: "sam.fiber_write"(%{{.*}}) {level = 0 : i64}
    "sam.fiber_write"(%i) {level = 0} : (!crd1) -> ()
    // CHECK: "sam.yield"
    "sam.yield"(%s) : (!val1) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// Three tensors in one union, whatever their formats; written by columns.
// CHECK-LABEL: func.func @sum
func.func @sum(%a: tensor<4x5xf32>, %b: tensor<4x5xf32>, %c: tensor<4x5xf32>) -> tensor<5x4xf32> {
  %x = "sam.graph"() ({
    %A = "sam.bind"(%a) : (tensor<4x5xf32>) -> !csr
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !dcsr
    %C = "sam.bind"(%c) : (tensor<4x5xf32>) -> !full
    %root = "sam.root"() : () -> !ref0
    %ia, %ra = "sam.fiber_lookup"(%A, %root) {level = 0} : (!csr, !ref0) -> (!crd1, !ref1)
    %ib, %rb = "sam.fiber_lookup"(%B, %root) {level = 0} : (!dcsr, !ref0) -> (!crd1, !ref1)
    %ic, %rc = "sam.fiber_lookup"(%C, %root) {level = 0} : (!full, !ref0) -> (!crd1, !ref1)
    // CHECK: "sam.union"(%{{.*}}) {operandSegmentSizes = array<i32: 3, 3>, resultSegmentSizes = array<i32: 1, 3>}
    %i, %ua, %ub, %uc = "sam.union"(%ia, %ib, %ic, %ra, %rb, %rc) {operandSegmentSizes = array<i32: 3, 3>, resultSegmentSizes = array<i32: 1, 3>} : (!crd1, !crd1, !crd1, !ref1, !ref1, !ref1) -> (!crd1, !ref1, !ref1, !ref1)
    %ja, %qa = "sam.fiber_lookup"(%A, %ua) {level = 1} : (!csr, !ref1) -> (!crd2, !ref2)
    %jb, %qb = "sam.fiber_lookup"(%B, %ub) {level = 1} : (!dcsr, !ref1) -> (!crd2, !ref2)
    %jc, %qc = "sam.fiber_lookup"(%C, %uc) {level = 1} : (!full, !ref1) -> (!crd2, !ref2)
    %j, %pa, %pb, %pc = "sam.union"(%ja, %jb, %jc, %qa, %qb, %qc) {operandSegmentSizes = array<i32: 3, 3>, resultSegmentSizes = array<i32: 1, 3>} : (!crd2, !crd2, !crd2, !ref2, !ref2, !ref2) -> (!crd2, !ref2, !ref2, !ref2)
    %va = "sam.array"(%A, %pa) : (!csr, !ref2) -> !val2
    %vb = "sam.array"(%B, %pb) : (!dcsr, !ref2) -> !val2
    %vc = "sam.array"(%C, %pc) : (!full, !ref2) -> !val2
    %s = "sam.alu"(%va, %vb) {function = "add"} : (!val2, !val2) -> !val2
    %t = "sam.alu"(%s, %vc) {function = "add"} : (!val2, !val2) -> !val2
    "sam.fiber_write"(%i) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!crd2) -> ()
    "sam.yield"(%t) : (!val2) -> ()
  // CHECK: }) {order = array<i64: 1, 0>} : () -> tensor<5x4xf32>
  }) {order = array<i64: 1, 0>} : () -> tensor<5x4xf32>
  return %x : tensor<5x4xf32>
}

// X(i,j) = relu(0.5 * B(i,j)) below the diagonal, without zeros: what drops things.
// CHECK-LABEL: func.func @masks
func.func @masks(%b: tensor<4x5xf32>, %c: tensor<4x5xi32>) -> tensor<4x5xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !csr
    %C = "sam.bind"(%c) : (tensor<4x5xi32>) -> !sam.tensor<tensor<4x5xi32>, ["dense", "dense"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!csr, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!csr, !ref1) -> (!crd2, !ref2)
    %ci = "sam.locate"(%C, %i, %root) {level = 0} : (!sam.tensor<tensor<4x5xi32>, ["dense", "dense"], array<i64: 0, 1>>, !crd1, !ref0) -> !ref1
    %cj = "sam.locate"(%C, %j, %ci) {level = 1} : (!sam.tensor<tensor<4x5xi32>, ["dense", "dense"], array<i64: 0, 1>>, !crd2, !ref1) -> !ref2
    %v = "sam.array"(%B, %rj) : (!csr, !ref2) -> !val2
    // CHECK: "sam.array"{{.*}} -> !sam.stream<i32, 2 : i64>
    %w = "sam.array"(%C, %cj) : (!sam.tensor<tensor<4x5xi32>, ["dense", "dense"], array<i64: 0, 1>>, !ref2) -> !sam.stream<i32, 2 : i64>
    // CHECK: "sam.unary"(%{{.*}}) {constant = 2.000000e+00 : f64, function = "ge"} : (!sam.stream<i32, 2 : i64>) -> !sam.stream<i1, 2 : i64>
    %m = "sam.unary"(%w) {function = "ge", constant = 2.0} : (!sam.stream<i32, 2 : i64>) -> !sam.stream<i1, 2 : i64>
    // CHECK: "sam.unary"(%{{.*}}) {function = "to_f32"} : (!sam.stream<i32, 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %f = "sam.unary"(%w) {function = "to_f32"} : (!sam.stream<i32, 2 : i64>) -> !val2
    // CHECK: "sam.alu"(%{{.*}}) {function = "lt"} : (!sam.stream<"val", 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.stream<i1, 2 : i64>
    %l = "sam.alu"(%v, %f) {function = "lt"} : (!val2, !val2) -> !sam.stream<i1, 2 : i64>
    %o = "sam.alu"(%m, %l) {function = "or"} : (!sam.stream<i1, 2 : i64>, !sam.stream<i1, 2 : i64>) -> !sam.stream<i1, 2 : i64>
    %n = "sam.unary"(%o) {function = "not"} : (!sam.stream<i1, 2 : i64>) -> !sam.stream<i1, 2 : i64>
    // CHECK: "sam.select"(%{{.*}}) {operandSegmentSizes = array<i32: 1, 1, 0>, other_constant = 5.000000e-01 : f64}
    %s = "sam.select"(%n, %v) {operandSegmentSizes = array<i32: 1, 1, 0>, other_constant = 0.5}
      : (!sam.stream<i1, 2 : i64>, !val2) -> !val2
    // CHECK: "sam.select"(%{{.*}}) {operandSegmentSizes = array<i32: 1, 1, 1>}
    %t = "sam.select"(%m, %s, %f) {operandSegmentSizes = array<i32: 1, 1, 1>}
      : (!sam.stream<i1, 2 : i64>, !val2, !val2) -> !val2
    "sam.fiber_write"(%i) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!crd2) -> ()
    "sam.yield"(%t) : (!val2) -> ()
  }) : () -> tensor<4x5xf32>
  return %x : tensor<4x5xf32>
}

// CHECK-LABEL: func.func @drops
func.func @drops(%b: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !csr
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!csr, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!csr, !ref1) -> (!crd2, !ref2)
    // CHECK: "sam.mask"(%{{.*}}) {offset = -1 : i64, predicate = "le"}
    %jm, %rm = "sam.mask"(%i, %j, %rj) {predicate = "le", offset = -1} : (!crd1, !crd2, !ref2) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %rm) : (!csr, !ref2) -> !val2
    // CHECK: "sam.unary"(%{{.*}}) {constant = 5.000000e-01 : f64, function = "mul"}
    %h = "sam.unary"(%v) {function = "mul", constant = 0.5} : (!val2) -> !val2
    // CHECK: "sam.unary"(%{{.*}}) {function = "relu"}
    %r = "sam.unary"(%h) {function = "relu"} : (!val2) -> !val2
    // CHECK: "sam.val_drop"
    %jv, %vv = "sam.val_drop"(%jm, %r) : (!crd2, !val2) -> (!crd2, !val2)
    // CHECK-COUNT-2: "sam.crd_drop"
    %id, %jd = "sam.crd_drop"(%i, %jv) : (!crd1, !crd2) -> (!crd1, !crd2)
    %ie, %vd = "sam.crd_drop"(%i, %vv) : (!crd1, !val2) -> (!crd1, !val2)
    // CHECK: "sam.fiber_drop"
    %jf = "sam.fiber_drop"(%jv) : (!crd2) -> !crd2
    // CHECK: "sam.stop_drop"(%{{.*}}) {levels = 2 : i64} : (!sam.stream<"crd", 2 : i64>) -> !sam.stream<"crd", 0 : i64>
    %points = "sam.stop_drop"(%jf) {levels = 2} : (!crd2) -> !sam.stream<"crd", 0>
    "sam.fiber_write"(%id) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%jd) {level = 1} : (!crd2) -> ()
    "sam.yield"(%vd) : (!val2) -> ()
  }) : () -> tensor<4x5xf32>
  return %x : tensor<4x5xf32>
}

// The values of a list of coordinates, kept in a vector of places, then summed by column.
// CHECK-LABEL: func.func @columns
func.func @columns(%b: tensor<4x5xf32>) -> tensor<5xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !coo
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!coo, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!coo, !ref1) -> (!crd2, !ref2)
    // CHECK: "sam.hold"
    %h = "sam.hold"(%i, %j) : (!crd1, !crd2) -> !crd2
    %v = "sam.array"(%B, %rj) : (!coo, !ref2) -> !val2
    // CHECK: "sam.gen_ref"(%{{.*}}) : (!sam.stream<"crd", 2 : i64>) -> !sam.stream<"ref", 2 : i64>
    %n = "sam.gen_ref"(%h) : (!crd2) -> !ref2
    // CHECK: "sam.store"(%{{.*}}) : (!sam.stream<"ref", 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.tensor<tensor<20xf32>, ["dense"], array<i64: 0>>
    %T = "sam.store"(%n, %v) : (!ref2, !val2) -> !sam.tensor<tensor<20xf32>, ["dense"], array<i64: 0>>
    // CHECK: "sam.locate"(%{{.*}}) {level = 0 : i64}
    %l = "sam.locate"(%T, %h, %root) {level = 0} : (!sam.tensor<tensor<20xf32>, ["dense"], array<i64: 0>>, !crd2, !ref0) -> !ref2
    // CHECK: "sam.accumulate"(%{{.*}}) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>}
    %xj, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!crd1, !crd2, !val2) -> (!crd1, !val1)
    "sam.fiber_write"(%xj) {level = 0} : (!crd1) -> ()
    "sam.yield"(%s) : (!val1) -> ()
  }) : () -> tensor<5xf32>
  return %x : tensor<5xf32>
}

// Rows of a table, by the values of an index tensor.
// CHECK-LABEL: func.func @rows
func.func @rows(%i: tensor<3xi32>, %b: tensor<4x5xf32>) -> tensor<3x5xf32> {
  %x = "sam.graph"() ({
    %I = "sam.bind"(%i) : (tensor<3xi32>) -> !sam.tensor<tensor<3xi32>, ["dense"], array<i64: 0>>
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !ref0
    %n, %rn = "sam.fiber_lookup"(%I, %root) {level = 0} : (!sam.tensor<tensor<3xi32>, ["dense"], array<i64: 0>>, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%I, %rn) : (!sam.tensor<tensor<3xi32>, ["dense"], array<i64: 0>>, !ref1) -> !sam.stream<i32, 1>
    // CHECK: "sam.as_crd"(%{{.*}}) {below = 4 : i64, wrap = true} : (!sam.stream<i32, 1 : i64>) -> !sam.stream<"crd", 1 : i64>
    %c = "sam.as_crd"(%v) {below = 4, wrap = true} : (!sam.stream<i32, 1>) -> !crd1
    %r = "sam.locate"(%B, %c, %root) {level = 0} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !crd1, !ref0) -> !ref1
    %j, %rj = "sam.fiber_lookup"(%B, %r) {level = 1} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !ref1) -> (!crd2, !ref2)
    %w = "sam.array"(%B, %rj) : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !ref2) -> !val2
    "sam.fiber_write"(%n) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!crd2) -> ()
    "sam.yield"(%w) : (!val2) -> ()
  }) : () -> tensor<3x5xf32>
  return %x : tensor<3x5xf32>
}

// Blocks become coordinates; coordinates become chunks.
// CHECK-LABEL: func.func @blocks
func.func @blocks(%b: tensor<4x6xf32>, %c: tensor<8xf32>) -> tensor<8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x6xf32>) -> !bsr
    %C = "sam.bind"(%c) : (tensor<8xf32>) -> !sam.tensor<tensor<8xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!bsr, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!bsr, !ref1) -> (!crd2, !ref2)
    %y, %ry = "sam.fiber_lookup"(%B, %rj) {level = 2} : (!bsr, !ref2) -> (!crd3, !ref3)
    %z, %rz = "sam.fiber_lookup"(%B, %ry) {level = 3} : (!bsr, !ref3) -> (!crd4, !ref4)
    // CHECK: "sam.flatten"(%{{.*}}) {factor = 3 : i64}
    %f = "sam.flatten"(%y, %z) {factor = 3} : (!crd3, !crd4) -> !crd3
    %k, %rk = "sam.fiber_lookup"(%C, %root) {level = 0} : (!sam.tensor<tensor<8xf32>, ["compressed"], array<i64: 0>>, !ref0) -> (!crd1, !ref1)
    // CHECK: "sam.split"(%{{.*}}) {factor = 4 : i64}
    %o, %p, %rp = "sam.split"(%k, %rk) {factor = 4} : (!crd1, !ref1) -> (!crd1, !crd2, !ref2)
    // CHECK: "sam.split"(%{{.*}}) {factor = 4 : i64, whole = true}
    %q, %w, %rw = "sam.split"(%k, %rk) {factor = 4, whole = true} : (!crd1, !ref1) -> (!crd1, !crd2, !ref2)
    %v = "sam.array"(%C, %rk) : (!sam.tensor<tensor<8xf32>, ["compressed"], array<i64: 0>>, !ref1) -> !val1
    "sam.fiber_write"(%k) {level = 0} : (!crd1) -> ()
    "sam.yield"(%v) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  return %x : tensor<8xf32>
}

// x = [exp(b), c], two lanes computing exp.
// CHECK-LABEL: func.func @branches
func.func @branches(%b: tensor<5xf32>, %c: tensor<5xf32>) -> tensor<10xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<5xf32>) -> !vec
    %C = "sam.bind"(%c) : (tensor<5xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %k, %rk = "sam.fiber_lookup"(%C, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    // CHECK: "sam.fork"(%{{.*}}) {chunk = 2 : i64, resultSegmentSizes = array<i32: 2>}
    %even, %odd = "sam.fork"(%ri) {chunk = 2, resultSegmentSizes = array<i32: 2>} : (!ref1) -> (!ref1, !ref1)
    %ve = "sam.array"(%B, %even) : (!vec, !ref1) -> !val1
    %vo = "sam.array"(%B, %odd) : (!vec, !ref1) -> !val1
    %ee = "sam.unary"(%ve) {function = "exp"} : (!val1) -> !val1
    %eo = "sam.unary"(%vo) {function = "exp"} : (!val1) -> !val1
    // CHECK: "sam.join"(%{{.*}}) {chunk = 2 : i64, operandSegmentSizes = array<i32: 1, 2>}
    %e = "sam.join"(%i, %ee, %eo) {chunk = 2, operandSegmentSizes = array<i32: 1, 2>} : (!crd1, !val1, !val1) -> !val1
    %v = "sam.array"(%C, %rk) : (!vec, !ref1) -> !val1
    // CHECK: "sam.concat"(%{{.*}}) {offsets = array<i64: 0, 5>, operandSegmentSizes = array<i32: 2, 2>}
    %n, %t = "sam.concat"(%i, %k, %e, %v) {offsets = array<i64: 0, 5>, operandSegmentSizes = array<i32: 2, 2>} : (!crd1, !crd1, !val1, !val1) -> (!crd1, !val1)
    "sam.fiber_write"(%n) {level = 0} : (!crd1) -> ()
    "sam.yield"(%t) : (!val1) -> ()
  }) : () -> tensor<10xf32>
  return %x : tensor<10xf32>
}

// A bit-vector level gives one bit vector for each fiber, and where its values start.
// CHECK-LABEL: func.func @bits
func.func @bits(%b: tensor<8xf32>, %c: tensor<8xf32>) -> tensor<8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !bits
    %C = "sam.bind"(%c) : (tensor<8xf32>) -> !bits
    %root = "sam.root"() : () -> !ref0
    // CHECK: -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %wb, %rb = "sam.fiber_lookup"(%B, %root) {level = 0} : (!bits, !ref0) -> (!bv1, !ref1)
    %wc, %rc = "sam.fiber_lookup"(%C, %root) {level = 0} : (!bits, !ref0) -> (!bv1, !ref1)
    // CHECK: "sam.bv_chunk"(%{{.*}}) {extent = 8 : i64, width = 4 : i64}
    %cb, %pb = "sam.bv_chunk"(%wb, %rb) {width = 4, extent = 8} : (!bv1, !ref1) -> (!bv1, !ref1)
    %cc, %pc = "sam.bv_chunk"(%wc, %rc) {width = 4, extent = 8} : (!bv1, !ref1) -> (!bv1, !ref1)
    // CHECK: "sam.bv_intersect"
    %both, %qb, %qc = "sam.bv_intersect"(%cb, %cc, %pb, %pc) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!bv1, !bv1, !ref1, !ref1) -> (!bv1, !ref1, !ref1)
    // CHECK: "sam.bv_union"
    %any, %ub, %uc = "sam.bv_union"(%cb, %cc, %pb, %pc) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!bv1, !bv1, !ref1, !ref1) -> (!bv1, !ref1, !ref1)
    // CHECK: "sam.bv_expand"(%{{.*}}) {width = 4 : i64}
    %i = "sam.bv_expand"(%any) {width = 4} : (!bv1) -> !crd1
    // CHECK: "sam.bv_build"
    %o, %j, %rj = "sam.split"(%i, %ub) {factor = 4} : (!crd1, !ref1) -> (!crd1, !crd2, !ref2)
    %outer = "sam.bv_build"(%o) : (!crd1) -> !bv1
    %inner = "sam.bv_build"(%j) : (!crd2) -> !bv2
    // CHECK: "sam.bv_drop"
    %d:2 = "sam.bv_drop"(%outer, %inner) : (!bv1, !bv2) -> (!bv1, !bv2)
    %vb = "sam.array"(%B, %ub) : (!bits, !ref1) -> !val1
    %vc = "sam.array"(%C, %uc) : (!bits, !ref1) -> !val1
    %s = "sam.alu"(%vb, %vc) {function = "max"} : (!val1, !val1) -> !val1
    "sam.fiber_write"(%i) {level = 0} : (!crd1) -> ()
    "sam.yield"(%s) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  return %x : tensor<8xf32>
}

// Values of a level's blocks at once, and what takes vectors: lane by lane, or folded.
// CHECK-LABEL: func.func @vectors
func.func @vectors(%b: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x8xf32>) -> !wide
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!wide, !ref0) -> (!crd1, !ref1)
    %o, %ro = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!wide, !ref1) -> (!crd2, !ref2)
    // CHECK: "sam.array"({{.*}} -> !sam.stream<vector<4xf32>, 2 : i64>
    %v = "sam.array"(%B, %ro) : (!wide, !ref2) -> !lanes2
    %s = "sam.reduce"(%v, %i) {function = "add"} : (!lanes2, !crd1) -> !lanes1
    // CHECK: "sam.fold"(%{{.*}}) {function = "max"} : (!sam.stream<vector<4xf32>, 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %m = "sam.fold"(%s) {function = "max"} : (!lanes1) -> !val1
    %mo = "sam.repeat"(%m, %o) : (!val1, !crd2) -> !val2
    // CHECK: "sam.alu"({{.*}}) {function = "div"} : (!sam.stream<vector<4xf32>, 2 : i64>, !sam.stream<"val", 2 : i64>) -> !sam.stream<vector<4xf32>, 2 : i64>
    %q = "sam.alu"(%v, %mo) {function = "div"} : (!lanes2, !val2) -> !lanes2
    %d, %p = "sam.crd_drop"(%i, %q) : (!crd1, !lanes2) -> (!crd1, !lanes2)
    "sam.fiber_write"(%d) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%o) {level = 1} : (!crd2) -> ()
    // CHECK: "sam.yield"(%{{.*}}) : (!sam.stream<vector<4xf32>, 2 : i64>)
    "sam.yield"(%p) : (!lanes2) -> ()
  }) : () -> tensor<4x8xf32>
  return %x : tensor<4x8xf32>
}

// Where the two greatest values of each row are, and the values are in another graph.
// CHECK-LABEL: func.func @greatest
func.func @greatest(%b: tensor<4x5xf32>) -> tensor<4x2xi32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !ref0) -> (!crd1, !ref1)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %rj) : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !ref2) -> !sam.stream<f32, 2>
    // CHECK: "sam.sort"(%{{.*}}) {keep = 2 : i64, order = "descending"}
    %p, %w, %o = "sam.sort"(%j, %v) {order = "descending", keep = 2} : (!crd2, !sam.stream<f32, 2>) -> (!crd2, !sam.stream<f32, 2>, !crd2)
    // CHECK: "sam.as_value"(%{{.*}}) : (!sam.stream<"crd", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    %a = "sam.as_value"(%o) : (!crd2) -> !val2
    "sam.fiber_write"(%i) {level = 0} : (!crd1) -> ()
    "sam.fiber_write"(%p) {level = 1} : (!crd2) -> ()
    "sam.yield"(%a) : (!val2) -> ()
  }) : () -> tensor<4x2xi32>
  return %x : tensor<4x2xi32>
}
