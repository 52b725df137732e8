"""Reading and writing lines of coordinates and a value in bulk, a chunk of a file at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.frontends.sparse.chunks import Chunk, data_lines, first_refused, parse_table
from rdu.frontends.sparse.elements import Element, cast, misfits
from rdu.frontends.sparse.entries import NO_NUMBERS, Entry, find_faults, give_up
from rdu.semantics.fibertree import Coordinates
from rdu.semantics.fibertree.levels import index_dtype

_VALUE = "value"
_LINES = 1 << 17


def parse_entries(
    chunks: Iterable[Chunk], entry: Entry, comment: bytes | None
) -> tuple[list[NDArray[Any]], NDArray[Any]]:
    """Return the coordinates, from 0, of each dimension, and the values, 1 where there are none.

    Raises RduError with the faults of the first chunk that has one.
    """
    names = [f"c{dimension}" for dimension in range(entry.rank)]
    value = [(_VALUE, np.int64 if entry.integer else np.float64)] * bool(entry.element)
    kind = np.dtype([*((name, np.int64) for name in names), *value])
    tables = [_parse(chunk, kind, entry, comment) for chunk in chunks]
    none: NDArray[Any] = np.zeros(0, np.int32)
    columns = [
        np.concatenate([none, *(table[0][d] for table in tables)]) for d in range(entry.rank)
    ]
    element = entry.element or "f32"
    return columns, np.concatenate([cast(none, element), *(table[1] for table in tables)])


def write_entries(points: Coordinates, write: Callable[[bytes], object]) -> None:
    """Write points as lines, with coordinates from 1; the values read back are the same."""
    line = "%d " * len(points.shape) + ("%d\n" if points.values.dtype.kind == "i" else "%.9g\n")
    for start in range(0, points.size, _LINES):
        part = slice(start, start + _LINES)
        columns = [(column[part].astype(np.int64) + 1).tolist() for column in points.columns]
        rows = zip(*columns, points.values[part].tolist(), strict=True)
        write("".join([line % row for row in rows]).encode())


def _parse(
    chunk: Chunk, kind: np.dtype[Any], entry: Entry, comment: bytes | None
) -> tuple[Sequence[NDArray[Any]], NDArray[Any]]:
    element = entry.element or "f32"
    table = _table(chunk, kind, comment)
    if table is None or _is_doubtful(table, entry, element):
        faults = find_faults(data_lines(chunk, comment), entry)
        if table is None or faults:
            raise give_up(entry.path, faults, NO_NUMBERS, first_refused(chunk, kind, comment))
    columns = [_from_zero(table[f"c{dimension}"]) for dimension in range(entry.rank)]
    ones = np.ones(len(table), np.float32)
    return columns, cast(table[_VALUE] if entry.element else ones, element)


def _table(chunk: Chunk, kind: np.dtype[Any], comment: bytes | None) -> Any:
    """Return the lines as a table, None if that is not what they are."""
    if next(data_lines(chunk, comment), None) is None:
        return np.zeros(0, kind)
    try:
        return parse_table(chunk.text, kind, comment.decode() if comment else None)
    except (ValueError, OverflowError):
        return None


def _is_doubtful(table: Any, entry: Entry, element: Element) -> bool:
    """Tell whether some coordinate or value may be out of range."""
    if not len(table):
        return False
    for dimension in range(entry.rank):
        column = table[f"c{dimension}"]
        most = entry.extents[dimension] if entry.extents is not None else None
        if int(column.min()) < 1 or (most is not None and int(column.max()) > most):
            return True
    values = table[_VALUE] if entry.element else np.ones(0)
    return bool(np.any(np.isinf(values) | misfits(values, element)))


def _from_zero(column: NDArray[Any]) -> NDArray[Any]:
    return (column - 1).astype(index_dtype(int(column.max(initial=0))))
