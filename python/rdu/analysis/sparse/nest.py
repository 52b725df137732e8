"""Loop nests: what has to hold of an order of variables, and which levels each loop sees."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rdu.analysis.sparse.expression import (
    Access,
    Expression,
    Reduce,
    accesses,
    free_variables,
    reductions,
)
from rdu.analysis.sparse.meeting import Level, Meeting, UnmergeableError, meet
from rdu.analysis.sparse.statement import (
    POINTS,
    Statement,
    StoredLevel,
    fixed_levels,
    is_unique,
    levels_entered,
    repeated,
)
from rdu.analysis.sparse.zeros import keeps_zero, root_reduction
from rdu.semantics.sparse.functions import SUMS

MOST_ACCUMULATED = 3
"""The levels that an accumulator merges; of more, those from the last of these on are made one."""

MOST_COORDINATES = 2**31
"""The coordinates that a level may have, be it made of several."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Loops of one variable have to be around those of another, for a reason.

    Attributes:
        outer, inner: the variables.
        because: what says so, for a message.
        tensor: the number of the tensor whose storage says so, if it is one.
    """

    outer: str
    inner: str
    because: str
    tensor: int | None = None


def variables(statement: Statement) -> list[str]:
    """Return all variables: those of the output, then bound ones, from the outermost reduction."""
    bound = (name for node in reductions(statement.expression) for name in node.variables)
    return list(dict.fromkeys([*statement.output_variables, *bound]))


def spread_reduction(statement: Statement) -> Reduce | None:
    """Return the reduction whose variables may be anywhere among those of the output.

    Results of such a reduction are accumulated, in coordinates that only it knows: so no other
    operand may be beside it, and functions around it have to keep what is not computed zero.
    """
    found = root_reduction(statement.expression)
    return found if found and keeps_zero(statement.expression, found) else None


def rules_of(statement: Statement) -> list[Rule]:
    """Return what orders of the variables have to keep, each rule once, in order of importance."""
    rules = [*_storage_rules(statement), *_output_rules(statement)]
    for wish in statement.wishes:
        because = f"the order {', '.join(wish)} is wished for"
        if wish[0].startswith(POINTS):
            because = "points are merged around the coordinates that they repeat"
        rules += _chain(wish, because)
    spread = spread_reduction(statement)
    for node in reductions(statement.expression):
        if node is spread:
            continue
        outer = free_variables(node)
        because = "a reduction inside of an expression follows the variables of its result"
        rules += [Rule(o, inner, because) for o in outer for inner in node.variables]
    return list({(rule.outer, rule.inner): rule for rule in reversed(rules)}.values())[::-1]


def accumulated(statement: Statement, order: Sequence[str]) -> list[str]:
    """Return the levels that the largest accumulator merges in an order, none if there is none."""
    spread = spread_reduction(statement)
    if spread is None:
        return []
    place = {name: position for position, name in enumerate(order)}
    first = min(place[name] for name in spread.variables)
    if all(place[name] < first for name in free_variables(spread)):
        return []
    return [name for name in order[first:] if name in statement.output_variables]


def made_one(extents: Sequence[int]) -> int:
    """Return how many coordinates the last level has of those that an accumulator merges."""
    return math.prod(extents[MOST_ACCUMULATED - 1 :])


def check_repeated(statement: Statement) -> None:
    """Refuse reductions that would give several results for a coordinate that is repeated.

    Those over a variable around it, of extent 1 or not, merge them.

    Raises:
        UnmergeableError: a reduction has a result for each point of a list of points.
    """
    wished = {(wish[0], name) for wish in statement.wishes for name in wish[1:]}
    for node in reductions(statement.expression):
        free = set(free_variables(node))
        for access in accesses(node.body):
            levels = fixed_levels(access.index, statement.tensors[access.tensor].form)
            for name in free.intersection(repeated(levels)):
                merged = any((outer, name) in wished for outer in node.variables)
                if node.function not in SUMS or not merged:
                    raise UnmergeableError(access)


@dataclass(frozen=True, slots=True)
class Scope:
    """Loops that belong together, and what is computed in them.

    Attributes:
        loops: the variables, outermost first.
        body: what is computed at each point.
        everywhere: the loops that take every coordinate, as a reduction asks that counts zeros.
    """

    loops: tuple[str, ...]
    body: Expression
    everywhere: frozenset[str]


class Nest:
    """A statement with an order of its variables.

    Attributes:
        statement: what is computed.
        order: the variables, outermost first.
        spread: the reduction that is accumulated, if the order asks for it.
    """

    def __init__(self, statement: Statement, order: Sequence[str]) -> None:
        self.statement, self.order = statement, tuple(order)
        bound = spread_reduction(statement)
        self.spread = bound if bound and accumulated(statement, order) else None
        self.levels: dict[Access, list[StoredLevel]] = {
            access: statement.levels(access, order) for access in accesses(statement.expression)
        }
        self._entered = {access: levels_entered(levels) for access, levels in self.levels.items()}

    def root(self) -> Scope:
        """Return the outermost scope: the loops of the output, and of what is accumulated."""
        own = set(self.statement.output_variables)
        if self.spread is None:
            return Scope(self._sorted(own), self.statement.expression, frozenset())
        loops = self._sorted(own | set(self.spread.variables))
        first = min(loops.index(name) for name in self.spread.variables)
        sums = self.spread.function in SUMS
        dense = frozenset[str]() if sums else frozenset(loops[first:])
        return Scope(loops, self.spread.body, dense)

    def inside(self, outer: Scope, reduction: Reduce) -> tuple[int, Scope]:
        """Return how many loops of a scope are around a reduction in it, and the scope of it.

        The loops of the new scope are those around, then the reduction's own.
        """
        needed = set(free_variables(reduction))
        around = max((n + 1 for n, name in enumerate(outer.loops) if name in needed), default=0)
        loops = (*outer.loops[:around], *self._sorted(set(reduction.variables)))
        dense = frozenset(() if reduction.function in SUMS else reduction.variables)
        return around, Scope(loops, reduction.body, dense)

    def level(self, access: Access, name: str) -> Level | None:
        """Return what a variable's loop needs to know of the levels of an access that it enters.

        None if there are none.
        """
        numbers, levels = self.entered(access).get(name), self.levels[access]
        if numbers is None:
            return None
        dense = all(levels[number].dense for number in numbers)
        return Level(dense, is_unique(levels, numbers))

    def entered(self, access: Access) -> dict[str, range]:
        """Return for each variable of an access the numbers of the levels that its loop enters."""
        return self._entered[access]

    def meeting(self, scope: Scope, name: str) -> Meeting:
        """Return how levels meet in a loop; may raise UnmergeableError."""
        return meet(
            scope.body,
            lambda access: self.level(access, name),
            everywhere=name in scope.everywhere,
        )

    def _sorted(self, names: set[str]) -> tuple[str, ...]:
        return tuple(name for name in self.order if name in names)


def _storage_rules(statement: Statement) -> Iterator[Rule]:
    for access in accesses(statement.expression):
        tensor = statement.tensors[access.tensor]
        chains = [names for names in access.index if len(names) > 1]
        if tensor.fixed:
            chains = [tuple(levels_entered(fixed_levels(access.index, tensor.form)))]
        for names in chains:
            stored = f"{tensor.name} is stored as {tensor.form}"
            for rule in _chain(names, stored):
                yield Rule(rule.outer, rule.inner, rule.because, access.tensor)


def _output_rules(statement: Statement) -> Iterator[Rule]:
    blocked = [names for names in statement.output if len(names) > 1]
    if statement.form is not None and not blocked:
        names = [level.variable for level in fixed_levels(statement.output, statement.form)]
        yield from _chain(names, f"the result is stored as {statement.form}")
    for names in blocked:
        others = [name for name in statement.output_variables if name not in names]
        yield from _chain(names, "blocks of the result come before what is in them")
        for other in others:
            yield Rule(other, names[0], "blocks of the result are put together innermost")


def _chain(names: Sequence[str], because: str) -> Iterator[Rule]:
    """Return the rules of an order, of neighbours first."""
    for gap in range(1, len(names)):
        for outer, inner in zip(names, names[gap:], strict=False):
            yield Rule(outer, inner, because)
