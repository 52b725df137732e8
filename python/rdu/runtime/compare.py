"""How far a result is from what it should be: the one definition used everywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.support.diagnostics import ExitCode, RduError, error

TOLERANCE = 1e-5
"""Largest `max_relative_error` that passes where nothing else is asked for."""


def max_relative_error(actual: NDArray[Any], expected: NDArray[Any]) -> float:
    """Return the largest absolute difference over the largest absolute expected value.

    Both arrays have the same shape, of any real dtype; the differences are taken in f64. Equal
    infinities, and NaN where NaN is expected, count as no difference; any other infinity or NaN
    gives infinity, as does a difference where everything expected is zero.

    Raises:
        ValueError: the shapes differ.
    """
    if actual.shape != expected.shape:
        raise ValueError(f"expected shape {list(expected.shape)}, got {list(actual.shape)}")
    wide_actual, wide_expected = actual.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(wide_actual) & np.isfinite(wide_expected)
    if not np.array_equal(wide_actual[~finite], wide_expected[~finite], equal_nan=True):
        return math.inf
    difference = _largest(wide_actual[finite] - wide_expected[finite])
    scale = _largest(wide_expected[finite])
    if difference == 0.0:
        return 0.0
    return difference / scale if scale else math.inf


def check_errors(errors: Mapping[str, float], tolerance: float = TOLERANCE) -> None:
    """Check the `max_relative_error` of each output; a NaN does not pass.

    Raises:
        RduError: an error exceeds the tolerance (exit code 5).
    """
    wrong = [
        error(f"output '{name}': max relative error is {found:.3g}: expected at most {tolerance:g}")
        for name, found in errors.items()
        if not found <= tolerance
    ]
    if wrong:
        raise RduError(wrong, ExitCode.NUMERIC_MISMATCH)


def _largest(values: NDArray[np.float64]) -> float:
    return float(np.abs(values).max(initial=0.0))
