// A reproducer is written before each pass, stays if the pass fails, and replays.
// RUN: rm -f %t.bug %t.none
// RUN: not rdu-opt %s --cse --one-shot-bufferize=bufferize-function-boundaries --mlir-pass-pipeline-crash-reproducer=%t.bug 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: FileCheck %s --check-prefix=BUG --input-file %t.bug
// RUN: not rdu-opt %t.bug --run-reproducer 2>&1 | FileCheck %s --check-prefix=ERROR
// RUN: rdu-opt %s --cse --mlir-pass-pipeline-crash-reproducer=%t.none
// RUN: not cat %t.none
// RUN: rdu-opt %S/Inputs/reproducer.mlir --run-reproducer | FileCheck %s

// ERROR: reproducer.mlir{{.*}}:23:10: error: op was not bufferized

// BUG: "sam.graph"
// BUG: mlir_reproducer: {
// BUG-NEXT: pipeline: "builtin.module(one-shot-bufferize{bufferize-function-boundaries})",
// BUG-NEXT: disable_threading: true,
// BUG-NEXT: verify_each: true

// CHECK-LABEL: func.func @twice
// CHECK: arith.addi
// CHECK-NOT: arith.addi
func.func @f(%t: tensor<f32>) -> tensor<f32> {
  %x = "sam.graph"() ({
    %b = "sam.bind"(%t) : (tensor<f32>) -> !sam.tensor<tensor<f32>, [], array<i64>>
    %root = "sam.root"() : () -> !sam.stream<"ref", 0>
    %v = "sam.array"(%b, %root) : (!sam.tensor<tensor<f32>, [], array<i64>>, !sam.stream<"ref", 0>) -> !sam.stream<"val", 0>
    "sam.yield"(%v) : (!sam.stream<"val", 0>) -> ()
  }) : () -> tensor<f32>
  return %x : tensor<f32>
}
