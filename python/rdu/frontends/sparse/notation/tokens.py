"""From a text to the tokens of its statements, by the terminals of `grammar.lark`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from lark import Lark, Token

OPENING, CLOSING = ("LPAR", "LSQB"), ("RPAR", "RSQB")
"""The brackets."""

_GRAMMAR = Path(__file__).with_name("grammar.lark")
_CONTINUING = ("EQUAL", "COMPARE", "PLUS", "MINUS", "TIMES", "OVER")


@cache
def grammar() -> Any:
    """Return the grammar of one statement, a `Lark`, whose own types are incomplete."""
    return Lark(
        _GRAMMAR.read_text(encoding="utf-8"),
        parser="lalr",
        lexer="basic",
        start="statement",
        postlex=_Separators(),  # pyright: ignore[reportArgumentType]
        maybe_placeholders=False,
    )


def statements(text: str) -> Iterator[list[Token]]:
    """Yield the tokens of each statement that is not empty; any text has tokens."""
    statement: list[Token] = []
    for token in grammar().lex(text):
        if token.type not in ("END", "NEWLINE"):
            statement.append(token)
        elif statement:
            yield statement
            statement = []
    if statement:
        yield statement


class _Separators:
    """Takes away the ends of lines that separate no statements."""

    always_accept: ClassVar[tuple[str, ...]] = ("END", "NEWLINE", "STRAY")

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Yield the tokens that a parser sees."""
        depth, previous, pending = 0, "END", None
        for token in stream:
            if token.type == "NEWLINE":
                pending = None if depth or previous in _CONTINUING else pending or token
                continue
            if pending is not None and token.type not in _CONTINUING:
                yield pending
            pending, previous = None, token.type
            depth += (token.type in OPENING) - (token.type in CLOSING)
            depth = 0 if token.type == "END" else max(depth, 0)
            yield token
