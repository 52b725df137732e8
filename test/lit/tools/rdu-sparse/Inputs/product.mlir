#SPARSE = #sparse_tensor.encoding<{ map = (i,j) -> (i : compressed, j : compressed) }>
func.func @forward(%a: tensor<?x?xf64, #SPARSE>, %w: tensor<?x?xf64, #SPARSE>, %x: tensor<?x?xf64, #SPARSE>) -> tensor<?x?xf64, #SPARSE> {
    %1 = linalg.matmul ins(%a, %w : tensor<?x?xf64, #SPARSE>, tensor<?x?xf64, #SPARSE>) outs(%x : tensor<?x?xf64, #SPARSE>) -> tensor<?x?xf64, #SPARSE>
    return %1 : tensor<?x?xf64, #SPARSE>
}
