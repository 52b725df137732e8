"""Choosing the order of the loops of a statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from rdu.analysis.sparse.cost import Cost, cost_of
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.nest import (
    MOST_COORDINATES,
    Nest,
    Rule,
    accumulated,
    check_repeated,
    made_one,
    rules_of,
    variables,
)
from rdu.analysis.sparse.statement import Statement
from rdu.analysis.sparse.target import IDEAL, Target

MOST_ORDERS = 720
"""How many orders are compared: all of six variables."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The nest chosen, and what it is expected to cost."""

    nest: Nest
    cost: Cost


class NoOrderError(Exception):
    """No order of the loops will do.

    Attributes:
        rules: rules that contradict each other, a circle; empty if rules are not why.
        coordinates: how many the last level has that is accumulated, in the order that needs the
            fewest; 0 if that is not why.
    """

    def __init__(self, rules: Sequence[Rule] = (), coordinates: int = 0) -> None:
        super().__init__()
        self.rules = tuple(rules)
        self.coordinates = coordinates


def choose(statement: Statement, target: Target = IDEAL) -> Choice:
    """Return the nest that is expected to cost least on a machine, the first one of equals.

    Variables that have one value only are tried at the ends alone: those of the output outermost,
    where they cost least, those of reductions there and innermost, where they are not accumulated
    over. Of many variables not all orders are compared: the best one so far is then improved by
    moving one variable at a time.

    Raises:
        NoOrderError: there is none.
        UnmergeableError: a level that repeats coordinates would have to be merged.
    """
    check_repeated(statement)
    names, rules = variables(statement), rules_of(statement)
    search = _Search(statement, target)
    for order in islice(_candidates(statement, names, rules), MOST_ORDERS):
        search.consider(order)
    if search.considered == MOST_ORDERS:
        search.climb(rules)
    if search.best is not None:
        return search.best
    if search.repeating is not None:
        raise search.repeating
    raise NoOrderError((), search.fewest) if search.fewest else NoOrderError(find_circle(rules))


class _Search:
    """Compares orders.

    Attributes:
        best: the best one so far.
        considered: how many were.
        fewest: the coordinates of the last level that is accumulated, in the best order of those
            that have too many; 0 if there is none.
        repeating: why an order could not be used.
    """

    def __init__(self, statement: Statement, target: Target) -> None:
        self._statement, self._target = statement, target
        self.best: Choice | None = None
        self.considered = 0
        self.fewest = 0
        self.repeating: UnmergeableError | None = None

    def consider(self, order: Sequence[str]) -> bool:
        """Compare an order with the best one so far; returns whether it is better."""
        self.considered += 1
        extents = [self._statement.extents[name] for name in accumulated(self._statement, order)]
        merged = made_one(extents)
        if merged > MOST_COORDINATES:
            self.fewest = min(self.fewest or merged, merged)
            return False
        nest = Nest(self._statement, order)
        try:
            cost = cost_of(nest, self._target)
        except UnmergeableError as problem:
            self.repeating = problem
            return False
        if self.best is not None and cost.total >= self.best.cost.total:
            return False
        self.best = Choice(nest, cost)
        return True

    def climb(self, rules: Sequence[Rule]) -> None:
        """Move one variable at a time for as long as that gives something better."""
        moving = self.best is not None
        while moving and self.best is not None and self.considered < 2 * MOST_ORDERS:
            moving = any(self.consider(order) for order in _moves(self.best.nest.order, rules))


def _moves(order: tuple[str, ...], rules: Sequence[Rule]) -> Iterator[tuple[str, ...]]:
    """Return the orders that differ in the place of one variable and keep all rules."""
    for name in order:
        rest = [other for other in order if other != name]
        for place in range(len(order)):
            moved = (*rest[:place], name, *rest[place:])
            at = {other: position for position, other in enumerate(moved)}
            if moved != order and all(at[rule.outer] < at[rule.inner] for rule in rules):
                yield moved


def _candidates(
    statement: Statement, names: Sequence[str], rules: Sequence[Rule]
) -> Iterator[tuple[str, ...]]:
    """Return the orders to compare, the two of each way to place what has one value in turn."""
    single = {name for name in names if statement.extents[name] == 1}
    reduced = single - set(statement.output_variables)
    if not reduced:
        return orders(names, rules, single)
    both = orders(names, rules, single), orders(names, rules, single - reduced, reduced)
    return (order for pair in zip_longest(*both) for order in pair if order is not None)


def orders(
    names: Sequence[str],
    rules: Sequence[Rule],
    early: Collection[str] = (),
    late: Collection[str] = (),
) -> Iterator[tuple[str, ...]]:
    """Return the orders that keep all rules, in the lexical order of places in `names`.

    Of those that differ in the places of `early` and `late` names alone, one: where the early ones
    come as soon as can be, and the late ones where nothing else can come.
    """
    if not names:
        yield ()
    inner = {rule.inner for rule in rules if rule.outer in names and rule.inner in names}
    free = [name for name in names if name not in inner]
    prompt = [name for name in free if name in early][:1]
    patient = free[:1] if all(name in late for name in free) else []
    for name in prompt or patient or [name for name in free if name not in late]:
        left = [other for other in names if other != name]
        remaining = [rule for rule in rules if rule.outer != name]
        for rest in orders(left, remaining, early, late):
            yield (name, *rest)


def find_circle(rules: Sequence[Rule]) -> list[Rule]:
    """Return rules that contradict each other, as few as possible: each leads to the next one."""
    best: list[Rule] = []
    for start in rules:
        path = _path(start.inner, start.outer, rules)
        if path is not None and (not best or len(path) + 1 < len(best)):
            best = [start, *path]
    return best


def _path(source: str, target: str, rules: Sequence[Rule]) -> list[Rule] | None:
    """Return the shortest chain of rules from one variable to another, None if there is none."""
    paths: dict[str, list[Rule]] = {source: []}
    front: list[str] = [source]
    while front:
        reached = [rule for name in front for rule in rules if rule.outer == name]
        front = list[str]()
        for rule in reached:
            if rule.inner not in paths:
                paths[rule.inner] = [*paths[rule.outer], rule]
                front.append(rule.inner)
    return paths.get(target)
