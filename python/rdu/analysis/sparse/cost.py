"""What a nest is expected to cost, in tokens: of coordinates, of references and of values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rdu.analysis.sparse.counts import Presence
from rdu.analysis.sparse.expression import Access, Apply, Constant, Expression, Reduce
from rdu.analysis.sparse.meeting import Meeting, walked
from rdu.analysis.sparse.nest import Nest, Scope
from rdu.analysis.sparse.target import IDEAL, Target, lanes_along

COPIED = 5
"""Tokens of a graph that stores a tensor anew, for each level of each value: of two levels it sends
8 to 14 a value, of three 5 to 30."""

HOSTED = 2
"""What counts instead for each value that the host stores in another order: one is read, and one
written. It takes no cycles of a run."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a nest is expected to do.

    Attributes:
        tokens: all tokens of its streams, each as a cycle of one primitive.
        operations: the scalar operations among them.
        results: the values it gives.
        stored_again: tokens of storing tensors in another order first.
        ranges_again: tokens that are sent again because an accumulator does not hold all sums.
    """

    tokens: float
    operations: float
    results: float
    stored_again: float
    ranges_again: float = 0.0

    @property
    def total(self) -> float:
        """All tokens."""
        return self.tokens + self.stored_again + self.ranges_again


def cost_of(nest: Nest, target: Target = IDEAL) -> Cost:
    """Estimate a nest on a machine; may raise UnmergeableError."""
    estimate = _Estimate(nest, target)
    root = nest.root()
    points = estimate.loops(root, 0, [1.0], Presence(nest))
    results = points[-1]
    if nest.spread is not None:
        results = estimate.accumulate(root, points)
        estimate.operations += points[-1] * estimate.lanes(root)
    return Cost(
        estimate.tokens,
        estimate.operations,
        results * estimate.lanes(root),
        _stored_again(nest),
        estimate.again,
    )


class _Estimate:
    """Adds up what the scopes of a nest do.

    A point of an innermost loop that goes by chunks stands for all that is computed on lanes.
    """

    def __init__(self, nest: Nest, target: Target) -> None:
        self._nest, self._target = nest, target
        self.tokens = 0.0
        self.operations = 0.0
        self.again = 0.0

    def lanes(self, scope: Scope) -> int:
        """Return on how many lanes the innermost loop of a scope computes."""
        return lanes_along(self._nest, scope, self._target.lanes)

    def loops(
        self, scope: Scope, entered: int, points: list[float], presence: Presence
    ) -> list[float]:
        """Enter the loops of a scope and compute its body.

        Returns the points of each depth, from 0 loops to all.
        """
        points = list(points)
        lanes = self.lanes(scope)
        for place in range(entered, len(scope.loops)):
            name = scope.loops[place]
            meeting = self._nest.meeting(scope, name)
            extent = self._nest.statement.extents[name]
            if place + 1 == len(scope.loops):
                extent /= lanes
            merged, located = self._walks(meeting, name, points[-1] * extent, presence)
            points.append(points[-1] * extent * presence.enter(meeting, name))
            self.tokens += points[-1] * (merged + located)
        depth = self._value(scope.body, scope, points, presence, lanes)
        self.tokens += sum(points[depth + 1 :])
        return points

    def accumulate(self, scope: Scope, points: list[float]) -> float:
        """Count what accumulators merge; returns how many results there are."""
        extents, own = self._nest.statement.extents, set(self._nest.statement.output_variables)
        lanes = self.lanes(scope)
        values, live = points[-1], points[-1]
        for place in reversed(range(len(scope.loops))):
            if scope.loops[place] in own:
                continue
            inner = [name for name in scope.loops[place + 1 :] if name in own]
            self.tokens += live
            around = points[place]
            live = min(values, around * math.prod(extents[name] for name in inner) / lanes)
            self.tokens += live * (1 + len(inner))
            if inner:
                first = scope.loops.index(inner[0])
                self.again += self._ranges(inner) * 2 * sum(points[place + 1 : first + 2])
        return live

    def _ranges(self, merged: Sequence[str]) -> int:
        """Return how often what is merged has to be walked again for sums that do not fit."""
        words, nodes = 0, 1
        for name in merged:
            nodes *= self._nest.statement.extents[name]
            words += nodes
        return max(math.ceil(words / self._target.room) - 1, 0)

    def _walks(
        self, meeting: Meeting, name: str, most: float, presence: Presence
    ) -> tuple[int, int]:
        """Count the coordinates and references of walks.

        Returns how many streams come out of merging them, and how many accesses are located.
        """
        sparse = [access for access in meeting.beside if not self._is_dense(access, name)]
        walks = [*walked(meeting.driver), *(sparse if meeting.driver is None else ())]
        self.tokens += sum(2 * most * presence.walked(access, name) for access in walks)
        located = len(meeting.beside)
        if meeting.driver is None:  # a dense level is walked, be it of a vector made for that
            self.tokens += 2 * most
            located = max(located - len(sparse) - 1, 0)
            walks = [None, *walks]
        return (1 + len(walks) if len(walks) > 1 else 0), located

    def _is_dense(self, access: Access, name: str) -> bool:
        level = self._nest.level(access, name)
        return level is not None and level.dense

    def _value(
        self,
        expression: Expression,
        scope: Scope,
        points: list[float],
        presence: Presence,
        lanes: int,
    ) -> int:
        """Count a value's operations; returns the number of loops around it."""
        match expression:
            case Constant():
                return 0
            case Access():
                names = expression.variables
                depth = max((n + 1 for n, v in enumerate(scope.loops) if v in names), default=0)
                self.tokens += points[depth]
                return depth
            case Reduce():
                around, inner = self._nest.inside(scope, expression)
                below = self.loops(inner, around, points[: around + 1], presence.inside())
                self.operations += below[-1] * self.lanes(inner)
                self.tokens += sum(below[around + 1 :])
                return around
            case Apply():
                operands = expression.operands
                depths = [self._value(o, scope, points, presence, lanes) for o in operands]
                depth = max(depths)
                self.operations += points[depth] * (lanes if depth == len(scope.loops) else 1)
                for lower in depths:
                    self.tokens += sum(points[lower + 1 : depth + 1])
                self.tokens += points[depth]
                return depth


def _stored_again(nest: Nest) -> float:
    """Count the tokens of storing what the nest walks in another order than it has."""
    again = 0.0
    for access, levels in nest.levels.items():
        tensor = nest.statement.tensors[access.tensor]
        order = list(dict.fromkeys(level.dimension for level in levels))
        if not tensor.fixed and order != list(tensor.form.order):
            again += tensor.stored * (HOSTED if tensor.hosted else COPIED * len(order))
    return again
