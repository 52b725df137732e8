// RUN: rdu-opt %s --sam-read-as-written --split-input-file | FileCheck %s

// The result of the first graph is bound as it is written, which is dense: it has every coordinate.
// The argument stays as it is, and so does a result that no graph reads.
// CHECK-LABEL: func.func @chain(
// CHECK:         "sam.bind"(%arg0) {{.*}}["dense"], array<i64: 0>>
// CHECK:         "sam.fiber_write"(%{{.*}}) {dense, level = 0 : i64}
// CHECK:         "sam.bind"(%0) {{.*}}["dense"], array<i64: 0>>
// CHECK:         "sam.fiber_write"(%{{.*}}) {level = 0 : i64}
func.func @chain(%b: tensor<4xf32>) -> tensor<4xf32> {
  %x = "sam.graph"() ({
    %t = "sam.bind"(%b) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %r = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v = "sam.array"(%t, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<4xf32>
  %y = "sam.graph"() ({
    %t = "sam.bind"(%x) : (tensor<4xf32>) -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %r = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v = "sam.array"(%t, %r) : (!sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// Nothing to do: no graph reads another one's result.
// CHECK-LABEL: func.func @none(
// CHECK-NEXT:    return
func.func @none(%b: tensor<4xf32>) -> tensor<4xf32> {
  return %b : tensor<4xf32>
}

// -----

// A result that is read by columns is stored anew by a graph of its own, which sorts its points.
// CHECK-LABEL: func.func @turned(
// CHECK:         %0 = "sam.graph"()
// CHECK:         %1 = "sam.graph"()
// CHECK:           "sam.bind"(%0) {{.*}}["compressed", "compressed"], array<i64: 0, 1>>
// CHECK:           "sam.accumulate"
// CHECK:         {order = array<i64: 1, 0>, sam.copy}
// CHECK:           "sam.bind"(%1) {{.*}}["compressed", "compressed"], array<i64: 1, 0>>
func.func @turned(%b: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %x = "sam.graph"() ({
    %t = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %rj = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%t, %rj) : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x5xf32>
  %y = "sam.graph"() ({
    %t = "sam.bind"(%x) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 1, 0>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 1, 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %rj = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 1, 0>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%t, %rj) : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 1, 0>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) {order = array<i64: 1, 0>} : () -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

// An argument that is bound otherwise than its encoding has it is stored anew, too; one that is bound
// as it is stays. Points of a list are added up.
// CHECK-LABEL: func.func @arguments(
// CHECK:         %[[LIST:.*]] = "sam.graph"()
// CHECK:           "sam.bind"(%arg1) {{.*}}["compressed", "singleton"], array<i64: 0, 1>>
// CHECK:           "sam.accumulate"({{.*}}function = "add"
// CHECK:         {sam.copy}
// CHECK:         %[[TURNED:.*]] = "sam.graph"()
// CHECK:           "sam.bind"(%arg0) {{.*}}["dense", "compressed"], array<i64: 0, 1>>
// CHECK:           "sam.accumulate"({{.*}}function = "max"
// CHECK:         {order = array<i64: 1, 0>, sam.copy}
// CHECK:           "sam.bind"(%[[TURNED]]) : (tensor<4x5xf32>) -> {{.*}}["compressed", "compressed"], array<i64: 1, 0>>
// CHECK:           "sam.bind"(%arg0) {{.*}}["dense", "compressed"], array<i64: 0, 1>>
// CHECK:           "sam.bind"(%[[LIST]]) : (tensor<4x5xf32>) -> {{.*}}["compressed", "compressed"], array<i64: 0, 1>>
#CSR = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : dense, d1 : compressed)}>
#COO = #sparse_tensor.encoding<{map = (d0, d1) -> (d0 : compressed(nonunique), d1 : singleton)}>
func.func @arguments(%b: tensor<4x5xf32, #CSR>, %c: tensor<4x5xf32, #COO>) -> tensor<f32> {
  %x = "sam.graph"() ({
    %t = "sam.bind"(%b) : (tensor<4x5xf32, #CSR>) -> !sam.tensor<tensor<4x5xf32, #CSR>, ["compressed", "compressed"], array<i64: 1, 0>>
    %s = "sam.bind"(%b) : (tensor<4x5xf32, #CSR>) -> !sam.tensor<tensor<4x5xf32, #CSR>, ["dense", "compressed"], array<i64: 0, 1>>
    %u = "sam.bind"(%c) : (tensor<4x5xf32, #COO>) -> !sam.tensor<tensor<4x5xf32, #COO>, ["compressed", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %v = "sam.array"(%t, %root) : (!sam.tensor<tensor<4x5xf32, #CSR>, ["compressed", "compressed"], array<i64: 1, 0>>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"val", 0 : i64>
    "sam.yield"(%v) : (!sam.stream<"val", 0 : i64>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}

// -----

// An accumulation has all of a row or nothing of it: rows without anything go.
// CHECK-LABEL: func.func @rows(
// CHECK:         %[[MERGED:.*]]:2 = "sam.accumulate"
// CHECK:         %[[ROWS:.*]]:2 = "sam.crd_drop"(%{{.*}}, %[[MERGED]]#0)
// CHECK:         %[[VALUES:.*]]:2 = "sam.crd_drop"(%{{.*}}, %[[MERGED]]#1)
// CHECK:         "sam.fiber_write"(%[[ROWS]]#0) {level = 0 : i64}
// CHECK:         "sam.fiber_write"(%[[ROWS]]#1) {dense, level = 1 : i64}
// CHECK:         "sam.yield"(%[[VALUES]]#1)
// CHECK:         "sam.bind"(%0) {{.*}}["compressed", "dense"], array<i64: 0, 1>>
func.func @rows(%b: tensor<4x5xf32>, %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %x = "sam.graph"() ({
    %t = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %u = "sam.bind"(%c) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %k, %rk = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %f = "sam.locate"(%u, %k, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"ref", 2 : i64>
    %j, %rj = "sam.fiber_lookup"(%u, %f) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 3 : i64>, !sam.stream<"ref", 3 : i64>)
    %v = "sam.array"(%u, %rj) : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 3 : i64>) -> !sam.stream<"val", 3 : i64>
    %xj, %xv = "sam.accumulate"(%k, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 3 : i64>, !sam.stream<"val", 3 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%xj) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%xv) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x5xf32>
  %y = "sam.graph"() ({
    %t = "sam.bind"(%x) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %rj = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%t, %rj) : (!sam.tensor<tensor<4x5xf32>, ["compressed", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}

// -----

// Somebody counts on every row: zeros fill up those without anything.
// CHECK-LABEL: func.func @every_row(
// CHECK:         %[[EVERY:.*]] = tensor.empty() : tensor<5xf32>
// CHECK:         %[[ROWS:.*]]:2 = "sam.accumulate"
// CHECK-NOT:     "sam.crd_drop"
// CHECK:         %[[VECTOR:.*]] = "sam.bind"(%[[EVERY]])
// CHECK:         %[[WALK:.*]]:2 = "sam.fiber_lookup"(%[[VECTOR]],
// CHECK:         %[[ZEROS:.*]] = "sam.array"(%[[VECTOR]], %[[WALK]]#1)
// CHECK:         %[[FULL:.*]]:3 = "sam.union"(%[[WALK]]#0, %[[ROWS]]#0, %[[ZEROS]], %[[ROWS]]#1)
// CHECK:         "sam.fiber_write"(%[[FULL]]#0) {dense, level = 1 : i64}
// CHECK:         "sam.yield"(%[[FULL]]#2)
// CHECK:         "sam.bind"(%{{.*}}) {{.*}}["dense", "dense"], array<i64: 0, 1>>
func.func @every_row(%b: tensor<4x5xf32>, %c: tensor<4x5xf32>) -> tensor<4x5xf32> {
  %x = "sam.graph"() ({
    %t = "sam.bind"(%b) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %u = "sam.bind"(%c) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %k, %rk = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %f = "sam.locate"(%u, %k, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"ref", 2 : i64>
    %j, %rj = "sam.fiber_lookup"(%u, %f) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> (!sam.stream<"crd", 3 : i64>, !sam.stream<"ref", 3 : i64>)
    %v = "sam.array"(%u, %rj) : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>, !sam.stream<"ref", 3 : i64>) -> !sam.stream<"val", 3 : i64>
    %xj, %xv = "sam.accumulate"(%k, %j, %v) {function = "add", operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>} : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 3 : i64>, !sam.stream<"val", 3 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%xj) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%xv) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x5xf32>
  %y = "sam.graph"() ({
    %t = "sam.bind"(%x) : (tensor<4x5xf32>) -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %i, %ri = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %j, %rj = "sam.fiber_lookup"(%t, %ri) {level = 1 : i64} : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    %v = "sam.array"(%t, %rj) : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>, !sam.stream<"ref", 2 : i64>) -> !sam.stream<"val", 2 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.fiber_write"(%j) {level = 1 : i64} : (!sam.stream<"crd", 2 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 2 : i64>) -> ()
  }) : () -> tensor<4x5xf32>
  return %y : tensor<4x5xf32>
}
