"""Finding an order of dimensions for each result, so that all ops can walk what they read.

A result is written by loops in some order and read by loops in some order. Each op by itself has an
order of loops if what it reads and writes agree; a result that several ops touch has to suit all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, permutations

from rdu.analysis.sparse.choice import Choice, NoOrderError, choose
from rdu.analysis.sparse.expression import accesses
from rdu.analysis.sparse.meeting import UnmergeableError
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.analysis.sparse.target import IDEAL, Target
from rdu.analysis.sparse.written import result_of
from rdu.semantics.fibertree import Format

MOST_TRIED = 24
"""How many orders of a result are compared: all of four dimensions."""

MOST_ROUNDS = 4
"""How often results are gone through."""

IMPOSSIBLE = 1e30
"""What an op is said to cost that has no order of loops: more than any that has."""

Orders = dict[int, tuple[int, ...]]
"""The order of the dimensions of each result, by its number."""


@dataclass(frozen=True, slots=True)
class Written:
    """An op that writes a result.

    Attributes:
        number: the result's.
        statement: what is computed.
    """

    number: int
    statement: Statement


class OrderSearch:
    """Changes one order at a time for as long as ops become possible, or cheaper while at it.

    Args:
        ops: what is computed, producers first.
        free: the results whose orders are to be found, with their numbers of dimensions.
        target: the machine, as far as costs go.
    """

    def __init__(
        self, ops: Sequence[Written], free: Mapping[int, int], target: Target = IDEAL
    ) -> None:
        self._ops, self._target = ops, target
        self._free = free
        self._known: dict[tuple[int, tuple[tuple[int, tuple[int, ...]], ...]], float] = {}
        self._touched = [self._results_of(op) for op in ops]

    def run(self) -> Orders:
        """Return the orders; some op may still have no order of loops.

        The search starts from results in the order of their dimensions and, where lanes make a
        difference between dimensions, from results whose outermost dimension comes innermost.
        """
        starts = [{number: tuple(range(rank)) for number, rank in self._free.items()}]
        if self._target.lanes > 1:
            starts.append({number: (*own[1:], *own[:1]) for number, own in starts[0].items()})
        return min(map(self._from, starts), key=self._total)

    def _total(self, orders: Orders) -> float:
        choices = [choice for _, choice in _choices(self._ops, orders, self._target)]
        return sum(choice.cost.total if choice else IMPOSSIBLE for choice in choices)

    def _from(self, start: Orders) -> Orders:
        orders = start
        for _ in range(MOST_ROUNDS):
            stuck = [n for n in range(len(self._ops)) if self._cost(n, orders) >= IMPOSSIBLE]
            if not stuck:
                break
            before = dict(orders)
            for number in dict.fromkeys(self._near(stuck)):
                orders[number] = self._best(number, orders)
            if orders == before:
                break
        return orders

    def _near(self, stuck: Sequence[int]) -> Iterator[int]:
        """Return the results that impossible ops touch, then those of the ops around these."""
        own = [number for op in stuck for number in self._touched[op]]
        yield from own
        for touched in self._touched:
            if set(touched) & set(own):
                yield from touched

    def _best(self, number: int, orders: Orders) -> tuple[int, ...]:
        """Return the order of a result for which the ops that touch it cost least."""
        ops = [n for n, touched in enumerate(self._touched) if number in touched]
        tried = islice(permutations(range(self._free[number])), MOST_TRIED)

        def cost(order: tuple[int, ...]) -> float:
            return sum(self._cost(op, {**orders, number: order}) for op in ops)

        return min((orders[number], *tried), key=cost)

    def _cost(self, op: int, orders: Orders) -> float:
        key = op, tuple((number, orders[number]) for number in self._touched[op])
        if key not in self._known:
            self._known[key] = _cost(in_orders(self._ops[op], orders), self._target)
        return self._known[key]

    def _results_of(self, op: Written) -> list[int]:
        read = (access.tensor for access in accesses(op.statement.expression))
        return [n for n in dict.fromkeys([*read, op.number]) if n in self._free]


def in_orders(
    op: Written, orders: Orders, results: Mapping[int, Stored] | None = None
) -> Statement:
    """Return an op's statement with results in these orders.

    Args:
        op: the op.
        orders: the order of the dimensions of each result.
        results: what is known of how results are stored besides.
    """
    known = {**op.statement.tensors, **(results or {})}
    tensors = {
        number: replace(known[number], form=_levels(known[number], orders[number]), fixed=True)
        if number in orders
        else tensor
        for number, tensor in op.statement.tensors.items()
    }
    statement = replace(op.statement, tensors=tensors)
    own = orders.get(op.number)
    if not own or any(len(names) > 1 for names in statement.output):
        return statement
    wish = tuple(statement.output[dimension][0] for dimension in own)
    return replace(statement, wishes=(*statement.wishes, wish))


def loops_of(
    ops: Sequence[Written], orders: Orders, target: Target = IDEAL
) -> dict[int, tuple[str, ...]]:
    """Return the order of the loops of each op that has one, by its result's number."""
    found = _choices(ops, orders, target)
    return {number: choice.nest.order for number, choice in found if choice is not None}


def _choices(
    ops: Sequence[Written], orders: Orders, target: Target
) -> Iterator[tuple[int, Choice | None]]:
    """Yield the number of each op's result, and its nest, None if it has none.

    Ops know how the results of earlier ones are stored.
    """
    results: dict[int, Stored] = {}
    for op in ops:
        try:
            choice = choose(in_orders(op, orders, results), target)
        except (NoOrderError, UnmergeableError):
            yield op.number, None
            continue
        results[op.number] = result_of(choice, f"the result {op.number}")
        yield op.number, choice


def _levels(stored: Stored, order: Sequence[int]) -> Format:
    """Return a tensor's levels in another order of its dimensions."""
    kinds = dict(zip(stored.form.order, stored.form.levels, strict=True))
    return Format.of([str(kinds[dimension]) for dimension in order], order)


def _cost(statement: Statement, target: Target) -> float:
    try:
        return choose(statement, target).cost.total
    except (NoOrderError, UnmergeableError):
        return IMPOSSIBLE
