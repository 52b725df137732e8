"""A text under mutation: its statements as trees of words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rdu.configuration.lexer import Statement, statements
from rdu.configuration.report import Report

INT = re.compile(r"\d+")
WORD = re.compile(r"[A-Za-z_][\w.]*", re.ASCII)


@dataclass(slots=True)
class Line:
    """A statement: its words without the brace, and the lines inside it if it opens a block."""

    words: list[str]
    block: list[Line] | None = None

    def copy(self) -> Line:
        """Return the line and all inside it as lines of their own."""
        block = None if self.block is None else [line.copy() for line in self.block]
        return Line(list(self.words), block)


@dataclass(slots=True)
class Draft:
    """A text as nested lines."""

    lines: list[Line]

    @property
    def size(self) -> int:
        """How many lines there are, all blocks included."""
        return len(self.places())

    def copy(self) -> Draft:
        """Return a draft that can be changed on its own."""
        return Draft([line.copy() for line in self.lines])

    def places(self) -> list[tuple[list[Line], int]]:
        """Return every line as its block and its position there."""
        return list(_places(self.lines))

    def render(self) -> str:
        """Return the text."""
        return "\n".join(_render(self.lines, "")) + "\n"


def draft(text: str) -> Draft:
    """Take a text apart; what the lexer cannot read is left out."""
    return Draft([_line(statement) for statement in statements(text, Report("<corpus>"))])


def _line(statement: Statement) -> Line:
    words = [token.text for token in statement.tokens[:-1]]
    block = None if statement.block is None else [_line(inner) for inner in statement.block]
    return Line(words, block)


def _places(block: list[Line]) -> Iterator[tuple[list[Line], int]]:
    for position, line in enumerate(block):
        yield block, position
        yield from _places(line.block or [])


def _render(block: list[Line], indent: str) -> Iterator[str]:
    for line in block:
        if line.block is None:
            yield indent + " ".join(line.words)
            continue
        yield indent + " ".join([*line.words, "{"])
        yield from _render(line.block, indent + "  ")
        yield indent + "}"
