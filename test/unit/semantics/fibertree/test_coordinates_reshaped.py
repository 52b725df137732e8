"""Points in another shape are the same values in row-major order, as NumPy has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdu.semantics.fibertree import Coordinates

FACTORS = st.lists(st.sampled_from([1, 2, 3]), min_size=0, max_size=4)


@given(
    factors=FACTORS, cuts=st.tuples(st.integers(0, 4), st.integers(0, 4)), seed=st.integers(0, 99)
)
def test_reshaping_is_numpys(factors, cuts, seed):
    rng = np.random.default_rng(seed)
    array = np.where(rng.random(factors) < 0.5, rng.integers(1, 9, factors), 0).astype(np.float32)
    first, last = sorted(cuts)
    parts = [factors[:first], factors[first:last], factors[last:]]
    shape = [int(np.prod(part)) for part in parts if part]
    made = Coordinates.from_dense(array).reshaped(shape)
    assert made.shape == tuple(shape)
    assert np.array_equal(made.to_dense(), array.reshape(shape))


def test_no_points_and_scalars():
    empty = Coordinates.from_dense(np.zeros((2, 3), np.float32))
    assert empty.reshaped([6]).size == 0
    scalar = Coordinates.from_dense(np.array(3.0, np.float32))
    assert np.array_equal(scalar.reshaped([1, 1]).to_dense(), [[3.0]])
    assert scalar.reshaped([1, 1]).reshaped([]).to_dense() == 3.0


def test_the_number_of_elements_stays():
    points = Coordinates.from_dense(np.ones((2, 3), np.float32))
    with pytest.raises(ValueError, match="elements"):
        points.reshaped([2, 2])
