"""Reading and writing files that a command line names; `-` is stdin or stdout."""

import os
import sys
from pathlib import Path

from rdu.support.diagnostics import RduError, SourceLocation, UsageError, error

STANDARD = "-"

_CLOSED = "it is closed"


def read_text(path: str) -> tuple[str, str]:
    """Return a file's text and its name in messages.

    Raises UsageError if it cannot be read, and RduError at the first byte that is not UTF-8.
    """
    raw, name = read_bytes(path)
    return decode(raw, name), name


def read_bytes(path: str) -> tuple[bytes, str]:
    """Return a file's bytes and its name in messages; UsageError if it cannot be read."""
    name = "<stdin>" if path == STANDARD else path
    try:
        return (_standard_input() if path == STANDARD else Path(path).read_bytes()), name
    except (OSError, ValueError) as failure:  # the latter for a name that no file can have
        raise UsageError(f"input '{path}' cannot be read: {_reason(failure)}") from None


def decode(raw: bytes, name: str) -> str:
    """Return UTF-8 bytes as text; RduError at the first byte that is none, in the file `name`."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as failure:
        line_start = raw.rfind(b"\n", 0, failure.start) + 1
        line = raw.count(b"\n", 0, failure.start) + 1
        place = SourceLocation(name, line, failure.start - line_start + 1)
        got = f"byte 0x{raw[failure.start]:02x}"
        message = f"unreadable character: expected UTF-8 text, got {got}"
        raise RduError(error(message, place)) from None


def write_text(path: str, text: str) -> None:
    """Write a file; UsageError if that is not possible.

    BrokenPipeError passes: a reader of stdout who has seen enough is nobody's mistake.
    """
    try:
        if path == STANDARD:
            _standard_output(text)
        else:
            Path(path).write_text(text, encoding="utf-8")
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as failure:
        raise UsageError(f"output '{path}' cannot be written: {_reason(failure)}") from None


def write_bytes(path: str, data: bytes) -> None:
    """Write a file that is no text; UsageError if that is not possible.

    BrokenPipeError passes, as in `write_text`.
    """
    try:
        if path == STANDARD:
            _standard_output(data)
        else:
            Path(path).write_bytes(data)
    except BrokenPipeError:
        raise
    except (OSError, ValueError) as failure:
        raise UsageError(f"output '{path}' cannot be written: {_reason(failure)}") from None


def drop_output() -> None:
    """Send what stdout still holds nowhere, since Python would write it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _standard_input() -> bytes:
    if sys.stdin is None:  # pyright: ignore[reportUnnecessaryComparison] - what Python does
        raise OSError(0, _CLOSED)
    return sys.stdin.buffer.read()


def _standard_output(content: str | bytes) -> None:
    if sys.stdout is None:  # pyright: ignore[reportUnnecessaryComparison] - what Python does
        raise OSError(0, _CLOSED)
    try:
        if isinstance(content, str):
            sys.stdout.write(content)
        else:
            sys.stdout.buffer.write(content)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError:
        drop_output()
        raise


def _reason(failure: OSError | ValueError) -> str:
    return (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
