// RUN: rdu-opt %s --linalg-specialize='integers' --split-input-file --verify-diagnostics

func.func @large(%x: i64) -> i64 {
  // expected-error @+1 {{'arith.constant' is a constant of more than 32 bits: expected -2147483648 to 2147483647}}
  %c = arith.constant 4294967296 : i64
  %s = arith.addi %x, %c : i64
  return %s : i64
}

// -----

func.func @elsewhere() -> tensor<2xi64> {
  // expected-error @+1 {{'arith.constant' has values that are not in the text: expected 32-bit integers}}
  %c = arith.constant dense_resource<__elided__> : tensor<2xi64>
  return %c : tensor<2xi64>
}
