"""Constants that the bindings do not give the values of, as constants of `dense` elements."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np

_RESOURCE = re.compile(r'([\w.$-]+|"[^"]*")\s*:\s*"0x([0-9A-Fa-f]+)"')
_MOST = 1 << 22
"""Elements of a constant that are written one by one."""

_ALIGNMENT = 8
"""Digits before the values: four bytes that say how they are aligned."""


def with_resources(text: str) -> str:
    """Return a text in which resources that it holds are elements of `dense`.

    The bindings do not give the values of `dense_resource`. What stands elsewhere, such as
    `dense_resource<__elided__>`, stays.
    """
    body, mark, end = text.partition("{-#")
    held = {name.strip('"'): digits[_ALIGNMENT:] for name, digits in _RESOURCE.findall(end)}
    if not mark or not held:
        return text

    def values(found: re.Match[str]) -> str:
        digits = held.get(found[1].strip('"'))
        return found[0] if digits is None else f'dense<"0x{digits.upper()}">'

    return re.sub(r"dense_resource<([^>]*)>", values, body) + mark + end


_SPARSE = re.compile(
    r"\bsparse<\s*(\[[\d\s,\[\]]*\])\s*,\s*(\[[^\]<>\"]*\]|[^\[\]<>\",]+)>(\s*:\s*tensor<)((?:\d+x)+)"
)


def with_dense_constants(text: str) -> str:
    """Return a text in which constants that list the elements that are not zero list all."""
    return _SPARSE.sub(_all_elements, text)


def _all_elements(found: re.Match[str]) -> str:
    listed, values, kind, extents = found.groups()
    shape = [int(extent) for extent in extents.rstrip("x").split("x")]
    numbers = [int(number) for number in re.findall(r"\d+", listed)]
    points = [numbers[at : at + len(shape)] for at in range(0, len(numbers), len(shape))]
    given = [value.strip() for value in values.strip("[] ").split(",")]
    given *= len(points) if len(given) == 1 else 1
    if len(given) != len(points) or math.prod(shape) > _MOST:
        return found[0]
    zero = "0.0" if any(set(value) & set(".eE") for value in given) else "0"
    array = np.full(shape, zero, dtype=object)
    for point, value in zip(points, given, strict=True):
        if any(at >= extent for at, extent in zip(point, shape, strict=True)):
            return found[0]
        array[tuple(point)] = value
    return f"dense<{_written(array.tolist())}>{kind}{extents}"


def _written(nested: Any) -> str:
    return nested if isinstance(nested, str) else f"[{', '.join(map(_written, nested))}]"
