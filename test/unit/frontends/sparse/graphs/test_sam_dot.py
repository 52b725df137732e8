"""Dot files in SAM's style: what they compute, against NumPy, and what comes back from a writer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sam_graphs import CASES

from rdu.frontends.sparse.graphs import read_dot, write_dot
from rdu.interpreter import run


def arrays_of(case, seed):
    """Small signed integers as f32, from empty to full."""
    rng = np.random.default_rng(seed)
    extents = {letter: int(rng.integers(1, 6)) for letter in "ijk"}
    density = [0.0, 0.2, 0.5, 1.0][seed % 4]
    found = {}
    for name, letters in case.shapes.items():
        shape = tuple(extents[letter] for letter in letters)
        array = (rng.random(shape) < density) * rng.integers(-5, 6, shape)
        found[name] = np.asarray(array, np.float32)
    return found


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_graphs_of_sam(name, seed):
    case = CASES[name]
    arrays = arrays_of(case, seed)
    module = read_dot(case.text, f"{name}.gv", shapes={n: a.shape for n, a in arrays.items()})
    (result,) = run(module, arrays).values()
    np.testing.assert_array_equal(result, case.expected(*arrays.values()))


@pytest.mark.parametrize("name", CASES)
def test_what_is_written_reads_back(name):
    case = CASES[name]
    arrays = arrays_of(case, 2)
    module = read_dot(case.text, shapes={n: a.shape for n, a in arrays.items()})
    text = write_dot(module)
    again = read_dot(text)
    assert str(again) == str(module)
    assert write_dot(again) == text
