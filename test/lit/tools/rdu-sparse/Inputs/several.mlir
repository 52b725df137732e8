// Several functions in a file, and a reshape as earlier versions of MLIR wrote it.
#SPARSE = #sparse_tensor.encoding<{map = (i,j) -> (i : compressed, j : compressed)}>
#id = affine_map<(i, j) -> (i, j)>
func.func @double(%a: tensor<?x?xf64, #SPARSE>, %x: tensor<?x?xf64, #SPARSE>) -> tensor<?x?xf64, #SPARSE> {
  %0 = linalg.add ins(%a, %a : tensor<?x?xf64, #SPARSE>, tensor<?x?xf64, #SPARSE>) outs(%x : tensor<?x?xf64, #SPARSE>) -> tensor<?x?xf64, #SPARSE>
  return %0 : tensor<?x?xf64, #SPARSE>
}

func.func @reshape(%a: tensor<4x6xf32>, %b: tensor<4x2x3xf32>) -> tensor<?x2x3xf32> {
  %expanded = tensor.expand_shape %a [[0], [1, 2]] : tensor<4x6xf32> into tensor<4x2x3xf32>
  %0 = tensor.empty() : tensor<4x2x3xf32>
  %1 = linalg.mul ins(%expanded, %b : tensor<4x2x3xf32>, tensor<4x2x3xf32>) outs(%0 : tensor<4x2x3xf32>) -> tensor<4x2x3xf32>
  %cast = tensor.cast %1 : tensor<4x2x3xf32> to tensor<?x2x3xf32>
  return %cast : tensor<?x2x3xf32>
}

func.func @nothing(%arga: tensor<?x?xf64, #SPARSE>,
                   %argx: tensor<?x?xf64, #SPARSE>) {
  %sum = linalg.add ins(%arga, %arga : tensor<?x?xf64, #SPARSE>, tensor<?x?xf64, #SPARSE>) outs(%argx : tensor<?x?xf64, #SPARSE>) -> tensor<?x?xf64, #SPARSE>
  return
}
