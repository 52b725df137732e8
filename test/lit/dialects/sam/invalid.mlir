// RUN: rdu-opt %s --split-input-file --verify-diagnostics

// A stream's kind is one of four.
// expected-error @+1 {{'"index"' does not satisfy the constraint}}
func.func private @kind(!sam.stream<"index", 1>)

// -----

func.func @outside() {
  // expected-error @+1 {{'sam.root' is in the wrong place: expected inside 'sam.graph', got 'func.func'}}
  %root = "sam.root"() : () -> !sam.stream<"ref", 0>
  return
}

// -----

func.func @root() {
  %x = "sam.graph"() ({
    // expected-error @+1 {{'sam.root' gives !sam.stream<"ref", 1 : i64>: expected !sam.stream<"ref", 0 : i64>}}
    %r = "sam.root"() : () -> !sam.stream<"ref", 1>
    "sam.yield"(%r) : (!sam.stream<"ref", 1>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// What a graph writes has to be its output.
func.func @graph() {
  // expected-error @+2 {{'sam.graph' body takes 1 arguments: expected none}}
  // expected-error @+1 {{'sam.graph' writes the levels []: expected [0, 1], one for each dimension of the output}}
  %x = "sam.graph"() ({
  ^bb0(%a: f32):
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.graph' yields !sam.stream<"ref", 0 : i64>: expected !sam.stream<"val", 2 : i64>, as deep as the output has dimensions}}
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<4x4xf32>
  return
}

// -----

func.func @terminator() {
  // expected-error @+1 {{'sam.graph' region 'body' ends wrongly: expected 'sam.yield', got nothing}}
  %x = "sam.graph"() ({
  ^bb0:
  }) : () -> tensor<f32>
  return
}

// -----

func.func @bind(%b: tensor<4x5xf32>) {
  %x = "sam.graph"() ({
    // expected-error @+1 {{'sam.bind' binds tensor<5x4xf32>: expected tensor<4x5xf32>}}
    %0 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<5x4xf32>, ["dense", "dense"], array<i64: 0, 1>>
    // expected-error @+1 {{'sam.bind' has no such storage: 1 levels of 2 dimensions: expected as many}}
    %1 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense"], array<i64: 0, 1>>
    // expected-error @+1 {{'sam.bind' has no such storage: unknown level format 'sparse': expected 'dense' or 'compressed' or 'singleton' or 'bitvector' or 'blocked'}}
    %2 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "sparse"], array<i64: 0, 1>>
    // expected-error @+1 {{'sam.bind' has no such storage: stores the dimensions [0, 0]: expected each of 0 to 1 once}}
    %3 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%0, %root) : (!sam.tensor<tensor<5x4xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// Walks of tensors.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @walks(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    // expected-error @+1 {{'sam.fiber_lookup' level is 1: expected 0 to 0}}
    %1:2 = "sam.fiber_lookup"(%B, %root) {level = 1} : (!vec, !ref0) -> (!crd1, !ref1)
    // expected-error @+2 {{'sam.fiber_lookup' 'crd' is !sam.stream<"bv", 1 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    // expected-error @+1 {{'sam.fiber_lookup' 'child' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %2:2 = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!bv1, !ref2)
    // expected-error @+1 {{'sam.locate' level is -1: expected 0 to 0}}
    %4 = "sam.locate"(%B, %c2, %root) {level = -1} : (!vec, !crd2, !ref0) -> !ref2
    // expected-error @+1 {{'sam.locate' 'fibers' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %5 = "sam.locate"(%B, %c2, %r2) {level = 0} : (!vec, !crd2, !ref2) -> !ref2
    // expected-error @+2 {{'sam.repeat' 'like' is !sam.stream<"crd", 2 : i64>: expected a stream 1 deep}}
    // expected-error @+1 {{'sam.repeat' 'repeated' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %6 = "sam.repeat"(%root, %c2) : (!ref0, !crd2) -> !ref2
    // expected-error @+2 {{'sam.repeat' 'ref' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"ref", 1 : i64> or !sam.stream<"val", 1 : i64>}}
    // expected-error @+1 {{'sam.repeat' 'repeated' is !sam.stream<"crd", 2 : i64>: expected !sam.stream<"ref", 2 : i64> or !sam.stream<"val", 2 : i64>}}
    %7 = "sam.repeat"(%c, %c2) : (!crd1, !crd2) -> !crd2
    // expected-error @+1 {{'sam.hold' 'inner' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    %8 = "sam.hold"(%c, %r2) : (!crd1, !ref2) -> !crd2
    // expected-error @+1 {{'sam.gen_ref' 'ref' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %9 = "sam.gen_ref"(%v) : (!val1) -> !ref2
    // expected-error @+1 {{'sam.fiber_lookup' attribute 'level' is missing: expected an integer}}
    %3:2 = "sam.fiber_lookup"(%B, %root) : (!vec, !ref0) -> (!crd1, !ref1)
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// The words of a bit-vector level are no coordinates.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @bits_of_a_level(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    %W = "sam.bind"(%b) : (tensor<4xf32>) -> !bits
    // expected-error @+1 {{'sam.fiber_lookup' 'crd' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"bv", 1 : i64>}}
    %1:2 = "sam.fiber_lookup"(%W, %root) {level = 0} : (!bits, !ref0) -> (!crd1, !ref1)
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// Joins.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @joins(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    // expected-error @+2 {{'sam.intersect' 'payloads' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"ref", 1 : i64> or !sam.stream<"val", 1 : i64>}}
    // expected-error @+1 {{'sam.intersect' 'out' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"ref", 1 : i64> or !sam.stream<"val", 1 : i64>}}
    %2:3 = "sam.intersect"(%c, %c, %c, %c) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!crd1, !crd1, !crd1, !crd1) -> (!crd1, !crd1, !crd1)
    // expected-error @+1 {{'sam.intersect' joins 1 streams of coordinates with 1 of payloads into 1: expected as many of each, at least 2}}
    %3:2 = "sam.intersect"(%c, %r) {operandSegmentSizes = array<i32: 1, 1>, resultSegmentSizes = array<i32: 1, 1>} : (!crd1, !ref1) -> (!crd1, !ref1)
    // expected-error @+1 {{'sam.union' 'payloads' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %4:3 = "sam.union"(%c, %c, %r2, %r2) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!crd1, !crd1, !ref2, !ref2) -> (!crd1, !ref1, !ref1)
    // expected-error @+1 {{'sam.union' joins 2 streams of coordinates with 2 of payloads into 1: expected as many of each, at least 2}}
    %5:2 = "sam.union"(%c, %c, %r, %r) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 1>} : (!crd1, !crd1, !ref1, !ref1) -> (!crd1, !ref1)
    // expected-error @+1 {{'sam.bv_intersect' 'met' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"bv", 1 : i64>}}
    %6:3 = "sam.bv_intersect"(%w, %w, %r, %r) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!bv1, !bv1, !ref1, !ref1) -> (!crd1, !ref1, !ref1)
    // expected-error @+1 {{'sam.bv_intersect' joins 1 streams of words with 1 of references into 1: expected as many of each, at least 2}}
    %7:2 = "sam.bv_intersect"(%w, %r) {operandSegmentSizes = array<i32: 1, 1>, resultSegmentSizes = array<i32: 1, 1>} : (!bv1, !ref1) -> (!bv1, !ref1)
    // expected-error @+1 {{'sam.bv_union' 'met' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"bv", 1 : i64>}}
    %8:3 = "sam.bv_union"(%w, %w, %r, %r) {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>} : (!bv1, !bv1, !ref1, !ref1) -> (!crd1, !ref1, !ref1)
    // expected-error @+1 {{'sam.bv_union' joins 2 streams of words with 1 of references into 1: expected as many of each, at least 2}}
    %9:2 = "sam.bv_union"(%w, %w, %r) {operandSegmentSizes = array<i32: 2, 1>, resultSegmentSizes = array<i32: 1, 1>} : (!bv1, !bv1, !ref1) -> (!bv1, !ref1)
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// Values.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @computes(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    // expected-error @+1 {{'sam.array' 'values' is !sam.stream<"val", 2 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %1 = "sam.array"(%B, %r) : (!vec, !ref1) -> !val2
    // expected-error @+1 {{'sam.store' stores into levels 'compressed': expected each to be 'dense' or 'blocked'}}
    %2 = "sam.store"(%r, %v) : (!ref1, !val1) -> !sparse
    // expected-error @+1 {{'sam.store' 'values' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 2 : i64>}}
    %3 = "sam.store"(%r2, %v) : (!ref2, !val1) -> !vec
    // expected-error @+2 {{'sam.alu' function is 'pow': expected 'add' or 'sub' or 'mul' or 'div' or 'max' or 'min'}}
    // expected-error @+1 {{'sam.alu' 'rhs' is !sam.stream<"val", 0 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %4 = "sam.alu"(%v, %s) {function = "pow"} : (!val1, !val0) -> !val1
    // expected-error @+2 {{'sam.unary' function is 'add': expected 'abs' or 'erf' or 'exp' or 'log' or 'neg' or 'relu' or 'rsqrt' or 'sigmoid' or 'sqrt' or 'tanh'}}
    // expected-error @+1 {{'sam.unary' 'values' is !sam.stream<"val", 2 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %5 = "sam.unary"(%v) {function = "add"} : (!val1) -> !val2
    // expected-error @+1 {{'sam.unary' function is 'exp': expected 'add' or 'sub' or 'mul' or 'div' or 'max' or 'min'}}
    %6 = "sam.unary"(%v) {function = "exp", constant = 1.0} : (!val1) -> !val1
    // expected-error @+3 {{'sam.reduce' function is 'sub': expected 'add' or 'mul' or 'max' or 'min'}}
    // expected-error @+2 {{'sam.reduce' 'values' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 2 : i64>}}
    // expected-error @+1 {{'sam.reduce' 'reduced' is !sam.stream<"val", 0 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %7 = "sam.reduce"(%v, %c) {function = "sub"} : (!val1, !crd1) -> !val0
    // expected-error @+2 {{'sam.accumulate' function is 'div': expected 'add' or 'mul' or 'max' or 'min'}}
    // expected-error @+1 {{'sam.accumulate' 'total' is !sam.stream<"val", 2 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %8:2 = "sam.accumulate"(%c, %c2, %v2) {function = "div", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!crd1, !crd2, !val2) -> (!crd1, !val2)
    // expected-error @+1 {{'sam.accumulate' has coordinates 'a' and results 'ab': expected 'a', 'ab' or 'abc' for both}}
    %9:3 = "sam.accumulate"(%c, %c2, %v2) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 1, 0, 1>} : (!crd1, !crd2, !val2) -> (!crd1, !crd2, !val1)
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// What leaves things out.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @drops(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    // expected-error @+2 {{'sam.crd_drop' 'inner' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"ref", 2 : i64>}}
    // expected-error @+1 {{'sam.crd_drop' 'inner_out' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"ref", 2 : i64>}}
    %1:2 = "sam.crd_drop"(%c2, %r) : (!crd2, !ref1) -> (!crd2, !ref1)
    // expected-error @+2 {{'sam.val_drop' 'values' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"val", 1 : i64>}}
    // expected-error @+1 {{'sam.val_drop' 'values_out' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %2:2 = "sam.val_drop"(%c, %r) : (!crd1, !ref1) -> (!crd1, !ref1)
    // expected-error @+1 {{'sam.stop_drop' drops 2 levels: expected 1 to 1}}
    %3 = "sam.stop_drop"(%v) {levels = 2} : (!val1) -> !val0
    // expected-error @+1 {{'sam.stop_drop' 'flat' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 0 : i64>}}
    %4 = "sam.stop_drop"(%v2) {levels = 2} : (!val2) -> !val1
    // expected-error @+1 {{'sam.fiber_drop' 'dropped' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    %5 = "sam.fiber_drop"(%c2) : (!crd2) -> !crd1
    // expected-error @+2 {{'sam.mask' predicate is 'slt': expected 'eq' or 'ge' or 'gt' or 'le' or 'lt' or 'ne'}}
    // expected-error @+1 {{'sam.mask' 'payload' is !sam.stream<"ref", 1 : i64>: expected a stream 2 deep}}
    %6:2 = "sam.mask"(%c, %c2, %r) {predicate = "slt", offset = 0} : (!crd1, !crd2, !ref1) -> (!crd2, !ref2)
    // expected-error @+2 {{'sam.bv_drop' 'inner' is !sam.stream<"bv", 1 : i64>: expected !sam.stream<"bv", 2 : i64>}}
    // expected-error @+1 {{'sam.bv_drop' 'inner_out' is !sam.stream<"bv", 1 : i64>: expected !sam.stream<"bv", 2 : i64>}}
    %7:2 = "sam.bv_drop"(%w, %w) : (!bv1, !bv1) -> (!bv1, !bv1)
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// Levels made of others.
!vec = !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
!bits = !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
!sparse = !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
!crd1 = !sam.stream<"crd", 1>
!crd2 = !sam.stream<"crd", 2>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!ref2 = !sam.stream<"ref", 2>
!val0 = !sam.stream<"val", 0>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!bv1 = !sam.stream<"bv", 1>
!bv2 = !sam.stream<"bv", 2>

func.func @shapes(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !vec
    %root = "sam.root"() : () -> !ref0
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!vec, !ref0) -> (!crd1, !ref1)
    %c2, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!vec, !ref1) -> (!crd2, !ref2)
    %v = "sam.array"(%B, %r) : (!vec, !ref1) -> !val1
    %v2 = "sam.array"(%B, %r2) : (!vec, !ref2) -> !val2
    %s = "sam.reduce"(%v, %root) {function = "add"} : (!val1, !ref0) -> !val0
    %w = "sam.bv_build"(%c) : (!crd1) -> !bv1
    %w2 = "sam.bv_build"(%c2) : (!crd2) -> !bv2

    // expected-error @+2 {{'sam.split' 'factor' is 0: expected 1 or more}}
    // expected-error @+1 {{'sam.split' 'inner' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    %1:3 = "sam.split"(%c, %r) {factor = 0} : (!crd1, !ref1) -> (!crd1, !crd1, !ref2)
    // expected-error @+3 {{'sam.as_crd' 'below' is 0: expected 1 or more}}
    // expected-error @+2 {{'sam.as_crd' 'crd' is !sam.stream<"crd", 2 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    // expected-error @+1 {{'sam.as_crd' 'values' is !sam.stream<"val", 1 : i64>: expected !sam.stream<i32, 1 : i64>}}
    %20 = "sam.as_crd"(%v) {below = 0} : (!val1) -> !crd2
    // expected-error @+2 {{'sam.flatten' 'factor' is -1: expected 1 or more}}
    // expected-error @+1 {{'sam.flatten' 'inner' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    %2 = "sam.flatten"(%c, %c) {factor = -1} : (!crd1, !crd1) -> !crd1
    // expected-error @+1 {{'sam.concat' puts 2 streams of coordinates together with 2 of payloads and 1 offsets: expected as many of each, at least 1}}
    %3:2 = "sam.concat"(%c, %c, %v, %v) {offsets = array<i64: 0>, operandSegmentSizes = array<i32: 2, 2>} : (!crd1, !crd1, !val1, !val1) -> (!crd1, !val1)
    // expected-error @+1 {{'sam.concat' 'payloads' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 2 : i64>}}
    %4:2 = "sam.concat"(%c2, %c2, %v, %v) {offsets = array<i64: 0, 4>, operandSegmentSizes = array<i32: 2, 2>} : (!crd2, !crd2, !val1, !val1) -> (!crd2, !val2)
    // expected-error @+2 {{'sam.fork' 'chunk' is 0: expected 1 or more}}
    // expected-error @+1 {{'sam.fork' 'branches' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    %5:2 = "sam.fork"(%c) {chunk = 0, resultSegmentSizes = array<i32: 2>} : (!crd1) -> (!ref1, !ref1)
    // expected-error @+2 {{'sam.join' 'chunk' is 0: expected 1 or more}}
    // expected-error @+1 {{'sam.join' joins no branches: expected 1 or more}}
    %6 = "sam.join"(%c) {chunk = 0, operandSegmentSizes = array<i32: 1, 0>} : (!crd1) -> !crd1
    // expected-error @+1 {{'sam.join' 'branches' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 2 : i64>}}
    %7 = "sam.join"(%c2, %v, %v) {chunk = 1, operandSegmentSizes = array<i32: 1, 2>} : (!crd2, !val1, !val1) -> !val2
    // expected-error @+1 {{'sam.bv_build' 'words' is !sam.stream<"bv", 2 : i64>: expected !sam.stream<"bv", 1 : i64>}}
    %8 = "sam.bv_build"(%c) : (!crd1) -> !bv2
    // expected-error @+2 {{'sam.bv_expand' 'width' is 0: expected 1 or more}}
    // expected-error @+1 {{'sam.bv_expand' 'crd' is !sam.stream<"crd", 2 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    %9 = "sam.bv_expand"(%w) {width = 0} : (!bv1) -> !crd2
    // expected-error @+3 {{'sam.bv_chunk' 'width' is 0: expected 1 or more}}
    // expected-error @+2 {{'sam.bv_chunk' 'extent' is 0: expected 1 or more}}
    // expected-error @+1 {{'sam.bv_chunk' 'chunk_ref' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %10:2 = "sam.bv_chunk"(%w, %r) {width = 0, extent = 0} : (!bv1, !ref1) -> (!bv1, !ref2)
    // expected-error @+1 {{'sam.fiber_write' takes !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    "sam.fiber_write"(%c) {level = 1} : (!crd1) -> ()
    "sam.yield"(%s) : (!val0) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// Values are of types that primitives compute with; streams say which, unless it is the result's.
func.func @elements(%c: tensor<i32>) {
  %x = "sam.graph"() ({
    %C = "sam.bind"(%c) : (tensor<i32>) -> !sam.tensor<tensor<i32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.array' 'values' is !sam.stream<"val", 0 : i64>: expected !sam.stream<i32, 0 : i64>}}
    %v = "sam.array"(%C, %root) : (!sam.tensor<tensor<i32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @wide(%b: tensor<i64>, %c: tensor<f32>) {
  %x = "sam.graph"() ({
    // expected-error @+1 {{'sam.graph' computes with i64: expected f32, bf16, i32 or i1}}
    %B = "sam.bind"(%b) : (tensor<i64>) -> !sam.tensor<tensor<i64>, [], array<i64>>
    %C = "sam.bind"(%c) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%C, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

// What is put in order is in fibers, and something of it is kept.
func.func @sorts(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %c = "sam.stop_drop"(%i) {levels = 1} : (!sam.stream<"crd", 1>) -> !sam.stream<"crd", 0>
    %w = "sam.stop_drop"(%v) {levels = 1} : (!sam.stream<"val", 1>) -> !sam.stream<"val", 0>
    // expected-error @+3 {{'sam.sort' order is 'random': expected 'ascending' or 'descending'}}
    // expected-error @+2 {{'sam.sort' keeps 0: expected 1 or more}}
    // expected-error @+1 {{'sam.sort' sorts what is not in fibers: expected streams 1 deep or more}}
    %0:3 = "sam.sort"(%c, %w) {order = "random", keep = 0} : (!sam.stream<"crd", 0>, !sam.stream<"val", 0>) -> (!sam.stream<"crd", 0>, !sam.stream<"val", 0>, !sam.stream<"crd", 0>)
    // expected-error @+2 {{'sam.sort' 'values' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"val", 1 : i64>}}
    // expected-error @+1 {{'sam.sort' 'origin' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    %1:3 = "sam.sort"(%i, %r) {order = "ascending"} : (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>) -> (!sam.stream<"crd", 1>, !sam.stream<"val", 1>, !sam.stream<"val", 1>)
    // expected-error @+1 {{'sam.as_value' 'crd' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    %2 = "sam.as_value"(%r) : (!sam.stream<"ref", 1>) -> !sam.stream<i32, 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return
}

// -----

// Comparisons give masks, choices take them, and have two values to choose from.
func.func @masks(%b: tensor<f32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%B, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    // expected-error @+1 {{'sam.alu' 'values' is !sam.stream<"val", 0 : i64>: expected !sam.stream<i1, 0 : i64>}}
    %k = "sam.alu"(%v, %v) {function = "lt"} : (!sam.stream<"val", 0>, !sam.stream<"val", 0>) -> !sam.stream<"val", 0>
    %m = "sam.unary"(%v) {function = "lt", constant = 1.0 : f64} : (!sam.stream<"val", 0>) -> !sam.stream<i1, 0 : i64>
    // expected-error @+1 {{'sam.alu' function is 'add': expected 'and' or 'or' or 'xor'}}
    %a = "sam.alu"(%m, %m) {function = "add"} : (!sam.stream<i1, 0 : i64>, !sam.stream<i1, 0 : i64>) -> !sam.stream<i1, 0 : i64>
    // expected-error @+1 {{'sam.select' 'mask' is !sam.stream<"val", 0 : i64>: expected !sam.stream<i1, 0 : i64>}}
    %s = "sam.select"(%v, %v, %v) {operandSegmentSizes = array<i32: 1, 1, 1>}
      : (!sam.stream<"val", 0>, !sam.stream<"val", 0>, !sam.stream<"val", 0>) -> !sam.stream<"val", 0>
    // expected-error @+2 {{'sam.select' has both of 'chosen' and 'chosen_constant': expected one}}
    // expected-error @+1 {{'sam.select' has none of 'other' and 'other_constant': expected one}}
    %t = "sam.select"(%m, %v) {chosen_constant = 1.0 : f64, operandSegmentSizes = array<i32: 1, 1, 0>}
      : (!sam.stream<i1, 0 : i64>, !sam.stream<"val", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%t) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @double(%b: tensor<f64>) {
  // expected-error @+1 {{'sam.graph' computes with f64: expected f32, bf16, i32 or i1}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<f64>) -> !sam.tensor<tensor<f64>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%B, %root) : (!sam.tensor<tensor<f64>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f64>
  return
}

// -----

// Integers have no exponential, and a result's levels are its dimensions.
func.func @integers(%b: tensor<4xi32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xi32>) -> !sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%B, %root) : (!sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    // expected-error @+1 {{'sam.unary' function is 'exp': expected 'abs' or 'neg' or 'relu'}}
    %e = "sam.unary"(%v) {function = "exp"} : (!sam.stream<"val", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<i32>
  return
}

// -----

func.func @order(%b: tensor<4xi32>) {
  // expected-error @+1 {{'sam.graph' writes levels of the dimensions [0]: expected each of [] once}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xi32>) -> !sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%B, %root) : (!sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) {order = array<i64: 0>} : () -> tensor<i32>
  return
}

// -----

// Vectors are the innermost blocks of a tensor, of the graph's element type.
!wide = !sam.tensor<tensor<8xf32>, ["dense", "blocked:4"], array<i64: 0, 0>>
!ref0 = !sam.stream<"ref", 0>
!ref1 = !sam.stream<"ref", 1>
!crd1 = !sam.stream<"crd", 1>
!val1 = !sam.stream<"val", 1>
!val2 = !sam.stream<"val", 2>
!lanes1 = !sam.stream<vector<4xf32>, 1>
!lanes2 = !sam.stream<vector<4xf32>, 2>

func.func @vectors(%b: tensor<8xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !wide
    %root = "sam.root"() : () -> !ref0
    %o, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!wide, !ref0) -> (!crd1, !ref1)
    %v = "sam.array"(%B, %r) : (!wide, !ref1) -> !lanes1
    // expected-error @+1 {{'sam.array' loads vector<2xf32> of a tensor whose last level is 'blocked:4': expected 'blocked:2'}}
    %1 = "sam.array"(%B, %r) : (!wide, !ref1) -> !sam.stream<vector<2xf32>, 1>
    // expected-error @+1 {{'sam.array' loads vector<4xi32>: expected 2 or more lanes of f32}}
    %2 = "sam.array"(%B, %r) : (!wide, !ref1) -> !sam.stream<vector<4xi32>, 1>
    // expected-error @+1 {{'sam.array' loads vector<1xf32>: expected 2 or more lanes of f32}}
    %3 = "sam.array"(%B, %r) : (!wide, !ref1) -> !sam.stream<vector<1xf32>, 1>
    // expected-error @+1 {{'sam.alu' 'values' is !sam.stream<"val", 1 : i64>: expected !sam.stream<vector<4xf32>, 1 : i64>}}
    %4 = "sam.alu"(%v, %v) {function = "add"} : (!lanes1, !lanes1) -> !val1
    // expected-error @+1 {{'sam.alu' 'lhs' is !sam.stream<vector<2xf32>, 1 : i64>: expected !sam.stream<"val", 1 : i64> or !sam.stream<vector<4xf32>, 1 : i64>}}
    %5 = "sam.alu"(%1, %v) {function = "add"} : (!sam.stream<vector<2xf32>, 1>, !lanes1) -> !lanes1
    // expected-error @+1 {{'sam.reduce' 'reduced' is !sam.stream<"val", 0 : i64>: expected !sam.stream<vector<4xf32>, 0 : i64>}}
    %6 = "sam.reduce"(%v, %root) {function = "add"} : (!lanes1, !ref0) -> !sam.stream<"val", 0>
    // expected-error @+2 {{'sam.fold' function is 'sub': expected 'add' or 'mul' or 'max' or 'min'}}
    // expected-error @+1 {{'sam.fold' 'values' is !sam.stream<"val", 2 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %7 = "sam.fold"(%v) {function = "sub"} : (!lanes1) -> !val2
    // expected-error @+1 {{'sam.fold' folds !sam.stream<"crd", 1 : i64>: expected a stream of vectors}}
    %8 = "sam.fold"(%o) {function = "add"} : (!crd1) -> !val1
    %j, %r2 = "sam.fiber_lookup"(%B, %r) {level = 0} : (!wide, !ref1) -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %10 = "sam.repeat"(%v, %j) : (!lanes1, !sam.stream<"crd", 2>) -> !lanes2
    // expected-error @+1 {{'sam.crd_drop' 'inner_out' is !sam.stream<"val", 2 : i64>: expected !sam.stream<vector<4xf32>, 2 : i64>}}
    %11:2 = "sam.crd_drop"(%o, %10) : (!crd1, !lanes2) -> (!crd1, !val2)
    "sam.fiber_write"(%o) {level = 0} : (!crd1) -> ()
    "sam.yield"(%v) : (!lanes1) -> ()
  }) : () -> tensor<8xf32>
  return
}

// -----

func.func @under(%b: tensor<4xi32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xi32>) -> !sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %r) : (!sam.tensor<tensor<4xi32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    // expected-error @+1 {{'sam.fiber_write' takes !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    "sam.fiber_write"(%i) {level = 1} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xi32>
  return
}

// -----

// Coordinates of the last level are those of blocks, which fill it.
!wide = !sam.tensor<tensor<8xf32>, ["dense", "blocked:4"], array<i64: 0, 0>>

func.func @lanes(%b: tensor<8xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<8xf32>) -> !wide
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %o, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!wide, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %r) : (!wide, !sam.stream<"ref", 1>) -> !sam.stream<vector<4xf32>, 1>
    "sam.fiber_write"(%o) {level = 0, dense} : (!sam.stream<"crd", 1>) -> ()
    // expected-error @+1 {{'sam.graph' yields vectors of 4: expected lanes that divide 6, the extent of the last level, which is written as dense}}
    "sam.yield"(%v) : (!sam.stream<vector<4xf32>, 1>) -> ()
  }) : () -> tensor<6xf32>
  return
}
