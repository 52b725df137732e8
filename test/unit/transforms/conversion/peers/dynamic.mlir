// A product added to what an argument holds, of any extents.

#ss = #sparse_tensor.encoding<{map = (i, j) -> (i : compressed, j : compressed)}>

func.func @main(%a: tensor<?x?xf64, #ss>, %b: tensor<?x?xf64, #ss>, %x: tensor<?x?xf64, #ss>)
    -> tensor<?x?xf64, #ss> {
  %0 = linalg.matmul ins(%a, %b : tensor<?x?xf64, #ss>, tensor<?x?xf64, #ss>) outs(%x : tensor<?x?xf64, #ss>) -> tensor<?x?xf64, #ss>
  %1 = linalg.add ins(%0, %x : tensor<?x?xf64, #ss>, tensor<?x?xf64, #ss>) outs(%x : tensor<?x?xf64, #ss>) -> tensor<?x?xf64, #ss>
  return %1 : tensor<?x?xf64, #ss>
}

ml_program.global private mutable @global_seed(dense<0> : tensor<i64>) : tensor<i64>
