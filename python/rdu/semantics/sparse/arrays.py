"""Values: what is loaded, computed and stored, and how results come to lie in memory."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.sparse.fibers import Tokens, align, families, is_row
from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload


def load(fetch: Callable[[Any], Any], zero: Any, refs: Tokens) -> Tokens:
    """Fetch the value at each reference; an absent one gives `zero`. Tokens: p(refs), s(refs)."""
    absent = {EMPTY: zero, DONE: DONE}
    return [
        token if isinstance(token, Stop) else fetch(token) if is_payload(token) else absent[token]
        for token in refs
    ]


def store(zero: Any, refs: Tokens, values: Tokens) -> dict[Any, Any]:
    """Return what lies at each reference after values were stored there, in order of the streams.

    Of several values at one reference the last one stays. `N` as reference stores nothing, as value
    a zero. Streams of one shape. Tokens out: none.
    """
    pairs = [pair for pair in align(refs, values) if is_row(pair)]
    return {ref: zero if v is EMPTY else v for ref, v in pairs if ref is not EMPTY}


def as_coordinates(extent: int, values: Tokens, *, wrap: bool = False) -> Tokens:
    """Take values for coordinates of a level, as an index tensor stores them.

    A value `N` is a zero, and so the coordinate 0. With `wrap`, -1 is the last coordinate, and so
    on. Coordinates of a fiber need not rise, and may repeat: `locate` and `accumulate` take them.
    ValueError if a value is none of the level. Tokens: p(values), s(values).
    """
    crds: Tokens = []
    for token in values:
        if isinstance(token, Stop) or token is DONE:
            crds.append(token)
            continue
        value = 0 if token is EMPTY else int(token)
        crd = value + extent if wrap and value < 0 else value
        if not 0 <= crd < extent:
            raise ValueError(
                f"takes {value} for a coordinate: expected {admitted(extent, wrap=wrap)}"
            )
        crds.append(crd)
    return crds


def admitted(extent: int, *, wrap: bool) -> str:
    """Return which values are coordinates below an extent, as messages give it."""
    return f"{-extent if wrap else 0} to {extent - 1}"


def combine(function: Callable[..., Any], zero: Any, *values: Tokens) -> Tokens:
    """Apply a function of one or more values token by token, `N` being a zero.

    A value is a number, or an array of lanes; where some streams carry these, the numbers of the
    others stand on all lanes.

    So a unary function that is not 0 at 0, like exp, sees the zeros that a union found, and no
    others: zeros that are not stored are not in a stream. Streams of one shape.

    Args:
        function: takes an array for each stream, of all its values, and returns one.
        zero: what `N` stands for.
        values: the streams.

    Tokens: p(values[0]), s(values[0]).
    """
    aligned = align(*values)
    rows = [tuple(zero if v is EMPTY else v for v in token) for token in aligned if is_row(token)]
    if not rows:
        return aligned
    results = iter(function(*_columns(rows)))
    return [next(results) if is_row(token) else token for token in aligned]


def _columns(rows: list[tuple[Any, ...]]) -> list[NDArray[Any]]:
    """Return an array for each stream, with an axis of lanes if one has them."""
    shapes = {np.shape(value) for row in rows for value in row}
    if len(shapes) == 1:
        return [np.asarray(column) for column in zip(*rows, strict=True)]
    shape = max(shapes, key=len)
    return [
        np.stack([np.broadcast_to(value, shape) for value in column])
        for column in zip(*rows, strict=True)
    ]


def write_fibers(crds: Tokens, outer: Tokens) -> tuple[list[int], list[Any]]:
    """Return a compressed level: where each fiber starts, with the end last, and the coordinates.

    Every token of `outer`, the level above (`0 D` for the outermost), has its fiber, empty or not:
    `0 2 S0 S0 3 S1 D` under `4 5 6 S0 D` gives the segments `0 2 2 3`. SAM's writer takes stops in
    a row for one and so loses empty fibers. `N` is not stored, nor has it a fiber. Tokens out:
    none.
    """
    segments, stored = [0], list[Any]()
    for parent, children, _ in families(outer, crds):
        stored += [crd for crd in children if crd is not EMPTY]
        if parent not in (None, EMPTY):
            segments.append(len(stored))
    return segments, stored


def write_values(zero: Any, values: Tokens, crds: Tokens) -> list[Any]:
    """Return the values of the coordinates of the innermost level, `0 D` for a scalar, in order.

    `N` is stored as a zero; the value at a coordinate `N` is not stored. Tokens out: none.
    """
    pairs = [pair for pair in align(crds, values) if is_row(pair)]
    return [zero if value is EMPTY else value for crd, value in pairs if crd is not EMPTY]
