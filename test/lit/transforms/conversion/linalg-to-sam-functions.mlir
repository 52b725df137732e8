// RUN: rdu-opt %s --linalg-to-sam --split-input-file | FileCheck %s

// Comparison and selection are a maximum or minimum, whichever way they are written.
// CHECK-LABEL: func.func @choices(
// CHECK:         "sam.unary"({{.*}}) {constant = 1.000000e+00 : f64, function = "max"}
// CHECK:         "sam.unary"({{.*}}) {constant = 2.000000e+00 : f64, function = "min"}
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @choices(%a: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  %e = tensor.empty() : tensor<4x6xf32>
  %x = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x6xf32, #CSR>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%p: f32, %o: f32):
    %one = arith.constant 1.0 : f32
    %two = arith.constant 2.0 : f32
    %l = arith.cmpf ult, %p, %one : f32
    %q = arith.select %l, %one, %p : f32
    %g = arith.cmpf ogt, %two, %q : f32
    %r = arith.select %g, %q, %two : f32
    linalg.yield %r : f32
  } -> tensor<4x6xf32>
  return %x : tensor<4x6xf32>
}

// -----

// Powers: a product, a root, an exponential of a logarithm; a number that is converted is a constant.
// CHECK-LABEL: func.func @powers(
// CHECK:         "sam.alu"({{.*}}) {function = "mul"}
// CHECK:         "sam.unary"({{.*}}) {function = "sqrt"}
// CHECK:         "sam.unary"({{.*}}) {function = "log"}
// CHECK:         "sam.unary"({{.*}}) {constant = 1.500000e+00 : f64, function = "mul"}
// CHECK:         "sam.unary"({{.*}}) {function = "exp"}
// CHECK:         "sam.unary"({{.*}}) {function = "neg"}
// CHECK:         "sam.unary"({{.*}}) {constant = 3.000000e+00 : f64, function = "add"}
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#id = affine_map<(d0, d1) -> (d0, d1)>
#none = affine_map<(d0, d1) -> ()>
func.func @powers(%a: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32> {
  %three = arith.constant dense<3> : tensor<i64>
  %e = tensor.empty() : tensor<4x6xf32>
  %x = linalg.generic {indexing_maps = [#none, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%three, %a : tensor<i64>, tensor<4x6xf32, #CSR>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%n: i64, %p: f32, %o: f32):
    %two = arith.constant 2.0 : f32
    %half = arith.constant 0.5 : f32
    %more = arith.constant 1.5 : f32
    %q = math.powf %p, %two : f32
    %r = math.powf %q, %half : f32
    %s = math.powf %r, %more : f32
    %m = arith.sitofp %n : i64 to f32
    %t = arith.subf %m, %s : f32
    linalg.yield %t : f32
  } -> tensor<4x6xf32>
  return %x : tensor<4x6xf32>
}

// -----

// Nothing is sparse.
// CHECK-LABEL: func.func @dense(
// CHECK:         math.powf
func.func @dense(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %x = linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> (i)>], iterator_types = ["parallel"]}
      ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%p: f32, %o: f32):
    %half = arith.constant 0.5 : f32
    %r = math.powf %p, %half : f32
    linalg.yield %r : f32
  } -> tensor<4xf32>
  return %x : tensor<4xf32>
}

// -----

// Comparisons of i32 and of constants of 64 bits, logic and choices; a mask of its own is stored.
// CHECK-LABEL: func.func @masks(
// CHECK:         "sam.unary"({{.*}}) {constant = 2.000000e+00 : f64, function = "gt"} : (!sam.stream<i32, 2 : i64>) -> !sam.stream<"val", 2 : i64>
// CHECK:       }) : () -> tensor<4x6xi1>
// CHECK:         "sam.array"({{.*}}) : {{.*}} -> !sam.stream<i1, 2 : i64>
// CHECK:         "sam.unary"({{.*}}) {constant = {{.*}} : f64, function = "lt"} : (!sam.stream<"val", 2 : i64>) -> !sam.stream<i1, 2 : i64>
// CHECK:         "sam.alu"({{.*}}) {function = "and"} : (!sam.stream<i1, 2 : i64>, !sam.stream<i1, 2 : i64>) -> !sam.stream<i1, 2 : i64>
// CHECK:         "sam.select"({{.*}}) {operandSegmentSizes = array<i32: 1, 1, 0>, other_constant = 0.000000e+00 : f64}
// CHECK:       }) : () -> tensor<4x6xf32>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @masks(%a: tensor<4x6xf32, #CSR>, %n: tensor<4x6xi32, #CSR>) -> (tensor<4x6xi1>, tensor<4x6xf32>) {
  %em = tensor.empty() : tensor<4x6xi1>
  %m = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%n : tensor<4x6xi32, #CSR>) outs(%em : tensor<4x6xi1>) {
  ^bb0(%p: i32, %o: i1):
    %two = arith.constant 2 : i64
    %w = arith.extsi %p : i32 to i64
    %g = arith.cmpi sgt, %w, %two : i64
    linalg.yield %g : i1
  } -> tensor<4x6xi1>
  %e = tensor.empty() : tensor<4x6xf32>
  %x = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%m, %a : tensor<4x6xi1>, tensor<4x6xf32, #CSR>) outs(%e : tensor<4x6xf32>) {
  ^bb0(%c: i1, %p: f32, %o: f32):
    %zero = arith.constant 0.0 : f32
    %bound = arith.constant 0.1 : f64
    %w = arith.extf %p : f32 to f64
    %l = arith.cmpf olt, %w, %bound : f64
    %b = arith.andi %c, %l : i1
    %r = arith.select %b, %p, %zero : f32
    linalg.yield %r : f32
  } -> tensor<4x6xf32>
  return %m, %x : tensor<4x6xi1>, tensor<4x6xf32>
}

// -----

// Zeros that were computed are dropped, and rows without anything else where they are compressed.
// CHECK-LABEL: func.func @dropped(
// CHECK:         "sam.unary"({{.*}}) {function = "relu"}
// CHECK:         "sam.val_drop"
// CHECK-COUNT-2: "sam.crd_drop"
// CHECK:         "sam.fiber_write"
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#DCSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed, d1 : compressed)}>
#id = affine_map<(d0, d1) -> (d0, d1)>
func.func @dropped(%a: tensor<4x6xf32, #CSR>) -> tensor<4x6xf32, #DCSR> {
  %e = tensor.empty() : tensor<4x6xf32, #DCSR>
  %x = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel", "parallel"]}
      ins(%a : tensor<4x6xf32, #CSR>) outs(%e : tensor<4x6xf32, #DCSR>) attrs = {sam.drop_zeros} {
  ^bb0(%p: f32, %o: f32):
    %zero = arith.constant 0.0 : f32
    %r = arith.maximumf %p, %zero : f32
    linalg.yield %r : f32
  } -> tensor<4x6xf32, #DCSR>
  return %x : tensor<4x6xf32, #DCSR>
}
