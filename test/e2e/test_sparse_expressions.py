"""The 32 expressions of SAM's compiler, from text to a run on the fabric, against NumPy.

Inputs are adversarial: nothing stored, one element, a full row among empty ones, everything stored.
"""

import numpy as np
import pytest
from notation_references import REFERENCES

from rdu.frontends.sparse.notation import KERNELS
from rdu.sparse import compile_expression

FEW, MANY = 5, 50
"""Inputs for each expression in the short checks, and in the long ones."""


def stored(random, shape, kind):
    """Return where values are stored."""
    if kind == "nothing":
        return np.zeros(shape, bool)
    if kind == "everything":
        return np.ones(shape, bool)
    kept = random.random(shape) < random.choice((0.1, 0.3, 0.6))
    if shape and kind == "one":
        kept = np.zeros(shape, bool)
        kept[tuple(random.integers(extent) for extent in shape)] = True
    if shape and kind == "row":
        kept = random.random(shape) < 0.1
        kept[random.integers(shape[0])] = True
    if shape and kind == "holes":
        kept[random.integers(shape[0])] = False
    return kept


KINDS = ("some", "holes", "row", "one", "nothing", "everything")


def operands(kernel, seed):
    """Return arrays of small whole numbers, so that every sum is exact."""
    random = np.random.default_rng(seed)
    extents = {variable: int(random.integers(1, 8)) for variable in "ijkl"}
    dtype = np.float32 if seed % 2 else np.int32
    kinds = random.permutation(KINDS) if seed >= len(KINDS) else [KINDS[seed]] * len(KINDS)
    shapes = kernel.shapes(extents)
    return {
        name: (stored(random, shape, kind) * random.integers(-3, 7, shape)).astype(dtype)
        for (name, shape), kind in zip(shapes.items(), kinds, strict=False)
    }


def check(name, seed):
    kernel = KERNELS[name]
    arrays = operands(kernel, seed)
    artifact = compile_expression(
        kernel.statement, arrays, formats=kernel.formats, order=kernel.order
    )
    tensor, _ = artifact.run()
    np.testing.assert_array_equal(tensor.to_dense(), REFERENCES[name](arrays))


@pytest.mark.parametrize("name", KERNELS)
def test_an_expression_runs(name):
    for seed in range(FEW):
        check(name, seed)


@pytest.mark.long
@pytest.mark.parametrize("name", KERNELS)
def test_an_expression_runs_on_many_inputs(name):
    for seed in range(FEW, MANY):
        check(name, seed)


@pytest.mark.parametrize("name", ["matmul_kij", "mat_sddmm", "tensor3_mttkrp", "mat_mattransmul"])
def test_both_engines_agree(name):
    kernel = KERNELS[name]
    arrays = operands(kernel, 11)
    options = {"formats": kernel.formats, "order": kernel.order, "fifo_depth": 2}
    artifact = compile_expression(kernel.statement, arrays, **options)
    (ours, fast), (theirs, slow) = (artifact.run(engine) for engine in ("native", "python"))
    np.testing.assert_array_equal(ours.to_dense(), theirs.to_dense())
    assert fast.cycles == slow.cycles
    assert [s.contexts for s in fast.sections] == [s.contexts for s in slow.sections]
    assert [s.channels for s in fast.sections] == [s.channels for s in slow.sections]


@pytest.mark.parametrize("kinds", ["sdsds", "sdsss", "sssds", "sssss", "dsdsd"])
def test_what_is_read_twice_is_there_where_it_is_stored(kinds):
    """One of the two meets another tensor, and is gone where that is; the other is not."""
    random = np.random.default_rng(0)
    a = random.integers(-2, 3, 4).astype(np.float32)
    b, c = (random.integers(-2, 3, (3, 4)) * stored(random, (3, 4), "some") for _ in "bc")
    inputs = {"a": a, "b": b.astype(np.float32), "c": c.astype(np.float32)}
    formats = {"a": kinds[0], "b": kinds[1:3], "c": kinds[3:]}
    text = "r(m,i) = (a(i) - b(m,i) * c(m,i)) * abs(c(m,i) - 1)"
    tensor, _ = compile_expression(text, inputs, formats=formats).run()
    np.testing.assert_array_equal(tensor.to_dense(), (a - b * c) * abs(c - 1))
