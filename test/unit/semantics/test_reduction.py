"""The lane tree against a recursive statement of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdu.semantics.dtypes import NUMPY
from rdu.semantics.reduction import REDUCTIONS, identity, reduce_lanes
from rdu.semantics.scalar import OPS

CASES = [(name, dtype) for name, identities in REDUCTIONS.items() for dtype in identities]


def tree(name: str, lanes: list[tuple[object, bool]]) -> tuple[object, bool]:
    if len(lanes) == 1:
        return lanes[0]
    rounds = []
    for i in range(0, len(lanes), 2):
        live = [value for value, alive in lanes[i : i + 2] if alive]
        both = OPS[name].evaluate(*live) if len(live) == 2 else (live or [None])[0]
        rounds.append((both, bool(live)))
    return tree(name, rounds)


@given(
    st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), st.booleans()), min_size=1, max_size=20)
)
def test_the_tree_is_that_of_neighbouring_pairs(lanes: list[tuple[int, bool]]) -> None:
    for name, dtype in CASES:
        scale = np.float64(1.1e-3) if dtype == "f32" else 1
        values = (np.array([v for v, _ in lanes]) * scale).astype(NUMPY[dtype])
        mask = np.array([alive for _, alive in lanes])
        value, live = reduce_lanes(name, values, mask)
        expected, alive = tree(name, list(zip(values, mask.tolist(), strict=True)))
        assert bool(live) == alive
        assert value.dtype == NUMPY[dtype]
        assert value.tobytes() == (expected if alive else identity(name, dtype)).tobytes()


@pytest.mark.parametrize(("name", "dtype"), CASES)
def test_the_identity_changes_nothing(name: str, dtype: str) -> None:
    values = np.array([0, 1, 0, 1], NUMPY[dtype])
    start = np.broadcast_to(identity(name, dtype), values.shape)
    assert (OPS[name].evaluate(start, values) == values).all()
    assert OPS[name].evaluate(start, values).dtype == NUMPY[dtype]


def test_leading_axes_are_independent() -> None:
    values = np.arange(32, dtype=np.float32).reshape(2, 16)
    mask = np.arange(16) < np.array([[16], [0]])
    value, live = reduce_lanes("addf", values, mask)
    assert (value.tolist(), live.tolist()) == ([120.0, 0.0], [True, False])


def test_a_single_live_lane_passes_unchanged() -> None:
    odd_nan = np.full(4, np.uint32(0xFFC00001)).view(np.float32)
    value, live = reduce_lanes("addf", odd_nan, np.array([False, False, True, False]))
    assert live
    assert int(value.view(np.uint32)) == 0xFFC00001
