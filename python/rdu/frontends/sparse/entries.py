"""Looking for what is wrong in lines of coordinates and a value, once it is known that some is.

Files are parsed in bulk, which is fast and says little. What a parser refuses is read once more
here, line by line, to name every fault at its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from rdu.frontends.sparse.elements import INTEGER, Element, describe_value
from rdu.support.diagnostics import Diagnostic, RduError, SourceLocation, error

MOST_FAULTS = 20
"""How many faults of a file are listed."""

NO_NUMBERS = "cannot be read: expected numbers"
"""What is said of a line that a parser refuses and of which no word is to blame."""

_WORD = re.compile(rb"\S+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a line has to be.

    Attributes:
        path: the file, for messages.
        rank: how many coordinates there are, counted from 1.
        extents: the largest coordinate of each dimension; None where the file does not say.
        element: the type of the value that follows, None if none does.
        integer: whether the value has to be written as an integer.
        triangle: the word for a matrix of which only the part below the diagonal is written:
            `symmetric` (with the diagonal) or `skew-symmetric` (without).
    """

    path: str
    rank: int
    extents: Sequence[int] | None
    element: Element | None
    integer: bool = False
    triangle: str | None = None

    def faults(self, number: int, line: bytes) -> Iterator[Diagnostic]:
        """Yield what is wrong with a line."""
        words = [(match.start() + 1, match[0].decode("latin-1")) for match in _WORD.finditer(line)]
        need = self.rank + (self.element is not None)
        if len(words) != need:
            parts = [f"{self.rank} coordinates"] * bool(self.rank) + ["a value"] * bool(
                self.element
            )
            text = f"has {len(words)} numbers: expected {' and '.join(parts)}"
            yield error(text, SourceLocation(self.path, number))
            return
        sound = True
        for dimension, (column, word) in enumerate(words[: self.rank]):
            if problem := self._coordinate(dimension, word):
                sound = False
                yield error(problem, SourceLocation(self.path, number, column))
        for column, word in words[self.rank :]:
            if problem := self._value(word):
                yield error(problem, SourceLocation(self.path, number, column))
        if sound and self.triangle and (problem := self._place(words)):
            yield error(problem, SourceLocation(self.path, number))

    def _coordinate(self, dimension: int, word: str) -> str | None:
        if not INTEGER.fullmatch(word):
            return f"coordinate '{word}' is no integer"
        most = self.extents[dimension] if self.extents is not None else 2**63 - 1
        if not 1 <= int(word) <= most:
            return (
                f"coordinate {word} of dimension {dimension} is out of range: expected 1 to {most}"
            )
        return None

    def _value(self, word: str) -> str | None:
        if self.integer and not INTEGER.fullmatch(word):
            return f"value '{word}' is no integer"
        return describe_value(word, self.element or "f32")

    def _place(self, words: Sequence[tuple[int, str]]) -> str | None:
        row, column = (int(word) for _, word in words[:2])
        if row > column or (row == column and self.triangle == "symmetric"):
            return None
        where = "on" if row == column else "above"
        return f"entry ({row}, {column}) is {where} the diagonal of a {self.triangle} matrix"


def find_faults(lines: Iterable[tuple[int, bytes]], entry: Entry) -> list[Diagnostic]:
    """Return what is wrong with lines, at most `MOST_FAULTS` of it."""
    faults = (fault for number, line in lines for fault in entry.faults(number, line))
    return list(islice(faults, MOST_FAULTS))


def give_up(path: str, faults: Sequence[Diagnostic], otherwise: str, line: int = 0) -> RduError:
    """Return the error that lists faults; `otherwise` says what is wrong if there is none."""
    if not faults:
        return RduError(error(otherwise, SourceLocation(path, line)))
    if len(faults) < MOST_FAULTS:
        return RduError(faults)
    last = faults[-1]
    note = f"the first {MOST_FAULTS} faults are listed"
    return RduError([*faults[:-1], error(last.message, last.location, notes=[note])])
