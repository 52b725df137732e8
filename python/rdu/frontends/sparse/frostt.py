"""Tensors in FROSTT's text format (`.tns`): a line for each value, coordinates first, from 1.

The file says nothing of extents: a tensor is as large as its largest coordinates unless a shape is
given. A line that begins with `#` is a comment. See frostt.io.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from rdu.frontends.sparse.bulk import parse_entries
from rdu.frontends.sparse.chunks import Chunk, data_lines, read_chunks
from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.entries import Entry
from rdu.semantics.fibertree import Coordinates
from rdu.support.diagnostics import RduError, SourceLocation, error

COMMENT = b"#"


def read_frostt(
    path: Path, element: Element | None = None, shape: Sequence[int] | None = None
) -> Coordinates:
    """Return the points of a file, with values in f32 unless an element type is given.

    Raises UsageError if the file cannot be read, and RduError with what is wrong in it: a line
    that has not as many numbers as the first, a coordinate that is no integer, below 1 or beyond
    the shape, a value that does not fit, no line at all without a shape.
    """
    chunks = read_chunks(path)
    begun = next(((chunk, line) for chunk in chunks if (line := _first(chunk)) is not None), None)
    if begun is None:
        return _nothing(path, element or "f32", shape)
    chunk, (number, line) = begun
    rank = len(line.split()) - 1
    if not rank or (shape is not None and len(shape) != rank):
        need = f"{len(shape)}, as the shape has extents" if shape is not None else "at least 1"
        message = f"has {rank} coordinates and a value: expected {need}"
        raise RduError(error(message, SourceLocation(str(path), number)))
    entry = Entry(str(path), rank, shape, element or "f32")
    columns, values = parse_entries(itertools.chain([chunk], chunks), entry, COMMENT)
    extents = shape or [int(column.max()) + 1 for column in columns]
    return Coordinates.of(extents, columns, values)


def _first(chunk: Chunk) -> tuple[int, bytes] | None:
    return next(data_lines(chunk, COMMENT), None)


def _nothing(path: Path, element: Element, shape: Sequence[int] | None) -> Coordinates:
    if shape is None:
        message = "has no entries: expected a line of coordinates and a value"
        raise RduError(error(message, SourceLocation(str(path)), hint="or give a shape"))
    none = np.zeros(0, np.int64)
    return Coordinates.of(shape, [none] * len(shape), cast(none, element))
