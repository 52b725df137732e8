"""Sparse tensors by file name."""

from __future__ import annotations

import errno
import gzip
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rdu.frontends.sparse.bulk import write_entries
from rdu.frontends.sparse.elements import Element
from rdu.frontends.sparse.frostt import read_frostt
from rdu.frontends.sparse.matrix_market import read_matrix_market, write_matrix_market
from rdu.frontends.sparse.points import store_points
from rdu.semantics.fibertree import Fibertree, Format, Zeros
from rdu.support.diagnostics import UsageError, suggest

SUFFIXES = (".mtx", ".tns")


def load_tensor(
    path: str | Path,
    form: Format | None = None,
    *,
    element: Element | None = None,
    shape: Sequence[int] | None = None,
    zeros: Zeros = "keep",
) -> Fibertree:
    """Read a tensor from Matrix Market (`.mtx`) or FROSTT (`.tns`), compressed (`.gz`) or not.

    Values of equal coordinates are summed. Without a format, all levels are compressed; without an
    element type, values are i32 in a Matrix Market file of integers and f32 in any other. `shape`
    is for `.tns`, which does not say it.

    Raises UsageError for a name that is neither or a file that cannot be read, and RduError with
    all that is wrong in the file, or if the format cannot hold the tensor.
    """
    path = Path(path)
    if _suffix(path) == ".tns":
        return store_points(read_frostt(path, element, shape), form, zeros=zeros)
    if shape is not None:
        raise UsageError(f"tensor file '{path}' has a shape of its own: expected none for '.mtx'")
    return store_points(read_matrix_market(path, element), form, zeros=zeros)


def save_tensor(path: str | Path, tree: Fibertree) -> None:
    """Write all that a tree stores to a `.mtx` or `.tns` file, compressed if it ends in `.gz`.

    Raises UsageError for a name that is neither, a file that cannot be written, and a tensor that
    is no matrix for `.mtx` or has no dimension for `.tns`.
    """
    path = Path(path)
    check_output(path, len(tree.shape))
    try:
        with _create(path) as file:
            write = write_matrix_market if _suffix(path) == ".mtx" else write_entries
            write(tree.coordinates(), file.write)
    except OSError as failure:
        raise UsageError(f"output '{path}' cannot be written: {failure.strerror}") from None


def check_output(path: str | Path, rank: int | None = None) -> None:
    """Raise UsageError for what `save_tensor` cannot write: before a tensor is computed for it.

    Args:
        path: the file to be.
        rank: how many dimensions the tensor has, None if that is not known yet.
    """
    path = Path(path)
    matrix = _suffix(path) == ".mtx"
    if rank is not None and (not rank or (matrix and rank != 2)):
        need = "2, as a '.mtx' file holds a matrix" if matrix else "at least 1"
        hint = "a '.tns' file holds any number" if rank else None
        raise UsageError(f"tensor of {rank} dimensions: expected {need}", hint=hint)
    if not path.parent.is_dir():
        raise UsageError(f"output '{path}' cannot be written: {os.strerror(errno.ENOENT)}")
    if path.is_dir() or not os.access(path if path.exists() else path.parent, os.W_OK):
        reason = errno.EISDIR if path.is_dir() else errno.EACCES
        raise UsageError(f"output '{path}' cannot be written: {os.strerror(reason)}")


@contextmanager
def _create(path: Path) -> Generator[Any]:
    with path.open("wb") as file:
        if path.suffix != ".gz":
            yield file
            return
        # The same tensor gives the same bytes: gzip would store name and time.
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            yield packed


def _suffix(path: Path) -> str:
    suffix = (path.with_suffix("") if path.suffix == ".gz" else path).suffix
    if suffix not in SUFFIXES:
        expected = " or ".join(f"'{known}'" for known in SUFFIXES)
        message = f"tensor file '{path}' has the wrong suffix: expected {expected}, or with '.gz'"
        raise UsageError(message, hint=suggest(suffix, SUFFIXES))
    return suffix
