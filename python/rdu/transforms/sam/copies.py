"""Graphs that store a tensor anew, its levels in another order.

Two ways. *Through*: loops in the order wanted walk the levels of the source that come when all
above them are there; of every other dimension they take all coordinates, and find these in the
source as soon as its levels above are found. *Merged*: the source is walked as it is stored, and an
accumulator sorts its points. The first sends a value for each point of its loops and needs no
memory; it is taken where no level has to be found that has only some coordinates. The second sends
a few tokens for each stored value, and holds them all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.nest import MOST_COORDINATES, made_one
from rdu.dialects.sam.graph import COPY
from rdu.mlir_ext import ir, tensor
from rdu.semantics.fibertree import Format
from rdu.semantics.sparse.functions import sum_of
from rdu.transforms.conversion.sparse.composed import accumulate, as_one, as_several, loosened
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream, begin_graph


@dataclass(frozen=True, slots=True)
class Copy:
    """What to store anew.

    Attributes:
        source: a graph's result, or an argument.
        stored: its levels, in the order of its dimensions that they have.
        wanted: the dimension of each level of the copy; these are compressed.
        full: the dimensions whose levels have every coordinate under each one above them. In the
            copy they have to, whatever is above.
    """

    source: ir.Value
    stored: Format
    wanted: tuple[int, ...]
    full: frozenset[int]

    @property
    def written(self) -> tuple[int, ...]:
        """The dimension of each level of the source."""
        return self.stored.order

    @property
    def repeats(self) -> bool:
        """Whether the source is a list of points, several of which may be of one place."""
        return any(level.kind == "singleton" for level in self.stored.levels)


def write_copy(copy: Copy) -> ir.Value:
    """Write the graph of a copy at the current insertion point; returns its result."""
    given: Any = copy.source.type
    kind = ir.RankedTensorType.get(given.shape, given.element_type)
    universes = {d: _empty(kind, d) for d in _taken_whole(copy)} if _goes_through(copy) else {}
    graph, write = begin_graph(kind, copy.wanted)
    graph.operation.attributes[COPY] = ir.UnitAttr.get()
    levels = [str(level) for level in copy.stored.levels]
    if isinstance(copy.source.owner, ir.Operation):  # whose levels that are full may be dense
        levels = ["dense" if d in copy.full else "compressed" for d in copy.written]
    bound = write.bind(copy.source, levels, copy.written)
    if universes:
        every = {d: write.bind(vector, ["dense"], [0]) for d, vector in universes.items()}
        _through(copy, write, bound, every)
    else:
        _merged(copy, write, bound)
    return graph.output


def _goes_through(copy: Copy) -> bool:
    """Tell whether loops in the order wanted do, or have to."""
    if copy.repeats:
        return False
    given: Any = copy.source.type
    sorted_anew = copy.wanted[_alike(copy.written, copy.wanted) :]
    searched = set(_taken_whole(copy)) - copy.full
    extents = [given.shape[dimension] for dimension in sorted_anew]
    alone = len(extents) - _kept(copy) - 1
    one = made_one([*extents[:alone], math.prod(extents[alone:])])
    return not searched or bool(copy.full & set(sorted_anew)) or one > MOST_COORDINATES


def _kept(copy: Copy) -> int:
    """Return how many levels, but for the first of them, stay innermost."""
    return max(_alike(copy.written[::-1], copy.wanted[::-1]) - 1, 0)


def _alike(written: Sequence[int], wanted: Sequence[int]) -> int:
    """Return how many levels stay where they are before one does not."""
    pairs = zip(written, wanted, strict=True)
    return next(place for place, (have, need) in enumerate(pairs) if have != need)


def _taken_whole(copy: Copy) -> list[int]:
    """Return the dimensions of which loops take every coordinate: their levels come too early.

    Under a level that is found, and may lack what is looked for, no other one can be walked.
    """
    taken: list[int] = []
    at, total = 0, True
    for place, dimension in enumerate(copy.wanted):
        if total and copy.written[at] == dimension:
            at += 1
        else:
            taken.append(dimension)
        entered = copy.wanted[: place + 1]
        while at < len(copy.written) and copy.written[at] in entered:
            total &= copy.written[at] in copy.full
            at += 1
    return taken


def _through(copy: Copy, write: Primitives, bound: ir.Value, every: dict[int, ir.Value]) -> None:
    """Loop in the order wanted, and find in the source what is not walked."""
    crds = [write.root()]
    refs, at = write.root(), 0
    for place, dimension in enumerate(copy.wanted):
        if dimension in every:
            above = _deepened(write, write.root(), crds)
            crds.append(write.lookup(every[dimension], 0, above).crd)
        else:
            side = write.lookup(bound, at, _deepened(write, refs, crds))
            crds.append(side.crd)
            refs, at = side.payload, at + 1
        entered = copy.wanted[: place + 1]
        while at < len(copy.written) and copy.written[at] in entered:
            own = crds[entered.index(copy.written[at]) + 1]
            refs = _found(write, bound, at, _deepened(write, own, crds), refs, crds)
            at += 1
    write.finish(crds[1:], write.array(bound, refs))


def _found(
    write: Primitives,
    bound: ir.Value,
    level: int,
    own: Stream,
    refs: Stream,
    crds: Sequence[Stream],
) -> Stream:
    """Find coordinates in a level, in a fiber of their own for each point."""
    if level == 0:
        return write.locate(bound, 0, own, write.root())
    _, _, points = write.split(crds[-1], own, 1)
    return write.stop_drop(write.locate(bound, level, points, _deepened(write, refs, crds)))


def _merged(copy: Copy, write: Primitives, bound: ir.Value) -> None:
    """Walk the source, and sort what is under the first level that moves by an accumulator.

    The points under a coordinate of that level are one fiber, then split by one coordinate after
    another, in the order wanted. Levels that stay innermost are one level while they are sorted.
    """
    crds, refs = [write.root()], write.root()
    for level in range(len(copy.written)):
        side = write.lookup(bound, level, refs)
        crds.append(side.crd)
        refs = side.payload
    shared, kept = 0, 0
    if not copy.repeats:
        shared = _alike(copy.written, copy.wanted)
        kept = _kept(copy)
    extents: list[int] = [bound.type.shape.shape[d] for d in copy.wanted]
    alone = len(extents) - kept - 1
    one, refs = as_one(write, crds[alone + 1 :], refs, extents[alone:])
    crds[alone + 1 :] = [one]
    loose = len(crds) - 1 - (shared + 2)
    points = [loosened(write, _deepened(write, crd, crds), loose) for crd in crds[shared + 1 :]]
    refs = loosened(write, refs, loose)
    places = [copy.written[shared:].index(d) for d in copy.wanted[shared : len(crds) - 1]]
    under, tree = [points[place] for place in places], list[Stream]()
    while len(under) > 1:
        first, *rest = under
        splits = [write.split(first, each, 1) for each in (*rest, refs)]
        tree.append(splits[0][0])
        *under, refs = (payload for _, _, payload in splits)
    values = write.array(bound, refs)
    total = sum_of(values.element) if copy.repeats or values.element == "i1" else "max"
    merged = [*extents[shared:alone], math.prod(extents[alone:])]
    found, values = accumulate(write, total, crds[shared + 1], [*tree, *under], values, merged)
    several, values = as_several(write, found.pop(), values, extents[alone:])
    write.finish([*crds[1 : shared + 1], *found, *several], values)


def _empty(kind: Any, dimension: int) -> ir.Value:
    """Return a vector of a dimension's extent, of which nobody reads a value."""
    return tensor.EmptyOp([kind.shape[dimension]], kind.element_type).result


def _deepened(write: Primitives, stream: Stream, crds: Sequence[Stream]) -> Stream:
    """Repeat a stream for all points of the loops."""
    while stream.depth < len(crds) - 1:
        like = crds[stream.depth + 1]
        stream = write.repeat(stream, like)
    return stream
