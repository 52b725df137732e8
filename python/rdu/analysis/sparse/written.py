"""How the result of a nest comes out: which levels, in which order, and how dense."""

from __future__ import annotations

import math

from rdu.analysis.sparse.choice import Choice
from rdu.analysis.sparse.meeting import Merge, Unite, Walk, walked
from rdu.analysis.sparse.nest import Nest, Scope
from rdu.analysis.sparse.statement import Stored
from rdu.semantics.fibertree import Format

NOT_ZERO = 0.5
"""The share of values that is assumed to be left where zeros are dropped: that of a ReLU."""


def result_of(choice: Choice, name: str) -> Stored:
    """Return the tensor that a nest writes, as a statement after it reads it.

    A level is dense if its loop takes every coordinate, else compressed. It may be stored in
    another order for those who need that.
    """
    nest = choice.nest
    statement = nest.statement
    shape = tuple(
        math.prod(statement.extents[part] for part in names) for names in statement.output
    )
    order = output_order(nest)
    levels = [_level(nest, nest.root(), statement.output[dimension][0]) for dimension in order]
    density = min(choice.cost.results / max(math.prod(shape), 1), 1.0)
    if statement.form is not None and statement.stores_no_zeros:
        kinds = [level.kind for level in statement.form.levels]
        first = kinds.index("compressed")
        levels[first:] = ["compressed"] * (len(levels) - first)
        density *= NOT_ZERO
    return Stored(name, shape, Format.of(levels, order), False, density)


def output_order(nest: Nest) -> list[int]:
    """Return the dimensions of the result in the order in which their levels are written."""
    output = nest.statement.output
    return sorted(range(len(output)), key=lambda d: nest.order.index(output[d][0]))


def _level(nest: Nest, scope: Scope, name: str) -> str:
    relevant = scope.loops if nest.spread is not None else (name,)
    if all(nest.meeting(scope, loop).driver is None for loop in relevant):
        return "dense"
    return "compressed"


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
