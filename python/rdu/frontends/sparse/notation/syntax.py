"""The tree of a program in tensor index notation.

Expressions compare equal if they mean the same: places in the text are no part of what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rdu.support.diagnostics import SourceLocation

Combiner = Literal["sum", "prod", "max", "min"]
"""What a reduction combines values with."""


@dataclass(frozen=True, slots=True)
class Access:
    """An element of a tensor, `B(i, k)`; a scalar has no indices."""

    tensor: str
    indices: tuple[str, ...]
    place: SourceLocation = field(compare=False)

    def __str__(self) -> str:
        """Render as in the text, without spaces."""
        return f"{self.tensor}({','.join(self.indices)})" if self.indices else self.tensor


@dataclass(frozen=True, slots=True)
class Number:
    """A literal, as it was written."""

    text: str
    place: SourceLocation = field(compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of scalars: `neg` of one operand (also `-x`), `max` of two or more, `<` of two."""

    function: str
    operands: tuple[Expression, ...]
    place: SourceLocation = field(compare=False)


@dataclass(frozen=True, slots=True)
class Link:
    """An operand of a chain; `inverse` says that it is subtracted, or divided by."""

    operand: Expression
    inverse: bool
    place: SourceLocation = field(compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """Terms added and subtracted (`+`), or factors multiplied and divided (`*`), from the left.

    Parentheses make a chain of their own, so that a chain is evaluated as it was written.
    """

    operator: Literal["+", "*"]
    links: tuple[Link, ...]
    place: SourceLocation = field(compare=False)


@dataclass(frozen=True, slots=True)
class Reduction:
    """A reduction over variables, `sum[j](...)`; its variables are known inside only."""

    combiner: Combiner
    variables: tuple[str, ...]
    body: Expression
    place: SourceLocation = field(compare=False)


Expression: TypeAlias = Access | Number | Call | Chain | Reduction


@dataclass(frozen=True, slots=True)
class Statement:
    """`result = expression`."""

    result: Access
    expression: Expression

    @property
    def variables(self) -> tuple[str, ...]:
        """The index variables: those of the result, then the others as they appear."""
        found = dict.fromkeys(self.result.indices)
        for expression in walk(self.expression):
            if isinstance(expression, Access):
                found.update(dict.fromkeys(expression.indices))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Program:
    """Statements in order; a later one may use the results of earlier ones."""

    statements: tuple[Statement, ...]

    @property
    def inputs(self) -> tuple[Access, ...]:
        """Where each tensor that no statement computes first appears, in order."""
        results = {statement.result.tensor for statement in self.statements}
        found: dict[str, Access] = {}
        for statement in self.statements:
            for expression in walk(statement.expression):
                if isinstance(expression, Access) and expression.tensor not in results:
                    found.setdefault(expression.tensor, expression)
        return tuple(found.values())


def operands(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions right below one."""
    match expression:
        case Access() | Number():
            return ()
        case Call():
            return expression.operands
        case Chain():
            return tuple(link.operand for link in expression.links)
        case Reduction():
            return (expression.body,)


def with_operands(expression: Expression, new: tuple[Expression, ...]) -> Expression:
    """Return an expression with others right below it, as many as it has."""
    match expression:
        case Access() | Number():
            return expression
        case Call(function=function, place=place):
            return Call(function, new, place)
        case Chain(operator=operator, links=links, place=place):
            pairs = zip(links, new, strict=True)
            changed = tuple(Link(operand, link.inverse, link.place) for link, operand in pairs)
            return Chain(operator, changed, place)
        case Reduction(combiner=combiner, variables=variables, place=place):
            return Reduction(combiner, variables, new[0], place)


def walk(expression: Expression) -> Iterator[Expression]:
    """Yield an expression and all below it, in the order of the text."""
    yield expression
    for operand in operands(expression):
        yield from walk(operand)


def free_variables(expression: Expression) -> tuple[str, ...]:
    """Return the index variables that no reduction inside binds, as they appear."""
    if isinstance(expression, Access):
        return tuple(dict.fromkeys(expression.indices))
    found = dict.fromkeys(v for each in operands(expression) for v in free_variables(each))
    if isinstance(expression, Reduction):
        return tuple(v for v in found if v not in expression.variables)
    return tuple(found)
