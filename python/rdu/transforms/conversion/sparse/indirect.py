"""Graphs of gathers and scatters: index tensors are walked, and their values are coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rdu.dialects import sam
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.composed import accumulate, loosened
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.matches import Matched, Matches, loops_of, written_form
from rdu.transforms.conversion.sparse.outside import Outside
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream, begin_graph
from rdu.transforms.conversion.sparse.splats import counts, splat_of

REPLACED = "max"
"""How one of several values for one place is picked: the greatest."""


def write_matches(matches: Matches) -> tuple[ir.Value, int]:
    """Write the graph of an op at the current insertion point; returns it, and its primitives."""
    kind: Any = matches.op.operation.results[0].type
    outside = Outside(kind.element_type)
    graph, write = begin_graph(kind, list(written_form(matches).order))
    outside.before = ir.InsertionPoint(graph)
    walk = _Walk(matches, write, outside)
    (_gather if matches.is_gather else _scatter)(matches, walk, write)
    return graph.output, write.written


def _gather(matches: Matches, walk: _Walk, write: Primitives) -> None:
    """Enter all loops, finding what is read at the positions that are values."""
    for loop in loops_of(matches):
        if loop not in matches.placed:
            walk.enter(loop)
    values = walk.deepen(walk.values(), len(walk.crds))
    write.finish(walk.crds, values)


def _scatter(matches: Matches, walk: _Walk, write: Primitives) -> None:
    """Enter the loops of index tensors, then accumulate by their values, and all that is under.

    What is accumulated together is the fiber of one coordinate, in which the points are a list.
    """
    loops = loops_of(matches)
    batch = [n for n in loops if n in matches.written and n in matches.indexed()]
    inner = [n for n in loops if n not in matches.written]
    window = [n for n in loops if n in matches.written and n not in {*batch, *matches.placed}]
    for loop in batch:
        walk.enter(loop)
    walk.enter_one()
    together = walk.crds[-1]
    for loop in inner:
        walk.enter(loop)
    if not inner:
        walk.enter_one()
    depth = len(walk.crds)
    listed = [walk.deepen(walk.placed[each.loop], depth) for each in matches.matched]
    flat = depth - len(batch) - 2
    *places, refs = (
        loosened(write, each, flat) for each in (*listed, walk.deepen(walk.value_refs, depth))
    )
    tree: list[Stream] = []
    while len(places) > 1:  # a fiber of its own for each coordinate
        first, *rest = places
        splits = [write.split(first, each, 1) for each in (*rest, refs)]
        tree.append(splits[0][0])
        *places, refs = (payload for _, _, payload in splits)
    crds = [*tree, *places]
    walk.restart(refs, crds[-1])
    under: list[Stream] = []
    for loop in window:
        under.append(walk.enter(loop))
    values = walk.deepen(walk.values(), crds[-1].depth + len(window))
    function = matches.function or REPLACED
    kind: Any = matches.op.operation.results[0].type
    extents = [kind.shape[d] for d in written_form(matches).order[len(batch) :]]
    found, total = accumulate(write, function, together, [*crds, *under], values, extents)
    write.finish([*walk.around(len(batch)), *found], total)


class _Source:
    """A tensor on the way in.

    Attributes:
        keys: the loop of each level, outermost first.
        dense: whether each level has every coordinate.
        refs: references into the level to be entered next.
        at: its number.
    """

    def __init__(
        self, write: Primitives, value: ir.Value, rows: Sequence[int], order: Sequence[int]
    ):
        """Bind a tensor with its levels in the order in which loops are entered.

        Args:
            write: writes primitives.
            value: the tensor.
            rows: the loop along each dimension, -1 where the index is 0.
            order: all loops, in the order in which they are entered.
        """
        ranked = sorted(
            range(len(rows)), key=lambda d: order.index(rows[d]) if rows[d] >= 0 else -1
        )
        own = format_of(value.type) if is_encoded(value.type) else None
        levels = ["compressed" if own is not None or _is_written(value) else "dense"] * len(rows)
        form = Format.of(levels, ranked)
        if own is not None and own.order == form.order:
            form = own
        self.keys = [rows[d] for d in form.order]
        self.dense = [level.kind == "dense" for level in form.levels]
        self.bound = write.bind(value, [str(level) for level in form.levels], list(form.order))
        self.refs, self.at, self.lacks = write.root(), 0, False

    @property
    def key(self) -> int | None:
        """The loop of the level to be entered next, None behind the last."""
        return self.keys[self.at] if self.at < len(self.keys) else None


class _Walk:
    """Enters loops; index tensors and what they access follow.

    Attributes:
        crds: the coordinates of each loop entered, outermost first.
        placed: the coordinates along each loop whose positions are values, once they are known.
    """

    def __init__(self, matches: Matches, write: Primitives, outside: Outside) -> None:
        self._matches, self._write, self._outside = matches, write, outside
        self.crds: list[Stream] = []
        self.placed: dict[int, Stream] = {}
        self._entered: dict[int, Stream] = {}
        self._start = 0
        order = loops_of(matches)
        operands = matches.op.operation.operands
        self._indices = {
            n: _Source(write, operands[n], matches.rows(n), order)
            for n in dict.fromkeys(each.index for each in matches.matched)
            if counts(operands[n]) is None
        }
        value = operands[matches.value]
        known = splat_of(value)
        rows = matches.rows(matches.value)
        if known is not None:
            value, rows = outside.number(known, None), []
        self._value = _Source(write, value, rows, order)
        self._follow()

    @property
    def value_refs(self) -> Stream:
        """References to what has been come to of the tensor that is gathered or scattered."""
        return self._value.refs

    def enter(self, loop: int) -> Stream:
        """Enter a loop: walk a level that has every coordinate, or all that the values have."""
        sources = [s for s in (*self._indices.values(), self._value) if s.key == loop]
        indexed = any(loop in source.keys for source in self._indices.values())
        drivers = [s for s in sources if s.dense[s.at] and not s.lacks]
        ahead = any(source.key is not None for source in self._indices.values())
        if not drivers and not indexed and not (ahead and any(s.lacks for s in sources)):
            drivers = sources
        above = self.crds[-1] if self.crds else None
        depth = 0 if above is None else above.depth
        if drivers:
            lead = drivers[0]
            side = self._write.lookup(lead.bound, lead.at, self.deepen(lead.refs, depth))
            crd, lead.refs, lead.at = side.crd, side.payload, lead.at + 1
        else:
            crd = self._everywhere(self._matches.op.extents[loop], depth)
        self.crds.append(crd)
        self._entered[loop] = crd
        self._follow()
        return crd

    def enter_one(self) -> None:
        """Enter a loop of one point."""
        depth = self.crds[-1].depth if self.crds else 0
        self.crds.append(self._everywhere(1, depth))
        self._follow()

    def restart(self, refs: Stream, crd: Stream) -> None:
        """Go on below a list of points, at references into what is scattered."""
        self._value.refs = refs
        self._kept = self.crds
        self.crds = [crd]
        self._start = crd.depth - 1

    def around(self, count: int) -> list[Stream]:
        """Return the coordinates of the outermost loops, from before the list of points."""
        return self._kept[:count]

    def values(self) -> Stream:
        """Load the values."""
        return self._write.array(self._value.bound, self._value.refs)

    def deepen(self, stream: Stream, depth: int) -> Stream:
        """Repeat a stream over the loops entered until it is so deep."""
        while stream.depth < depth:
            stream = self._write.repeat(stream, self.crds[stream.depth - self._start])
        return stream

    def _everywhere(self, extent: int, depth: int) -> Stream:
        every = self._write.bind(self._outside.empty(extent), ["dense"], [0])
        root = self._value.refs if self._start else self._write.root()
        return self._write.lookup(every, 0, self.deepen(root, depth)).crd

    def _follow(self) -> None:
        """Find the loops entered in all tensors, as far as they have levels for them."""
        for number, source in self._indices.items():
            self._advance(source)
            if source.key is None:
                self._place(number, source)
        for each in self._matches.matched:
            (loop, *_) = (*self._matches.rows(each.index), -1)
            if each.index not in self._indices and loop in self._entered:
                self.placed.setdefault(each.loop, self._entered[loop])
        self._advance(self._value)

    def _place(self, number: int, source: _Source) -> None:
        values = self._write.array(source.bound, source.refs)
        for each in self._matches.matched:
            if each.index == number and each.loop not in self.placed:
                self.placed[each.loop] = self._coordinates(each, values)

    def _coordinates(self, each: Matched, values: Stream) -> Stream:
        return self._write.as_crd(values, each.extent, wrap=each.wraps)

    def _advance(self, source: _Source) -> None:
        while (key := source.key) is not None:
            if key < 0 and not self.crds:
                if any(each >= 0 for each in source.keys):
                    return  # once there are loops
                side = self._write.lookup(source.bound, source.at, source.refs)
                source.refs, source.at = self._write.stop_drop(side.payload), source.at + 1
                continue
            own = self._zeros() if key < 0 else self._entered.get(key)
            if own is None and self._matches.is_gather:
                own = self.placed.get(key)
            if own is None:
                return
            source.refs = self._found(source, own)
            source.lacks |= not source.dense[source.at]
            source.at += 1

    def _zeros(self) -> Stream:
        """Return the coordinate 0 for each point of the loops entered."""
        return self._write.stop_drop(self._everywhere(1, self.crds[-1].depth))

    def _found(self, source: _Source, own: Stream) -> Stream:
        """Find coordinates in a level: in a fiber for each of them, if need be."""
        refs = source.refs
        if not refs.depth:
            return self._write.locate(source.bound, source.at, own, refs)
        if refs.depth < own.depth:
            above = self.deepen(refs, own.depth - 1)
            return self._write.locate(source.bound, source.at, own, above)
        own = self.deepen(own, refs.depth)
        _, _, points = self._write.split(self.crds[refs.depth - 1], own, 1)
        return self._write.stop_drop(self._write.locate(source.bound, source.at, points, refs))


def _is_written(tensor: ir.Value) -> bool:
    owner = tensor.owner
    return not isinstance(owner, ir.Block) and isinstance(owner.opview, sam.GraphOp)
