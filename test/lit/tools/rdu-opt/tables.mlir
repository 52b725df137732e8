// Timing and statistics, on stderr.
// RUN: rdu-opt %s --cse --mlir-timing -o /dev/null 2>&1 | FileCheck %s --check-prefix=TIME
// RUN: rdu-opt %s --cse --mlir-pass-statistics -o /dev/null 2>&1 | FileCheck %s --check-prefix=STATISTICS

// TIME: ... Execution time report ...
// TIME: Total Execution Time: {{[0-9.]+}} seconds
// TIME: ----Wall Time---- ----Name----
// TIME: Parser
// TIME: cse
// TIME: Output
// TIME: Total

// STATISTICS: ... Pass statistics report ...
// STATISTICS: cse
// STATISTICS-NEXT: (S) 5 operations-in - operations before the pass
// STATISTICS-NEXT: (S) 4 operations-out - operations after it
func.func @twice(%a: i32) -> i32 {
  %0 = arith.addi %a, %a : i32
  %1 = arith.addi %a, %a : i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}
