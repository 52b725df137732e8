// RUN: rdu-opt %s --to-pattern --mlir-print-local-scope | FileCheck %s --check-prefix=PATTERN
// RUN: rdu-opt %s --to-pattern --to-spatial --mlir-print-local-scope | FileCheck %s --check-prefix=SPATIAL
// RUN: rdu-opt %s --to-pattern --to-spatial --to-rdu | FileCheck %s --check-prefix=RDU
// RUN: rdu-opt %s --to-pattern --to-spatial --to-rdu -o %t.first
// RUN: rdu-opt %s --to-pattern --to-spatial --to-rdu -o %t.second
// RUN: diff %t.first %t.second

// One layer of a perceptron through the named pipelines: one map with the sum inside.
// PATTERN:      func.func @main(%[[W:.*]]: tensor<8x20xf32> {rdu.name = "fc.weight", rdu.role = "weight"}, %[[B:.*]]: tensor<8xf32> {{.*}}, %[[X:.*]]: tensor<4x20xf32> {rdu.name = "x", rdu.role = "input"})
// PATTERN-NEXT:   %[[ZERO:.*]] = arith.constant 0.0
// PATTERN-NEXT:   %[[Y:.*]] = "pattern.map"() ({
// PATTERN-NEXT:     %[[BIAS:.*]] = "pattern.read"(%[[B]]) {map = affine_map<(d0, d1) -> (d1)>}
// PATTERN-NEXT:     %[[SUM:.*]] = "pattern.reduce"() ({
// PATTERN-NEXT:       "pattern.read"(%[[X]]) {map = affine_map<(d0, d1, d2) -> (d0, d2)>}
// PATTERN-NEXT:       "pattern.read"(%[[W]]) {map = affine_map<(d0, d1, d2) -> (d1, d2)>}
// PATTERN:          }) {combiner = "addf", dims = array<i64: 0>, domain = array<i64: 20>}
// PATTERN-NEXT:     %[[A:.*]] = arith.addf %[[SUM]], %[[BIAS]]
// PATTERN-NEXT:     %[[R:.*]] = arith.maximumf %[[A]], %[[ZERO]]
// PATTERN-NEXT:     "pattern.yield"(%[[R]])
// PATTERN-NEXT:   }) {domain = array<i64: 4, 8>} : () -> tensor<4x8xf32>
// PATTERN-NEXT:   return %[[Y]]

// Memories cut for the copies and padded for the lanes, a tile loop, a chain of sums, the
// activation in its last copy.
// SPATIAL:      func.func @main() {
// SPATIAL-DAG:    "spatial.dram"() {name = "fc.weight", role = "weight"}
// SPATIAL-DAG:    "spatial.sram"() {buffers = 1 : i64, name = "fc_weight_0", strides = array<i64: 17, 1>} : () -> !spatial.scratchpad<tensor<8x16xf32>>
// SPATIAL-DAG:    "spatial.sram"() {buffers = 1 : i64, name = "fc_weight_1", strides = array<i64: 5, 1>} : () -> !spatial.scratchpad<tensor<8x4xf32>>
// SPATIAL:        "spatial.controller"() ({
// SPATIAL:          "spatial.controller"() ({
// SPATIAL:            %[[P:.*]] = "spatial.reduce"
// SPATIAL-NEXT:       "spatial.push"(%[[P]], %[[Q:[0-9]+]])
// SPATIAL:          "spatial.controller"() ({
// SPATIAL:            %[[S:.*]] = "spatial.pop"(%[[Q]])
// SPATIAL-NEXT:       %[[T:.*]] = "spatial.reduce"(%{{.*}}, %[[S]])
// SPATIAL:            arith.maximumf %[[T]]
// SPATIAL:          "spatial.store"
// SPATIAL:        names = ["t"], schedule = "pipelined"
// SPATIAL-NOT:    unroll = array<i64: {{.*}}2

// Units with places on the grid, nets with routes.
// RDU:          "rdu.tensor"() {name = "fc.weight", role = "weight", tier = "dram", type = tensor<8x20xf32>}
// RDU:          kind = "pmu", name = "fc_weight_0", place = array<i64: {{[0-9]+, [0-9]+}}>
// RDU:          kind = "pcu", name = "partial", place = array<i64
// RDU:          kind = "ag", name = "store_y_0", place = array<i64
// RDU:          "rdu.net"() {{.*}}routes = [array<i64
// RDU:          name = "main", state = "routed"
// RDU:          "rdu.run"()
#id = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (j)>
func.func @main(%w: tensor<8x20xf32> {rdu.name = "fc.weight", rdu.role = "weight"}, %b: tensor<8xf32> {rdu.name = "fc.bias", rdu.role = "weight"}, %x: tensor<4x20xf32> {rdu.name = "x", rdu.role = "input"}) -> (tensor<4x8xf32> {rdu.name = "y", rdu.role = "output"}) {
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<4x8xf32>
  %f = linalg.fill ins(%zero : f32) outs(%e : tensor<4x8xf32>) -> tensor<4x8xf32>
  %m = linalg.matmul indexing_maps = [affine_map<(i, j, k) -> (i, k)>, affine_map<(i, j, k) -> (j, k)>, affine_map<(i, j, k) -> (i, j)>]
    ins(%x, %w : tensor<4x20xf32>, tensor<8x20xf32>) outs(%f : tensor<4x8xf32>) -> tensor<4x8xf32>
  %y = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel"]}
      ins(%m, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%e : tensor<4x8xf32>) {
  ^bb0(%s: f32, %c: f32, %out: f32):
    %a = arith.addf %s, %c : f32
    %r = arith.maximumf %a, %zero : f32
    linalg.yield %r : f32
  } -> tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
