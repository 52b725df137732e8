"""Lines of a configuration as tokens, and their nesting as a tree of statements."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rdu.configuration import messages
from rdu.configuration.model import Span
from rdu.configuration.report import Report

Kind = Literal["word", "float", "int", "string", "mark", "end"]

MOST_DIGITS = 18
"""Of an integer; every one and the negative of every one then fits 64 bits."""

MOST_CHARACTERS = 4096
"""Of a name, a string or a number with a point: as many as a path may have."""

# What follows `odd` begins no token: a string without its end, or a run of strange characters. It
# is taken whole, so that the time to read a line is linear in its length.
_TOKEN = re.compile(
    r"""
    [ \t\r]*+ (?:
    (?P<comment> //.* )
  | (?P<word> (?: \d+ \. )*+ [A-Za-z_][A-Za-z0-9_]* (?: \.[A-Za-z0-9_]+ )* )
  | (?P<float> \d+ (?: \.\d+ (?: [eE][+-]?\d+ )? | [eE][+-]?\d+ ) )
  | (?P<int> \d+ )
  | (?P<string> " (?: [^"\\\r] | \\["\\] )*+ " )
  | (?P<mark> \.\. | -> | <- | [<=>!]= | [{}()\[\],:=@*+<>-] )
  | (?P<odd> " .* (?<! \{ ) | \. [\w.]* | [^\s\w"{}()\[\],:=@*+<>./-]+ | . ) )
    """,
    re.VERBOSE | re.ASCII,
)

_STAND_IN: dict[Kind, str] = {"word": "_", "float": "0.0", "int": "0", "string": '""'}
"""What is read instead of a token that is too long."""


class Token(NamedTuple):
    """A word, number, string or mark, with its 1-based column."""

    kind: Kind
    text: str
    column: int

    def __str__(self) -> str:
        return "end of line" if self.kind == "end" else f"'{self.text}'"


@dataclass(slots=True)
class Statement:
    """One line: its tokens (an `end` token last, `{` left out), and its block if it opens one."""

    line: int
    tokens: list[Token]
    block: list[Statement] | None = None

    @property
    def span(self) -> Span:
        """Where the statement begins."""
        return Span(self.line, self.tokens[0].column)

    @property
    def keyword(self) -> str:
        """What kind of statement this is: `=` or `<-` for a stage, otherwise its first word."""
        second = self.tokens[1].text if len(self.tokens) > 1 else ""
        return second if second in ("=", "<-") else self.tokens[0].text


def statements(text: str, report: Report) -> list[Statement]:
    """Split a text into nested statements; unreadable lines and lone braces are reported."""
    top: list[Statement] = []
    blocks = [top]
    openers: list[Statement] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if report.full:
            return top
        tokens = list(_tokens(line.rstrip(" \t\r"), number, report))
        if not tokens:
            continue
        if tokens[0].text == "}" and len(tokens) == 1:
            if openers:
                openers.pop()
                blocks.pop()
            else:
                report(messages.UNOPENED, Span(number, tokens[0].column), "a statement", "'}'")
            continue
        opens = tokens[-1].text == "{"
        end = tokens.pop() if opens else None
        column = end.column if end else len(line.rstrip()) + 1
        statement = Statement(number, [*tokens, Token("end", "", column)])
        blocks[-1].append(statement)
        if opens:
            statement.block = []
            blocks.append(statement.block)
            openers.append(statement)
    for statement in openers:
        report(messages.UNCLOSED, statement.span, "'}'", "the end of the file")
    return top


def _tokens(line: str, number: int, report: Report) -> Iterator[Token]:
    for match in _TOKEN.finditer(line):
        kind, group = match.lastgroup, match.lastindex or 0
        text, column = match[group], match.start(group) + 1
        if kind == "comment":
            return
        if kind == "odd":
            _report_odd(text, Span(number, column), report)
            if report.full:
                return
            continue
        token = Token(kind, text, column)  # pyright: ignore[reportArgumentType]
        if len(text) > MOST_DIGITS and len(text) > _most(kind):
            _report_length(token, number, report)
            token = token._replace(text=_STAND_IN[token.kind])
        yield token


def _most(kind: str | None) -> int:
    return MOST_DIGITS if kind == "int" else MOST_CHARACTERS


def _report_odd(text: str, span: Span, report: Report) -> None:
    need = "a word, number or mark"
    if text.startswith('"'):
        need = "a string that ends in its line"
    report(messages.UNREADABLE, span, need, repr(text[0]))


def _report_length(token: Token, number: int, report: Report) -> None:
    unit = "digits" if token.kind == "int" else "characters"
    kind = {"word": "name", "float": "number", "int": "integer"}.get(token.kind, token.kind)
    need, have = f"at most {_most(token.kind)} {unit}", len(token.text)
    report(messages.TOO_LONG, Span(number, token.column), need, have, kind=kind)
