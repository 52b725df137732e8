"""Reading text files in chunks of whole lines, compressed by gzip or not."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path
from typing import Any

import numpy as np

from rdu.support.diagnostics import RduError, SourceLocation, UsageError, error

CHUNK = 1 << 24
"""How many bytes are parsed at once."""

_READ = 1 << 16
_PACKED = (EOFError, zlib.error, gzip.BadGzipFile)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines of a file; `first` is the number of the first one, from 1."""

    first: int
    text: bytes

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield the number and the text of each line."""
        for number, line in enumerate(io.BytesIO(self.text), self.first):
            yield number, line.rstrip(b"\r\n")


def open_bytes(path: Path) -> BufferedIOBase:
    """Open a file, which is unpacked if its name ends in `.gz`; UsageError if that fails."""
    try:
        return (gzip.open if path.suffix == ".gz" else open)(path, "rb")  # pyright: ignore[reportReturnType]
    except (OSError, ValueError) as failure:
        raise UsageError(f"input '{path}' cannot be read: {_reason(failure)}") from None


def read_chunks(path: Path) -> Iterator[Chunk]:
    """Yield a file in chunks of whole lines.

    Raises UsageError if the file cannot be read, and RduError at the line where data that are
    packed by gzip are damaged or end.
    """
    with open_bytes(path) as file:
        line = 1
        for text in _whole_lines(_pieces(file, path)):
            yield Chunk(line, text)
            line += text.count(b"\n")


def data_lines(chunk: Chunk, comment: bytes | None) -> Iterator[tuple[int, bytes]]:
    """Yield the lines that are neither empty nor, if there are such, comments; with numbers."""
    for number, line in chunk.lines():
        bare = line.strip()
        if bare and not (comment and bare.startswith(comment)):
            yield number, line


def parse_table(text: bytes, kind: np.dtype[Any], comment: str | None = None) -> Any:
    """Return lines of numbers as a record array; ValueError if that is not what they are."""
    table = io.StringIO(text.decode("latin-1"))
    return np.loadtxt(table, dtype=kind, comments=comment, ndmin=1)


def first_refused(chunk: Chunk, kind: np.dtype[Any], comment: bytes | None) -> int:
    """Return the number of the first line that `parse_table` refuses by itself, 0 if none is."""
    for number, line in data_lines(chunk, comment):
        try:
            parse_table(line, kind)
        except (ValueError, OverflowError):
            return number
    return 0


def _pieces(file: BufferedIOBase, path: Path) -> Iterator[bytes]:
    line = 1
    try:
        while piece := file.read1(_READ):
            line += piece.count(b"\n")
            yield piece
    except _PACKED as failure:
        message = f"damaged gzip data after {line - 1} lines: {_reason(failure)}"
        raise RduError(error(message, SourceLocation(str(path), line))) from None
    except OSError as failure:
        raise UsageError(f"input '{path}' cannot be read: {_reason(failure)}") from None


def _whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    waiting: list[bytes] = []
    size = 0
    for piece in pieces:
        size += len(piece)
        if size < CHUNK or b"\n" not in piece:
            waiting.append(piece)
            continue
        end = piece.rindex(b"\n") + 1
        yield b"".join([*waiting, piece[:end]])
        waiting, size = [piece[end:]], len(piece) - end
    if rest := b"".join(waiting):
        yield rest


def _reason(failure: Exception) -> str:
    return (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
