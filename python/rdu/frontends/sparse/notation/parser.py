"""From the text of tensor index notation to its tree.

Statements are parsed one by one, so that a mistake in one does not hide those in the others.
"""

from __future__ import annotations

from typing import cast

from lark import Token, Tree, UnexpectedInput

from rdu.frontends.sparse.notation.builder import TreeBuilder, token_place
from rdu.frontends.sparse.notation.syntax import Program, Statement
from rdu.frontends.sparse.notation.tokens import CLOSING, OPENING, grammar, statements
from rdu.support.diagnostics import Collector, RduError, SourceLocation, error

FILE = "notation"
"""What messages and locations call a text that comes from no file."""

DEEPEST = 32
"""How many brackets may be open at a time."""

_KINDS = {
    "NAME": "a name",
    "NUMBER": "a number",
    "FUNCTION": "a function",
    "EXTREMUM": "'max', 'min'",
    "TOTAL": "'sum', 'prod'",
    "$END": "the end of the statement",
    "COMPARE": "a comparison",
}
"""How messages call what may stand somewhere, where that is no fixed text."""


def parse_program(text: str, file: str = FILE) -> Program:
    """Parse statements separated by `;` or by the ends of lines.

    Args:
        text: the program; from `#` to the end of a line is a comment.
        file: what locations and messages call it.

    Raises:
        RduError: with the first mistake of each statement, at its line and column.
    """
    problems, found = Collector(), list[Statement]()
    for tokens in statements(text):
        try:
            tree = _parse(tokens, file)
        except RduError as wrong:
            problems.diagnostics.extend(wrong.diagnostics)
            continue
        found.append(cast("Statement", TreeBuilder(file).transform(tree)))
    if not found and not problems.diagnostics:
        problems.error("program is empty: expected a statement", SourceLocation(file, 1, 1))
    problems.check()
    return Program(tuple(found))


def _parse(tokens: list[Token], file: str) -> Tree[Token]:
    """Parse one statement; raises RduError with its first mistake."""
    parser = grammar().parse_interactive()
    depth = 0
    for number, token in enumerate(tokens):
        depth += (token.type in OPENING) - (token.type in CLOSING)
        if depth > DEEPEST:
            message = f"brackets are nested too deeply: expected at most {DEEPEST}"
            raise RduError(error(message, token_place(token, file)))
        try:
            parser.feed_token(token)
        except UnexpectedInput:
            message = f"expected {_choice_after(tokens[:number])}, got {str(token)!r}"
            raise RduError(error(message, token_place(token, file))) from None
    last = tokens[-1]
    try:
        return cast("Tree[Token]", parser.feed_eof(last))
    except UnexpectedInput:
        place = SourceLocation(file, last.end_line or 0, last.end_column or 0)
        message = f"expected {_choice_after(tokens)}, got the end of the statement"
        raise RduError(error(message, place)) from None


def _choice_after(tokens: list[Token]) -> str:
    """Return in words what may come after the tokens that begin a statement."""
    parser = grammar().parse_interactive()
    for token in tokens:
        parser.feed_token(token)
    patterns = {terminal.name: str(terminal.pattern.value) for terminal in grammar().terminals}
    accepted = cast("set[str]", parser.accepts())
    order = [*_KINDS, *patterns]
    words = [
        _KINDS.get(name) or f"'{patterns[name]}'" for name in sorted(accepted, key=order.index)
    ]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
