"""What is given beside a program: formats, loop orders, results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from rdu.frontends.sparse.notation.formats import FormatLike, read_format
from rdu.frontends.sparse.notation.names import counted
from rdu.frontends.sparse.notation.parts import Part
from rdu.frontends.sparse.notation.shapes import ShapeLike
from rdu.frontends.sparse.notation.syntax import Access, Program, Statement
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector, suggest

OrderLike: TypeAlias = str | Sequence[str]
"""A loop order, outermost first: `ikj`, `row,column`, or a name for each loop."""


def read_formats(
    program: Program,
    parts: Iterable[Part],
    shapes: Mapping[str, ShapeLike],
    formats: Mapping[str, FormatLike],
    problems: Collector,
) -> dict[str, Format]:
    """Return the formats of tensors, those of fiber trees among `shapes` included."""
    first = {access.tensor: access for access in program.inputs}
    first.update({part.result.tensor: part.result for part in parts})
    given: dict[str, FormatLike] = {}
    for name, shaped in shapes.items():
        form = getattr(shaped, "format", None)
        if isinstance(form, Format):
            given[name] = form
    given.update(formats)
    found: dict[str, Format] = {}
    for name, value in given.items():
        if name not in first:
            if name in formats:
                message = f"format of '{name}' is given, but the program has no such tensor"
                problems.error(message, hint=suggest(name, first))
            continue
        form = _read_format(first[name], value, problems)
        if form is not None:
            found[name] = form
    return found


def read_orders(
    program: Program,
    order: OrderLike | Mapping[str, OrderLike] | None,
    problems: Collector,
) -> list[tuple[str, ...] | None]:
    """Return each statement's loop order, None where none is given."""
    statements = {statement.result.tensor: statement for statement in program.statements}
    if order is None:
        order = {}
    elif not isinstance(order, Mapping):
        if len(statements) > 1:
            count = len(program.statements)
            message = f"one loop order is given for {count} statements: expected one by result"
            problems.error(message, program.statements[0].result.place)
            return [None] * count
        order = dict.fromkeys(statements, order)
    for name in order:
        if name not in statements:
            message = f"loop order of '{name}' is given, but no statement computes it"
            problems.error(message, hint=suggest(name, statements))
    return [_read_order(statement, order, problems) for statement in program.statements]


def read_results(
    program: Program, results: str | Sequence[str] | None, problems: Collector
) -> tuple[str, ...]:
    """Return which results are given back: the last one unless one or several are asked for."""
    known = [statement.result.tensor for statement in program.statements]
    if results is None or isinstance(results, str):
        results = (results or known[-1],)
    for name in results:
        if name not in known:
            message = f"result '{name}' is asked for, but no statement computes it"
            problems.error(message, hint=suggest(name, known))
    if not results:
        problems.error("no result is asked for: expected at least one")
    for name in dict.fromkeys(name for name in results if list(results).count(name) > 1):
        problems.error(f"result '{name}' is asked for twice: expected it once")
    return tuple(results)


def _read_format(access: Access, value: FormatLike, problems: Collector) -> Format | None:
    try:
        form = read_format(value)
    except ValueError as wrong:
        shown = f" '{value}'" if isinstance(value, str) else ""
        problems.error(f"format{shown} of '{access.tensor}': {wrong}", access.place)
        return None
    if form.rank != len(access.indices):
        need = f"{counted(access, 'level', 'levels')}, as '{access}' has indices"
        problems.error(f"format of '{access.tensor}' is {form}: expected {need}", access.place)
        return None
    return form


def _read_order(
    statement: Statement, orders: Mapping[str, OrderLike], problems: Collector
) -> tuple[str, ...] | None:
    """Return a statement's loop order; what is wrong with it is reported."""
    result = statement.result
    given = orders.get(result.tensor)
    if given is None:
        return None
    variables = statement.variables
    if isinstance(given, str):
        words = given.replace(",", " ").split()
        given = words if len(words) > 1 or given in variables else given
    order = tuple(map(str, given)) if _is_sequence(given) else (str(given),)
    if sorted(order) != sorted(variables):
        have, need = ", ".join(order) or "nothing", ", ".join(variables) or "nothing"
        message = f"loop order of '{result.tensor}' is {have}: expected each of {need} once"
        problems.error(message, result.place)
        return None
    return order


def _is_sequence(value: object) -> bool:
    return isinstance(value, Sequence)
