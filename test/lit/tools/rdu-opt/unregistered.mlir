// RUN: rdu-opt %s --allow-unregistered-dialect | FileCheck %s
// RUN: not rdu-opt %s 2>&1 | FileCheck %s --check-prefix=ERROR

// CHECK: "strange.op"() : () -> ()
// ERROR: unregistered.mlir:7:15: error: operation being parsed with an unregistered dialect
func.func @f() {
  "strange.op"() : () -> ()
  return
}
