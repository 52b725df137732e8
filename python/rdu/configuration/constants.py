"""Constants: the type that a spelling says, and f32 as the shortest text that reads back."""

from __future__ import annotations

import math
import struct
from collections.abc import Collection

from rdu.configuration.model import Constant, DType


def constant_type(value: Constant) -> DType:
    """Return the element type that a constant's spelling says: 1 is i32, 1.0 f32, true i1."""
    if isinstance(value, bool):
        return "i1"
    return "i32" if isinstance(value, int) else "f32"


def constant_beside(value: Constant, others: Collection[DType | None]) -> DType:
    """Return the element type of a constant of a sparse primitive.

    Args:
        value: the constant.
        others: the types of the primitive's ports. A constant of floats beside such of bf16 is
            rounded to these.
    """
    spelt = constant_type(value)
    return "bf16" if spelt == "f32" and "bf16" in others and "f32" not in others else spelt


def to_f32(value: float) -> float:
    """Round to the nearest f32, ties to even; OverflowError if that is beyond its range."""
    if math.isnan(value):
        return math.nan
    return struct.unpack("<f", struct.pack("<f", value))[0]


def f32_text(value: float) -> str:
    """Return the shortest text that `to_f32(float(text))` turns back into an f32 value.

    Raises ValueError for a value that no f32 has.
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    texts = (f"{value:.{digits}g}" for digits in range(1, 10))
    for text in texts:
        if _reads_as(text, value):
            return repr(float(text))
    raise ValueError(f"{value!r} is no f32 value")


def _reads_as(text: str, value: float) -> bool:
    try:
        return to_f32(float(text)) == value
    except OverflowError:
        return False
