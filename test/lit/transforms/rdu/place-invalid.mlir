// A machine with one PCU, and one without a grid.
// RUN: sed 's/^rows = { value = [0-9]*/rows = { value = 1/; s/^columns = { value = [0-9]*/columns = { value = 1/' %S/../../../../python/rdu/targets/plasticine.toml > %t.toml
// RUN: sed '/^\[grid\]/,/^$/d' %S/../../../../python/rdu/targets/plasticine.toml > %t.none.toml
// RUN: rdu-opt %s --rdu-place=machine=%t.toml --verify-diagnostics
// RUN: sh -c "rdu-opt %s --rdu-place=machine=%t.toml 2> %t.err; test $? = 3"
// RUN: sh -c "rdu-opt %s --rdu-place=machine=%t.none.toml 2> %t.err; test $? = 3"
// RUN: FileCheck %s < %t.err
// RUN: sh -c "rdu-opt %s --rdu-place=machine=plastic 2> %t.err; test $? = 2"
// RUN: FileCheck %s --check-prefix=MACHINE < %t.err

// CHECK: place-invalid.mlir:{{[0-9]+}}:1: error: 'rdu.section' cannot be placed: machine '{{.*}}' has no grid
// CHECK: hint: a configuration of unplaced units runs as well
// MACHINE: error: unknown machine 'plastic'
// MACHINE: hint: did you mean 'plasticine'?

// expected-error @+2 {{'rdu.section' does not fit: 2 pcu units, machine}}
// expected-error @+1 {{'rdu.section' does not fit: 1 pmu units, machine}}
"rdu.section"() ({
  "rdu.unit"() ({
  }) {name = "a", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
  }) {name = "b", kind = "pcu"} : () -> ()
  "rdu.unit"() ({
  }) {name = "c", kind = "pmu"} : () -> ()
  "rdu.unit"() ({
  }) {name = "d", kind = "ag"} : () -> ()
}) {name = "s", state = "partitioned"} : () -> ()
