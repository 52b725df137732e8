// RUN: rdu-opt %s --sam-vectorize="lanes=4" --split-input-file --verify-diagnostics

// Zeros are dropped one by one.
!vec = !sam.tensor<tensor<8xf32>, ["dense"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!val1 = !sam.stream<"val", 1 : i64>
func.func @single(%b: tensor<8xf32>) -> tensor<8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    // expected-remark @+1 {{'sam.fiber_lookup' walks coordinate by coordinate: 'sam.val_drop' does not take chunks of level 0}}
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!vec, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%B, %ri) : (!vec, !ref1) -> !val1
    %i1, %v1 = "sam.val_drop"(%i, %v) : (!crd1, !val1) -> (!crd1, !val1)
    "sam.fiber_write"(%i1) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%v1) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  return %x : tensor<8xf32>
}

// -----

// 7 coordinates make no chunks of 2 to 4.
!seven = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!val1 = !sam.stream<"val", 1 : i64>
func.func @narrow(%b: tensor<7xf32>) -> tensor<7xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<7xf32>) -> !seven
    %root = "sam.root"() : () -> !ref0
    // expected-remark @+1 {{'sam.fiber_lookup' walks coordinate by coordinate: no number from 2 to 4 divides 7}}
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!seven, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%B, %ri) : (!seven, !ref1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64, dense} : (!crd1) -> ()
    "sam.yield"(%v) : (!val1) -> ()
  }) : () -> tensor<7xf32>
  return %x : tensor<7xf32>
}

// -----

// The second graph reads the coordinates that the first one writes; it has no dense level itself.
!vec = !sam.tensor<tensor<8xf32>, ["dense"], array<i64: 0>>
!sparse = !sam.tensor<tensor<8xf32>, ["compressed"], array<i64: 0>>
!ref0 = !sam.stream<"ref", 0 : i64>
!ref1 = !sam.stream<"ref", 1 : i64>
!crd1 = !sam.stream<"crd", 1 : i64>
!val1 = !sam.stream<"val", 1 : i64>
func.func @kept(%b: tensor<8xf32>) -> tensor<8xf32> {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    // expected-remark @+1 {{'sam.fiber_lookup' walks coordinate by coordinate: another graph reads the result as it is written}}
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0 : i64} : (!vec, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%B, %ri) : (!vec, !ref1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%v) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  // expected-remark @+1 {{'sam.graph' has nothing for lanes: no walk of a dense last level}}
  %y = "sam.graph"() ({
    %X = "sam.bind"(%x) : (tensor<8xf32>) -> !sparse
    %root = "sam.root"() : () -> !ref0
    %i, %ri = "sam.fiber_lookup"(%X, %root) {level = 0 : i64} : (!sparse, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%X, %ri) : (!sparse, !ref1) -> !val1
    "sam.fiber_write"(%i) {level = 0 : i64} : (!crd1) -> ()
    "sam.yield"(%v) : (!val1) -> ()
  }) : () -> tensor<8xf32>
  return %y : tensor<8xf32>
}
