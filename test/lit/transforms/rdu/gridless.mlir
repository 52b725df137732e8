// A machine without a grid has no places and no routes.
// RUN: rdu-opt %s --split-input-file --rdu-place=machine=%S/Inputs/gridless.toml --rdu-route=machine=%S/Inputs/gridless.toml --verify-diagnostics

// expected-error @+1 {{'rdu.section' cannot be placed: machine 'gridless' has no grid}}
"rdu.section"() ({
}) {name = "s", state = "partitioned"} : () -> ()

// -----

// expected-error @+1 {{'rdu.section' cannot be routed: machine 'gridless' has no grid}}
"rdu.section"() ({
}) {name = "s", state = "placed"} : () -> ()
