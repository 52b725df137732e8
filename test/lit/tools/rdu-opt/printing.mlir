// How IR is printed, and that it reads back.
// RUN: rdu-opt %s --mlir-print-op-generic | FileCheck %s --check-prefix=GENERIC
// RUN: rdu-opt %s --mlir-print-debuginfo --mlir-print-local-scope | FileCheck %s --check-prefix=LOCATION
// RUN: rdu-opt %s --mlir-elide-elementsattrs-if-larger=2 | FileCheck %s --check-prefix=ELIDE
// RUN: rdu-opt %s --verify-roundtrip | FileCheck %s
// RUN: not rdu-opt %s --verify-roundtrip --cse --allow-unregistered-dialect --no-such-flag 2>&1 | FileCheck %s --check-prefix=FLAG

// GENERIC: "func.func"() <{
// GENERIC: "arith.constant"()
// LOCATION: arith.constant {{.*}} loc("{{.*}}printing.mlir":16:8)
// ELIDE: dense_resource<__elided__>
// CHECK: arith.constant dense<[1, 2, 3, 4]>
// FLAG: error: flag '--no-such-flag' is unknown

func.func @f() -> tensor<4xi32> {
  %0 = arith.constant dense<[1, 2, 3, 4]> : tensor<4xi32>
  return %0 : tensor<4xi32>
}
