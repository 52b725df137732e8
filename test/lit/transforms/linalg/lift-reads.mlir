// RUN: rdu-opt %s --linalg-lift-reads --split-input-file | FileCheck %s

// A diagonal, as torch.diagonal is imported; the loop's extent is that of both dimensions.
// CHECK-DAG:   #[[BOTH:.*]] = affine_map<(d0) -> (d0, d0)>
// CHECK-DAG:   #[[ID:.*]] = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @diagonal(
// CHECK-SAME:    %[[B:.*]]: tensor<4x4xf32>
// CHECK-NOT:     linalg.index
// CHECK:         linalg.generic {indexing_maps = [#[[BOTH]], #[[ID]]], iterator_types = ["parallel"]} ins(%[[B]] : tensor<4x4xf32>)
// CHECK-NEXT:    ^bb0(%[[V:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      linalg.yield %[[V]] : f32
func.func @diagonal(%b: tensor<4x4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %d = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %v = tensor.extract %b[%i, %i] : tensor<4x4xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %d : tensor<4xf32>
}

// -----

// One beside the diagonal, and a single element, are slices; other operands and attributes stay.
// CHECK-DAG:   #[[BOTH:.*]] = affine_map<(d0) -> (d0, d0)>
// CHECK-DAG:   #[[FIRST:.*]] = affine_map<(d0) -> (0, d0)>
// CHECK-DAG:   #[[ID:.*]] = affine_map<(d0) -> (d0)>
// CHECK-LABEL: func.func @beside(
// CHECK-SAME:    %[[B:.*]]: tensor<4x6xf32>, %[[X:.*]]: tensor<4xf32>
// CHECK-DAG:     %[[S:.*]] = tensor.extract_slice %[[B]][0, 1] [4, 4] [1, 1] : tensor<4x6xf32> to tensor<4x4xf32>
// CHECK-DAG:     %[[R:.*]] = tensor.extract_slice %[[B]][2, 0] [1, 4] [1, 1] : tensor<4x6xf32> to tensor<1x4xf32>
// CHECK:         linalg.generic {indexing_maps = [#[[ID]], #[[BOTH]], #[[FIRST]], #[[ID]]]
// CHECK-SAME:      ins(%[[X]], %[[S]], %[[R]] : tensor<4xf32>, tensor<4x4xf32>, tensor<1x4xf32>)
// CHECK-SAME:      attrs = {{.*}}{sam.variables = ["i"]}
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %[[V:.*]]: f32, %[[W:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[P:.*]] = arith.mulf %[[A]], %[[V]]
// CHECK-NEXT:      arith.mulf %[[P]], %[[W]]
func.func @beside(%b: tensor<4x6xf32>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %c1 = arith.constant 1 : index
  %d = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) attrs = {sam.variables = ["i"]} {
  ^bb0(%a: f32, %out: f32):
    %c2 = arith.constant 2 : index
    %i = linalg.index 0 : index
    %j = arith.addi %i, %c1 : index
    %v = tensor.extract %b[%i, %j] : tensor<4x6xf32>
    %w = tensor.extract %b[%c2, %i] : tensor<4x6xf32>
    %p = arith.mulf %a, %v : f32
    %q = arith.mulf %p, %w : f32
    linalg.yield %q : f32
  } -> tensor<4xf32>
  return %d : tensor<4xf32>
}

// -----

// What is read backwards, or outside of the tensor, stays as it is.
// CHECK-LABEL: func.func @others(
// CHECK-COUNT-2: tensor.extract %
func.func @others(%x: tensor<6xf32>) -> (tensor<6xf32>, tensor<6xf32>) {
  %e = tensor.empty() : tensor<6xf32>
  %c5 = arith.constant 5 : index
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<6xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = arith.subi %c5, %i : index
    %r = tensor.extract %x[%j] : tensor<6xf32>
    linalg.yield %r : f32
  } -> tensor<6xf32>
  %z = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<6xf32>) {
  ^bb0(%o: f32):
    %i = linalg.index 0 : index
    %j = arith.addi %i, %c5 : index
    %r = tensor.extract %x[%j] : tensor<6xf32>
    linalg.yield %r : f32
  } -> tensor<6xf32>
  return %y, %z : tensor<6xf32>, tensor<6xf32>
}
