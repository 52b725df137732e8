// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s

!csr = !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
!vec = !sam.tensor<tensor<5xf32>, ["compressed"], array<i64: 0>>
!bits = !sam.tensor<tensor<8xf32>, ["bitvector"], array<i64: 0>>

// x(i) = B(i,j) * c(j): every primitive once.
// CHECK-LABEL: func.func @spmv
func.func @spmv(%b: tensor<4x5xf32>, %c: tensor<5xf32>) -> tensor<4xf32> {
  // CHECK: "sam.graph"() ({
  %x = "sam.graph"() ({
    // CHECK: "sam.bind"(%{{.*}}) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %B = "sam.bind"(%b) : (tensor<4x5xf32>) -> !csr
    %C = "sam.bind"(%c) : (tensor<5xf32>) -> !vec
    // CHECK: "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    // CHECK: "sam.fiber_lookup"(%{{.*}}) {level = 0 : i64}
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!csr, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    // CHECK: -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!csr, !sam.stream<"ref", 1>) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    // CHECK: "sam.repeat"
    %rc = "sam.repeat"(%root, %i) : (!sam.stream<"ref", 0>, !sam.stream<"crd", 1>) -> !sam.stream<"ref", 1>
    %jc, %rjc = "sam.fiber_lookup"(%C, %rc) {level = 0} : (!vec, !sam.stream<"ref", 1>) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    // CHECK: "sam.intersect"
    %k, %rb, %rv = "sam.intersect"(%j, %rj, %jc, %rjc) : (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>, !sam.stream<"crd", 2>, !sam.stream<"ref", 2>) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>, !sam.stream<"ref", 2>)
    // CHECK-COUNT-2: "sam.array"
    %vb = "sam.array"(%B, %rb) : (!csr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %vc = "sam.array"(%C, %rv) : (!vec, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    // CHECK: "sam.alu"(%{{.*}}) {function = "mul"}
    %p = "sam.alu"(%vb, %vc) {function = "mul"} : (!sam.stream<"val", 2>, !sam.stream<"val", 2>) -> !sam.stream<"val", 2>
    // CHECK: "sam.reduce"(%{{.*}}) {function = "add"} : (!sam.stream<"val", 2 : i64>) -> !sam.stream<"val", 1 : i64>
    %s = "sam.reduce"(%p) {function = "add"} : (!sam.stream<"val", 2>) -> !sam.stream<"val", 1>
    // CHECK: "sam.fiber_write"(%{{.*}}) {level = 0 : i64}
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    // CHECK: "sam.yield"
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// A bit-vector level gives one bit vector for each fiber, and where its values start.
// CHECK-LABEL: func.func @bits
func.func @bits(%b: tensor<8xf32>) -> tensor<f32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !bits
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // CHECK: -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (!bits, !sam.stream<"ref", 0>) -> (!sam.stream<"bv", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %ri) : (!bits, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    // CHECK: {function = "max"}
    %s = "sam.reduce"(%v) {function = "max"} : (!sam.stream<"val", 1>) -> !sam.stream<"val", 0>
    "sam.yield"(%s) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}
