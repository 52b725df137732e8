// RUN: rdu-opt %s --pattern-fuse --split-input-file --mlir-print-local-scope | FileCheck %s

// A layer becomes one map: the reduction nests, the activation joins.
// CHECK-LABEL: func.func @layer(
// CHECK-SAME:    %[[X:.*]]: tensor<4x16xf32>, %[[W:.*]]: tensor<8x16xf32>, %[[B:.*]]: tensor<8xf32>)
// CHECK-NEXT:    %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT:    %[[Y:.*]] = "pattern.map"() ({
// CHECK-NEXT:      %[[BIAS:.*]] = "pattern.read"(%[[B]]) {map = affine_map<(d0, d1) -> (d1)>}
// CHECK-NEXT:      %[[P:.*]] = "pattern.reduce"() ({
// CHECK-NEXT:        %[[E:.*]] = "pattern.read"(%[[X]]) {map = affine_map<(d0, d1, d2) -> (d0, d2)>}
// CHECK-NEXT:        %[[F:.*]] = "pattern.read"(%[[W]]) {map = affine_map<(d0, d1, d2) -> (d1, d2)>}
// CHECK-NEXT:        %[[M:.*]] = arith.mulf %[[E]], %[[F]] : f32
// CHECK-NEXT:        "pattern.yield"(%[[M]]) : (f32) -> ()
// CHECK-NEXT:      }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 16>} : () -> f32
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[P]], %[[BIAS]] : f32
// CHECK-NEXT:      %[[R:.*]] = arith.maximumf %[[S]], %[[ZERO]] : f32
// CHECK-NEXT:      "pattern.yield"(%[[R]]) : (f32) -> ()
// CHECK-NEXT:    }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xf32>
// CHECK-NEXT:    return %[[Y]]
func.func @layer(%x: tensor<4x16xf32>, %w: tensor<8x16xf32>, %b: tensor<8xf32>) -> tensor<4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %p = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
    %f = "pattern.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<8x16xf32>) -> f32
    %m = arith.mulf %e, %f : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>} : () -> tensor<4x8xf32>
  %s = "pattern.map"() ({
    %e = "pattern.read"(%p) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x8xf32>) -> f32
    %c = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<8xf32>) -> f32
    %m = arith.addf %e, %c : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xf32>
  %y = "pattern.map"() ({
    %e = "pattern.read"(%s) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x8xf32>) -> f32
    %m = arith.maximumf %e, %zero : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Nothing to do: the activation would be computed for each column of the product.
// CHECK-LABEL: func.func @recomputed(
// CHECK-NEXT:    %[[E:.*]] = "pattern.map"
// CHECK:           math.exp
// CHECK:         %[[Y:.*]] = "pattern.reduce"
// CHECK-NEXT:      "pattern.read"(%[[E]])
// CHECK-NEXT:      "pattern.read"
// CHECK-NEXT:      arith.mulf
// CHECK-NEXT:      "pattern.yield"
// CHECK-NEXT:    }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>}
// CHECK-NEXT:    return %[[Y]]
func.func @recomputed(%x: tensor<4x16xf32>, %w: tensor<8x16xf32>) -> tensor<4x8xf32> {
  %a = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x16xf32>) -> f32
    %m = math.exp %e : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {domain = array<i64: 4, 16>} : () -> tensor<4x16xf32>
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
    %f = "pattern.read"(%w) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<8x16xf32>) -> f32
    %m = arith.mulf %e, %f : f32
    "pattern.yield"(%m) : (f32) -> ()
  }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>} : () -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}

// -----

