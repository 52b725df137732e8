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
  // expected-error @+1 {{'sam.graph' writes the levels []: expected [0, 1], one for each dimension}}
  %x = "sam.graph"() ({
  ^bb0(%a: f32):
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.graph' yields !sam.stream<"ref", 0 : i64>: expected !sam.stream<"val", 2 : i64>}}
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
    // expected-error @+1 {{'sam.bind' storage has 1 levels: expected 2, one for each dimension}}
    %1 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense"], array<i64: 0, 1>>
    // expected-error @+1 {{'sam.bind' storage has a level 'sparse': expected 'dense' or 'compressed' or 'bitvector'}}
    %2 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "sparse"], array<i64: 0, 1>>
    // expected-error @+1 {{'sam.bind' storage stores the dimensions [0, 0]: expected each of 0 to 1 once}}
    %3 = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%0, %root) : (!sam.tensor<tensor<5x4xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @fiber_lookup(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %0 = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.fiber_lookup' level is 1: expected 0 to 0}}
    %1:2 = "sam.fiber_lookup"(%0, %root) {level = 1} : (!sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"bv", 1>, !sam.stream<"ref", 1>)
    // expected-error @+2 {{'sam.fiber_lookup' 'crd' is !sam.stream<"crd", 1 : i64>: expected !sam.stream<"bv", 1 : i64>}}
    // expected-error @+1 {{'sam.fiber_lookup' 'child' is !sam.stream<"ref", 2 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %2:2 = "sam.fiber_lookup"(%0, %root) {level = 0} : (!sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%0, %root) : (!sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    // expected-error @+1 {{'sam.fiber_lookup' attribute 'level' is missing: expected an integer}}
    %3:2 = "sam.fiber_lookup"(%0, %root) : (!sam.tensor<tensor<4xf32>, ["bitvector"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"bv", 1>, !sam.stream<"ref", 1>)
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @streams(%b: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %c, %r = "sam.fiber_lookup"(%B, %root) {level = 0} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 1>
    %s = "sam.reduce"(%v) {function = "add"} : (!sam.stream<"val", 1>) -> !sam.stream<"val", 0>

    // expected-error @+1 {{'sam.repeat' 'like' is !sam.stream<"ref", 1 : i64>: expected !sam.stream<"crd", 1 : i64>}}
    %0 = "sam.repeat"(%root, %r) : (!sam.stream<"ref", 0>, !sam.stream<"ref", 1>) -> !sam.stream<"ref", 1>
    // expected-error @+1 {{'sam.intersect' 'ref_b' is !sam.stream<"ref", 0 : i64>: expected !sam.stream<"ref", 1 : i64>}}
    %1:3 = "sam.intersect"(%c, %r, %c, %root) : (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>, !sam.stream<"crd", 1>, !sam.stream<"ref", 0>) -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>, !sam.stream<"ref", 1>)
    // expected-error @+1 {{'sam.array' 'values' is !sam.stream<"val", 2 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %2 = "sam.array"(%B, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>) -> !sam.stream<"val", 2>
    // expected-error @+2 {{'sam.alu' function is 'pow': expected 'add' or 'sub' or 'mul'}}
    // expected-error @+1 {{'sam.alu' 'rhs' is !sam.stream<"val", 0 : i64>: expected !sam.stream<"val", 1 : i64>}}
    %3 = "sam.alu"(%v, %s) {function = "pow"} : (!sam.stream<"val", 1>, !sam.stream<"val", 0>) -> !sam.stream<"val", 1>
    // expected-error @+2 {{'sam.reduce' function is 'mul': expected 'add' or 'max' or 'min'}}
    // expected-error @+1 {{'sam.reduce' 'reduced' is !sam.stream<"val", 1 : i64>: expected !sam.stream<"val", 0 : i64>}}
    %4 = "sam.reduce"(%v) {function = "mul"} : (!sam.stream<"val", 1>) -> !sam.stream<"val", 1>
    // expected-error @+1 {{'sam.reduce' reduces !sam.stream<"val", 0 : i64>: expected a stream at least 1 deep}}
    %5 = "sam.reduce"(%s) {function = "max"} : (!sam.stream<"val", 0>) -> !sam.stream<"val", 0>
    // expected-error @+1 {{'sam.fiber_write' takes !sam.stream<"crd", 1 : i64>: expected !sam.stream<"crd", 2 : i64>}}
    "sam.fiber_write"(%c) {level = 1} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%s) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}
