"""Checking names: what each tensor is, how many indices it has, what each variable means."""

from __future__ import annotations

from collections.abc import Iterator

from rdu.frontends.sparse.notation.syntax import (
    Access,
    Expression,
    Program,
    Reduction,
    Statement,
    operands,
    walk,
)
from rdu.support.diagnostics import Collector, Note


def check_names(program: Program, problems: Collector) -> None:
    """Report every tensor and every variable that is used in a way that means nothing."""
    _check_results(program, problems)
    _check_ranks(program, problems)
    for statement in program.statements:
        _check_variables(statement, problems)
        _check_reductions(statement.expression, statement.result, (), problems)


def accesses(statement: Statement) -> Iterator[Access]:
    """Yield what a statement reads, in the order of the text."""
    for expression in walk(statement.expression):
        if isinstance(expression, Access):
            yield expression


def counted(access: Access, one: str, several: str) -> str:
    """Return in words how many of something an access has, one an index."""
    number = len(access.indices)
    return f"{number} {one if number == 1 else several}"


def _check_results(program: Program, problems: Collector) -> None:
    """Report results that are computed twice, or read before they are computed."""
    first: dict[str, Access] = {}
    for statement in program.statements:
        earlier = first.setdefault(statement.result.tensor, statement.result)
        if earlier is not statement.result:
            message = f"'{earlier.tensor}' is computed twice: expected another name"
            notes = [Note("it is computed here already", earlier.place)]
            problems.error(message, statement.result.place, notes=notes)
    computed: set[str] = set()
    for statement in program.statements:
        for access in accesses(statement):
            if access.tensor in first and access.tensor not in computed:
                message = f"'{access.tensor}' is read before it is computed"
                notes = [Note("it is computed here", first[access.tensor].place)]
                problems.error(message, access.place, notes=notes)
        computed.add(statement.result.tensor)


def _check_ranks(program: Program, problems: Collector) -> None:
    """Report tensors that have another number of indices elsewhere."""
    known: dict[str, Access] = {}
    for statement in program.statements:
        known.setdefault(statement.result.tensor, statement.result)
    for statement in program.statements:
        for access in accesses(statement):
            model = known.setdefault(access.tensor, access)
            if len(model.indices) != len(access.indices):
                have, need = counted(access, "index", "indices"), len(model.indices)
                message = f"'{access}' has {have}: expected {need}, as '{model}' has"
                problems.error(message, access.place, notes=[Note("which is here", model.place)])


def _check_variables(statement: Statement, problems: Collector) -> None:
    """Report variables that are names of tensors too, or come twice in a result."""
    variables = set(statement.variables)
    for access in (statement.result, *accesses(statement)):
        if access.tensor in variables:
            message = f"'{access.tensor}' is an index variable of this statement and a tensor too"
            problems.error(message, access.place)
    indices = statement.result.indices
    for variable in dict.fromkeys(v for v in indices if indices.count(v) > 1):
        message = f"result '{statement.result}' has '{variable}' twice: expected each index once"
        problems.error(message, statement.result.place)


def _check_reductions(
    expression: Expression, result: Access, around: tuple[str, ...], problems: Collector
) -> None:
    """Report written reductions over variables that are no reduction's; `around` are bound."""
    if isinstance(expression, Reduction):
        read = (each.indices for each in walk(expression.body) if isinstance(each, Access))
        inside = {index for indices in read for index in indices}
        for number, variable in enumerate(expression.variables):
            what = f"'{expression.combiner}' reduces '{variable}'"
            if variable in expression.variables[:number] or variable in around:
                problems.error(f"{what} twice: expected it once", expression.place)
            elif variable in result.indices:
                problems.error(f"{what}, an index of the result '{result}'", expression.place)
            elif variable not in inside:
                problems.error(f"{what}, which does not occur in its body", expression.place)
        around = (*around, *expression.variables)
    for operand in operands(expression):
        _check_reductions(operand, result, around, problems)
