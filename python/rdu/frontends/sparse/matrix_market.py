"""Matrices in the Matrix Market format (`.mtx`), see math.nist.gov/MatrixMarket/formats.html.

SciPy's reader passes over faults: it takes a line `1 1.5 2` for the value 0.5, more numbers on a
line than belong there, and fractions for integers. So lines are read here as those of other files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.frontends.sparse.bulk import parse_entries, write_entries
from rdu.frontends.sparse.chunks import Chunk, data_lines, read_chunks
from rdu.frontends.sparse.elements import Element
from rdu.frontends.sparse.entries import Entry, find_faults, give_up
from rdu.semantics.fibertree import Coordinates
from rdu.support.diagnostics import Collector, RduError, SourceLocation, error, suggest

COMMENT = b"%"
BANNER = "%%MatrixMarket"
_WORDS = {
    "object": ("matrix",),
    "layout": ("coordinate", "array"),
    "field": ("real", "double", "integer", "unsigned-integer", "pattern"),
    "symmetry": ("general", "symmetric", "skew-symmetric"),
}


@dataclass(frozen=True, slots=True)
class Header:
    """What a file says of itself: banner and size line.

    Attributes:
        coordinate: whether the file lists entries, not all elements.
        field: the type of the values.
        symmetry: which elements the written ones stand for.
        shape: rows and columns.
        entries: how many lines of entries or elements follow.
        body: the number of the line after the size line.
    """

    coordinate: bool
    field: str
    symmetry: str
    shape: tuple[int, int]
    entries: int
    body: int

    @property
    def element(self) -> Element:
        """The type of values that keeps those of the file."""
        return "i32" if "integer" in self.field else "f32"


def read_matrix_market(path: Path, element: Element | None = None) -> Coordinates:
    """Return the entries of a matrix; symmetric ones complete, those of a pattern as 1.

    Without an element type, files of integers are read as i32 and others as f32. Of a file that
    lists all elements, those that are not zero are returned.

    Raises UsageError if the file cannot be read, and RduError with what is wrong in it.
    """
    header = _read_header(path)
    entry = _entry(path, header, element or header.element)
    columns, values = parse_entries(_body(path, header), entry, None)
    if len(values) != header.entries:
        message = f"says that {header.entries} entries follow: {len(values)} do"
        raise RduError(error(message, SourceLocation(str(path), header.body - 1)))
    if not header.coordinate:
        columns = _places(header)
    points = Coordinates.of(header.shape, columns, values)
    points = points if header.symmetry == "general" else _complete(path, header, points)
    return points if header.coordinate else points.without_zeros()


def write_matrix_market(points: Coordinates, write: Callable[[bytes], object]) -> None:
    """Write the entries of a matrix; the values read back are the same."""
    field = "integer" if points.values.dtype.kind == "i" else "real"
    rows, columns = points.shape
    size = f"{rows} {columns} {points.size}"
    write(f"{BANNER} matrix coordinate {field} general\n{size}\n".encode())
    write_entries(points, write)


def _read_header(path: Path) -> Header:
    chunk = next(read_chunks(path), Chunk(1, b""))
    here = SourceLocation(str(path), 1)
    words = chunk.text.split(b"\n", 1)[0].decode("latin-1").split()
    if not words or words[0].lower() != BANNER.lower() or len(words) != 1 + len(_WORDS):
        form = " ".join([BANNER, *(f"<{part}>" for part in _WORDS)])
        raise RduError(error(f"no Matrix Market file: expected '{form}'", here))
    said = dict(zip(_WORDS, (word.lower() for word in words[1:]), strict=True))
    problems = Collector()
    for part, word in said.items():
        if word not in _WORDS[part]:
            choice = " or ".join(f"'{known}'" for known in _WORDS[part])
            hint = suggest(word, _WORDS[part])
            problems.error(f"unknown {part} '{word}': expected {choice}", here, hint=hint)
    if (said["layout"], said["field"]) == ("array", "pattern"):
        problems.error("a pattern of an array: expected values", here)
    problems.check()
    return _read_size(path, chunk, said)


def _read_size(path: Path, chunk: Chunk, said: dict[str, str]) -> Header:
    coordinate = said["layout"] == "coordinate"
    number, line = next(data_lines(chunk, COMMENT), (1, b""))
    here = SourceLocation(str(path), number)
    words = line.decode("latin-1").split()
    need = "rows, columns and entries" if coordinate else "rows and columns"
    if len(words) != 2 + coordinate or not all(re.fullmatch("[0-9]+", word) for word in words):
        raise RduError(error(f"size line '{' '.join(words)}': expected {need}", here))
    if large := [word for word in words if int(word) > 2**63 - 1]:
        raise RduError(error(f"size {large[0]} is too large: expected 64 bits", here))
    rows, columns, *entries = (int(word) for word in words)
    symmetry = said["symmetry"]
    if symmetry != "general" and rows != columns:
        raise RduError(
            error(f"a {symmetry} matrix of {rows} by {columns}: expected a square", here)
        )
    triangle = {"symmetric": rows * (rows + 1) // 2, "skew-symmetric": rows * (rows - 1) // 2}
    count = entries[0] if coordinate else triangle.get(symmetry, rows * columns)
    return Header(coordinate, said["field"], symmetry, (rows, columns), count, number + 1)


def _body(path: Path, header: Header) -> Iterator[Chunk]:
    for chunk in read_chunks(path):
        if chunk.first >= header.body:
            yield chunk
        else:
            above = header.body - chunk.first
            lines = chunk.text.split(b"\n", above)
            yield Chunk(header.body, lines[above] if len(lines) > above else b"")


def _entry(path: Path, header: Header, element: Element, triangle: str | None = None) -> Entry:
    rank = 2 if header.coordinate else 0
    value = None if header.field == "pattern" else element
    return Entry(str(path), rank, header.shape[:rank], value, "integer" in header.field, triangle)


def _places(header: Header) -> list[NDArray[Any]]:
    """Return the coordinates of all elements that an array file has, column after column."""
    rows, columns = header.shape
    if header.symmetry == "general":
        return [np.tile(np.arange(rows), columns), np.repeat(np.arange(columns), rows)]
    column, row = np.triu_indices(rows, int(header.symmetry != "symmetric"))
    return [row, column]


def _complete(path: Path, header: Header, half: Coordinates) -> Coordinates:
    """Add to the half of a matrix what it stands for; RduError if that is already there."""
    rows, columns = half.columns
    off = np.flatnonzero(rows != columns)
    sign = 1 if header.symmetry == "symmetric" else -1
    both = [np.concatenate([rows, columns[off]]), np.concatenate([columns, rows[off]])]
    values = np.concatenate([half.values, half.values[off] * half.values.dtype.type(sign)])
    points = Coordinates(half.shape, tuple(both), values).arranged((0, 1))
    twice = points.size < len(values) and bool(np.any(rows < columns))
    if twice or (sign < 0 and len(off) < half.size):
        entry = _entry(path, header, header.element, header.symmetry)
        lines = (line for chunk in _body(path, header) for line in data_lines(chunk, None))
        raise give_up(str(path), find_faults(lines, entry), "both halves are there")
    return points
