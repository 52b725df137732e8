"""Building a fibertree from points, level by level, without a Python object for any of them.

Points are sorted by the levels' coordinates. Each point carries its position in the level above;
a level gives it a position of its own, equal ones to points that share it. At the end the position
is where the point's value goes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.fibertree.coordinates import Coordinates, Zeros, group_starts
from rdu.semantics.fibertree.format import Format
from rdu.semantics.fibertree.levels import (
    BitvectorLevel,
    CompressedLevel,
    DenseLevel,
    Level,
    SingletonLevel,
    index_dtype,
)
from rdu.semantics.fibertree.tree import Fibertree

_MOST = int(np.iinfo(np.int64).max)


def build(coordinates: Coordinates, form: Format) -> Fibertree:
    """Store points in a format; the values of equal ones are summed, zeros are kept.

    Raises ValueError if the format has not a level for each dimension, needs one coordinate where
    the points have none or several (a singleton level), or takes more memory than there is.
    """
    extents = form.extents(coordinates.shape)
    points = coordinates.sorted_by(form.split(coordinates.columns), extents)
    columns = form.split(points.columns)
    try:
        walk = _Walk(np.zeros(points.size, dtype=np.int32), 1)
        levels: list[Level] = []
        for number, level in enumerate(form.levels):
            shared = columns[number : number + 1 + _singletons_below(form, number)]
            step = _Step(number, extents[number], shared, walk)
            built, walk = _BUILDERS[level.kind](step)
            levels.append(built)
        values = _place(points.values, walk)
    except MemoryError:
        raise ValueError(f"format '{form}' needs more memory than there is") from None
    return Fibertree(coordinates.shape, form, tuple(levels), values)


def store(array: NDArray[Any], levels: Sequence[str], order: Sequence[int]) -> Fibertree:
    """Store an array, one format for each level; `order[l]` is the dimension of level l.

    A level that is not dense stores the coordinates under which some value is not zero.
    """
    return build(Coordinates.from_dense(array), Format.of(levels, order))


def convert(tree: Fibertree, form: Format, *, zeros: Zeros = "keep") -> Fibertree:
    """Store a tree's tensor in another format or order.

    Values that are zero stay stored unless they are to be dropped. A dense level stores all its
    values, so out of one everything is kept. Raises ValueError as `build` does.
    """
    points = tree.coordinates()
    return build(points.without_zeros() if zeros == "drop" else points, form)


@dataclass(frozen=True, slots=True)
class _Walk:
    """Where the points are in a level: the position of each, of so many."""

    positions: NDArray[Any]
    count: int


@dataclass(frozen=True, slots=True)
class _Step:
    """What a level is built from: its columns, with those of singletons below it, and parents."""

    number: int
    extent: int
    columns: Sequence[NDArray[Any]]
    parents: _Walk


def _singletons_below(form: Format, number: int) -> int:
    """Count the singleton levels that make a compressed level store a coordinate for each point."""
    if form.unique(number):
        return 0
    below = [level.kind == "singleton" for level in form.levels[number + 1 :]]
    return below.index(False) if False in below else len(below)


def _dense(step: _Step) -> tuple[Level, _Walk]:
    count = step.parents.count * step.extent
    if count > _MOST:
        raise MemoryError
    wide = index_dtype(max(count, step.extent))
    positions = step.parents.positions.astype(wide, copy=False)
    return DenseLevel(step.extent), _Walk(positions * step.extent + step.columns[0], count)


def _compressed(step: _Step) -> tuple[Level, _Walk]:
    segments, firsts, walk = _gather(step, step.columns)
    crds = step.columns[0][firsts].astype(index_dtype(step.extent), copy=False)
    return CompressedLevel(step.extent, segments, crds), walk


def _singleton(step: _Step) -> tuple[Level, _Walk]:
    segments, firsts, walk = _gather(step, step.columns)
    lengths = np.diff(segments)
    if not bool(np.all(lengths == 1)):
        parent = int(np.flatnonzero(lengths != 1)[0])
        have = int(lengths[parent])
        raise ValueError(
            f"singleton level {step.number} has {have} coordinates for position {parent} of the "
            "level above: expected 1"
        )
    crds = step.columns[0][firsts].astype(index_dtype(step.extent), copy=False)
    return SingletonLevel(step.extent, crds), walk


def _bitvector(step: _Step) -> tuple[Level, _Walk]:
    segments, firsts, walk = _gather(step, step.columns)
    width = -(-step.extent // 8)
    mask = np.zeros((step.parents.count, width), dtype=np.uint8)
    crds = step.columns[0][firsts]
    octets = step.parents.positions[firsts].astype(np.int64) * width + crds // 8
    starts = np.flatnonzero(group_starts([octets]))
    if len(starts):
        bits = np.left_shift(1, crds % 8).astype(np.uint8)
        mask.reshape(-1)[octets[starts]] = np.bitwise_or.reduceat(bits, starts)
    return BitvectorLevel(step.extent, mask, segments), walk


_BUILDERS: Mapping[str, Callable[[_Step], tuple[Level, _Walk]]] = {
    "dense": _dense,
    "compressed": _compressed,
    "singleton": _singleton,
    "bitvector": _bitvector,
    "blocked": _dense,
}


def _gather(
    step: _Step, columns: Sequence[NDArray[Any]]
) -> tuple[NDArray[Any], NDArray[Any], _Walk]:
    """Give points under one parent with equal columns one position.

    Returns the segments of the parents, the first point of each position, and the walk.
    """
    parents = step.parents
    starts = group_starts([parents.positions, *columns])
    firsts = np.flatnonzero(starts)
    kind = index_dtype(len(firsts))
    segments = np.zeros(parents.count + 1, dtype=kind)
    counts = np.bincount(parents.positions[firsts], minlength=parents.count)
    np.cumsum(counts, out=segments[1:])
    positions = np.cumsum(starts, dtype=kind)
    positions -= 1
    return segments, firsts, _Walk(positions, len(firsts))


def _place(values: NDArray[Any], walk: _Walk) -> NDArray[Any]:
    """Put each value where its position is; what no point has is zero."""
    if walk.count == len(values):
        return values
    placed = np.zeros(walk.count, dtype=values.dtype)
    placed[walk.positions] = values
    return placed
