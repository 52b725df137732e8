// RUN: rdu-opt %s --linalg-specialize='shapes=4x6,?x?,5,?x?' --split-input-file | FileCheck %s

// What is asked for by `?` follows from the ops: the result starts from %x, and the bias meets it.
// CHECK-LABEL: func.func @follows(
// CHECK-SAME:    %{{.*}}: tensor<4x6xf32>, %{{.*}}: tensor<6x5xf32>, %{{.*}}: tensor<5xf32>, %{{.*}}: tensor<4x5xf32>) -> tensor<4x5xf32>
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
func.func @follows(%b: tensor<?x6xf32>, %c: tensor<?x?xf32>, %d: tensor<?xf32>, %x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %y = linalg.matmul ins(%b, %c : tensor<?x6xf32>, tensor<?x?xf32>) outs(%x : tensor<?x?xf32>) -> tensor<?x?xf32>
  %z = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %d : tensor<?x?xf32>, tensor<?xf32>) outs(%x : tensor<?x?xf32>) {
  ^bb0(%a: f32, %v: f32, %o: f32):
    %t = arith.addf %a, %v : f32
    linalg.yield %t : f32
  } -> tensor<?x?xf32>
  return %z : tensor<?x?xf32>
}

// -----

// A cast that only forgets extents goes.
// CHECK-LABEL: func.func @forgets(
// CHECK-SAME:    tensor<4xf32>) -> tensor<4xf32>
// CHECK-NEXT:    return
func.func @forgets(%x: tensor<4xf32>) -> tensor<?xf32> {
  %y = tensor.cast %x : tensor<4xf32> to tensor<?xf32>
  return %y : tensor<?xf32>
}
