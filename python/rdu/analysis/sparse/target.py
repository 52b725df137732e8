"""What a machine makes of a nest: how many values at once, and how much it holds of sums."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from rdu.analysis.sparse.expression import (
    Access,
    Expression,
    Reduce,
    accesses,
    children,
    free_variables,
)
from rdu.analysis.sparse.meeting import Merge, Walk
from rdu.analysis.sparse.nest import Nest, Scope


@dataclass(frozen=True, slots=True)
class Target:
    """What costs depend on.

    Attributes:
        lanes: values that are computed at once along a dense level that is walked innermost, at
            most.
        room: words that an accumulator holds.
    """

    lanes: int = 1
    room: float = math.inf

    @classmethod
    def of(cls, lanes: int, totals: int | None) -> Target:
        """Return a target from what passes are told: `totals` words of sums, None for any."""
        return cls(lanes, math.inf if totals is None else totals)

    def __str__(self) -> str:
        """Render as options of passes."""
        totals = "" if math.isinf(self.room) else f" totals={self.room}"
        return f"lanes={self.lanes}{totals}"


IDEAL = Target()
"""A value at a time, and no limit."""


def lanes_along(nest: Nest, scope: Scope, most: int) -> int:
    """Return on how many lanes the innermost loop of a scope computes, as `sam-vectorize` has it.

    All that has its variable has it in its last level, with every coordinate. The lanes are the
    most that divide the extent: that a last chunk may be padded is not counted on.
    """
    name = scope.loops[-1] if scope.loops else None
    if most == 1 or name is None or not _is_vector(nest, scope, name):
        return 1
    extent = nest.statement.extents[name]
    return max(width for width in range(1, most + 1) if extent % width == 0)


def is_whole(nest: Nest, scope: Scope, name: str) -> bool:
    """Tell whether a loop has every coordinate wherever it has any."""
    return _takes_all(nest, nest.meeting(scope, name).driver)


def _takes_all(nest: Nest, driver: Merge | None) -> bool:
    match driver:
        case None:
            return True
        case Walk():
            return nest.statement.tensors[driver.access.tensor].whole
        case _:
            return all(_takes_all(nest, part) for part in driver.parts)


def _is_vector(nest: Nest, scope: Scope, name: str) -> bool:
    if nest.spread is not None and name not in nest.statement.output_variables:
        return False
    if any(name in free_variables(node) for node in _reductions(scope.body)):
        return False
    return is_whole(nest, scope, name) and all(
        _ends_in(nest, access, name) for access in accesses(scope.body) if name in access.variables
    )


def _ends_in(nest: Nest, access: Access, name: str) -> bool:
    """Tell whether a variable is in the last level of an access, which has every coordinate."""
    last = nest.levels[access][-1]
    is_whole = last.dense or nest.statement.tensors[access.tensor].whole
    return last.variable == name and is_whole


def _reductions(expression: Expression) -> Iterator[Reduce]:
    """Yield the reductions in an expression that are in no other one."""
    if isinstance(expression, Reduce):
        yield expression
    else:
        for child in children(expression):
            yield from _reductions(child)
