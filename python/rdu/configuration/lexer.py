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

_TOKEN = re.compile(
    r"""
    (?P<blank> [ \t\r]+ | //.* )
  | (?P<word> (?: \d+ \. )* [A-Za-z_][A-Za-z0-9_]* (?: \.[A-Za-z0-9_]+ )* )
  | (?P<float> \d+ (?: \.\d+ (?: [eE][+-]?\d+ )? | [eE][+-]?\d+ ) )
  | (?P<int> \d{1,18} (?! \d ) )
  | (?P<string> " (?: [^"\\] | \\["\\] )* " )
  | (?P<mark> \.\. | -> | <- | [{}()\[\],:=@*+-] )
    """,
    re.VERBOSE | re.ASCII,
)


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
        tokens = list(_tokens(line, number, report))
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
    position = 0
    while position < len(line):
        match = _TOKEN.match(line, position)
        if match is None:
            have = f"'{line[position]}'"
            report(messages.UNREADABLE, Span(number, position + 1), "a word, number or mark", have)
            position += 1
            continue
        if match.lastgroup != "blank":
            yield Token(match.lastgroup, match.group(), position + 1)  # pyright: ignore[reportArgumentType]
        position = match.end()
