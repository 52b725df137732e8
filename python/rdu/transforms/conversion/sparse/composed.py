"""What takes several primitives: accumulations of many levels, and what is absent dropped."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rdu.analysis.sparse.nest import MOST_ACCUMULATED
from rdu.transforms.conversion.sparse.primitives import Primitives, Side, Stream


def accumulate(
    write: Primitives,
    function: str,
    reduced: Stream,
    crds: Sequence[Stream],
    values: Stream,
    extents: Sequence[int],
) -> tuple[list[Stream], Stream]:
    """Merge fibers under a level that is reduced; returns coordinates and values.

    Levels, of the extents given, that are too many for an accumulator are one meanwhile. None
    of their coordinates may be absent then.
    """
    outer, inner = MOST_ACCUMULATED - 1, list(extents[MOST_ACCUMULATED - 1 :])
    if len(inner) < 2:
        return write.accumulate(function, reduced, crds, values)
    last, values = as_one(write, crds[outer:], values, inner)
    merged, values = write.accumulate(function, reduced, [*crds[:outer], last], values)
    parted, values = as_several(write, merged.pop(), values, inner)
    return [*merged, *parted], values


def as_one(
    write: Primitives, crds: Sequence[Stream], values: Stream, extents: Sequence[int]
) -> tuple[Stream, Stream]:
    """Make one level of the innermost ones, none of whose coordinates is absent."""
    crd = crds[-1]
    for number in reversed(range(1, len(crds))):
        crd = write.flatten(crds[number - 1], crd, math.prod(extents[number:]))
        values = write.stop_drop(values)
    return crd, values


def as_several(
    write: Primitives, crd: Stream, values: Stream, extents: Sequence[int]
) -> tuple[list[Stream], Stream]:
    """Take apart the innermost level, which was made of several."""
    crds: list[Stream] = []
    for number in range(1, len(extents)):
        outer, crd, values = write.split(crd, values, math.prod(extents[number:]))
        crds.append(outer)
    return [*crds, crd], values


def present(
    write: Primitives, crds: Sequence[Stream], values: Stream, first: int, above: Stream
) -> tuple[list[Stream], Stream]:
    """Drop of innermost levels what is absent, is under such, or has nothing under it.

    Args:
        write: writes primitives.
        crds: of all levels under some.
        values: at the last of them.
        first: the first of the levels that this is about.
        above: any value at each coordinate above all levels.
    """
    *outer, last = crds
    for crd in outer:
        above = write.repeat(above, crd)
    for number in range(first, len(outer)):
        held = outer[number]
        for inner in crds[number + 1 : -1]:
            held = write.repeat(held, inner)
        alive, _ = write.crd_drop(last, write.repeat(held, last))
        both = [Side(last, values), Side(alive, write.repeat(above, alive))]
        last, values = (each := write.intersect(both)[0]).crd, each.payload
    found, values = [last], write.at_present(last, values)
    for crd in reversed(outer[first:]):
        kept, values = write.crd_drop(crd, values)
        found = [kept, *(write.crd_drop(crd, below)[1] for below in found)]
    return [*outer[:first], *found], values


def loosened(write: Primitives, stream: Stream, levels: int) -> Stream:
    """Make so many of the innermost levels of a stream one with that around them."""
    for _ in range(levels):
        stream = write.stop_drop(stream)
    return stream
