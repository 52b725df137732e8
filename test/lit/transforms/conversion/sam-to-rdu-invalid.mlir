// RUN: rdu-opt %s --sam-to-rdu --split-input-file --verify-diagnostics

// What has no primitive is reported at once, with words of more bits than the fabric's.
!bits = !sam.tensor<tensor<40x5xf32>, ["bitvector", "compressed"], array<i64: 0, 1>>
func.func @several(%b: tensor<40x5xf32>) -> tensor<40x5xf32> {
  // expected-error @+1 {{'tensor.extract_slice' is no part of a graph: expected 'sam.graph' or 'arith.constant' or 'tensor.empty' or 'func.return'}}
  %part = tensor.extract_slice %b[0, 0] [40, 5] [1, 1] : tensor<40x5xf32> to tensor<40x5xf32>
  %x = "sam.graph"() ({
    %B = "sam.bind"(%part) : (tensor<40x5xf32>) -> !bits
    // expected-error @+1 {{'arith.constant' has no primitive on the fabric}}
    %two = arith.constant 2.0 : f32
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.fiber_lookup' takes words of 40 bits: expected at most 32}}
    %w, %rw = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!bits, !sam.stream<"ref", 0>) -> (!sam.stream<"bv", 1>, !sam.stream<"ref", 1>)
    // expected-error @+1 {{'sam.bv_expand' takes words of 40 bits: expected at most 32}}
    %i = "sam.bv_expand"(%w) {width = 40} : (!sam.stream<"bv", 1>) -> !sam.stream<"crd", 1>
    %ri = "sam.gen_ref"(%i) : (!sam.stream<"crd", 1>) -> !sam.stream<"ref", 1>
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (!bits, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 2>, !sam.stream<"ref", 2>)
    %v = "sam.array"(%B, %rj) : (!bits, !sam.stream<"ref", 2>) -> !sam.stream<"val", 2>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.fiber_write"(%j) {level = 1} : (!sam.stream<"crd", 2>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2>) -> ()
  }) : () -> tensor<40x5xf32>
  return %x : tensor<40x5xf32>
}

// -----

func.func @copied(%b: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'func.return' returns what no graph computes: expected the result of a 'sam.graph'}}
  return %b : tensor<4xf32>
}

// -----

// A vector to itself, three times wrong: how much is stored, the room for it, and twice returned.
func.func @stored(%b: tensor<4xf32>, %c: tensor<1000000x1000000xf32>) -> tensor<4xf32> {
  %x = "sam.graph"() ({
    // expected-error @+1 {{'sam.bind' has 'rdu.stored' array<i64: 3, 4>: expected positions at each of 1 levels, then values, as many as positions at the last level}}
    %B = "sam.bind"(%b) {rdu.stored = array<i64: 3, 4>} : (tensor<4xf32>)
      -> !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
    // expected-error @+1 {{'sam.bind' may have 1000000000000 positions: expected at most 2147483647, or 'rdu.stored'}}
    %C = "sam.bind"(%c) : (tensor<1000000x1000000xf32>)
      -> !sam.tensor<tensor<1000000x1000000xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %ri)
      : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// A result is read as it was written; it is returned once; a walk that others read cannot skip.
func.func @chained(%b: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>)
      -> !sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    // expected-warning @+1 {{'sam.intersect' has 'skip', but no side that can be told where to go on: expected a lookup of a compressed or dense level that nobody else reads}}
    %k, %r1, %r2 = "sam.intersect"(%i, %i, %ri, %ri) {skip = true,
        operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"crd", 1>, !sam.stream<"crd", 1>, !sam.stream<"ref", 1>, !sam.stream<"ref", 1>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %r1)
      : (!sam.tensor<tensor<4xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    "sam.fiber_write"(%k) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  %y = "sam.graph"() ({
    // expected-error @+1 {{'sam.bind' binds the result of a graph as dense: expected compressed, as it is written}}
    %X = "sam.bind"(%x) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%X, %root) {level = 0}
      : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%X, %ri)
      : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<4xf32>
  return %y, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @twice() -> (tensor<f32>, tensor<f32>) {
  %c = arith.constant dense<2.0> : tensor<f32>
  %x = "sam.graph"() ({
    %B = "sam.bind"(%c) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%B, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>)
      -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  // expected-error @+1 {{'func.return' returns a tensor twice: expected each graph's result once}}
  return %x, %x : tensor<f32>, tensor<f32>
}

// -----

func.func @open(%b: tensor<4xf32>) -> tensor<?xf32> {
  // expected-error @+1 {{'sam.graph' computes tensor<?xf32>: expected extents that are known}}
  %x = "sam.graph"() ({
    %B = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0}
      : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0>)
      -> (!sam.stream<"crd", 1>, !sam.stream<"ref", 1>)
    %v = "sam.array"(%B, %ri)
      : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1>)
      -> !sam.stream<"val", 1>
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1>) -> ()
  }) : () -> tensor<?xf32>
  return %x : tensor<?xf32>
}
