// RUN: rdu-opt %s --sam-tile=extent=3 --split-input-file --verify-diagnostics

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// An accumulation that is cut says so.
func.func @tiled(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%M, %ri) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    // expected-remark @+1 {{'sam.accumulate' merges in 3 ranges of 3 coordinates}}
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// Numbers of rows are others in each range.
func.func @across(%m: tensor<5x7xf32>) -> tensor<7xf32> {
  %0 = "sam.graph"() ({
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %n = "sam.gen_ref"(%ri) : (!r1) -> !r1
    %j, %rj = "sam.fiber_lookup"(%M, %n) {level = 1} : (!m, !r1) -> (!c2, !r2)
    %v = "sam.array"(%M, %rj) : (!m, !r2) -> !v2
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: 'sam.gen_ref' counts from one fiber to the next}}
    %x, %s = "sam.accumulate"(%i, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c1, !c2, !v2) -> (!c1, !v1)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%s) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// Under a union, a tensor may have no fiber: coordinates in it are absent.
func.func @absent(%t: tensor<5x7x4xf32>, %m: tensor<5x7xf32>) -> tensor<7x4xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x7x4xf32>) -> !t
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %it, %rt = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %im, %rm = "sam.fiber_lookup"(%M, %root) {level = 0} : (!m, !r0) -> (!c1, !r1)
    %i, %r, %o = "sam.union"(%it, %im, %rt, %rm) {operandSegmentSizes = array<i32: 2, 2>,
      resultSegmentSizes = array<i32: 1, 2>} : (!c1, !c1, !r1, !r1) -> (!c1, !r1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %r) {level = 1} : (!t, !r1) -> (!c2, !r2)
    %k, %rk = "sam.fiber_lookup"(%T, %rj) {level = 2} : (!t, !r2) -> (!c3, !r3)
    %v = "sam.array"(%T, %rk) : (!t, !r3) -> !v3
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: coordinates of its 2 levels may be absent}}
    %x, %y, %s = "sam.accumulate"(%i, %j, %k, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!c1, !c2, !c3, !v3) -> (!c1, !c2, !v2)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.fiber_write"(%y) {level = 1} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) : () -> tensor<7x4xf32>
  return %0 : tensor<7x4xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// Rows without anything are left out, but a dense level has all of them.
func.func @dense(%t: tensor<5x7x4xf32>, %b: tensor<7xf32>) -> tensor<7x4xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x7x4xf32>) -> !t
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!t, !r1) -> (!c2, !r2)
    %k, %rk = "sam.fiber_lookup"(%T, %rj) {level = 2} : (!t, !r2) -> (!c3, !r3)
    %v = "sam.array"(%T, %rk) : (!t, !r3) -> !v3
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: level 0 is written as dense above one that is not}}
    %x, %y, %s = "sam.accumulate"(%i, %j, %k, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!c1, !c2, !c3, !v3) -> (!c1, !c2, !v2)
    "sam.fiber_write"(%x) {level = 0, dense} : (!c1) -> ()
    "sam.fiber_write"(%y) {level = 1} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) : () -> tensor<7x4xf32>
  return %0 : tensor<7x4xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>

// What is merged meets a vector that is as long, if there is something in all rows.
func.func @beside(%t: tensor<5x7x4xf32>, %b: tensor<7xf32>) -> tensor<7xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x7x4xf32>) -> !t
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!t, !r1) -> (!c2, !r2)
    %k, %rk = "sam.fiber_lookup"(%T, %rj) {level = 2} : (!t, !r2) -> (!c3, !r3)
    %v = "sam.array"(%T, %rk) : (!t, !r3) -> !v3
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: 'sam.alu' takes what comes of it beside other streams}}
    %x, %y, %s = "sam.accumulate"(%i, %j, %k, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!c1, !c2, !c3, !v3) -> (!c1, !c2, !v2)
    %B = "sam.bind"(%b) : (tensor<7xf32>) -> !d
    %n, %rn = "sam.fiber_lookup"(%B, %root) {level = 0} : (!d, !r0) -> (!c1, !r1)
    %w = "sam.array"(%B, %rn) : (!d, !r1) -> !v1
    %q = "sam.reduce"(%s, %x) {function = "add"} : (!v2, !c1) -> !v1
    %u = "sam.alu"(%q, %w) {function = "add"} : (!v1, !v1) -> !v1
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.yield"(%u) : (!v1) -> ()
  }) : () -> tensor<7xf32>
  return %0 : tensor<7xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>
