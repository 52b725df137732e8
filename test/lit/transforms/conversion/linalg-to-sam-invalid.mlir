// RUN: rdu-opt %s --linalg-to-sam --split-input-file --verify-diagnostics

// Storage against the order wished for.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @wish(%b: tensor<4x6xf32, #CSR>, %c: tensor<6x5xf32, #CSR>) -> tensor<4x5xf32> {
  %x = tensor.empty() : tensor<4x5xf32>
  // expected-error @+1 {{'linalg.generic' has no order of its loops: expected one without circles, got 'k' around 'j' around 'k'}}
  %y = linalg.generic {indexing_maps = [affine_map<(i, k, j) -> (i, k)>, affine_map<(i, k, j) -> (k, j)>, affine_map<(i, k, j) -> (i, j)>],
      iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%b, %c : tensor<4x6xf32, #CSR>, tensor<6x5xf32, #CSR>) outs(%x : tensor<4x5xf32>)
      attrs = {sam.order = ["i", "j", "k"], sam.variables = ["i", "k", "j"]} {
  ^bb0(%p: f32, %q: f32, %o: f32):
    %m = arith.mulf %p, %q : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

// Storage against storage, and a list of points in a sum: both are reported.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (d0, d1) -> (d1 : dense, d0 : compressed)}>
#COO = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton)}>
func.func @sums(%b: tensor<4x6xf32, #CSR>, %c: tensor<4x6xf32, #CSC>, %d: tensor<4x6xf32, #COO>)
    -> (tensor<4x6xf32>, tensor<4x6xf32>) {
  %x = tensor.empty() : tensor<4x6xf32>
  // expected-error @+1 {{'linalg.add' has no order of its loops: expected one without circles, got 'd0' around 'd1' around 'd0'}}
  %y = linalg.add ins(%b, %c : tensor<4x6xf32, #CSR>, tensor<4x6xf32, #CSC>) outs(%x : tensor<4x6xf32>) -> tensor<4x6xf32>
  // expected-error @+1 {{'linalg.add' merges a level of 'arg2' that repeats coordinates (compressed, singleton): expected a level that has each once}}
  %z = linalg.add ins(%b, %d : tensor<4x6xf32, #CSR>, tensor<4x6xf32, #COO>) outs(%x : tensor<4x6xf32>) -> tensor<4x6xf32>
  return %y, %z : tensor<4x6xf32>, tensor<4x6xf32>
}

// -----

// A sum over the outermost of five loops merges four levels, of which the last two are made one.
#C5 = #sparse_tensor.encoding<{map = (d0, d1, d2, d3, d4) -> (d0 : compressed, d1 : compressed, d2 : compressed, d3 : compressed, d4 : compressed)}>
func.func @deep(%b: tensor<2x2x2x50000x50000xf32, #C5>) -> tensor<2x2x50000x50000xf32> {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<2x2x50000x50000xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<2x2x50000x50000xf32>) -> tensor<2x2x50000x50000xf32>
  // expected-error @+1 {{'linalg.reduce' accumulates levels from the third on as one of 2,500,000,000 coordinates: expected 2,147,483,648 at most}}
  %y = linalg.reduce {arith.addf} ins(%b : tensor<2x2x2x50000x50000xf32, #C5>) outs(%f : tensor<2x2x50000x50000xf32>) dimensions = [0]
  return %y : tensor<2x2x50000x50000xf32>
}

// -----

// Everything wrong with operands, bodies, maps and attributes at once.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#NM = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 floordiv 4 : dense, d1 mod 4 : structured[2, 4])}>
#V = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
#id = affine_map<(i, j) -> (i, j)>
// expected-error @+1 {{'func.func' attribute 'sam.density' is 2.000000e+00 : f64: expected a float from 0 to 1}}
func.func @several(%b: tensor<4x8xf32, #CSR> {sam.density = 2.0 : f64}, %n: tensor<4x8xf32, #NM>, %d: tensor<4x8xf64>, %s: tensor<9xf32, #V>)
    -> (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf64>, tensor<8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<9x9xf32>) {
  %x = tensor.empty() : tensor<4x8xf32>
  // expected-error @+1 {{'linalg.exp' operand 0 is tensor<4x8xf32, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : dense, d1 floordiv 4 : dense, d1 mod 4 : structured[2, 4]) }>>: expected another encoding: this one has a level 'structured': expected dense, compressed, singleton}}
  %0 = linalg.exp ins(%n : tensor<4x8xf32, #NM>) outs(%x : tensor<4x8xf32>) -> tensor<4x8xf32>
  %1 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : tensor<4x8xf32, #CSR>) outs(%x : tensor<4x8xf32>) {
  ^bb0(%p: f32, %o: f32):
    // expected-error @+1 {{'math.sin' (f32) -> f32 is not supported in the body of 'linalg.generic': expected a function of value streams}}
    %s0 = math.sin %p : f32
    // expected-error @+1 {{'math.powf' (f32, f32) -> f32 is not supported in the body of 'linalg.generic': expected a function of value streams}}
    %s1 = math.powf %s0, %p : f32
    // expected-error @+1 {{'arith.cmpf' (f32, f32) -> i1 is not supported in the body of 'linalg.generic': expected a function of value streams}}
    %s2 = arith.cmpf false, %s1, %p : f32
    %m = arith.select %s2, %s1, %p : f32
    linalg.yield %m : f32
  } -> tensor<4x8xf32>
  %xd = tensor.empty() : tensor<4x8xf64>
  // expected-error @+2 {{'linalg.exp' operand 0 is tensor<4x8xf64>: expected elements of bf16, f32, i1, i32}}
  // expected-error @+1 {{'linalg.exp' operand 1 is tensor<4x8xf64>: expected elements of bf16, f32, i1, i32}}
  %2 = linalg.exp ins(%d : tensor<4x8xf64>) outs(%xd : tensor<4x8xf64>) -> tensor<4x8xf64>
  %xv = tensor.empty() : tensor<8xf32>
  %xs = tensor.empty() : tensor<9x9xf32>
  // expected-error @+1 {{'linalg.generic' accesses operand 0 by (d0) -> (d0 + 1): expected loops and zeros}}
  %3 = linalg.generic {indexing_maps = [affine_map<(i) -> (i + 1)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%s : tensor<9xf32, #V>) outs(%xv : tensor<8xf32>) {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<8xf32>
  // expected-error @+1 {{'linalg.generic' accesses operand 1 by (d0) -> (d0, d0): expected different loops, and zeros}}
  %6 = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i, i)>], iterator_types = ["parallel"]}
      ins(%s : tensor<9xf32, #V>) outs(%xs : tensor<9x9xf32>) {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<9x9xf32>
  // expected-error @+1 {{'linalg.generic' attribute 'sam.variables' is ["i", "i"]: expected 2 different names, one for each loop}}
  %4 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%b : tensor<4x8xf32, #CSR>) outs(%x : tensor<4x8xf32>) attrs = {sam.variables = ["i", "i"]} {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<4x8xf32>
  // expected-error @+1 {{'linalg.softmax' is not supported: expected a structured op of linalg on tensors}}
  %t = linalg.softmax dimension(1) ins(%4 : tensor<4x8xf32>) outs(%x : tensor<4x8xf32>) -> tensor<4x8xf32>
  %xi = arith.constant dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' computes result 0 by no reduction: expected a combiner (addf, addi, mulf, muli, maximumf, maxsi, minimumf, minsi, andi, ori) of the result and a value that does not depend on it}}
  %5 = linalg.generic {indexing_maps = [#id, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
      ins(%b : tensor<4x8xf32, #CSR>) outs(%xi : tensor<4xf32>) {
  ^bb0(%p: f32, %o: f32):
    %m = arith.subf %o, %p : f32
    linalg.yield %m : f32
  } -> tensor<4xf32>
  return %0, %1, %2, %3, %t, %5, %6 : tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf64>, tensor<8xf32>, tensor<4x8xf32>, tensor<4xf32>, tensor<9x9xf32>
}

// -----

// Blocks of different sizes along one loop, and results that are no whole number of blocks.
#B23 = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 2 : dense, d1 floordiv 3 : compressed, d0 mod 2 : dense, d1 mod 3 : dense)}>
#B22 = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 2 : dense, d1 floordiv 2 : compressed, d0 mod 2 : dense, d1 mod 2 : dense)}>
#V = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
func.func @blocks(%b: tensor<4x6xf32, #B23>, %c: tensor<5x6xf32, #B22>, %v: tensor<6xf32, #V>) -> (tensor<4xf32>, tensor<5xf32>) {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.matvec' operand 1 has no blocks along 'd1': expected blocks of 3, as other operands have, or no encoding}}
  %x = linalg.matvec ins(%b, %v : tensor<4x6xf32, #B23>, tensor<6xf32, #V>) outs(%e : tensor<4xf32>) -> tensor<4xf32>
  %f = tensor.empty() : tensor<5xf32>
  %w = tensor.empty() : tensor<6xf32>
  // expected-error @+1 {{'linalg.matvec' result has an extent of 5 along 'd0': expected a multiple of 2}}
  %y = linalg.matvec ins(%c, %w : tensor<5x6xf32, #B22>, tensor<6xf32>) outs(%f : tensor<5xf32>) -> tensor<5xf32>
  return %x, %y : tensor<4xf32>, tensor<5xf32>
}

// -----

// A diagonal goes through rows and columns of blocks alike.
#B24 = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 floordiv 2 : dense, d1 floordiv 4 : compressed, d0 mod 2 : dense, d1 mod 4 : dense)}>
func.func @diagonal(%b: tensor<4x4xf32, #B24>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' operand 0 has blocks of 2 along 'i': expected blocks of 4, as other operands have, or no encoding}}
  %0 = linalg.generic {indexing_maps = [affine_map<(i) -> (i, i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%b : tensor<4x4xf32, #B24>) outs(%e : tensor<4xf32>) attrs = {sam.variables = ["i"]} {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<4xf32>
  return %0 : tensor<4xf32>
}

// -----

// The zeros of a last block that is not full would be the greatest, and make a sum more.
#B2 = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 floordiv 2 : compressed, d1 mod 2 : dense)}>
#id = affine_map<(i, j) -> (i, j)>
#rows = affine_map<(i, j) -> (i)>
func.func @padding(%b: tensor<4x5xf32, #B2>, %c: tensor<5xf32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %low = arith.constant dense<0xFF800000> : tensor<4xf32>
  %zero = arith.constant dense<0.0> : tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' reduction by 'max' has a last block of 1 along 'j': expected blocks of 2 that are full, or sums of products with what has them}}
  %0 = linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]}
      ins(%b : tensor<4x5xf32, #B2>) outs(%low : tensor<4xf32>) attrs = {sam.variables = ["i", "j"]} {
  ^bb0(%p: f32, %o: f32):
    %m = arith.maximumf %p, %o : f32
    linalg.yield %m : f32
  } -> tensor<4xf32>
  // expected-error @+1 {{'linalg.generic' reduction by 'add' has a last block of 1 along 'j': expected blocks of 2 that are full, or sums of products with what has them}}
  %1 = linalg.generic {indexing_maps = [#id, #rows], iterator_types = ["parallel", "reduction"]}
      ins(%b : tensor<4x5xf32, #B2>) outs(%zero : tensor<4xf32>) attrs = {sam.variables = ["i", "j"]} {
  ^bb0(%p: f32, %o: f32):
    %e = math.exp %p : f32
    %m = arith.addf %e, %o : f32
    linalg.yield %m : f32
  } -> tensor<4xf32>
  // A product with what has the blocks is zero there.
  %2 = linalg.matvec ins(%b, %c : tensor<4x5xf32, #B2>, tensor<5xf32>) outs(%zero : tensor<4xf32>) -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' has 2 blocks: expected one}}
func.func @branches(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %y = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%x : tensor<4xf32>) outs(%e : tensor<4xf32>) attrs = {sam.variables = ["i"]} {
  ^bb0(%p: f32, %o: f32):
    linalg.yield %p : f32
  } -> tensor<4xf32>
  cf.br ^next
^next:
  return %y : tensor<4xf32>
}

// -----

// Elements and extents that no graph has: both are said, with what helps.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @wide(%b: tensor<?x6xf64, #CSR>, %c: tensor<6xf64>, %x: tensor<?xf64>) -> tensor<?xf64> {
  // expected-error @+3 {{'linalg.matvec' operand 0 is tensor<?x6xf64, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : dense, d1 : compressed) }>>: expected elements of bf16, f32, i1, i32, and static extents of 1 or more}}
  // expected-error @+2 {{'linalg.matvec' operand 1 is tensor<6xf64>: expected elements of bf16, f32, i1, i32}}
  // expected-error @+1 {{'linalg.matvec' operand 2 is tensor<?xf64>: expected elements of bf16, f32, i1, i32, and static extents of 1 or more}}
  %y = linalg.matvec ins(%b, %c : tensor<?x6xf64, #CSR>, tensor<6xf64>) outs(%x : tensor<?xf64>) -> tensor<?xf64>
  return %y : tensor<?xf64>
}

// -----

// Rows cannot be made columns, unless somebody else reads them.
#DCSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
func.func @returned(%b: tensor<4x6xf32, #DCSR>) -> tensor<6x4xf32, #DCSR> {
  %e = tensor.empty() : tensor<6x4xf32, #DCSR>
  // expected-error @+1 {{'linalg.transpose' has no order of its loops: expected one without circles, got 'd1' around 'd0' around 'd1'}}
  %t = linalg.transpose ins(%b : tensor<4x6xf32, #DCSR>) outs(%e : tensor<6x4xf32, #DCSR>) permutation = [1, 0]
  return %t : tensor<6x4xf32, #DCSR>
}

// -----

// What an embedding does, to gather by values, no stream does.
#V = #sparse_tensor.encoding<{map = (d0) -> (d0 : compressed)}>
func.func @gather(%i: tensor<4xi32>, %t: tensor<9xf32, #V>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
      ins(%i : tensor<4xi32>) outs(%e : tensor<4xf32>) attrs = {sam.variables = ["i"]} {
  ^bb0(%a: i32, %o: f32):
    // expected-error @+1 {{'arith.index_cast' (i32) -> index is not supported in the body of 'linalg.generic': expected a function of value streams}}
    %p = arith.index_cast %a : i32 to index
    // expected-error @+1 {{'tensor.extract' (tensor<9xf32, #sparse_tensor.encoding<{ map = (d0) -> (d0 : compressed) }>>, index) -> f32 is not supported in the body of 'linalg.generic': expected a function of value streams}}
    %v = tensor.extract %t[%p] : tensor<9xf32, #V>
    linalg.yield %v : f32
  } -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
// expected-warning @+1 {{'func.func' returns nothing, and so computes nothing: expected a result}}
func.func @silent(%b: tensor<4x6xf32, #CSR>, %x: tensor<4x6xf32, #CSR>) {
  %y = linalg.add ins(%b, %b : tensor<4x6xf32, #CSR>, tensor<4x6xf32, #CSR>) outs(%x : tensor<4x6xf32, #CSR>) -> tensor<4x6xf32, #CSR>
  return
}

// -----

// Storage that no walk has in common, lists of points, other dimensions, offsets that are not known.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#CSC = #sparse_tensor.encoding<{map = (d0, d1) -> (d1 : dense, d0 : compressed)}>
#COO = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton)}>
func.func @moves(%b: tensor<4x6xf32, #CSR>, %c: tensor<4x6xf32, #CSC>, %d: tensor<4x6xf32, #COO>, %i: index)
    -> (tensor<8x6xf32>, tensor<8x6xf32>, tensor<6xf32>, tensor<2x6xf32>) {
  // expected-error @+1 {{'tensor.concat' moves between tensors stored in the orders [0, 1] and [1, 0]: expected one order}}
  %w = tensor.concat dim(0) %b, %c : (tensor<4x6xf32, #CSR>, tensor<4x6xf32, #CSC>) -> tensor<8x6xf32>
  // expected-error @+1 {{'tensor.concat' operand 1 is tensor<4x6xf32, #sparse_tensor.encoding<{ map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton) }>>: expected dense and compressed levels}}
  %x = tensor.concat dim(0) %b, %d : (tensor<4x6xf32, #CSR>, tensor<4x6xf32, #COO>) -> tensor<8x6xf32>
  // expected-error @+1 {{'tensor.extract_slice' result 0 is tensor<6xf32>: expected 2 dimensions, as there are}}
  %y = tensor.extract_slice %b[1, 0] [1, 6] [1, 1] : tensor<4x6xf32, #CSR> to tensor<6xf32>
  // expected-error @+1 {{'tensor.extract_slice' operand 1 is index: expected a number that is known}}
  %z = tensor.extract_slice %b[%i, 0] [2, 6] [1, 1] : tensor<4x6xf32, #CSR> to tensor<2x6xf32>
  return %w, %x, %y, %z : tensor<8x6xf32>, tensor<8x6xf32>, tensor<6xf32>, tensor<2x6xf32>
}

// -----

// Insertions that would cut a hole into what is not zero, padding with anything else, or that cuts.
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
func.func @insertions(%a: tensor<2x3xf32, #CSR>, %b: tensor<4x6xf32>, %s: f32, %v: tensor<3xf32>)
    -> (tensor<4x6xf32>, tensor<4x6xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<2x3xf32>) {
  // expected-error @+1 {{'tensor.insert_slice' inserts into what is not zero along dimensions 0, 1: expected one dimension, with stride 1}}
  %w = tensor.insert_slice %a into %b[0, 0] [2, 3] [1, 1] : tensor<2x3xf32, #CSR> into tensor<4x6xf32>
  // expected-error @+1 {{'tensor.insert_slice' operand 0 is tensor<3xf32>: expected 2 dimensions, as there are}}
  %x = tensor.insert_slice %v into %b[0, 0] [1, 3] [1, 1] : tensor<3xf32> into tensor<4x6xf32>
  %one = arith.constant 1.0 : f32
  // expected-error @+1 {{'tensor.pad' pads with 1.0: expected 0}}
  %y = tensor.pad %a low[1, 0] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %one : f32
  } : tensor<2x3xf32, #CSR> to tensor<3x3xf32>
  // expected-error @+1 {{'tensor.pad' pads with what is no constant: expected 0}}
  %z = tensor.pad %a low[1, 0] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %s : f32
  } : tensor<2x3xf32, #CSR> to tensor<3x3xf32>
  %zero = arith.constant 0.0 : f32
  // expected-error @+1 {{'tensor.pad' pads by -1: expected nothing negative, and slices that cut}}
  %p = tensor.pad %a low[1, -1] high[-1, 1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %zero : f32
  } : tensor<2x3xf32, #CSR> to tensor<2x3xf32>
  return %w, %x, %y, %z, %p : tensor<4x6xf32>, tensor<4x6xf32>, tensor<3x3xf32>, tensor<3x3xf32>, tensor<2x3xf32>
}
