"""How much the streams of a graph may carry: the range of coordinates, and the number of tokens.

What is stored in the operands is known, so a walk has at most as many tokens as its level has
positions, an intersection no more than its shorter side. A branch of a fork may have all that was
forked, but branches that are shares have no more together. Where nothing is known of an op's
result, it may be anything; all bounds are safe.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from rdu.dialects import sam
from rdu.dialects.sam import StreamType
from rdu.dialects.sam.primitive import depth_of
from rdu.mlir_ext import ir
from rdu.transforms.conversion.circuits.shares import are_shares
from rdu.transforms.conversion.circuits.stored import MOST, StoredTensor


class Window(NamedTuple):
    """A range of coordinates that a token above tells: how deep that is, how wide the range is."""

    depth: int
    width: int


@dataclass(frozen=True, slots=True)
class Bound:
    """What a stream may carry at most.

    Attributes:
        depth: how many fibers nest.
        tokens: how many payload tokens there may be.
        extent: all coordinates are below it.
        once: whether each position occurs at most once, in a stream of references.
        window: in which coordinates lie that have something above in common, if known.
    """

    depth: int
    tokens: int = MOST
    extent: int = MOST
    once: bool = False
    window: Window | None = None

    def spread(self, depth: int) -> int:
        """Return how many coordinates there are at most under one token of the streams above.

        Args:
            depth: how many fibers nest in the stream of that token.
        """
        within = self.window is not None and self.window.depth <= depth
        return min(self.extent, self.window.width) if self.window and within else self.extent


Bounds = dict[ir.Value, Bound]

WINDOWED = (sam.MaskOp, sam.CrdDropOp, sam.ValDropOp, sam.AccumulateOp, sam.FlattenOp)
"""Ops that leave coordinates where they are: what comes out is in the windows of what went in."""

Tensors = Callable[[ir.Value], StoredTensor]


def bounds_of(operations: Iterable[Any], tensors: Tensors) -> Bounds:
    """Return a bound for each stream that the ops of a graph give.

    Args:
        operations: in the order of the graph.
        tensors: gives the stored tensor of a value.
    """
    bounds: Bounds = {}
    for op in operations:
        streams = [result for result in op.results if isinstance(result.type, StreamType)]
        for result, bound in zip(streams, _results(op, bounds, tensors, streams), strict=True):
            bounds[result] = replace(
                bound,
                depth=depth_of(result),
                tokens=min(bound.tokens, MOST),
                extent=min(bound.extent, MOST),
                window=bound.window if isinstance(op, WINDOWED) else None,
            )
    return bounds


def _results(op: Any, bounds: Bounds, tensors: Tensors, streams: list[ir.Value]) -> Iterable[Bound]:
    """Return the bound of each stream that an op gives; depths are filled in by the caller."""
    match op:
        case sam.RootOp():
            return [Bound(0, 1, 1, once=True)]
        case sam.FiberLookupOp():
            return _looked_up(op, bounds, tensors)
        case sam.IntersectOp() | sam.UnionOp():
            return _joined(op, bounds)
        case sam.RepeatOp() | sam.HoldOp():
            held, like = (bounds[value] for value in op.operands)
            return [Bound(0, like.tokens, held.extent)]
        case sam.LocateOp():
            return [Bound(0, bounds[op.crd].tokens)]
        case sam.AccumulateOp():
            crds = [bounds[crd] for crd in (op.crd_a, op.crd_b, op.crd_c) if crd is not None]
            return [*(_merged(op, crd) for crd in crds), bounds[op.values]]
        case sam.SortOp():
            return _sorted(op, bounds)
        case sam.ReduceOp():
            return [Bound(0, bounds[op.outer].tokens)]
        case sam.CrdDropOp() | sam.ValDropOp() | sam.ForkOp() | sam.StopDropOp():
            given = [bounds[value] for value in op.operands]
            return given if len(given) == len(streams) else given * len(streams)
        case sam.FiberDropOp() | sam.ArrayOp() | sam.GenRefOp() | sam.AsValueOp():
            return [bounds[next(v for v in op.operands if v in bounds)]]
        case sam.UnaryOp() | sam.AluOp() | sam.SelectOp() | sam.FoldOp():
            return [bounds[op.operands[0]]]
        case sam.AsCrdOp():
            return [Bound(0, bounds[op.values].tokens, op.below.value)]
        case sam.MaskOp():
            return [_masked(op, bounds), bounds[op.payload]]
        case sam.SplitOp():
            return _split(op, bounds)
        case sam.FlattenOp():
            return [_flattened(bounds[op.outer], bounds[op.inner], op.factor.value)]
        case sam.ConcatOp():
            return _concatenated(op, bounds)
        case sam.JoinOp():
            return [_brought_together(op, bounds)]
        case _:
            return [Bound(0)] * len(streams)


def _masked(op: Any, bounds: Bounds) -> Bound:
    """Return the bound of what a mask lets pass: of two that face each other, a window."""
    bound, other = bounds[op.crd], op.crd.owner.opview
    faces = isinstance(other, sam.MaskOp) and op.crd == other.crd_out
    if not faces or (other.predicate.value, op.predicate.value) != ("ge", "lt"):
        return bound
    above, same = _held(op.outer), _held(other.outer)
    width: int = op.offset.value - other.offset.value
    return bound if above != same else replace(bound, window=Window(depth_of(above), max(0, width)))


def _sorted(op: Any, bounds: Bounds) -> list[Bound]:
    """Return the bounds of what is in order: there are as many places as entries of a fiber."""
    crd, most = bounds[op.crd], MOST if op.keep is None else op.keep.value
    places = min(most, crd.tokens, crd.spread(depth_of(op.crd) - 1))
    return [Bound(0, crd.tokens, places), bounds[op.values], crd]


def _held(value: ir.Value) -> ir.Value:
    """Return what a stream repeats."""
    while isinstance(value.owner.opview, (sam.HoldOp, sam.RepeatOp)):
        value = value.owner.operands[0]
    return value


def _merged(op: Any, crd: Bound) -> Bound:
    """Return the bound of coordinates that are merged over a level, where a window may end."""
    is_above = crd.window is not None and crd.window.depth < depth_of(op.reduced)
    return crd if is_above else replace(crd, window=None)


def _looked_up(op: Any, bounds: Bounds, tensors: Tensors) -> list[Bound]:
    """Return the bounds of a walk: of coordinates, and of the positions that they are at.

    A level above a singleton one has a coordinate for each point, so it may repeat coordinates.
    """
    tensor, refs = tensors(op.tensor), bounds[op.ref]
    number: int = op.level.value
    extent, positions = tensor.form.extents(tensor.shape)[number], tensor.positions[number]
    kinds = [level.kind for level in tensor.form.levels]
    repeats = kinds[number + 1 : number + 2] == ["singleton"]
    longest = positions if repeats else min(extent, positions)
    longest = 1 if kinds[number] == "singleton" else longest
    tokens = refs.tokens * longest
    if refs.once:
        tokens = min(tokens, positions)
    return [Bound(0, tokens, extent), Bound(0, tokens, positions, refs.once)]


def _joined(op: Any, bounds: Bounds) -> list[Bound]:
    """Return the bounds of what several walks share, or of what any of them has."""
    crds, payloads = ([bounds[value] for value in side] for side in (op.crds, op.payloads))
    shared = isinstance(op, sam.IntersectOp)
    tokens = min(b.tokens for b in crds) if shared else sum(b.tokens for b in crds)
    extent = (min if shared else max)(b.extent for b in crds)
    return [Bound(0, tokens, extent), *(replace(b, tokens=tokens) for b in payloads)]


def _split(op: Any, bounds: Bounds) -> list[Bound]:
    crd, payload, factor = bounds[op.crd], bounds[op.payload], op.factor.value
    whole = op.whole is not None and op.whole.value
    chunks = Bound(0, crd.tokens, math.ceil(crd.extent / factor))
    return [chunks, crd if whole else replace(crd, extent=min(crd.extent, factor)), payload]


def _flattened(outer: Bound, inner: Bound, factor: int) -> Bound:
    """Return the bound of two levels as one, whose windows are those of the outer one."""
    window = outer.window
    if window is not None:
        window = Window(window.depth, window.width * factor) if inner.extent <= factor else None
    return Bound(0, inner.tokens, (outer.extent - 1) * factor + inner.extent, window=window)


def _brought_together(op: Any, bounds: Bounds) -> Bound:
    """Return the bound of joined branches: of shares of a stream, that of the stream."""
    branches = list(op.branches)
    given = [bounds[value] for value in branches]
    tokens = (max if are_shares(branches) else sum)(b.tokens for b in given)
    if depth_of(op.joined) == depth_of(op.like):
        tokens = min(tokens, bounds[op.like].tokens)
    return Bound(0, tokens, max(b.extent for b in given))


def _concatenated(op: Any, bounds: Bounds) -> list[Bound]:
    crds, payloads = ([bounds[value] for value in side] for side in (op.crds, op.payloads))
    ends = (bound.extent + offset for bound, offset in zip(crds, op.offsets, strict=True))
    both = [sum(b.tokens for b in side) for side in (crds, payloads)]
    return [
        Bound(0, both[0], max(ends)),
        Bound(0, both[1], max(b.extent for b in payloads)),
    ]
