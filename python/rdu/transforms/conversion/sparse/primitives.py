"""Writing primitives of a graph, each once: streams made alike are one stream, sent to several."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of, element_in, element_stored, kind_for
from rdu.dialects.sam.streams import CRD, REF, Kind, stream
from rdu.mlir_ext import ir
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import result


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream with what its type says."""

    value: ir.Value
    kind: Kind
    depth: int

    @property
    def element(self) -> DType:
        """The element type of its values."""
        return element_in(self.value)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a merge: coordinates, and what goes with them."""

    crd: Stream
    payload: Stream


def begin_graph(kind: Any, order: Sequence[int]) -> tuple[Any, Primitives]:
    """Write an empty graph at the current insertion point; returns it, and what fills it.

    Args:
        kind: the type of its result.
        order: the dimension of each level that it is going to write, outermost first.
    """
    graph = sam.GraphOp(kind, order=None if list(order) == sorted(order) else list(order))
    return graph, Primitives(ir.InsertionPoint(graph.operation.regions[0].blocks.append()))


class Primitives:
    """Writes primitives at an insertion point; those that were written before are used again.

    Attributes:
        written: how many ops there are.
    """

    def __init__(self, point: ir.InsertionPoint) -> None:
        self._point = point
        self._made: dict[Hashable, Any] = {}
        self.written = 0

    def root(self) -> Stream:
        """Start walks."""
        return self._one("root", lambda: sam.RootOp(stream(REF, 0)).ref)

    def bind(self, tensor: ir.Value, levels: Sequence[str], order: Sequence[int]) -> ir.Value:
        """Bind a tensor as it is stored."""

        def write() -> ir.Value:
            kind = sam.TensorType.get(tensor.type, list(levels), list(order))
            return sam.BindOp(tensor, kind).bound

        return self._once(("bind", tensor, tuple(levels), tuple(order)), write)

    def lookup(self, tensor: ir.Value, level: int, refs: Stream) -> Side:
        """Look fibers up; returns coordinates and references of their children."""
        depth = refs.depth + 1

        def write() -> Side:
            op = sam.FiberLookupOp(
                tensor, refs.value, level, stream(CRD, depth), stream(REF, depth)
            )
            return Side(_typed(op.crd), _typed(op.child))

        return self._once(("lookup", tensor, level, refs.value), write)

    def locate(self, tensor: ir.Value, level: int, crd: Stream, fibers: Stream) -> Stream:
        """Find coordinates in a level."""

        def write() -> ir.Value:
            kind = stream(REF, crd.depth)
            return sam.LocateOp(tensor, crd.value, fibers.value, level, kind).ref

        return self._one(("locate", tensor, level, crd.value, fibers.value), write)

    def repeat(self, held: Stream, like: Stream) -> Stream:
        """Send each token once for each token of its fiber in a stream one deeper."""

        def write() -> ir.Value:
            if held.kind == CRD:
                return sam.HoldOp(held.value, like.value, stream(CRD, like.depth)).held
            return sam.RepeatOp(held.value, like.value, stream(held.kind, like.depth)).repeated

        return self._one(("repeat", held.value, like.value), write)

    def intersect(self, sides: Sequence[Side]) -> list[Side]:
        """Return the sides restricted to the coordinates that all have."""
        return self._merge(sam.IntersectOp, sides)

    def unite(self, sides: Sequence[Side]) -> list[Side]:
        """Return the sides extended to the coordinates that any has."""
        return self._merge(sam.UnionOp, sides)

    def at_present(self, crd: Stream, values: Stream) -> Stream:
        """Make values absent where their coordinate is."""

        def write() -> ir.Value:
            crds, kinds = [crd.value] * 2, [stream(values.kind, values.depth)] * 2
            op = sam.IntersectOp(crds, [values.value] * 2, stream(CRD, crd.depth), kinds)
            return op.out[0]

        return self._one(("at_present", crd.value, values.value), write)

    def mask(self, outer: Stream, under: Side, predicate: str, offset: int = 0) -> Side:
        """Keep the coordinates that compare with the one above them, plus an offset."""

        def write() -> Side:
            crd, payload = under.crd, under.payload
            kinds = stream(CRD, crd.depth), stream(payload.kind, payload.depth)
            op = sam.MaskOp(outer.value, crd.value, payload.value, predicate, offset, *kinds)
            return Side(_typed(op.crd_out), _typed(op.payload_out))

        key = ("mask", outer.value, under.crd.value, under.payload.value, predicate, offset)
        return self._once(key, write)

    def array(self, tensor: ir.Value, refs: Stream) -> Stream:
        """Load values."""

        def write() -> ir.Value:
            kind = kind_for(refs.value.owner, element_stored(tensor))
            return sam.ArrayOp(tensor, refs.value, stream(kind, refs.depth)).values

        return self._one(("array", tensor, refs.value), write)

    def as_crd(self, values: Stream, extent: int, *, wrap: bool) -> Stream:
        """Take values for coordinates below an extent, negative ones from the end with `wrap`."""

        def write() -> ir.Value:
            kind = stream(CRD, values.depth)
            return sam.AsCrdOp(values.value, extent, kind, wrap=True if wrap else None).crd

        return self._one(("as_crd", values.value, extent, wrap), write)

    def alu(self, function: str, lhs: Stream, rhs: Stream) -> Stream:
        """Combine values."""

        def write() -> ir.Value:
            kind = stream(_given(function, lhs), lhs.depth)
            return sam.AluOp(lhs.value, rhs.value, function, kind).values

        return self._one(("alu", function, lhs.value, rhs.value), write)

    def unary(self, function: str, operand: Stream, constant: float | None = None) -> Stream:
        """Apply a function of a value, or of a value and a constant."""

        def write() -> ir.Value:
            kind = stream(_given(function, operand), operand.depth)
            return sam.UnaryOp(operand.value, function, kind, constant=_number(constant)).values

        return self._one(("unary", function, operand.value, repr(constant)), write)

    def select(
        self, mask: Stream, chosen: Stream | float, other: Stream | float, element: DType
    ) -> Stream:
        """Choose between values, or numbers, of an element type."""
        streams = [each.value if isinstance(each, Stream) else None for each in (chosen, other)]
        numbers = [None if isinstance(each, Stream) else each for each in (chosen, other)]

        def write() -> ir.Value:
            return sam.SelectOp(
                mask=mask.value,
                chosen=streams[0],
                other=streams[1],
                chosen_constant=_number(numbers[0]),
                other_constant=_number(numbers[1]),
                values=stream(kind_for(mask.value.owner, element), mask.depth),
            ).values

        return self._one(("select", mask.value, *streams, *map(repr, numbers), element), write)

    def reduce(self, function: str, values: Stream, outer: Stream) -> Stream:
        """Reduce the innermost fibers."""

        def write() -> ir.Value:
            kind = stream(values.kind, outer.depth)
            return sam.ReduceOp(values.value, outer.value, function, kind).reduced

        return self._one(("reduce", function, values.value, outer.value), write)

    def accumulate(
        self, function: str, reduced: Stream, crds: Sequence[Stream], values: Stream
    ) -> tuple[list[Stream], Stream]:
        """Merge fibers of up to `MOST_ACCUMULATED` levels under one that is reduced."""
        given = [crd.value for crd in crds] + [None] * (3 - len(crds))
        kinds = [stream(CRD, crd.depth - 1) for crd in crds] + [None] * (3 - len(crds))

        def write() -> tuple[list[Stream], Stream]:
            op = sam.AccumulateOp(
                reduced=reduced.value,
                crd_a=given[0],
                crd_b=given[1],
                crd_c=given[2],
                values=values.value,
                function=function,
                out_a=kinds[0],
                out_b=kinds[1],
                out_c=kinds[2],
                total=stream(values.kind, values.depth - 1),
            )
            merged = [op.out_a, op.out_b, op.out_c][: len(crds)]
            return [_typed(crd) for crd in merged], _typed(op.total)

        return self._once(("accumulate", function, reduced.value, *given, values.value), write)

    def val_drop(self, crd: Stream, values: Stream) -> tuple[Stream, Stream]:
        """Drop values that are zero, with their coordinates."""

        def write() -> tuple[Stream, Stream]:
            kinds = stream(CRD, crd.depth), stream(values.kind, values.depth)
            op = sam.ValDropOp(crd.value, values.value, *kinds)
            return _typed(op.crd_out), _typed(op.values_out)

        return self._once(("val_drop", crd.value, values.value), write)

    def sort(
        self, order: str, crd: Stream, values: Stream, keep: int | None
    ) -> tuple[Stream, Stream, Stream]:
        """Put fibers in order; returns places, values, and the coordinates that they had."""

        def write() -> tuple[Stream, Stream, Stream]:
            kinds = [stream(kind, crd.depth) for kind in (CRD, values.kind, CRD)]
            op = sam.SortOp(crd.value, values.value, order, *kinds, keep=keep)
            return _typed(op.place), _typed(op.ordered), _typed(op.origin)

        return self._once(("sort", order, crd.value, values.value, keep), write)

    def as_value(self, crd: Stream) -> Stream:
        """Take coordinates for values."""

        def write() -> ir.Value:
            kind = kind_for(crd.value.owner, "i32")
            return sam.AsValueOp(crd.value, stream(kind, crd.depth)).values

        return self._one(("as_value", crd.value), write)

    def crd_drop(self, outer: Stream, inner: Stream) -> tuple[Stream, Stream]:
        """Drop coordinates without content; returns them and what is under them."""

        def write() -> tuple[Stream, Stream]:
            kinds = stream(CRD, outer.depth), stream(inner.kind, inner.depth)
            op = sam.CrdDropOp(outer.value, inner.value, *kinds)
            return _typed(op.outer_out), _typed(op.inner_out)

        return self._once(("crd_drop", outer.value, inner.value), write)

    def flatten(self, outer: Stream, inner: Stream, factor: int) -> Stream:
        """Make one level of two."""

        def write() -> ir.Value:
            kind = stream(CRD, outer.depth)
            return sam.FlattenOp(outer.value, inner.value, factor, kind).crd

        return self._one(("flatten", outer.value, inner.value), write)

    def split(self, crd: Stream, payload: Stream, factor: int) -> tuple[Stream, Stream, Stream]:
        """Make two levels of one; returns chunks, coordinates in them, and what goes with these."""

        def write() -> tuple[Stream, Stream, Stream]:
            inner, kind = stream(CRD, crd.depth + 1), stream(payload.kind, crd.depth + 1)
            outer = stream(CRD, crd.depth)
            op = sam.SplitOp(crd.value, payload.value, factor, outer, inner, kind)
            return _typed(op.outer), _typed(op.inner), _typed(op.payload_out)

        return self._once(("split", crd.value, payload.value, factor), write)

    def concat(
        self, crds: Sequence[Stream], payloads: Sequence[Stream], offsets: Sequence[int]
    ) -> tuple[Stream, Stream]:
        """Put fibers behind each other; returns coordinates and what goes with them."""
        given = [crd.value for crd in crds], [payload.value for payload in payloads]

        def write() -> tuple[Stream, Stream]:
            under = payloads[0]
            kinds = stream(CRD, crds[0].depth), stream(under.kind, under.depth)
            op = sam.ConcatOp(*given, list(offsets), *kinds)
            return _typed(op.crd), _typed(op.payload)

        return self._once(("concat", *given[0], *given[1], *offsets), write)

    def stop_drop(self, operand: Stream) -> Stream:
        """Make the innermost two levels one."""

        def write() -> ir.Value:
            kind = stream(operand.kind, operand.depth - 1)
            return sam.StopDropOp(operand.value, 1, kind).flat

        return self._one(("stop_drop", operand.value), write)

    def finish(self, crds: Sequence[Stream], values: Stream) -> None:
        """Write the levels of the result, outermost first, and end the graph."""
        with self._point:
            for level, crd in enumerate(crds):
                sam.FiberWriteOp(crd.value, level)
            sam.YieldOp(values.value)
        self.written += len(crds) + 1

    def _merge(self, op: Callable[..., Any], sides: Sequence[Side]) -> list[Side]:
        """Merge sides; those that are the same stream are merged as one."""
        distinct = list(dict.fromkeys((side.crd.value, side.payload.value) for side in sides))
        if len(distinct) == 1:
            return list(sides)
        depth = sides[0].crd.depth
        crds, payloads = (list(values) for values in zip(*distinct, strict=True))

        def write() -> tuple[Stream, list[Stream]]:
            kinds = [stream(carried(payload), depth) for payload in payloads]
            made = op(crds, payloads, stream(CRD, depth), kinds)
            return _typed(made.crd), [_typed(each) for each in made.out]

        crd, out = self._once((op, *crds, *payloads), write)
        place = {pair: number for number, pair in enumerate(distinct)}
        return [Side(crd, out[place[side.crd.value, side.payload.value]]) for side in sides]

    def _one(self, key: Hashable, write: Callable[[], ir.Value]) -> Stream:
        return self._once(key, lambda: _typed(write()))

    def _once(self, key: Hashable, write: Callable[[], Any]) -> Any:
        if key not in self._made:
            with self._point:
                self._made[key] = write()
            self.written += 1
        return self._made[key]


def _typed(value: ir.Value) -> Stream:
    return Stream(value, carried(value), depth_of(value))


def _given(function: str, operand: Stream) -> Kind:
    """Return what a function of a stream gives."""
    return kind_for(operand.value.owner, result(function, operand.element))


def _number(constant: float | None) -> ir.FloatAttr | None:
    return None if constant is None else ir.FloatAttr.get(ir.F64Type.get(), constant)
