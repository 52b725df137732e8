// Expectations that hold: places, notes, regular expressions.
// RUN: rdu-opt %s --split-input-file --verify-diagnostics

func.func @undefined() {
  return %0 : i32 // expected-error {{use of undeclared SSA value name}}
}

// -----

func.func @types(%a: f32) {
  // expected-note @-1 {{prior use here}}
  // expected-error @below {{expects different type than prior uses}}
  %0 = arith.addi %a, %a : i32
  return
}

// -----

func.func @pattern() {
  %x = "sam.graph"() ({
    // expected-error-re @+1 {{'sam.root' gives {{.*}} : i64>: expected}}
    %r = "sam.root"() : () -> !sam.stream<"ref", 1>
    "sam.yield"(%r) : (!sam.stream<"ref", 1>) -> ()
  }) : () -> tensor<f32>
  return
}

// -----

func.func @hint() {
  %x = "sam.graph"() ({
    %r = "sam.root"() {lvel = 1} : () -> !sam.stream<"ref", 0>
    // expected-error @above {{'sam.root' attribute 'lvel' is unknown: expected none}}
    "sam.yield"(%r) : (!sam.stream<"ref", 0>) -> ()
  }) : () -> tensor<f32>
  return
}
