// Expectations that do not hold fail the run, each with its place.
// RUN: not rdu-opt %s --split-input-file --verify-diagnostics 2>&1 | FileCheck %s

// CHECK: fails.mlir:6:10: error: unexpected error: use of undeclared SSA value name
func.func @unexpected() {
  return %0 : i32
}

// -----

// CHECK: error: expected error "nothing is wrong" was not produced
// expected-error @+1 {{nothing is wrong}}
func.func private @fine()

// -----

// CHECK: error: unexpected error: use of undeclared SSA value name
// CHECK: error: expected error "use of something else" was not produced
func.func @text() {
  return %0 : i32 // expected-error {{use of something else}}
}

// -----

// CHECK: error: unexpected error: use of undeclared SSA value name
// CHECK: error: expected warning "use of undeclared" was not produced
func.func @severity() {
  return %0 : i32 // expected-warning {{use of undeclared}}
}
