"""Floating-point constants as text: the shortest decimal that reads back as the same f32."""

from __future__ import annotations

import math
import struct


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
