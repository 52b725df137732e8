"""Tokens of a stream: payloads between stops, an absence mark, and the end.

A stream walks one level of a tree of fibers depth-first. `Stop(n)` ends `n + 1` fibers at once:
the innermost and the `n` around it. `EMPTY` (`N`) stands where a union found nothing. `DONE` (`D`)
comes once, last. In text the stream `1 2 S0 3 S1 D` holds the fibers `[[1, 2], [3]]`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any


@dataclass(frozen=True, slots=True)
class Stop:
    """The end of `level + 1` nested fibers."""

    level: int

    def __str__(self) -> str:
        """Render as `S0`."""
        return f"S{self.level}"


class Control(Enum):
    """Control tokens without a level."""

    EMPTY = "N"
    DONE = "D"

    def __str__(self) -> str:
        """Render as `N` or `D`."""
        return self.value


EMPTY = Control.EMPTY
DONE = Control.DONE


def is_payload(token: object) -> bool:
    """Tell whether a token carries a payload."""
    return not isinstance(token, Stop | Control)


def to_text(stream: Iterable[object]) -> str:
    """Render a stream, `1 2 S0 D`."""
    return " ".join(str(token) for token in stream)


def from_text(text: str) -> list[Any]:
    """Read a stream of integers and floats as `to_text` writes it; raises ValueError."""
    return [_token(word) for word in text.split()]


def flatten(fibers: Any, depth: int) -> list[Any]:
    """Turn nested lists, `depth` deep, into a stream that ends with `DONE`."""
    return [*_walk(fibers, depth), DONE]


def nest(stream: Sequence[Any], depth: int) -> Any:
    """Turn a stream back into lists nested `depth` deep; a payload if `depth` is 0.

    A stop that closes an outer fiber right after another stop leaves an empty fiber inside it.
    """
    open_fibers: list[list[Any]] = [[] for _ in range(depth + 1)]
    for token in stream:
        if token is DONE:
            break
        if isinstance(token, Stop):
            for level in range(depth, depth - token.level - 1, -1):
                open_fibers[level - 1].append(open_fibers[level])
                open_fibers[level] = []
        else:
            open_fibers[depth].append(token)
    return open_fibers[0][0] if open_fibers[0] else None


def _walk(fibers: Any, depth: int) -> list[Any]:
    if depth == 0:
        return [fibers]
    tokens: list[Any] = []
    for position, fiber in enumerate(fibers):
        inner = _walk(fiber, depth - 1)
        last = position == len(fibers) - 1
        if last and inner and isinstance(inner[-1], Stop):
            inner[-1] = Stop(inner[-1].level + 1)
            return [*tokens, *inner]
        tokens += inner
    return [*tokens, Stop(depth - 1)]


def _token(word: str) -> Any:
    if word in ("N", "D"):
        return Control(word)
    if word.startswith("S"):
        return Stop(int(word[1:]))
    return float(word) if "." in word or "e" in word else int(word)
