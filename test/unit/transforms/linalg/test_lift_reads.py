"""The pass `linalg-lift-reads` keeps values, and what it leaves alone does not change."""

import numpy as np
import pytest

from rdu.interpreter import run
from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.opt import Settings, optimize

BODY = """
func.func @main(%x: tensor<4x6x4xf32>, %y: tensor<3x4xf32>) -> tensor<3x4xf32> {{
  %e = tensor.empty() : tensor<3x4xf32>
  %r = linalg.generic {{
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}}
      ins(%y : tensor<3x4xf32>) outs(%e : tensor<3x4xf32>) {{
  ^bb0(%a: f32, %o: f32):
    %i = linalg.index 0 : index
    %j = linalg.index 1 : index
    %c1 = arith.constant 1 : index
    %c2 = arith.constant 2 : index
    {indices}
    %v = tensor.extract %x[{at}] : tensor<4x6x4xf32>
    %s = arith.addf %a, %v : f32
    linalg.yield %s : f32
  }} -> tensor<3x4xf32>
  return %r : tensor<3x4xf32>
}}
"""
LIFTED = {
    "%i, %j, %i": "",
    "%j, %i, %j": "",
    "%p, %p, %p": "%p = arith.addi %i, %c1 : index",
    "%c2, %q, %j": "%p = arith.addi %c1, %c2 : index\n%q = arith.addi %i, %p : index",
    "%c1, %c2, %c1": "",
}
LEFT = {
    "%p, %j, %j": "%p = arith.muli %i, %c1 : index",
    "%i, %p, %j": "%p = arith.addi %i, %j : index",
    "%i, %i, %p": "%p = arith.addi %j, %c1 : index",
}


def both(at, indices):
    before = BODY.format(at=at, indices=indices)
    return before, optimize(before, Settings(pipeline="func.func(linalg-lift-reads)"))


@pytest.mark.parametrize("at", LIFTED)
def test_lifted(at):
    before, after = both(at, LIFTED[at])
    assert "tensor.extract " not in after
    assert "linalg.index" not in after
    random = np.random.default_rng(0)
    inputs = [random.random(shape).astype(np.float32) for shape in ((4, 6, 4), (3, 4))]
    context = make_context()
    (expected,), (got,) = (run(parse(text, context), inputs).values() for text in (before, after))
    np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("at", LEFT)
def test_left_alone(at):
    _, after = both(at, LEFT[at])
    assert "tensor.extract %" in after
