// Attributes of the wrong kind are errors at their op, even those that the bindings cannot show.
// RUN: rdu-opt %s --pattern-to-spatial --split-input-file --verify-diagnostics

// expected-error @+1 {{'rdu.name' of tensor 0 is 7 : i64: expected a string}}
func.func @main(%x: tensor<8xf32> {rdu.name = 7}) -> tensor<8xf32> {
  %y = "pattern.map"() ({
    %e = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<8xf32>) -> f32
    "pattern.yield"(%e) : (f32) -> ()
  }) {domain = array<i64: 8>} : () -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// -----

// expected-error @+2 {{'rdu.net' is in the wrong place}}
// expected-error @+1 {{attribute 'sinks' has the wrong kind: expected an array, got [array<bf16>]}}
"rdu.net"() {capacities = array<i64: 1>, inits = array<i64: 0>, kind = "control", name = "n",
  sinks = [array<bf16>], source = "a.b.c"} : () -> ()
