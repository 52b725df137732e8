// RUN: rdu-opt %s --sam-trees --verify-diagnostics

// Seven branches cannot be dealt out by four ports; six ports can bring five of them together.
func.func @seven(%b: tensor<9xf32>) -> tensor<9xf32> {
  %x = "sam.graph"() ({
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    %t = "sam.bind"(%b) : (tensor<9xf32>) -> !sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>
    %i, %r = "sam.fiber_lookup"(%t, %root) {level = 0 : i64} : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 0 : i64>) -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    // expected-remark @+1 {{stays as it is: no tree of units that have ports for 4 has 7 streams}}
    %f:7 = "sam.fork"(%r) {chunk = 3 : i64, resultSegmentSizes = array<i32: 7>} : (!sam.stream<"ref", 1 : i64>) -> (!sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    %v0 = "sam.array"(%t, %f#0) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v1 = "sam.array"(%t, %f#1) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v2 = "sam.array"(%t, %f#2) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v3 = "sam.array"(%t, %f#3) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v4 = "sam.array"(%t, %f#4) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v5 = "sam.array"(%t, %f#5) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %v6 = "sam.array"(%t, %f#6) : (!sam.tensor<tensor<9xf32>, ["compressed"], array<i64: 0>>, !sam.stream<"ref", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    // expected-remark @+1 {{stays as it is: no tree of units that have ports for 5 has 7 streams}}
    %v = "sam.join"(%i, %v0, %v1, %v2, %v3, %v4, %v5, %v6) {chunk = 3 : i64, operandSegmentSizes = array<i32: 1, 7>} : (!sam.stream<"crd", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    "sam.fiber_write"(%i) {level = 0 : i64} : (!sam.stream<"crd", 1 : i64>) -> ()
    "sam.yield"(%v) : (!sam.stream<"val", 1 : i64>) -> ()
  }) : () -> tensor<9xf32>
  return %x : tensor<9xf32>
}
