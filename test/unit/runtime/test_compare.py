"""The one definition of the error against a reference."""

import math

import numpy as np
import pytest

from rdu.runtime import max_relative_error


def test_largest_difference_over_largest_expected_value() -> None:
    expected = np.array([1.0, -4.0, 2.0], np.float32)
    actual = np.array([1.0, -4.0, 2.5], np.float32)
    assert max_relative_error(actual, expected) == 0.125


def test_equal_arrays_have_no_error() -> None:
    special = np.array([np.nan, np.inf, -np.inf, 0.0], np.float32)
    assert max_relative_error(special, special) == 0.0
    assert max_relative_error(np.zeros(0), np.zeros(0)) == 0.0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_infinitely_wrong(value: float) -> None:
    assert max_relative_error(np.array([value]), np.array([1.0])) == math.inf
    assert max_relative_error(np.array([1.0]), np.array([value])) == math.inf


def test_nothing_expected() -> None:
    assert max_relative_error(np.array([1e-9]), np.array([0.0])) == math.inf


def test_integers_do_not_wrap() -> None:
    low, high = np.array([-(2**31)], np.int32), np.array([2**31 - 1], np.int32)
    assert max_relative_error(low, high) == pytest.approx(2.0)


def test_shapes_must_agree() -> None:
    with pytest.raises(ValueError, match=r"expected shape \[2\], got \[1, 2\]"):
        max_relative_error(np.zeros((1, 2)), np.zeros(2))
