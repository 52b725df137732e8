"""What a stored tensor holds, in numbers: for reports, and to estimate what a walk costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rdu.semantics.fibertree.coordinates import Coordinates, group_starts
from rdu.semantics.fibertree.tree import Fibertree


@dataclass(frozen=True, slots=True)
class LevelStatistics:
    """The fibers of one level.

    Attributes:
        dimension: the dimension that the level stores.
        extent: how many coordinates there are.
        fibers: how many fibers the level has.
        coordinates: how many coordinates they have in total, padding included.
        empty: how many fibers have none.
        longest: the most that a fiber has.
    """

    dimension: int
    extent: int
    fibers: int
    coordinates: int
    empty: int
    longest: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """A stored tensor in numbers.

    Attributes:
        stored: the values stored, zeros and padding included.
        nonzero: those that are not zero.
        nbytes: the memory that levels and values take, in bytes.
        levels: outermost first.
    """

    stored: int
    nonzero: int
    nbytes: int
    levels: tuple[LevelStatistics, ...]


def describe(tree: Fibertree) -> Statistics:
    """Count what a tree stores."""
    fibers = 1
    levels: list[LevelStatistics] = []
    for level, dimension in zip(tree.levels, tree.format.order, strict=True):
        lengths = level.lengths(fibers)
        total = int(lengths.sum())
        empty = fibers - int(np.count_nonzero(lengths))
        longest = int(lengths.max()) if fibers else 0
        levels.append(LevelStatistics(dimension, level.extent, fibers, total, empty, longest))
        fibers = total
    nonzero = int(np.count_nonzero(tree.values))
    return Statistics(tree.stored, nonzero, tree.nbytes, tuple(levels))


def count_fibers(points: Coordinates, order: Sequence[int]) -> tuple[int, ...]:
    """Return how many distinct coordinates there are in the first 1, 2, ... dimensions of an order.

    These are the coordinates that each level of a tree would have that is compressed in that order,
    and so the iterations of the loops of a walk.
    """
    if not points.size:
        return (0,) * len(order)
    arranged = points.arranged(order)
    columns = [arranged.columns[d] for d in order]
    return tuple(
        int(np.count_nonzero(group_starts(columns[: depth + 1]))) for depth in range(len(columns))
    )
