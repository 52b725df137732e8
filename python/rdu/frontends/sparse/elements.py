"""Values of the element types that streams carry, out of what files and libraries hold."""

from __future__ import annotations

import re
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.dtypes import NUMPY
from rdu.support.diagnostics import RduError, error

Element = Literal["f32", "i32"]
"""What the values of a sparse tensor may be."""

INTEGER = re.compile(r"[+-]?[0-9]+")
"""A whole number in a file; Python's own reader would take `1_0` for 10."""

_NUMBER = re.compile(
    r"[+-]?(([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?|inf|infinity|nan)", re.IGNORECASE
)
_LIMITS = np.iinfo(np.int32)


def misfits(values: NDArray[Any], element: Element) -> NDArray[np.bool_]:
    """Tell which values an element type cannot hold, rounded to f32 if they are of that type.

    To f32 that is what rounds to an infinity and is none; to i32 what is no integer of 32 bits.
    """
    if element == "f32":
        with np.errstate(over="ignore"):
            return np.isinf(values.astype(np.float32)) & ~np.isinf(values)
    inside = (values >= _LIMITS.min) & (values <= _LIMITS.max)
    return ~inside | (values != np.floor(values))


def cast(values: NDArray[Any], element: Element | None) -> NDArray[Any]:
    """Return values as an element type; without one, integers become i32 and others f32.

    Raises RduError for values that are no real numbers or do not fit.
    """
    if values.dtype == NUMPY["bf16"]:
        values = values.astype(np.float32)
    if values.dtype.kind not in "biuf":
        raise RduError(error(f"values of type {values.dtype}: expected real numbers"))
    element = element or ("f32" if values.dtype.kind == "f" else "i32")
    if values.dtype != NUMPY[element] and values.dtype.kind != "b":
        wrong = np.flatnonzero(misfits(values, element))
        if len(wrong):
            first = values.reshape(-1)[wrong[0]]
            message = f"{len(wrong)} values do not fit {element}, the first is {first}"
            raise RduError(error(message))
    return values.astype(NUMPY[element], copy=False)


def describe_value(word: str, element: Element) -> str | None:
    """Return what is wrong with the text of a value, None if nothing is."""
    if not _NUMBER.fullmatch(word):
        return f"'{word}' is no number"
    value = np.float64(word)
    if np.isinf(value) and "inf" not in word.lower():
        return f"value {word} does not fit {element}"
    if misfits(np.array([value]), element)[0]:
        return f"value {word} does not fit {element}"
    return None
