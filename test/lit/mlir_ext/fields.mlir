// Every message about an op's fields names the field. The ops of `sam` stand for all.
// RUN: rdu-opt %s --split-input-file --verify-diagnostics

func.func @values(%t: tensor<4xf32>, %f: f32) {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.bind' has 2 operands: expected 1 ('tensor')}}
    %0 = "sam.bind"(%t, %t) : (tensor<4xf32>, tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @operand_type(%f: f32) {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.bind' operand 'tensor' has the wrong type: expected a ranked tensor, got f32}}
    %0 = "sam.bind"(%f) : (f32) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @result_type() {
  %x = "sam.graph"() ({
    // expected-error @+1 {{'sam.root' result 'ref' has the wrong type: expected !sam.stream, got i32}}
    %root = "sam.root"() : () -> i32
    "sam.yield"(%root) : (i32) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @result_count() {
  // expected-error @+1 {{'sam.graph' has 2 results: expected 1 ('output')}}
  %x:2 = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> (tensor<f32>, tensor<f32>)
  return
}

// -----

func.func @attributes(%t: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+1 {{'sam.fiber_write' attribute 'level' is missing: expected an integer}}
    "sam.fiber_write"(%root) : (!sam.stream<"ref", 0>) -> ()
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @mistyped(%t: tensor<4xf32>) {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    // expected-error @+2 {{'sam.fiber_write' attribute 'level' has the wrong kind: expected an integer, got "0"}}
    // expected-error @+1 {{'sam.fiber_write' attribute 'lvl' is unknown: expected 'level'}}
    "sam.fiber_write"(%root) {level = "0", lvl = 1} : (!sam.stream<"ref", 0>) -> ()
    // expected-note @above {{did you mean 'level'?}}
    "sam.yield"(%root) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @regions() {
  // expected-error @+1 {{'sam.graph' has 0 regions: expected 1}}
  %x = "sam.graph"() : () -> tensor<f32>
  return
}

// -----

func.func @blocks() {
  // expected-error @+1 {{'sam.graph' region 'body' has 0 blocks: expected one}}
  %x = "sam.graph"() ({}) : () -> tensor<f32>
  return
}

// -----

func.func @terminator(%t: tensor<4xf32>) {
  // expected-error @+1 {{'sam.graph' region 'body' ends wrongly: expected 'sam.yield', got 'sam.root'}}
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
  }) : () -> tensor<f32>
  return
}

// -----

// Attributes with a dialect's prefix are anybody's.
func.func @discardable(%t: tensor<f32>) {
  %x = "sam.graph"() ({
    %root = "sam.root"() {tool.note = "kept"} : () -> !sam.stream<"ref", 0>
    %b = "sam.bind"(%t) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %v = "sam.array"(%b, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return
}
