"""Reading and writing text files that a command line names; `-` is stdin or stdout."""

import sys
from pathlib import Path

from rdu.support.diagnostics import UsageError

STANDARD = "-"


def read_text(path: str) -> tuple[str, str]:
    """Return a file's text and its name in messages; UsageError if it cannot be read."""
    standard = path == STANDARD
    try:
        raw = sys.stdin.buffer.read() if standard else Path(path).read_bytes()
        return raw.decode("utf-8"), "<stdin>" if standard else path
    except OSError as failure:
        raise UsageError(f"input '{path}' cannot be read: {failure.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"input '{path}' cannot be read: expected UTF-8 text") from None


def write_text(path: str, text: str) -> None:
    """Write a file; UsageError if that is not possible."""
    if path == STANDARD:
        sys.stdout.write(text)
        return
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as failure:
        raise UsageError(f"output '{path}' cannot be written: {failure.strerror}") from None
