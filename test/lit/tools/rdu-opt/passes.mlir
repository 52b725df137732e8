// Pass flags, pipelines, and what they print.
// RUN: rdu-opt %s --cse | FileCheck %s --check-prefix=CSE
// RUN: rdu-opt %s -cse -canonicalize="max-iterations=3" --dump-pass-pipeline -o %t 2>&1 | FileCheck %s --check-prefix=DUMP
// RUN: FileCheck %s --check-prefix=CSE --input-file %t
// RUN: rdu-opt %s --pass-pipeline='builtin.module(func.func(cse))' | FileCheck %s --check-prefix=CSE
// RUN: rdu-opt < %s | FileCheck %s --check-prefix=NONE
// RUN: cat %s | rdu-opt - --cse | FileCheck %s --check-prefix=CSE

// DUMP: builtin.module(cse,canonicalize{max-iterations=3})

// CSE-LABEL: func.func @twice
// CSE: %[[A:.*]] = arith.addi
// CSE-NEXT: %[[B:.*]] = arith.addi %[[A]], %[[A]]
// CSE-NEXT: return %[[B]]

// NONE-LABEL: func.func @twice
// NONE-COUNT-3: arith.addi
func.func @twice(%a: i32) -> i32 {
  %0 = arith.addi %a, %a : i32
  %1 = arith.addi %a, %a : i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}
