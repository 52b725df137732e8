"""Dimensions cut at strides, joined and divided: all factorisations, against NumPy."""

import itertools
import math

import numpy as np
import pytest

from rdu.transforms.linalg.views.strides import divided, fits, joined, parts


def factorings(extent):
    """Yield every way to write an extent as factors above 1, in order."""
    if extent == 1:
        yield ()
    for first in range(2, extent + 1):
        if extent % first == 0:
            yield from ((first, *rest) for rest in factorings(extent // first))


def strides_of(factors):
    return {math.prod(factors[n:]) for n in range(1, len(factors))}


@pytest.mark.parametrize("extent", [1, 2, 7, 12, 24, 36])
def test_parts_are_the_factors_of_the_strides(extent):
    for factors in factorings(extent):
        strides = strides_of(factors)
        assert fits(extent, strides)
        found = parts(extent, strides)
        assert tuple(size for size, _ in found) == factors
        steps = np.zeros(factors, np.int64).strides
        assert [stride * 8 for _, stride in found] == list(steps)


def test_strides_that_do_not_divide_each_other_do_not_fit():
    assert not fits(12, {2, 3})
    assert not fits(6, {4})
    assert fits(12, {2, 4})
    assert fits(5, set())


@pytest.mark.parametrize("shape", [(6,), (2, 3), (4, 1, 3), (1, 1), (2, 6, 2)])
def test_joining_and_dividing_are_inverse(shape):
    for each in itertools.product(*map(list, map(factorings, shape))):
        own = [strides_of(factors) for factors in each]
        whole = joined(shape, own)
        flat = [factor for factors in each for factor in factors]
        assert [size for size, _ in parts(math.prod(shape), whole)] == flat
        assert divided(shape, whole) == own


def test_a_stride_across_two_dimensions_is_refused():
    assert divided((4, 3), {2}) is None
    assert divided((4, 3), {6}) == [{2}, set()]
