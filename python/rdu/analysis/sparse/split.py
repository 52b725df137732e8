"""Splitting a statement that no order of loops suits: reductions in it become tensors."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from rdu.analysis.sparse.expression import Access, Apply, Expression, Reduce, free_variables
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.semantics.fibertree import Format


def split(
    statement: Statement, numbers: count[int]
) -> tuple[*tuple[tuple[int, Statement], ...], Statement] | None:
    """Return statements for the reductions inside of others, then one that reads their results.

    Each comes with the number of its tensor. None if the statement is nothing but a reduction, or
    stores dimensions in blocks.
    """
    if isinstance(statement.expression, Reduce) or any(len(n) > 1 for n in statement.output):
        return None
    parts: list[tuple[int, Statement]] = []
    rest = _replaced(statement.expression, statement, numbers, parts)
    if not parts:
        return None
    tensors = dict(statement.tensors)
    for number, part in parts:
        tensors[number] = _unknown(number, part)
    own = set(statement.output_variables)
    wishes = tuple(tuple(n for n in wish if n in own) for wish in statement.wishes)
    return (*parts, replace(statement, expression=rest, tensors=tensors, wishes=wishes))


def _replaced(
    expression: Expression,
    statement: Statement,
    numbers: count[int],
    parts: list[tuple[int, Statement]],
) -> Expression:
    """Replace the outermost reductions by accesses of what will hold their results."""
    if isinstance(expression, Apply):
        operands = tuple(_replaced(o, statement, numbers, parts) for o in expression.operands)
        return Apply(expression.function, operands)
    if not isinstance(expression, Reduce):
        return expression
    output = tuple((name,) for name in free_variables(expression))
    own = {*free_variables(expression), *expression.variables}
    wishes = tuple(tuple(n for n in wish if n in own) for wish in statement.wishes)
    part = replace(statement, output=output, form=None, expression=expression, wishes=wishes)
    number = next(numbers)
    parts.append((number, part))
    return Access(number, output)


def _unknown(number: int, part: Statement) -> Stored:
    """Return a tensor of which nothing is known before it is planned."""
    shape = tuple(part.extents[name] for names in part.output for name in names)
    return Stored(f"%{number}", shape, Format.of(["dense"] * len(shape)), False, 1.0)
