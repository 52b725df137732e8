// RUN: rdu-opt %s --linalg-lift-constants --split-input-file | FileCheck %s

// Constants without values become arguments in their order, named by their resources; what only
// ops that nobody reads use goes.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME:    %[[X:.*]]: tensor<4x6xf32>, %[[W:.*]]: tensor<6x5xf32> {rdu.name = "weight"},
// CHECK-SAME:    %[[B:.*]]: tensor<5xf32> {rdu.name = "constant"}, %[[C:.*]]: tensor<5xf32> {rdu.name = "constant_2"}) -> tensor<4x5xf32>
// CHECK-NOT:     dense_resource
// CHECK-NOT:     linalg.exp
// CHECK:         linalg.matmul ins(%[[X]], %[[W]] :
// CHECK:         linalg.add ins(%[[B]], %[[C]] :
#id = affine_map<(d0, d1) -> (d0, d1)>
#row = affine_map<(d0, d1) -> (d1)>
func.func @layer(%x: tensor<4x6xf32>) -> tensor<4x5xf32> {
  %unused = arith.constant dense_resource<other> : tensor<3x3xf32>
  %w = arith.constant dense_resource<weight> : tensor<6x5xf32>
  %b = arith.constant dense_resource<__elided__> : tensor<5xf32>
  %c = arith.constant dense_resource<__elided__> : tensor<5xf32>
  %e3 = tensor.empty() : tensor<3x3xf32>
  %dead = linalg.exp ins(%unused : tensor<3x3xf32>) outs(%e3 : tensor<3x3xf32>) -> tensor<3x3xf32>
  %e = tensor.empty() : tensor<4x5xf32>
  %e1 = tensor.empty() : tensor<5xf32>
  %y = linalg.matmul ins(%x, %w : tensor<4x6xf32>, tensor<6x5xf32>) outs(%e : tensor<4x5xf32>) -> tensor<4x5xf32>
  %s = linalg.add ins(%b, %c : tensor<5xf32>, tensor<5xf32>) outs(%e1 : tensor<5xf32>) -> tensor<5xf32>
  %z = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %s : tensor<4x5xf32>, tensor<5xf32>) outs(%e : tensor<4x5xf32>) {
  ^bb0(%a: f32, %v: f32, %o: f32):
    %t = arith.addf %a, %v : f32
    linalg.yield %t : f32
  } -> tensor<4x5xf32>
  return %z : tensor<4x5xf32>
}

// -----

// A name that an argument has is not given again; names of locations come first.
// CHECK-LABEL: func.func @named(
// CHECK-SAME:    %{{.*}}: tensor<2xf32> {rdu.name = "w"}, %{{.*}}: tensor<2xf32> {rdu.name = "w_2"}, %{{.*}}: tensor<2xf32> {rdu.name = "bias"})
func.func @named(%x: tensor<2xf32> {rdu.name = "w"}) -> (tensor<2xf32>, tensor<2xf32>) {
  %w = arith.constant dense_resource<w> : tensor<2xf32>
  %b = arith.constant dense_resource<__elided__> : tensor<2xf32> loc("bias")
  return %w, %b : tensor<2xf32>, tensor<2xf32>
}

// -----

// Nothing to do, so nothing is done.
// CHECK-LABEL: func.func @ready(
// CHECK-SAME:    tensor<2xf32>) -> tensor<2xf32>
// CHECK-NEXT:    arith.constant dense<1.000000e+00>
// CHECK-NEXT:    return
func.func @ready(%x: tensor<2xf32>) -> tensor<2xf32> {
  %unused = arith.constant dense<1.0> : tensor<2xf32>
  return %x : tensor<2xf32>
}

// -----

// What a file holds is passed in, under the name of what names the file.
// CHECK-LABEL: func.func @read(
// CHECK-SAME:    %arg0: tensor<3x2xf32>, %arg1: tensor<4x3xf32, #{{.*}}> {rdu.name = "file"}
// CHECK-NOT:   sparse_tensor.new
// CHECK:       linalg.matmul ins(%arg1, %arg0 :
func.func @read(%file: !llvm.ptr {rdu.name = "file"}, %b: tensor<3x2xf32>) -> tensor<4x2xf32> {
  %a = sparse_tensor.new %file : !llvm.ptr to tensor<4x3xf32, #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>>
  %e = tensor.empty() : tensor<4x2xf32>
  %0 = linalg.matmul ins(%a, %b : tensor<4x3xf32, #sparse_tensor.encoding<{ map = (i, j) -> (i : dense, j : compressed) }>>, tensor<3x2xf32>) outs(%e : tensor<4x2xf32>) -> tensor<4x2xf32>
  return %0 : tensor<4x2xf32>
}
