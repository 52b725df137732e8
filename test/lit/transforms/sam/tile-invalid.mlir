// RUN: rdu-opt %s --sam-tile=extent=3 --split-input-file --verify-diagnostics

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// A graph that is cut says so.
func.func @tiled(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' makes its result in 3 ranges of 3 coordinates}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// Coordinates that something else than a walk or a join makes.
func.func @origin(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: 'sam.mask' makes coordinates of level 0}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %k, %rk = "sam.mask"(%i, %j, %rj) {predicate = "ge", offset = 0} : (!c1, !c2, !r2) -> (!c2, !r2)
    %v = "sam.array"(%M, %rk) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %k, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// All that is merged is summed, so no range is enough.
func.func @reduces(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: 'sam.reduce' reduces over level 0}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    %t = "sam.reduce"(%s, %root) {function = "add"} : (!v1, !r0) -> !v0
    %u = "sam.repeat"(%t, %x) : (!v0, !c1) -> !v1
    %y = "sam.alu"(%s, %u) {function = "sub"} : (!v1, !v1) -> !v1
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%y) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// A vector that is walked beside: as long as what is merged, if that is full.
func.func @beside(%m: tensor<5x7xf32>, %b: tensor<7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: 'sam.alu' takes streams that are not all under level 0}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    %B = "sam.bind"(%b) : (tensor<7xf32>) -> !d
    %k, %rk = "sam.fiber_lookup"(%B, %root) {level = 0} : (!d, !r0) -> (!c1, !r1)
    %w = "sam.array"(%B, %rk) : (!d, !r1) -> !v1
    %y = "sam.alu"(%s, %w) {function = "add"} : (!v1, !v1) -> !v1
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%y) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// Numbers of coordinates are others in each range.
func.func @kind(%m: tensor<5x7xf32>, %b: tensor<7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: 'sam.gen_ref' may need all of level 0}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    %B = "sam.bind"(%b) : (tensor<7xf32>) -> !d
    %n = "sam.gen_ref"(%x) : (!c1) -> !r1
    %w = "sam.array"(%B, %n) : (!d, !r1) -> !v1
    %y = "sam.alu"(%s, %w) {function = "add"} : (!v1, !v1) -> !v1
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%y) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>

// Rows by number: there are no coordinates that a range could be held for.
func.func @above(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: 'sam.fiber_lookup' has no coordinates above it}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %n = "sam.gen_ref"(%ri) : (!r1) -> !r1
    %j, %rj = "sam.fiber_lookup"(%M, %n) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>,
      resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!t = !sam.tensor<tensor<2xf32>, ["dense"], array<i64: 0>>
!r3 = !sam.stream<"ref", 3>
!c3 = !sam.stream<"crd", 3>
!v3 = !sam.stream<"val", 3>

// A loop that is there already: here it is as good as none, as one of its two turns has no rows.
func.func @again(%m: tensor<5x7xf32>, %b: tensor<2xf32>) -> tensor<7xf32> {
  // expected-remark @+1 {{'sam.graph' is not cut into ranges: it is already}}
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %T = "sam.bind"(%b) : (tensor<2xf32>) -> !t
    %root = "sam.root"() : () -> !r0
    %t, %rt = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %r = "sam.repeat"(%root, %t) : (!r0, !c1) -> !r1
    %i, %ri = "sam.fiber_lookup"(%M, %r) {level = 0} : (!m, !r1) -> (!c2, !r2)
    %k, %rk = "sam.mask"(%t, %i, %ri) {predicate = "ge", offset = 5} : (!c1, !c2, !r2) -> (!c2, !r2)
    %j, %rj = "sam.fiber_lookup"(%M, %rk) {level = 1} : (!m, !r2) -> (!c3, !r3)
    %v = "sam.array"(%M, %rj) : (!m, !r3) -> !v3
    %x, %s = "sam.accumulate"(%k, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>}
      : (!c2, !c3, !v3) -> (!c2, !v2)
    "sam.fiber_write"(%x) {level = 0} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) {above = 1 : i64} : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}
