"""Making the text of a finding smaller while it stays one of the same kind."""

from __future__ import annotations

import time
from collections.abc import Callable

SECONDS = 60.0
"""Most time for one text."""


def minimised(raw: bytes, still_fails: Callable[[bytes], bool]) -> bytes:
    """Drop ever smaller stretches of lines, then of words, while the text still fails."""
    end = time.monotonic() + SECONDS
    for separator in (b"\n", b" "):
        pieces = raw.split(separator)
        size = len(pieces) // 2
        while size:
            pieces = _without(pieces, size, separator, still_fails, end)
            size //= 2
        raw = separator.join(pieces)
    return raw


def _without(
    pieces: list[bytes],
    size: int,
    separator: bytes,
    still_fails: Callable[[bytes], bool],
    end: float,
) -> list[bytes]:
    position = 0
    while position < len(pieces) and time.monotonic() < end:
        fewer = pieces[:position] + pieces[position + size :]
        if still_fails(separator.join(fewer)):
            pieces = fewer
        else:
            position += size
    return pieces
