// RUN: rdu-opt %s --linalg-lift-constants --verify-diagnostics

// expected-error @+1 {{'func.func' has 2 blocks: expected one}}
func.func @jumps(%x: tensor<2xf32>) -> tensor<2xf32> {
  cf.br ^end
^end:
  return %x : tensor<2xf32>
}
