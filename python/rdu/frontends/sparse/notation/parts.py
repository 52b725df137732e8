"""Cutting statements into parts that are one structured op each.

A part is an elementwise body over index variables, reduced over some of them or none. A statement
that is one product is one part. Every reduction inside a larger expression becomes a part of its
own, whose result is an intermediate tensor; equal ones share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rdu.frontends.sparse.notation.reductions import with_reductions
from rdu.frontends.sparse.notation.syntax import (
    Access,
    Combiner,
    Expression,
    Program,
    Reduction,
    Statement,
    free_variables,
    operands,
    walk,
    with_operands,
)
from rdu.support.diagnostics import SourceLocation


@dataclass(frozen=True, slots=True)
class Part:
    """`result = combiner[reduced](body)`, where the body has no reductions.

    Attributes:
        result: what it computes; an intermediate is named after the statement's result, `x_0`.
        variables: its loops: those of the result, then the reduced ones.
        combiner: what it reduces with, None if nothing is reduced.
        body: what it computes at each point.
        statement: the number of the statement.
        place: where the text says so.
    """

    result: Access
    variables: tuple[str, ...]
    combiner: Combiner | None
    body: Expression
    statement: int
    place: SourceLocation

    @property
    def accesses(self) -> tuple[Access, ...]:
        """What it reads, each element once, in the order of the text."""
        every = (each for each in walk(self.body) if isinstance(each, Access))
        return tuple(dict.fromkeys(every))


def parts_of(program: Program) -> tuple[Part, ...]:
    """Return the parts of a program, each after those whose results it reads."""
    taken = {statement.result.tensor for statement in program.statements}
    taken.update(access.tensor for access in program.inputs)
    cutters = [
        _Cutter(statement, number, taken) for number, statement in enumerate(program.statements)
    ]
    return tuple(part for cutter in cutters for part in cutter.cut())


@dataclass(slots=True)
class _Cutter:
    """Cuts one statement; `taken` are names that no intermediate may have."""

    statement: Statement
    number: int
    taken: set[str]
    parts: list[Part] = field(default_factory=list[Part])
    made: dict[Reduction, Access] = field(default_factory=dict[Reduction, Access])

    def cut(self) -> list[Part]:
        """Return the parts, that of the statement's result last."""
        result = self.statement.result
        self._add(result, with_reductions(self.statement), result.place)
        return self.parts

    def _add(self, result: Access, expression: Expression, place: SourceLocation) -> None:
        """Add what computes an expression, after what computes the reductions inside."""
        combiner, reduced = None, list[str]()
        if isinstance(expression, Reduction):
            combiner = expression.combiner
        while isinstance(expression, Reduction) and expression.combiner == combiner:
            reduced += expression.variables
            expression = expression.body
        body = self._without_reductions(expression)
        variables = (*result.indices, *reduced)
        self.parts.append(Part(result, variables, combiner, body, self.number, place))

    def _without_reductions(self, expression: Expression) -> Expression:
        """Return an expression with accesses to intermediates in place of its reductions."""
        if not isinstance(expression, Reduction):
            inner = tuple(self._without_reductions(operand) for operand in operands(expression))
            return with_operands(expression, inner)
        if expression not in self.made:
            free = set(free_variables(expression))
            indices = tuple(v for v in self.statement.variables if v in free)
            access = Access(self._name(), indices, expression.place)
            self.made[expression] = access
            self._add(access, expression, expression.place)
        return self.made[expression]

    def _name(self) -> str:
        number, stem = 0, self.statement.result.tensor
        while f"{stem}_{number}" in self.taken:
            number += 1
        self.taken.add(f"{stem}_{number}")
        return f"{stem}_{number}"
