"""How the result of a nest comes out: which levels, in which order, and how dense."""

from __future__ import annotations

import math

from rdu.analysis.sparse.choice import Choice
from rdu.analysis.sparse.meeting import Merge, Unite, Walk, walked
from rdu.analysis.sparse.nest import Nest
from rdu.analysis.sparse.statement import Stored
from rdu.analysis.sparse.target import is_whole
from rdu.semantics.fibertree import Format

NOT_ZERO = 0.5
"""The share of values that is assumed to be left where zeros are dropped: that of a ReLU."""


def result_of(choice: Choice, name: str) -> Stored:
    """Return the tensor that a nest writes, as a statement after it reads it.

    A level is dense if its loop takes every coordinate, else compressed. What is accumulated has
    all of its last level or nothing of it, and counts as dense where all levels above are: zeros
    fill it up for those who count on them. It may be stored in another order for those who need
    that.
    """
    nest = choice.nest
    statement = nest.statement
    shape = tuple(
        math.prod(statement.extents[part] for part in names) for names in statement.output
    )
    order = output_order(nest)
    levels: list[str] = []
    for dimension in order:
        is_last = len(levels) == len(order) - 1
        fills = is_last and "compressed" not in levels
        levels.append(_level(nest, statement.output[dimension][0], fills=fills))
    density = min(choice.cost.results / max(math.prod(shape), 1), 1.0)
    whole = bool(order) and is_whole(nest, nest.root(), statement.output[order[-1]][-1])
    if statement.form is not None and statement.stores_no_zeros:
        kinds = [level.kind for level in statement.form.levels]
        first = kinds.index("compressed")
        levels[first:] = ["compressed"] * (len(levels) - first)
        density *= NOT_ZERO
        whole = False
    return Stored(name, shape, Format.of(levels, order), False, density, whole=whole)


def output_order(nest: Nest) -> list[int]:
    """Return the dimensions of the result in the order in which their levels are written."""
    output = nest.statement.output
    return sorted(range(len(output)), key=lambda d: nest.order.index(output[d][0]))


def _level(nest: Nest, name: str, *, fills: bool) -> str:
    scope = nest.root()
    takes_all = nest.meeting(scope, name).driver is None
    if takes_all and nest.spread is not None:
        first = min(map(scope.loops.index, nest.spread.variables))
        is_around = scope.loops.index(name) < first
        takes_all = nest.statement.form is None and (is_around or fills)
    return "dense" if takes_all else "compressed"


def may_be_empty(nest: Nest, outer: str, inner: str) -> bool:
    """Tell whether a loop of the result may have no coordinate under one of the loop around it.

    It has one if it takes every coordinate, or walks or unites just what the loop around does, for
    stored coordinates have something under them; but of levels that store a variable once more not
    every loop has one.
    """
    if nest.spread is not None:
        return True
    above, below = (nest.meeting(nest.root(), name).driver for name in (outer, inner))
    if below is None:
        return False
    filtered = any(len(nest.entered(access)[inner]) > 1 for access in walked(below))
    whole = not filtered and all(_keeps_all(driver) for driver in (above, below))
    return not whole or set(walked(above)) != set(walked(below))


def _keeps_all(driver: Merge | None) -> bool:
    """Tell whether a merge has all coordinates of all that it walks."""
    return isinstance(driver, Walk) or (
        isinstance(driver, Unite) and all(map(_keeps_all, driver.parts))
    )
