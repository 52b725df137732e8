"""Reading the tokens of one statement from left to right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NoReturn

from rdu.configuration.lexer import Kind, Statement, Token
from rdu.configuration.model import Span
from rdu.support.diagnostics import suggest

RESERVED = frozenset({"false", "inf", "init", "nan", "over", "pass", "true"})
"""Words that cannot name anything, because they stand where a name could."""

_ESCAPE = re.compile(r"\\(.)")


class UnexpectedTokenError(Exception):
    """A token other than the one expected; ends the reading of its statement."""

    def __init__(self, span: Span, need: str, have: str, hint: str | None) -> None:
        super().__init__(need, have)
        self.span = span
        self.need = need
        self.have = have
        self.hint = hint


@dataclass(slots=True)
class Cursor:
    """A position in the tokens of a statement.

    Every `take` raises UnexpectedTokenError on another token.
    """

    statement: Statement
    position: int = 0
    declined: tuple[tuple[int, str], ...] = ()
    """What could have stood where something else did, as positions and texts."""

    @property
    def start(self) -> Span:
        """Where the statement begins."""
        return self.statement.span

    @property
    def span(self) -> Span:
        """Where the next token stands."""
        return Span(self.statement.line, self.token.column)

    @property
    def token(self) -> Token:
        """The next token."""
        return self.statement.tokens[self.position]

    @property
    def following(self) -> Token:
        """The token behind the next, which is not the end."""
        return self.statement.tokens[self.position + 1]

    def at(self, text: str) -> bool:
        """Whether the next token is the given word or mark."""
        token = self.statement.tokens[self.position]
        return token.text == text and token.kind != "string"

    def accept(self, text: str) -> bool:
        """Take the given word or mark if it is next; return whether it was."""
        if not self.at(text):
            if self.declined and self.declined[-1][0] != self.position:
                self.declined = ()
            self.declined += ((self.position, text),)
            return False
        self.position += 1
        return True

    def split(self, mark: str) -> None:
        """Take the given mark apart into its characters if it is next."""
        if self.at(mark):
            parts = [Token("mark", part, self.token.column + i) for i, part in enumerate(mark)]
            self.statement.tokens[self.position : self.position + 1] = parts

    def take(self, *texts: str) -> str:
        """Take one of the given words or marks."""
        token = self.token
        if token.text not in texts or token.kind == "string":
            self._fail_among([*self._options(), *texts])
        self.position += 1
        return token.text

    def take_kind(self, kind: Kind, need: str) -> str:
        """Take a token of the given kind, described by `need`."""
        token = self.token
        if token.kind != kind:
            self.fail(need)
        self.position += 1
        return token.text

    def take_name(self, what: str) -> str:
        """Take a name without dots that is not reserved."""
        token = self.token
        if token.kind != "word" or "." in token.text or token.text in RESERVED:
            self.fail(what)
        self.position += 1
        return token.text

    def take_level(self, what: str) -> str:
        """Take the name of a level: a counter or `pass`."""
        return "pass" if self.accept("pass") else self.take_name(what)

    def take_path(self, what: str) -> str:
        """Take a name that may have dots, such as that of a tensor."""
        token = self.token
        if token.kind != "word" or token.text in RESERVED:
            self.fail(what)
        self.position += 1
        return token.text

    def take_natural(self, what: str) -> int:
        """Take an integer without sign."""
        return int(self.take_kind("int", what))

    def take_integer(self, what: str) -> int:
        """Take an integer with an optional minus."""
        sign = -1 if self.accept("-") else 1
        return sign * self.take_natural(what)

    def take_string(self, what: str) -> str:
        """Take a quoted string and return what it stands for."""
        quoted = self.take_kind("string", what)
        return _ESCAPE.sub(r"\1", quoted[1:-1])

    def take_end(self) -> None:
        """Require that nothing follows."""
        if self.token.kind != "end":
            end = "'{'" if self.statement.block is not None else "end of line"
            self._fail_among(self._options(), end)

    def fail(self, need: str, hint: str | None = None) -> NoReturn:
        """Raise UnexpectedTokenError for the next token."""
        token = self.token
        at_block = token.kind == "end" and self.statement.block is not None
        have = "'{'" if at_block else str(token)
        raise UnexpectedTokenError(self.span, need, have, hint)

    def _options(self) -> list[str]:
        """Return what was declined here."""
        return [text for position, text in self.declined if position == self.position]

    def _fail_among(self, texts: list[str], *further: str) -> NoReturn:
        token = self.token
        needs = [*(f"'{text}'" for text in texts), *further]
        self.fail(_either(needs), suggest(token.text, texts) if token.kind == "word" else None)


def _either(alternatives: list[str]) -> str:
    if len(alternatives) == 1:
        return alternatives[0]
    return f"{', '.join(alternatives[:-1])} or {alternatives[-1]}"
