"""Whether levels and values that come from elsewhere make a tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.fibertree.levels import (
    BitvectorLevel,
    CompressedLevel,
    DenseLevel,
    Level,
    SingletonLevel,
)
from rdu.semantics.fibertree.tree import Fibertree

_CLASSES: Mapping[str, type[Level]] = {
    "dense": DenseLevel,
    "blocked": DenseLevel,
    "compressed": CompressedLevel,
    "singleton": SingletonLevel,
    "bitvector": BitvectorLevel,
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """Something wrong with a tree.

    Attributes:
        level: the level, None for the values and for the tree as a whole.
        array: the name of the array, or of another attribute, as in the class of level or tree.
        index: where in it, 0 the first; its length where elements are missing.
        message: what is wrong.
        order: whether it is but the order of coordinates, so that sorting is a cure.
    """

    level: int | None
    array: str
    index: int
    message: str
    order: bool = False


def find_flaws(tree: Fibertree) -> list[Flaw]:
    """Return the first flaw of each array; levels below one whose size is wrong are not looked at.

    Levels have to be those of the format, for the shape, with arrays of integers. A fiber's
    coordinates have to be within the extent and rise, equal ones allowed only above a singleton
    level. Values may be of any type.
    """
    flaws = list(_misshapen(tree))
    if flaws:
        return flaws
    fibers = 1
    for number, level in enumerate(tree.levels):
        found = list(_flaws(level, number, fibers, unique=tree.format.unique(number)))
        flaws += found
        if any(not flaw.order for flaw in found):
            return flaws
        fibers = int(level.lengths(fibers).sum())
    if len(tree.values) != fibers:
        message = f"has {len(tree.values)} values: expected {fibers}, one for each coordinate"
        flaws.append(Flaw(None, "values", min(len(tree.values), fibers), message))
    return flaws


def _misshapen(tree: Fibertree) -> Iterator[Flaw]:
    """Yield what makes levels and arrays others than the format and the shape ask for."""
    try:
        extents = tree.format.extents(tree.shape)
    except ValueError as problem:
        yield Flaw(None, "shape", 0, f"has {problem}")
        return
    if len(tree.levels) != len(extents):
        yield Flaw(None, "levels", 0, f"are {len(tree.levels)}: expected {len(extents)}")
        return
    for number, (level, extent) in enumerate(zip(tree.levels, extents, strict=True)):
        kind = tree.format.levels[number].kind
        if not isinstance(level, _CLASSES[kind]):
            need = f"expected {_CLASSES[kind].__name__}, as the format says"
            yield Flaw(number, "kind", 0, f"is {type(level).__name__}: {need}")
        elif level.extent != extent:
            message = f"is {level.extent}: expected {extent}, as the shape has"
            yield Flaw(number, "extent", 0, message)
        for name, array in level.arrays().items():
            rank = 2 if name == "mask" else 1
            have = _kind(array)
            if have[0] != rank or have[1].kind not in "iu":
                need = f"expected an array of rank {rank} of integers"
                yield Flaw(number, name, 0, f"{_described(array)}: {need}")
    if _kind(tree.values)[0] != 1:
        message = f"{_described(tree.values)}: expected an array of rank 1"
        yield Flaw(None, "values", 0, message)


def _kind(array: object) -> tuple[int, np.dtype[Any]]:
    """Return rank and dtype of an array; -1 for the rank of anything else."""
    if not isinstance(array, np.ndarray):
        return -1, np.dtype(object)
    known = cast("NDArray[Any]", array)
    return known.ndim, known.dtype


def _described(array: object) -> str:
    rank, dtype = _kind(array)
    return f"is of {type(array).__name__}" if rank < 0 else f"is of rank {rank} and {dtype}"


def _flaws(level: Level, number: int, fibers: int, *, unique: bool) -> Iterator[Flaw]:
    match level:
        case CompressedLevel():
            yield from _segmented(level, number, fibers, unique=unique)
        case SingletonLevel() if len(level.crds) != fibers:
            message = f"has {len(level.crds)} coordinates: expected {fibers}, one for each parent"
            yield Flaw(number, "crds", min(len(level.crds), fibers), message)
        case SingletonLevel():
            yield from _outside(level.crds, number, level.extent)
        case BitvectorLevel():
            yield from _bits(level, number, fibers)
        case _:
            return


def _segmented(level: CompressedLevel, number: int, fibers: int, *, unique: bool) -> Iterator[Flaw]:
    segments, crds = level.segments, level.crds
    if len(segments) != fibers + 1:
        message = f"has {len(segments)} segments: expected {fibers + 1}, a start each and the end"
        yield Flaw(number, "segments", min(len(segments), fibers + 1), message)
        return
    if segments[0] != 0:
        yield Flaw(number, "segments", 0, f"starts at {segments[0]}: expected 0")
        return
    falls = np.flatnonzero(segments[1:] < segments[:-1])
    if len(falls):
        at = int(falls[0]) + 1
        message = f"falls from {segments[at - 1]} to {segments[at]}: expected starts that rise"
        yield Flaw(number, "segments", at, message)
        return
    if segments[-1] != len(crds):
        message = f"ends at {segments[-1]}: expected {len(crds)}, the number of coordinates"
        yield Flaw(number, "segments", fibers, message)
        return
    yield from _outside(crds, number, level.extent)
    inside = np.ones(len(crds), dtype=np.bool_)
    inside[segments[:-1][segments[:-1] < len(crds)]] = False
    rises = crds[1:] > crds[:-1] if unique else crds[1:] >= crds[:-1]
    wrong = np.flatnonzero(~rises & inside[1:])
    if len(wrong):
        at = int(wrong[0]) + 1
        message = f"has {crds[at]} after {crds[at - 1]} in a fiber: expected coordinates that rise"
        yield Flaw(number, "crds", at, message, order=True)


def _bits(level: BitvectorLevel, number: int, fibers: int) -> Iterator[Flaw]:
    width = -(-level.extent // 8)
    if level.mask.shape != (fibers, width):
        message = f"has bytes {level.mask.shape}: expected {(fibers, width)}"
        yield Flaw(number, "mask", 0, message)
        return
    counts = np.bitwise_count(level.mask).sum(axis=1, dtype=np.int64)
    if not np.array_equal(np.cumsum([0, *counts]), level.segments):
        yield Flaw(number, "segments", 0, "are not the numbers of bits set before each fiber")
    if level.extent % 8 and fibers and int(level.mask[:, -1].max()) >> level.extent % 8:
        yield Flaw(number, "mask", 0, f"sets a bit beyond coordinate {level.extent - 1}")


def _outside(crds: NDArray[Any], number: int, extent: int) -> Iterator[Flaw]:
    wrong = np.flatnonzero((crds < 0) | (crds >= extent))
    if len(wrong):
        at = int(wrong[0])
        message = f"has coordinate {crds[at]}: expected one from 0 to {extent - 1}"
        yield Flaw(number, "crds", at, message)
