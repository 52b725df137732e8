// RUN: rdu-opt %s --linalg-dissolve-views --split-input-file --verify-diagnostics

// Everything at once: ops and maps that are not understood.
func.func @several(%x: tensor<4x6xf32>, %k: tensor<3xf32>, %i: index) -> (tensor<4x3xf32>, tensor<4xf32>) {
  // expected-error @+1 {{'tensor.extract_slice' is not supported: expected structured ops of linalg, reshapes, moves by numbers and constants}}
  %s = tensor.extract_slice %x[0, %i] [4, 3] [1, 1] : tensor<4x6xf32> to tensor<4x3xf32>
  %v = tensor.empty() : tensor<6xf32>
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.conv_1d' accesses operand 0 by}}
  %c = linalg.conv_1d ins(%v, %k : tensor<6xf32>, tensor<3xf32>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  return %s, %c : tensor<4x3xf32>, tensor<4xf32>
}

// -----

// The same six elements as two threes and as three twos, over one loop.
#id = affine_map<(i) -> (i)>
func.func @cuts(%x: tensor<2x3xf32>, %y: tensor<3x2xf32>) -> tensor<6xf32> {
  %a = tensor.collapse_shape %x [[0, 1]] : tensor<2x3xf32> into tensor<6xf32>
  %b = tensor.collapse_shape %y [[0, 1]] : tensor<3x2xf32> into tensor<6xf32>
  %e = tensor.empty() : tensor<6xf32>
  // expected-error @+1 {{'linalg.add' divides 6 at the strides 2, 3: expected that each divides the next}}
  %z = linalg.add ins(%a, %b : tensor<6xf32>, tensor<6xf32>) outs(%e : tensor<6xf32>) -> tensor<6xf32>
  return %z : tensor<6xf32>
}

// -----

#B = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 3 : dense, d1 : compressed, d0 mod 3 : dense)}>
func.func @padded(%x: tensor<4x6xf32, #B>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  // expected-error @+1 {{has blocks of 3 along dimension 0: expected blocks that divide 4}}
  %y = linalg.abs ins(%x : tensor<4x6xf32, #B>) outs(%e : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y : tensor<4x6xf32>
}

// -----

func.func @dynamic(%x: tensor<?x6xf32>) -> tensor<?x6xf32> {
  // expected-error @+1 {{'linalg.abs' has tensor<?x6xf32>: expected static shapes}}
  %y = linalg.abs ins(%x : tensor<?x6xf32>) outs(%x : tensor<?x6xf32>) -> tensor<?x6xf32>
  return %y : tensor<?x6xf32>
}

// -----

// expected-error @+1 {{'func.func' has 2 blocks: expected one}}
func.func @branches(%x: tensor<4xf32>) -> tensor<4xf32> {
  cf.br ^next
^next:
  return %x : tensor<4xf32>
}

// -----

func.func @elsewhere(%x: tensor<2xf32>) -> tensor<2xf32> {
  // expected-error @+1 {{'arith.constant' has values that are not in the text: expected 'dense' elements}}
  %c = arith.constant dense_resource<w> : tensor<2xf32>
  %e = tensor.empty() : tensor<2xf32>
  %y = linalg.add ins(%x, %c : tensor<2xf32>, tensor<2xf32>) outs(%e : tensor<2xf32>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
{-# dialect_resources: { builtin: { w: "0x040000000000803F00000040" } } #-}

// -----

// Pairs that do not begin where a pair does, and every other element.
func.func @moves(%x: tensor<6xf32>, %y: tensor<8xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>) {
  // expected-error @+1 {{'tensor.extract_slice' divides 6 at the strides 2: expected that each divides the next}}
  %a = tensor.extract_slice %x[1] [4] [1] : tensor<6xf32> to tensor<4xf32>
  %b = tensor.expand_shape %a [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  // expected-error @+1 {{'tensor.extract_slice' divides 8 at the strides 2: expected that each divides the next}}
  %c = tensor.extract_slice %y[0] [4] [2] : tensor<8xf32> to tensor<4xf32>
  %d = tensor.expand_shape %c [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  return %b, %d : tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

// Elements at indices that are computed.
func.func @gathers(%x: tensor<6xf32>) -> tensor<6xf32> {
  %e = tensor.empty() : tensor<6xf32>
  // expected-error @+1 {{'linalg.generic' reads a tensor<6xf32> by 'tensor.extract' in its body: expected operands accessed by loops}}
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>], iterator_types = ["parallel"]} outs(%e : tensor<6xf32>) {
  ^bb0(%o: f32):
    %c = arith.constant 5 : index
    %i = linalg.index 0 : index
    %j = arith.subi %c, %i : index
    %r = tensor.extract %x[%j] : tensor<6xf32>
    linalg.yield %r : f32
  } -> tensor<6xf32>
  return %y : tensor<6xf32>
}

// -----

// A body that looks a tensor up by itself, such as torch.trace.
#id = affine_map<(i) -> (i)>
func.func @diagonal(%b: tensor<4x4xf32> {rdu.name = "B"}) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' reads 'B' by 'tensor.extract' in its body: expected operands accessed by loops}}
  %d = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel"]} outs(%e : tensor<4xf32>) {
  ^bb0(%out: f32):
    %i = linalg.index 0 : index
    %v = tensor.extract %b[%i, %i] : tensor<4x4xf32>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %d : tensor<4xf32>
}
