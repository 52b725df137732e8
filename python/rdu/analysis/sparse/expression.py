"""Index expressions: a scalar value for each point of the index variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from rdu.semantics.dtypes import DType

Index = tuple[tuple[str, ...], ...]
"""For each dimension of a tensor the variables that index it: one, or where the dimension is stored
in blocks the number of the block, then the coordinate within."""


@dataclass(frozen=True, eq=False, slots=True)
class Access:
    """A tensor's element; each access is an object of its own, whatever it reads.

    Attributes:
        tensor: a number of a table of tensors.
        index: where, for each dimension.
    """

    tensor: int
    index: Index

    @property
    def variables(self) -> tuple[str, ...]:
        """All variables, in the order of the dimensions."""
        return tuple(chain.from_iterable(self.index))


@dataclass(frozen=True, eq=False, slots=True)
class Constant:
    """A number.

    Attributes:
        value: the number.
        element: its element type, None for that of what it is beside.
    """

    value: float
    element: DType | None = None


@dataclass(frozen=True, eq=False, slots=True)
class Apply:
    """A function of `rdu.semantics.sparse.functions` of one, two or three values."""

    function: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, eq=False, slots=True)
class Reduce:
    """A reduction over all values of some variables, from the function's identity."""

    function: str
    variables: tuple[str, ...]
    body: Expression


Expression = Access | Constant | Apply | Reduce


def children(expression: Expression) -> tuple[Expression, ...]:
    """Return the expressions directly inside."""
    if isinstance(expression, Apply):
        return expression.operands
    return (expression.body,) if isinstance(expression, Reduce) else ()


def nodes(expression: Expression) -> Iterator[Expression]:
    """Walk an expression, outermost first, from left to right."""
    yield expression
    for child in children(expression):
        yield from nodes(child)


def accesses(expression: Expression) -> list[Access]:
    """Return the accesses, from left to right."""
    return [node for node in nodes(expression) if isinstance(node, Access)]


def reductions(expression: Expression) -> list[Reduce]:
    """Return the reductions, outermost first."""
    return [node for node in nodes(expression) if isinstance(node, Reduce)]


def free_variables(expression: Expression) -> list[str]:
    """Return the variables on which the value depends, each once, in order of their first use."""
    bound = {name for node in reductions(expression) for name in node.variables}
    used = chain.from_iterable(access.variables for access in accesses(expression))
    return [name for name in dict.fromkeys(used) if name not in bound]


def rebuilt(expression: Expression, leaf: Callable[[Access], Expression]) -> Expression:
    """Copy an expression with each access replaced by what a function makes of it."""
    match expression:
        case Access():
            return leaf(expression)
        case Constant():
            return expression
        case Apply():
            operands = tuple(rebuilt(operand, leaf) for operand in expression.operands)
            return Apply(expression.function, operands)
        case Reduce():
            return Reduce(expression.function, expression.variables, rebuilt(expression.body, leaf))


def renamed(expression: Expression, names: Mapping[str, Sequence[str]]) -> Expression:
    """Copy an expression with variables, bound ones included, replaced by one or more others."""

    def spread(variables: Sequence[str]) -> tuple[str, ...]:
        return tuple(chain.from_iterable(names.get(name, (name,)) for name in variables))

    match expression:
        case Access():
            return Access(expression.tensor, tuple(map(spread, expression.index)))
        case Constant():
            return expression
        case Apply():
            operands = tuple(renamed(operand, names) for operand in expression.operands)
            return Apply(expression.function, operands)
        case Reduce():
            body = renamed(expression.body, names)
            return Reduce(expression.function, spread(expression.variables), body)
