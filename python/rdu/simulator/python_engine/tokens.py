"""What moves on the channels of the readable engine: values, and on streams stops and done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.dtypes import NUMPY, DType

Array = NDArray[Any]
Value = tuple[Array, Array]
"""The lanes of a register or token and their mask, both of the machine's vector width."""


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of a stream's innermost fiber and of `level` more that enclose it."""

    level: int


DONE = Stop(-1)
"""The end of a stream."""

EMPTY = Stop(-3)
"""`N`: nothing stands here. Only sparse primitives send and take it."""

Token = Value | Stop | None
"""None is a control token: it has no data."""

VALUE_CODE = -2


def code(token: Token) -> int:
    """Return a stream's token as a number: s for a stop `S_s`, -1 done, -2 a value, -3 absent."""
    return token.level if isinstance(token, Stop) else VALUE_CODE


def spread(value: Any, dtype: DType, lanes: int) -> Value:
    """Return a scalar on all lanes, live."""
    return np.full(lanes, value, NUMPY[dtype]), np.ones(lanes, bool)


def first_live(value: Value) -> Any:
    """Return the value of the first live lane; of lane 0 if none is live."""
    return value[0][int(np.argmax(value[1]))]


def truth(value: Value) -> bool:
    """Return an i1 value's first live lane; False if none is live."""
    return bool(value[1].any()) and bool(first_live(value))