// Into a reduction that reads each element once, by a permuted map; a zip is a map.
// CHECK-LABEL: func.func @once(
// CHECK-NOT:     pattern.zip
// CHECK-NOT:     pattern.map
// CHECK:         "pattern.reduce"() ({
// CHECK-NEXT:      %[[A:.*]] = "pattern.read"(%{{.*}}) {map = affine_map<(d0, d1) -> (d1, d0)>} : (tensor<3x5xi32>) -> i32
// CHECK-NEXT:      %[[M:.*]] = arith.muli %[[A]], %[[A]] : i32
// CHECK-NEXT:      "pattern.yield"(%[[M]]) : (i32) -> ()
// CHECK-NEXT:    }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 5, 3>} : () -> tensor<5xi32>
func.func @once(%x: tensor<3x5xi32>) -> tensor<5xi32> {
  %a = "pattern.zip"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<3x5xi32>) -> i32
    %f = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<3x5xi32>) -> i32
    %m = arith.muli %e, %f : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 3, 5>} : () -> tensor<3x5xi32>
  %y = "pattern.reduce"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i, j) -> (j, i)>} : (tensor<3x5xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 5, 3>} : () -> tensor<5xi32>
  return %y : tensor<5xi32>
}

// -----

// A producer of several readers, or one that is returned, is computed once and kept.
// CHECK-LABEL: func.func @shared(
// CHECK:         %[[A:.*]] = "pattern.map"
// CHECK:         %[[Y:.*]] = "pattern.map"
// CHECK-NEXT:      "pattern.read"(%[[A]])
// CHECK:         return %[[A]], %[[Y]]
func.func @shared(%x: tensor<4xi32>) -> (tensor<4xi32>, tensor<4xi32>) {
  %a = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %m = arith.addi %e, %e : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  %y = "pattern.map"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %m = arith.muli %e, %e : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  return %a, %y : tensor<4xi32>, tensor<4xi32>
}

// -----

