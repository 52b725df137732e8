"""From what the grammar's rules matched to the nodes of a program."""

from __future__ import annotations

from typing import Any

from lark import Token, Transformer

from rdu.frontends.sparse.notation.syntax import (
    Access,
    Call,
    Chain,
    Expression,
    Link,
    Number,
    Reduction,
    Statement,
)
from rdu.support.diagnostics import SourceLocation


def token_place(token: Token, file: str) -> SourceLocation:
    """Return where a token of a file begins."""
    return SourceLocation(file, token.line or 0, token.column or 0)


class TreeBuilder(Transformer[Token, Any]):
    """Makes nodes of what the grammar's rules matched; a method for each rule."""

    def __init__(self, file: str) -> None:
        super().__init__()
        self._file = file

    def statement(self, parts: list[Any]) -> Statement:
        """Make `result = expression`."""
        result, expression = parts
        return Statement(result, expression)

    def comparison(self, parts: list[Any]) -> Expression:
        """Make a comparison of two values."""
        left, sign, right = parts
        return Call(str(sign), (left, right), self._at(sign))

    def sum(self, parts: list[Any]) -> Expression:
        """Make terms added and subtracted."""
        return self._chain("+", parts)

    def product(self, parts: list[Any]) -> Expression:
        """Make factors multiplied and divided."""
        return self._chain("*", parts)

    def negation(self, parts: list[Any]) -> Expression:
        """Make `-operand`."""
        sign, operand = parts
        return Call("neg", (operand,), self._at(sign))

    def literal(self, parts: list[Any]) -> Expression:
        """Make a number."""
        return Number(str(parts[0]), self._at(parts[0]))

    def access(self, parts: list[Any]) -> Access:
        """Make an element of a tensor, or a scalar."""
        return Access(str(parts[0]), tuple(parts[1]) if parts[1:] else (), self._at(parts[0]))

    def call(self, parts: list[Any]) -> Expression:
        """Make a function of scalars."""
        return Call(str(parts[0]), tuple(parts[1:]), self._at(parts[0]))

    def reduction(self, parts: list[Any]) -> Expression:
        """Make a written reduction."""
        combiner, variables, body = parts
        return Reduction(combiner.value, tuple(variables), body, self._at(combiner))

    def names(self, parts: list[Any]) -> list[str]:
        """Make a list of variables."""
        return [str(name) for name in parts]

    def _chain(self, operator: Any, parts: list[Any]) -> Expression:
        first = Link(parts[0], inverse=False, place=parts[0].place)
        signs, rest = parts[1::2], parts[2::2]
        links = [
            Link(operand, inverse=str(sign) in "-/", place=self._at(sign))
            for sign, operand in zip(signs, rest, strict=True)
        ]
        return Chain(operator, (first, *links), links[-1].place)

    def _at(self, token: Token) -> SourceLocation:
        return token_place(token, self._file)
