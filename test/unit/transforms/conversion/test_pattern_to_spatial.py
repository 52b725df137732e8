"""What the conversion makes of patterns: statistics, and the values that sums start from."""

import numpy as np
import pytest
from levels import CONTEXT, check_schedule

from rdu.mlir_ext.context import parse
from rdu.mlir_ext.driver import run_pass
from rdu.transforms.conversion.pattern_to_spatial import PatternToSpatial

SUM = """
func.func @main(%x: tensor<4x32xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {{
  %c = arith.constant 0.5 : f32
  %y = "pattern.map"() ({{
    %bias = "pattern.read"(%b) {{map = affine_map<(i) -> (i)>}} : (tensor<4xf32>) -> f32
    %s = "pattern.reduce"() ({{
      %e = "pattern.read"(%x) {{map = affine_map<(i, k) -> (i, k)>}} : (tensor<4x32xf32>) -> f32
      "pattern.yield"(%e) : (f32) -> ()
    }}) {{combiner = "{combiner}", dims = array<i64: 0>, domain = array<i64: 32>}} : () -> f32
    {finish}
    "pattern.yield"(%r) : (f32) -> ()
  }}) {{domain = array<i64: 4>{lanes}}} : () -> tensor<4xf32>
  return %y : tensor<4xf32>
}}
"""

FINISHES = {
    # name: (combiner, what follows the sum, lanes along it, values folded)
    "bias": ("addf", "%r = arith.addf %s, %bias : f32", False, 1),
    "bias-first": ("addf", "%r = arith.addf %bias, %s : f32", False, 1),
    "constant": ("addf", "%r = arith.addf %s, %c : f32", False, 1),
    "computed-later": (
        "addf",
        "%d = arith.mulf %bias, %c : f32\n    %r = arith.addf %s, %d : f32",
        False,
        1,
    ),
    "maximum": ("maximumf", "%r = arith.maximumf %s, %bias : f32", False, 1),
    "tree": ("addf", "%r = arith.addf %s, %bias : f32", True, 0),
    "another-operation": ("addf", "%r = arith.mulf %s, %bias : f32", False, 0),
    "with-itself": ("addf", "%r = arith.addf %s, %s : f32", False, 0),
    "used-twice": (
        "addf",
        "%d = arith.addf %s, %bias : f32\n    %r = arith.mulf %d, %s : f32",
        False,
        0,
    ),
    "depends-on-the-sum": (
        "addf",
        "%d = arith.negf %s : f32\n    %r = arith.addf %d, %bias : f32",
        False,
        0,
    ),
}


@pytest.mark.parametrize("name", FINISHES)
def test_a_sum_starts_from_what_is_added_to_it(name: str):
    combiner, finish, tree, folded = FINISHES[name]
    lanes = ", pattern.lanes = array<i64: 1, 16>" if tree else ""
    text = SUM.format(combiner=combiner, finish=finish, lanes=lanes)
    counts = run_pass(parse(text, CONTEXT), PatternToSpatial)
    assert counts == {"controllers": 1, "memories": 3, "folded": folded}
    random = np.random.default_rng(0)
    inputs = {"arg0": random.integers(-9, 10, (4, 32)), "arg1": random.integers(-9, 10, 4)}
    check_schedule(text, {key: array.astype(np.float32) for key, array in inputs.items()})
