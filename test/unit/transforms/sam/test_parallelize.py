"""Parallel graphs compute what they did, whatever the copies and chunks, or say why they cannot."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.frontends.sparse.kernels import KERNELS
from rdu.interpreter.run import run
from rdu.mlir_ext.driver import run_pass
from rdu.transforms.sam.parallelize import Parallelize

COPIED = {
    "ewmul": (0, 1),
    "mm_ijk": (0, 1),
    "mm_ikj": (0,),
    "mttkrp": (0, 1),
    "plus2": (0, 1),
    "sddmm": (0, 1),
    "spmv": (0,),
}
"""Kernels and the levels that can be shared out: not those that an accumulator makes."""


def arrays(kernel, random, density):
    extents = {v: int(random.integers(1, 6)) for vs in kernel.operands.values() for v in vs}
    shapes = {name: [extents[v] for v in vs] for name, vs in kernel.operands.items()}
    made = {
        name: ((random.random(s) < density) * random.integers(1, 6, s)).astype(np.float32)
        for name, s in shapes.items()
    }
    return [extents[v] for v in sorted(extents)], made


@pytest.mark.parametrize(("name", "level"), [(n, level) for n in COPIED for level in COPIED[n]])
@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    density=st.sampled_from((0.0, 0.3, 0.7, 1.0)),
    factor=st.integers(2, 4),
    chunk=st.integers(1, 3),
)
def test_copies_compute_the_same(name, level, seed, density, factor, chunk):
    kernel = KERNELS[name]
    extents, operands = arrays(kernel, np.random.default_rng(seed), density)
    (expected,) = run(kernel.build(*extents), operands).values()
    module = kernel.build(*extents)
    counts = run_pass(module, Parallelize, level=level, factor=factor, chunk=chunk)
    assert counts["graphs"] == 1
    (computed,) = run(module, operands).values()
    np.testing.assert_array_equal(computed, expected)


@pytest.mark.parametrize(("name", "level"), [("mm_kij", 0), ("mm_kij", 1), ("mm_ikj", 1)])
def test_what_an_accumulator_makes_is_left_alone(name, level):
    module = KERNELS[name].build(3, 4, 5)
    before = str(module)
    assert run_pass(module, Parallelize, level=level)["graphs"] == 0
    assert str(module) == before
