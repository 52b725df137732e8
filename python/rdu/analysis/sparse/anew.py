"""Operands that are stored anew, as no loops can read them as they are stored."""

from __future__ import annotations

from dataclasses import replace

from rdu.analysis.sparse.choice import Choice, NoOrderError, choose
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.nest import MOST_COORDINATES, made_one
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.analysis.sparse.target import IDEAL, Target
from rdu.semantics.fibertree import Format

SORTED = ("dense", "compressed")
"""Levels that can be walked and sorted anew."""

Problem = NoOrderError | UnmergeableError


def choose_anew(
    statement: Statement, problem: Problem, target: Target = IDEAL
) -> tuple[Statement, Choice]:
    """Return a statement some of whose operands are stored anew, and its nest.

    One operand will do if there is one; else those that stand in the way are taken in turn.

    Raises:
        NoOrderError, UnmergeableError: the problem, if none can be, or it stays.
    """
    first = problem
    while True:
        freed = [_freed(statement, number) for number in _in_the_way(problem)]
        found = [each for each in freed if each is not None]
        problems: list[Problem] = []
        for candidate in found:
            try:
                return candidate, choose(candidate, target)
            except (NoOrderError, UnmergeableError) as left:
                problems.append(left)
        if not found:
            raise first
        statement, problem = found[0], problems[0]


def forms_anew(choice: Choice) -> list[tuple[str, Format, Format]]:
    """Return name, format and new format of each operand that a nest reads stored anew."""
    statement = choice.nest.statement
    found: list[tuple[str, Format, Format]] = []
    for access, levels in choice.nest.levels.items():
        tensor = statement.tensors[access.tensor]
        form = Format.of([str(lv.format) for lv in levels], [lv.dimension for lv in levels])
        if tensor.given is not None and tensor.given != form:
            found.append((tensor.name, tensor.given, form))
    return list(dict.fromkeys(found))


def _in_the_way(problem: Problem) -> list[int]:
    if isinstance(problem, UnmergeableError):
        return [problem.access.tensor]
    numbers = dict.fromkeys(rule.tensor for rule in problem.rules)
    return [number for number in numbers if number is not None]


def _freed(statement: Statement, number: int) -> Statement | None:
    """Let an operand be stored anew; None if it cannot be, or is already."""
    tensor = statement.tensors[number]
    kinds = [level.kind for level in tensor.form.levels]
    repeats = "singleton" in kinds
    points = repeats and made_one(sorted(tensor.shape)) <= MOST_COORDINATES
    if not tensor.fixed or not (points or all(kind in SORTED for kind in kinds)):
        return None
    order = tensor.form.order
    form = Format.of(["compressed"] * len(kinds), order) if repeats else tensor.form
    free: Stored = replace(tensor, form=form, fixed=False, given=tensor.form)
    return replace(statement, tensors={**statement.tensors, number: free})
