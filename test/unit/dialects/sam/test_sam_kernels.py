"""Whole graphs against dense NumPy: eight of SAM's evaluation, and sums of three."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_kernels import KERNELS
from sam_text import compute


def arrays(*shapes, seed):
    """Small integers, as f32, at a density that differs by seed: empty, thin, full."""
    rng = np.random.default_rng(seed)
    density = [0.0, 0.1, 0.3, 0.6, 1.0][seed % 5]
    made = []
    for shape in shapes:
        kept = rng.random(shape) < (density if rng.random() < 0.8 else rng.random())
        made.append((kept * rng.integers(1, 6, shape)).astype(np.float32))
    return made


@pytest.mark.parametrize("name", KERNELS)
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_kernels_of_the_literature(name, seed):
    build, operands, formula = KERNELS[name]
    letters = sorted(set("".join(operands)))
    rng = np.random.default_rng(seed)
    extents = dict(zip(letters, rng.integers(1, 6, len(letters)).tolist(), strict=True))
    given_arrays = arrays(*(tuple(extents[c] for c in o) for o in operands), seed=seed)
    expected = np.einsum(formula, *given_arrays) if formula else sum(given_arrays)
    text = build(*(extents[c] for c in letters))
    np.testing.assert_array_equal(compute(text, *given_arrays), expected)
