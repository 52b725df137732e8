// The IR around passes, on stderr.
// RUN: rdu-opt %s --cse --canonicalize --mlir-print-ir-before=cse -o /dev/null 2>&1 | FileCheck %s --check-prefix=BEFORE
// RUN: rdu-opt --mlir-print-ir-before-all --mlir-print-ir-after-all %s --cse -o /dev/null 2>&1 | FileCheck %s --check-prefix=ALL
// RUN: rdu-opt --mlir-print-ir-after %s --pass-pipeline='func.func(cse)' -o /dev/null 2>&1 | FileCheck %s --check-prefix=FUNC
// RUN: rdu-opt %s --canonicalize --cse --cse --mlir-print-ir-after-change -o /dev/null 2>&1 | FileCheck %s --check-prefix=CHANGE
// RUN: rdu-opt %s --cse | FileCheck %s --check-prefix=QUIET

// BEFORE: // -----// IR Dump Before cse ('builtin.module' operation) //----- //
// BEFORE-COUNT-3: arith.addi
// BEFORE-NOT: IR Dump

// ALL: IR Dump Before cse
// ALL-COUNT-3: arith.addi
// ALL: IR Dump After cse
// ALL-COUNT-2: arith.addi

// FUNC: // -----// IR Dump After cse ('func.func' operation) //----- //
// FUNC-NEXT: func.func @twice

// CHANGE-NOT: After canonicalize
// CHANGE: IR Dump After cse
// CHANGE-NOT: IR Dump

// QUIET-NOT: IR Dump
func.func @twice(%a: i32) -> i32 {
  %0 = arith.addi %a, %a : i32
  %1 = arith.addi %a, %a : i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}