// What only repeats values joins all readers, at any number of points; what nobody reads vanishes.
// CHECK-LABEL: func.func @free(%[[X:.*]]: tensor<6xi32>)
// CHECK-NEXT:    %[[Y:.*]] = "pattern.map"() ({
// CHECK-NEXT:      %[[E:.*]] = "pattern.read"(%[[X]]) {map = affine_map<(d0) -> (d0 + 1)>}
// CHECK-NEXT:      %[[F:.*]] = "pattern.read"(%[[X]]) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      arith.subi %[[E]], %[[F]] : i32
// CHECK:         %[[Z:.*]] = "pattern.reduce"() ({
// CHECK-NEXT:      %[[G:.*]] = "pattern.read"(%[[X]]) {map = affine_map<(d0) -> (d0)>}
// CHECK-NEXT:      "pattern.yield"(%[[G]])
// CHECK:         return %[[Y]], %[[Z]]
func.func @free(%x: tensor<6xi32>) -> (tensor<5xi32>, i32) {
  %a = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (j)>} : (tensor<6xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {domain = array<i64: 3, 6>} : () -> tensor<3x6xi32>
  %y = "pattern.map"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i) -> (0, i)>} : (tensor<3x6xi32>) -> i32
    %f = "pattern.read"(%a) {map = affine_map<(i) -> (2, i + 1)>} : (tensor<3x6xi32>) -> i32
    %m = arith.subi %f, %e : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 5>} : () -> tensor<5xi32>
  %z = "pattern.reduce"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i) -> (1, i)>} : (tensor<3x6xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 0>, domain = array<i64: 6>} : () -> i32
  %dead = "pattern.map"() ({
    %e = "pattern.read"(%y) {map = affine_map<(i) -> (i)>} : (tensor<5xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {domain = array<i64: 5>} : () -> tensor<5xi32>
  return %y, %z : tensor<5xi32>, i32
}

// -----

// A map holds one reduction: the second stays outside.
// CHECK-LABEL: func.func @two(
// CHECK:         %[[B:.*]] = "pattern.reduce"
// CHECK:         }) {combiner = "maxsi", dims = array<i64: 1>, domain = array<i64: 4, 8>}
// CHECK-NEXT:    %{{.*}} = "pattern.map"() ({
// CHECK-NEXT:      %[[R:.*]] = "pattern.read"(%[[B]])
// CHECK-NEXT:      %[[S:.*]] = "pattern.reduce"
// CHECK:           }) {combiner = "addi", dims = array<i64: 0>, domain = array<i64: 8>} : () -> i32
// CHECK-NEXT:      arith.subi %[[S]], %[[R]] : i32
func.func @two(%x: tensor<4x8xi32>) -> tensor<4xi32> {
  %a = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x8xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> tensor<4xi32>
  %b = "pattern.reduce"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x8xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "maxsi", dims = array<i64: 1>, domain = array<i64: 4, 8>} : () -> tensor<4xi32>
  %y = "pattern.map"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %f = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %m = arith.subi %e, %f : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

// Coordinates follow the map at which the producer is read, also into a nested reduction.
// CHECK-LABEL: func.func @coordinates(
// CHECK-NEXT:    "pattern.map"() ({
// CHECK-NEXT:      %[[S:.*]] = "pattern.reduce"() ({
// CHECK-DAG:         %[[J:.*]] = "pattern.index"() {dim = 1 : i64} : () -> i32
// CHECK-DAG:         %[[TWO:.*]] = arith.constant 2 : i32
// CHECK:             %[[P:.*]] = arith.muli %[[J]], %[[TWO]] : i32
// CHECK:             %[[C:.*]] = arith.addi %[[P]], %{{.*}} : i32
// CHECK:           }) {combiner = "addi", dims = array<i64: 0>, domain = array<i64: 3>} : () -> i32
// CHECK-NEXT:      %[[I:.*]] = "pattern.index"() {dim = 0 : i64} : () -> i32
// CHECK-NEXT:      arith.addi %[[S]], %[[I]] : i32
func.func @coordinates(%x: tensor<4x8xi32>) -> tensor<4xi32> {
  %a = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<4x8xi32>) -> i32
    %j = "pattern.index"() {dim = 1 : i64} : () -> i32
    %m = arith.muli %e, %j : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xi32>
  %b = "pattern.reduce"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i, j) -> (i, j * 2 + 1)>} : (tensor<4x8xi32>) -> i32
    "pattern.yield"(%e) : (i32) -> ()
  }) {combiner = "addi", dims = array<i64: 1>, domain = array<i64: 4, 3>} : () -> tensor<4xi32>
  %y = "pattern.map"() ({
    %e = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %i = "pattern.index"() {dim = 0 : i64} : () -> i32
    %m = arith.addi %e, %i : i32
    "pattern.yield"(%m) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32>
  return %y : tensor<4xi32>
}

// -----

// Reads come first in order of use and equal ones are one; the op keeps the lines it came from.
// RUN: rdu-opt %s --pattern-fuse --split-input-file --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LINES
// CHECK-LABEL: func.func @form(
// CHECK-SAME:    %[[A:.*]]: tensor<4xi32>, %[[B:.*]]: tensor<4xi32>)
// CHECK-NEXT:    "pattern.map"() ({
// CHECK-NEXT:      %[[F:.*]] = "pattern.read"(%[[B]])
// CHECK-NEXT:      %[[E:.*]] = "pattern.read"(%[[A]])
// CHECK-NEXT:      %[[S:.*]] = arith.subi %[[F]], %[[F]] : i32
// CHECK-NEXT:      arith.addi %[[E]], %[[S]] : i32
// LINES-LABEL: func.func @form(
// LINES:         {domain = array<i64: 4>} : () -> tensor<4xi32> loc(fused["first":1:1, "second":2:1])
func.func @form(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %x = "pattern.map"() ({
    %f = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %g = "pattern.read"(%b) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %s = arith.subi %f, %g : i32
    "pattern.yield"(%s) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32> loc("first":1:1)
  %y = "pattern.map"() ({
    %e = "pattern.read"(%a) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %unused = "pattern.read"(%b) {map = affine_map<(i) -> (3)>} : (tensor<4xi32>) -> i32
    %f = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<4xi32>) -> i32
    %s = arith.addi %e, %f : i32
    "pattern.yield"(%s) : (i32) -> ()
  }) {domain = array<i64: 4>} : () -> tensor<4xi32> loc("second":2:1)
  return %y : tensor<4xi32>
}
