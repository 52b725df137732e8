// RUN: rdu-opt %s --sam-to-rdu=machine=capstan --split-input-file --verify-diagnostics
// RUN: not rdu-opt %s --sam-to-rdu="machine=capstan residency=hbm" 2>&1 | FileCheck %s
// RUN: not rdu-opt %s --sam-to-rdu=machine=capstan --split-input-file 2>&1 | FileCheck %s --check-prefix=NOTE

// CHECK: option 'residency' is 'hbm': expected 'auto' or 'scratchpad' or 'dram'

// What is looked up and loaded may stay in its tier, of which a remark tells; it is no error.
!csr = !sam.tensor<tensor<300x70000xf32>, ["dense", "compressed"], array<i64: 0, 1>>
func.func @walked(%b: tensor<300x70000xf32> {rdu.name = "B"}) -> (tensor<300xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 300, 80000, 80000>} : (tensor<300x70000xf32>) -> !csr
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!csr, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    // expected-remark @+1 {{level 1 of 'B' stays in tier 'dram', bursts of which are asked for: it may take 321204 bytes, of which a scratchpad holds 262144}}
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!csr, !sam.stream<"ref", 1>) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    // expected-remark @+1 {{the value array of 'B' stays in tier 'dram', bursts of which are asked for: it may take 320000 bytes, of which a scratchpad holds 262144}}
    %v = "sam.array"(%B, %rj) : (!csr, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    %s = "sam.reduce"(%v, %i) {function = "add"}
      : (!sam.stream<"val", 2>, !sam.stream<"crd", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<300xf32>
  return %x : tensor<300xf32>
}

// -----

// What is located in has to be on a scratchpad, and does not fit.
!points = !sam.tensor<tensor<90000xf32>, ["compressed"], array<i64: 0>>
func.func @located(%b: tensor<90000xf32> {rdu.name = "B"}) -> (tensor<90000xf32> {rdu.name = "x"}) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 80000, 80000>} : (tensor<90000xf32>) -> !points
    %C = "sam.bind"(%b) {rdu.stored = array<i64: 9, 9>}
      : (tensor<90000xf32>) -> !sam.tensor<tensor<90000xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // NOTE: error: level 0 of 'B' does not fit a scratchpad
    // NOTE: note: it has to be there whole for 'locate'
    // expected-error @+1 {{level 0 of 'B' does not fit a scratchpad: expected at most 262144 bytes, got 320008}}
    %i, %r = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!points, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %l = "sam.locate"(%B, %i, %root) {level = 0}
      : (!points, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>) -> !sam.stream<"ref", 1>
    // expected-remark @+1 {{the value array of 'B' stays in tier 'dram', bursts of which are asked for: it may take 320000 bytes, of which a scratchpad holds 262144}}
    %v = "sam.array"(%B, %l) : (!points, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) {rdu.stored = array<i64: 9, 9>} : () -> tensor<90000xf32>
  return %x : tensor<90000xf32>
}
