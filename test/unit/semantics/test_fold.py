"""Reductions of whole arrays, against loops over single values."""

import numpy as np
import pytest

from rdu.semantics.dtypes import DTYPES
from rdu.semantics.fold import fold, fold_in_any_order
from rdu.semantics.reduction import REDUCTIONS, identity, reduce_lanes
from rdu.semantics.scalar import OPS

ZERO = np.zeros((), np.float32)
CASES = [(name, dtype) for name, types in REDUCTIONS.items() for dtype in DTYPES if dtype in types]


def random_values(dtype, shape):
    generator = np.random.default_rng(7)
    if dtype == "f32":
        return generator.standard_normal(shape).astype(np.float32)
    if dtype == "i1":
        return generator.integers(0, 2, shape).astype(bool)
    return generator.integers(-(2**31), 2**31, shape).astype(np.int32)


def loop(name, values, state):
    for value in values:
        state = OPS[name].evaluate(state, value)
    return state


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_fold_is_sequential(name, dtype):
    values = random_values(dtype, (3, 5, 4))
    start = identity(name, dtype)
    total = fold(name, values, [1, 2], start)
    assert total.shape == (3, 1, 1)
    for row in range(3):
        assert total[row, 0, 0] == loop(name, values[row].ravel(), start)


def test_fold_starts_at_a_value_for_each_row():
    values, start = random_values("f32", (3, 5)), random_values("f32", (3, 1))
    total = fold("addf", values, [1], start)
    for row in range(3):
        assert total[row, 0] == loop("addf", values[row], start[row, 0])


@pytest.mark.parametrize("lanes", [2, 3, 4, 8, 16])
@pytest.mark.parametrize("extent", [1, 5, 16, 21])
def test_vectors_are_reduced_by_the_tree(lanes, extent):
    values = random_values("f32", (2, extent))
    total = fold("addf", values, [1], ZERO, (1, lanes))
    for row in range(2):
        vectors = [values[row, at : at + lanes] for at in range(0, extent, lanes)]
        sums = [reduce_lanes("addf", v, np.ones(len(v), bool))[0] for v in vectors]
        assert total[row, 0] == loop("addf", sums, ZERO)


def test_lanes_may_run_along_an_outer_axis():
    """Vectors of k, then m inside: a tree for each m before the next vector of k."""
    values = random_values("f32", (10, 3))
    total = fold("addf", values, [0, 1], ZERO, (0, 4))
    state = ZERO
    for k in range(0, 10, 4):
        for m in range(3):
            vector = values[k : k + 4, m]
            state = OPS["addf"].evaluate(
                state, reduce_lanes("addf", vector, np.ones(len(vector), bool))[0]
            )
    assert total[0, 0] == state


def test_lanes_along_a_kept_axis_change_nothing():
    values = random_values("f32", (16, 9))
    kept = fold("addf", values, [1], ZERO, (0, 16))
    assert np.array_equal(kept, fold("addf", values, [1], ZERO))


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_any_order_agrees(name, dtype):
    values = random_values(dtype, (3, 5, 4))
    total = fold_in_any_order(name, values, [0, 2])
    exact = fold(name, values, [0, 2], identity(name, dtype)).reshape(5)
    assert total.dtype == values.dtype
    if dtype == "f32":
        np.testing.assert_allclose(total, exact, rtol=1e-5, atol=1e-6)
    else:
        assert np.array_equal(total, exact)


def test_a_sum_of_nothing_but_negative_zeros_is_zero():
    assert not np.signbit(fold_in_any_order("addf", np.full(3, -0.0, np.float32), [0]))


@pytest.mark.parametrize("name", ["addf", "mulf", "maximumf", "minimumf"])
def test_special_values_follow_the_scalar_table(name):
    special = [0.0, -0.0, 1.0, np.inf, -np.inf, np.nan, -np.nan, 1e-45, 3e38]
    values = np.array(special, np.float32)[np.random.default_rng(3).integers(0, 9, (200, 3))]
    total = fold(name, values, [1], identity(name, "f32"))
    expected = [loop(name, row, identity(name, "f32")).view(np.uint32) for row in values]
    assert total[:, 0].view(np.uint32).tolist() == expected
