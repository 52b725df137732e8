// Parts are processed one by one; lines are counted in the file; one bad part does not hide another.
// RUN: not rdu-opt %s --split-input-file -o %t 2>&1 | FileCheck %s --check-prefix=ERRORS
// RUN: FileCheck %s --input-file %t

// ERRORS: split.mlir:[[LINE:13]]:10: error: use of undeclared SSA value name
// ERRORS: split.mlir:22:10: error: use of undeclared SSA value name

// CHECK: func.func private @first()
// CHECK: // -----
func.func private @first()
// -----
func.func @bad() {
  return %0 : i32
}

// -----
// CHECK: func.func private @third()
func.func private @third()

// -----
func.func @worse() {
  return %0 : i32
}
