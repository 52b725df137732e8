// RUN: rdu-opt %s --linalg-specialize='shapes=4x5,5x3 narrow' --mlir-print-local-scope | FileCheck %s

#CSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>
#DCSR = #sparse_tensor.encoding<{ map = (i, j) -> (i : compressed, j : compressed) }>

// Room in extents that are asked for is a tensor of these; a conversion is a copy; loads go.
// CHECK-LABEL: func.func @product(
// CHECK-NOT:   tensor.dim
// CHECK:       %[[E:.*]] = tensor.empty() : tensor<4x3xf32, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : compressed, d1 : compressed) }>>
// CHECK:       %[[C:.*]] = linalg.generic {{.*}} ins(%arg0 : tensor<4x5xf32, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : dense, d1 : compressed) }>>)
// CHECK:       %[[X:.*]] = linalg.matmul ins(%[[C]], %arg1 :
// CHECK-SAME:    outs(%[[E]] :
// CHECK-NEXT:  return %[[X]] : tensor<4x3xf32,
func.func @product(%a: tensor<?x?xf64, #CSR>, %b: tensor<?x?xf64>) -> tensor<?x?xf64, #DCSR> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %a, %c0 : tensor<?x?xf64, #CSR>
  %n = tensor.dim %b, %c1 : tensor<?x?xf64>
  %e = bufferization.alloc_tensor(%m, %n) : tensor<?x?xf64, #DCSR>
  %d = sparse_tensor.convert %a : tensor<?x?xf64, #CSR> to tensor<?x?xf64, #DCSR>
  %x = linalg.matmul ins(%d, %b : tensor<?x?xf64, #DCSR>, tensor<?x?xf64>) outs(%e : tensor<?x?xf64, #DCSR>) -> tensor<?x?xf64, #DCSR>
  %l = sparse_tensor.load %x : tensor<?x?xf64, #DCSR>
  return %l : tensor<?x?xf64, #DCSR>
}