!l = !sam.tensor<tensor<5x100000x100000xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>

// As one level, they have more coordinates than there are.
func.func @many(%t: tensor<5x100000x100000xf32>, %b: tensor<7xf32>) -> tensor<100000x100000xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x100000x100000xf32>) -> !l
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!l, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!l, !r1) -> (!c2, !r2)
    %k, %rk = "sam.fiber_lookup"(%T, %rj) {level = 2} : (!l, !r2) -> (!c3, !r3)
    %v = "sam.array"(%T, %rk) : (!l, !r3) -> !v3
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: its 2 levels have 10000000000 coordinates as one, expected at most 2147483648}}
    %x, %y, %s = "sam.accumulate"(%i, %j, %k, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 1, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!c1, !c2, !c3, !v3) -> (!c1, !c2, !v2)
    "sam.fiber_write"(%x) {level = 0} : (!c1) -> ()
    "sam.fiber_write"(%y) {level = 1} : (!c2) -> ()
    "sam.yield"(%s) : (!v2) -> ()
  }) : () -> tensor<100000x100000xf32>
  return %0 : tensor<100000x100000xf32>
}

// -----

!m = !sam.tensor<tensor<5x7xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
!t = !sam.tensor<tensor<5x7x4xf32>, ["compressed", "compressed", "compressed"], array<i64: 0, 1, 2>>
!d = !sam.tensor<tensor<7xf32>, ["dense"], array<i64: 0>>
!r0 = !sam.stream<"ref", 0>
!r1 = !sam.stream<"ref", 1>
!r2 = !sam.stream<"ref", 2>
!r3 = !sam.stream<"ref", 3>
!c1 = !sam.stream<"crd", 1>
!c2 = !sam.stream<"crd", 2>
!c3 = !sam.stream<"crd", 3>
!v0 = !sam.stream<"val", 0>
!v1 = !sam.stream<"val", 1>
!v2 = !sam.stream<"val", 2>
!v3 = !sam.stream<"val", 3>
!r4 = !sam.stream<"ref", 4>
!c4 = !sam.stream<"crd", 4>
!v4 = !sam.stream<"val", 4>

// Points by number: there are no coordinates of theirs that ranges could be under.
func.func @above(%t: tensor<5x7x4xf32>, %m: tensor<5x7xf32>) -> tensor<5x7x7xf32> {
  %0 = "sam.graph"() ({
    %T = "sam.bind"(%t) : (tensor<5x7x4xf32>) -> !t
    %M = "sam.bind"(%m) : (tensor<5x7xf32>) -> !m
    %root = "sam.root"() : () -> !r0
    %i, %ri = "sam.fiber_lookup"(%T, %root) {level = 0} : (!t, !r0) -> (!c1, !r1)
    %j, %rj = "sam.fiber_lookup"(%T, %ri) {level = 1} : (!t, !r1) -> (!c2, !r2)
    %n = "sam.gen_ref"(%rj) : (!r2) -> !r2
    %k, %rk = "sam.fiber_lookup"(%T, %n) {level = 2} : (!t, !r2) -> (!c3, !r3)
    %l, %rl = "sam.fiber_lookup"(%M, %rk) {level = 1} : (!m, !r3) -> (!c4, !r4)
    %v = "sam.array"(%M, %rl) : (!m, !r4) -> !v4
    // expected-remark @+1 {{'sam.accumulate' is not cut into ranges: 'sam.fiber_lookup' has no coordinates above it}}
    %x, %s = "sam.accumulate"(%k, %l, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!c3, !c4, !v4) -> (!c3, !v3)
    "sam.fiber_write"(%i) {level = 0} : (!c1) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!c2) -> ()
    "sam.fiber_write"(%x) {level = 2} : (!c3) -> ()
    "sam.yield"(%s) : (!v3) -> ()
  }) : () -> tensor<5x7x7xf32>
  return %0 : tensor<5x7x7xf32>
}
