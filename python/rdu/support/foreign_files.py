"""Binary files that libraries read, which raise whatever damage leads them to."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from rdu.support.diagnostics import RduError, SourceLocation, UsageError, error

_REASONS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((zipfile.BadZipFile, zlib.error), "its archive is damaged, or none"),
    ((NotImplementedError,), "its archive is of a kind that is not supported"),
    ((EOFError,), "it ends too early"),
    ((MemoryError, OverflowError), "it announces more than memory holds"),
)
"""What a library's exceptions say of a file; all others say that it is damaged."""


@contextmanager
def foreign_file(path: Path, what: str) -> Generator[BinaryIO]:
    """Open a file for a library to read; whatever is raised meanwhile is said of the file.

    Damage raises almost anything: NumPy evaluates headers as Python, archives have versions,
    passwords and compressions. What a library says of it is seldom for users, so it is not passed
    on, nor are its warnings. Diagnoses of our own get the file as their place if they have none.

    Args:
        path: the file.
        what: what it should be, `.npz file of tensors`.

    Raises:
        UsageError: it cannot be opened (exit code 2).
        RduError: it is not what it should be (1).
    """
    try:
        opened = path.open("rb")
    except (OSError, ValueError) as failure:
        reason = (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
        raise UsageError(f"tensor file '{path}' cannot be read: {reason}") from None
    here = SourceLocation(str(path))
    with opened as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield file
        except RduError as wrong:
            placed = [replace(each, location=each.location or here) for each in wrong.diagnostics]
            raise RduError(placed, wrong.exit_code) from None
        except Exception as failure:
            raise RduError(error(f"not a {what}: {_reason(failure)}", here)) from None


def _reason(failure: Exception) -> str:
    found = (reason for kinds, reason in _REASONS if isinstance(failure, kinds))
    return next(found, "it is damaged, or of another kind")
