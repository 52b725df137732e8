"""Extents that are left out follow from the ops, whichever are left out: random programs."""

import random

import pytest

from rdu.mlir_ext.context import make_context, parse
from rdu.mlir_ext.functions import defined_functions
from rdu.transforms.linalg.extents import extents_of, infer_extents

TEXT = """
#id = affine_map<(d0, d1) -> (d0, d1)>
#transposed = affine_map<(d0, d1) -> (d1, d0)>
#row = affine_map<(d0, d1) -> (d1)>
#column = affine_map<(d0, d1) -> (d0, 0)>
func.func @f(%a: tensor<?x?xf32>, %w: tensor<?x?xf32>, %b: tensor<?xf32>, %c: tensor<?x1xf32>,
             %x: tensor<?x?xf32>, %s: f32) -> tensor<?x?xf32> {
  %y = linalg.matmul ins(%a, %w : tensor<?x?xf32>, tensor<?x?xf32>) outs(%x : tensor<?x?xf32>)
      -> tensor<?x?xf32>
  %z = linalg.generic
      {indexing_maps = [#id, #row, #column, #id], iterator_types = ["parallel", "parallel"]}
      ins(%y, %b, %c : tensor<?x?xf32>, tensor<?xf32>, tensor<?x1xf32>)
      outs(%y : tensor<?x?xf32>) {
  ^bb0(%i: f32, %j: f32, %k: f32, %o: f32):
    linalg.yield %j : f32
  } -> tensor<?x?xf32>
  %f = linalg.fill ins(%s : f32) outs(%z : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %f : tensor<?x?xf32>
}
"""
M, K, N = 4, 5, 6
SHAPES = [[M, K], [K, N], [N], [M, 1], [M, N]]
LOOPS = ["mk", "kn", "n", "m1", "mn"]


@pytest.fixture
def block():
    module = parse(TEXT, make_context())  # which has to stay while its ops are looked at
    (function,) = defined_functions(module)
    yield function.body.blocks[0]
    del module


def operations(block):
    return [view.operation for view in block.operations]


@pytest.mark.parametrize("seed", range(40))
def test_every_extent_that_an_op_tells_is_found(seed, block):
    rng = random.Random(seed)
    arguments = list(block.arguments)[:5]
    left = [[rng.random() < 0.7 and loop != "1" for loop in loops] for loops in LOOPS]
    given = {
        argument: [None if out else extent for out, extent in zip(own, shape, strict=True)]
        for argument, own, shape in zip(arguments, left, SHAPES, strict=True)
    }
    known, clashes = infer_extents(given, operations(block))
    told = {
        loop
        for own, loops in zip(left, LOOPS, strict=True)
        for out, loop in zip(own, loops, strict=True)
        if not out
    }
    assert not clashes
    for argument, shape, loops in zip(arguments, SHAPES, LOOPS, strict=True):
        expected = [e if loop in told else None for e, loop in zip(shape, loops, strict=True)]
        assert known[argument] == expected
    for operation in operations(block)[:3]:
        assert known[operation.results[0]] == known[arguments[4]]


def test_loops_that_do_not_agree_are_all_found(block):
    given = dict(zip(block.arguments, [[4, 5], [6, 7], [8], [9, 1], [None, None]], strict=False))
    _, clashes = infer_extents(given, operations(block))
    found = [(clash.operation.name, clash.loop, str(clash)) for clash in clashes]
    assert found == [
        ("linalg.matmul", 2, "5 by operand 0, 6 by operand 1"),
        ("linalg.generic", 0, "4 by operand 0, 9 by operand 2, 4 by operand 3"),
        ("linalg.generic", 1, "7 by operand 0, 8 by operand 1, 7 by operand 3"),
    ]


def test_types_say_what_they_know(block):
    arguments = block.arguments
    assert extents_of(arguments[3].type) == [None, 1]
    assert extents_of(arguments[5].type) == []
