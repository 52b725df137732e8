"""What to say of a statement that no loops suit, and what would help."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rdu.analysis.sparse.choice import NoOrderError, choose
from rdu.analysis.sparse.expression import accesses
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.nest import MOST_COORDINATES, Nest
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.semantics.fibertree import Format


def explain(problem: NoOrderError, statement: Statement) -> dict[str, Any]:
    """Return key, values, notes and hint of the message about a missing order."""
    if not problem.rules:
        return {
            "key": "accumulated",
            "have": f"{problem.coordinates:,}",
            "need": f"{MOST_COORDINATES:,}",
            "hint": "put loops of reductions further in",
        }
    notes = [f"'{rule.outer}' is around '{rule.inner}': {rule.because}" for rule in problem.rules]
    circle = [*(rule.outer for rule in problem.rules), problem.rules[0].outer]
    return {
        "key": "order",
        "have": " around ".join(f"'{name}'" for name in circle),
        "notes": notes,
        "hint": _suggestion(problem, statement),
    }


def explain_repeating(problem: UnmergeableError, statement: Statement) -> dict[str, Any]:
    """Return key, values and hint of the message about a level that repeats coordinates."""
    tensor = statement.tensors[problem.access.tensor]
    levels = ["compressed" if lv.kind == "singleton" else str(lv) for lv in tensor.form.levels]
    better = Format.of(levels, tensor.form.order)
    return {
        "key": "repeats",
        "tensor": tensor.name,
        "have": tensor.form,
        "hint": f"store {tensor.name} as {better}",
    }


def _suggestion(problem: NoOrderError, statement: Statement) -> str | None:
    """Return a format of one tensor that would make an order possible, None if there is none."""
    for number in dict.fromkeys(rule.tensor for rule in problem.rules):
        if number is None:
            continue
        tensor = statement.tensors[number]
        nest = _nest(statement, number, replace(tensor, fixed=False))
        if nest is None:
            continue
        for access in accesses(statement.expression):
            if access.tensor != number:
                continue
            order = [level.dimension for level in nest.levels[access]]
            form = Format.of([str(level) for level in tensor.form.levels], order)
            if _nest(statement, number, replace(tensor, form=form)):  # it may be read twice
                return f"store {tensor.name} as {form}"
    if any(rule.because.startswith("the order") for rule in problem.rules):
        return "leave the order of the loops to the compiler"
    return None


def _nest(statement: Statement, number: int, tensor: Stored) -> Nest | None:
    """Return the loops of a statement with one tensor stored otherwise, None if there are none."""
    try:
        return choose(replace(statement, tensors={**statement.tensors, number: tensor})).nest
    except (NoOrderError, UnmergeableError):
        return None
