"""The pass `sam-tile`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.nest import MOST_COORDINATES
from rdu.analysis.sparse.ranges import (
    ACROSS,
    JOINS,
    alike,
    coordinates_above,
    coordinates_of,
    is_known_above,
    leading_to,
    may_be_absent,
    origins_of,
)
from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of, lanes_of
from rdu.dialects.sam.streams import StreamType, stream
from rdu.mlir_ext import ir
from rdu.mlir_ext.elements import number_of
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.passes import Pass, option, register
from rdu.transforms.conversion.circuits.bounds import Bound, bounds_of
from rdu.transforms.conversion.circuits.operands import table_of
from rdu.transforms.conversion.circuits.totals import OVERLAP, most
from rdu.transforms.conversion.sparse.composed import as_one, as_several
from rdu.transforms.conversion.sparse.primitives import Primitives, Side, Stream


@dataclass(frozen=True, slots=True)
class Ranges:
    """How an accumulation is cut.

    Attributes:
        count: how many ranges there are.
        width: the coordinates of one, those of all levels that are merged counted as one level.
        inner: of these, how many there are under each coordinate of the outermost level.
    """

    count: int
    width: int
    inner: int


@register
class Tile(Pass):
    """Merge range by range what accumulations do not hold at a time.

    Accepts any module. Above the level that a `sam.accumulate` reduces comes one more loop, over
    ranges of the coordinates that it merges: for each of them, all that leads to the accumulation
    begins anew, and masks let the coordinates of the range pass, where those of the outermost level
    are made if that is known, else right in front of the accumulation. What comes of the ranges
    still ascends, and is put behind each other. Several levels that are merged are one meanwhile.
    So all streams behind are what they were, but that of several levels coordinates without
    content are left out.

    A range has `extent` coordinates of the outermost level that is merged; or with `totals`, where
    not all fit, as many sums as fit twice, since one range leaves while the next one comes, or as
    are under one coordinate.

    Leaves alone what needs no second range; and, with a remark, what cannot be cut.
    """

    name = "sam-tile"
    level_in = "sam"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "tiled": "merges in {count} ranges of {extent} coordinates",
        "as_one": "merges {levels} levels as one in {count} ranges of {extent} coordinates",
        "across": "is not cut into ranges: '{name}' counts from one fiber to the next",
        "above": "is not cut into ranges: '{name}' has no coordinates above it",
        "absent": "is not cut into ranges: coordinates of its {levels} levels may be absent",
        "many": "is not cut into ranges: its {levels} levels have {have} coordinates as one, "
        "expected at most {need}",
        "beside": "is not cut into ranges: '{name}' takes what comes of it beside other streams",
        "dense": "is not cut into ranges: level {level} is written as dense above one that is not",
    }
    statistics = {  # noqa: RUF012
        "accumulations": "accumulations that merge in ranges",
        "ranges": "ranges that there are",
    }

    @dataclass(frozen=True)
    class Options:
        """How large ranges are."""

        extent: int = option(1024, help="coordinates of the outermost level in a range", min=1)
        totals: int | None = option(
            None, help="words that an accumulation holds: instead of 'extent'", min=1
        )

    def run(self, module: Any, options: Options) -> None:
        """Cut every accumulation that has to be and can be."""
        for function in defined_functions(module):
            for graph in function.regions[0].blocks[0].operations:
                if isinstance(graph, sam.GraphOp):
                    self._cut_all(function, graph, options)

    def _cut_all(self, function: Any, graph: Any, options: Options) -> None:
        """Cut accumulations of a graph, the last one first: others may have to be made again."""
        settled: list[ir.Operation] = []
        while True:
            operations = [op.operation.opview for op in graph.body.blocks[0].operations]
            bounds = bounds_of(operations, table_of(function, ()).bound.__getitem__)
            found = ((op, _ranges_of(op, bounds, options)) for op in reversed(operations))
            left = ((o, r) for o, r in found if r is not None and o.operation not in settled)
            merge, ranges = next(left, (None, None))
            if merge is None or ranges is None:
                return
            settled.append(self._cut(graph, merge, ranges, bounds))

    def _cut(self, graph: Any, merge: Any, ranges: Ranges, bounds: Any) -> ir.Operation:
        """Cut one accumulation; returns what it is then."""
        leading = leading_to(merge)
        origins = origins_of(merge, leading) if ranges.width % ranges.inner == 0 else []
        if self._refuses(merge, leading, bounds, is_early=bool(origins)):
            return merge.operation
        levels, extent = len(coordinates_of(merge)), ranges.width
        key = "tiled" if levels == 1 or origins else "as_one"
        if origins:
            extent //= ranges.inner
        self.remark(merge, key, count=ranges.count, extent=extent, levels=levels)
        self.count("accumulations")
        self.count("ranges", ranges.count)
        extents = [bounds[crd].extent for crd in coordinates_of(merge)]
        return _Cut(graph, merge, leading, origins, ranges, extents).write()

    def _refuses(self, merge: Any, leading: Sequence[Any], bounds: Any, *, is_early: bool) -> bool:
        """Say why an accumulation cannot be cut, if it cannot."""
        across = next((op for op in leading if isinstance(op, ACROSS)), None)
        if across is not None:
            self.remark(merge, "across", name=across.operation.name)
            return True
        crossing = [v for op in (*leading, merge) for v in _crossing(op, merge)]
        unknown = next((v for v in (merge.reduced, *crossing) if not _has_shape(v)), None)
        if unknown is None and not is_early and alike(merge.reduced) is None:
            unknown = merge.reduced
        if unknown is not None:
            self.remark(merge, "above", name=unknown.owner.name)
            return True
        crds = coordinates_of(merge)
        if len(crds) == 1:
            return False
        levels, have = len(crds), math.prod(bounds[crd].extent for crd in crds)
        if any(may_be_absent(crd) for crd in crds):
            self.remark(merge, "absent", levels=levels)
            return True
        if have > MOST_COORDINATES:
            self.remark(merge, "many", levels=levels, have=have, need=MOST_COORDINATES)
            return True
        return self._needs_empty(merge)

    def _needs_empty(self, merge: Any) -> bool:
        """Say where what comes of several levels needs coordinates without content, if it does."""
        graph, around = merge.operation.parent.opview, depth_of(merge.reduced) - 1
        derived = {value for value in merge.results if isinstance(value.type, StreamType)}
        for op in (op.operation.opview for op in graph.body.blocks[0].operations):
            streams = [value for value in op.operands if isinstance(value.type, StreamType)]
            if op == merge or not any(value in derived for value in streams):
                continue
            others = [v for v in streams if v not in derived and depth_of(v) > around]
            if others and not isinstance(op, JOINS):
                self.remark(merge, "beside", name=op.operation.name)
                return True
            derived |= {value for value in op.results if isinstance(value.type, StreamType)}
        kinds = [writer.dense is not None for writer in graph.writers]
        for level in range(len(kinds) - 1):
            if kinds[level] and not kinds[level + 1] and graph.writers[level].crd in derived:
                self.remark(merge, "dense", level=level)
                return True
        return False


def _ranges_of(op: Any, bounds: Any, options: Tile.Options) -> Ranges | None:
    """Return the ranges of an accumulation, None for another op or if one is enough."""
    if not isinstance(op, sam.AccumulateOp):
        return None
    crds: list[Bound] = [bounds[crd] for crd in coordinates_of(op)]
    depth, lanes = depth_of(op.reduced) - 1, lanes_of(op.values)
    inner = math.prod(crd.extent for crd in crds[1:])
    if options.totals is None:
        width = options.extent * inner
        is_enough = crds[0].spread(depth) <= options.extent
    else:
        room = max(1, options.totals // lanes)
        width = max(1, room // OVERLAP)
        if inner <= room:
            width = max(width - width % inner, inner)
        is_enough = most(crds, depth, lanes) <= options.totals
    count = -(-crds[0].extent * inner // width)
    return None if is_enough or count < 2 else Ranges(count, width, inner)


def _crossing(op: Any, merge: Any) -> list[ir.Value]:
    """Return the streams from right above the reduced level that an op takes once for each range.

    A location in all of a tensor stays one; coordinates above that are dropped are dropped at once.
    """
    around = depth_of(merge.reduced) - 1
    given = [value for value in op.operands if isinstance(value.type, StreamType)]
    if isinstance(op, sam.LocateOp) and isinstance(op.fibers.owner.opview, sam.RootOp):
        given.remove(op.fibers)
    if isinstance(op, sam.CrdDropOp) and depth_of(op.outer) <= around:
        given.remove(op.outer)
    return [value for value in given if depth_of(value) == around]


def _has_shape(value: ir.Value) -> bool:
    """Tell whether a loop under each token of a stream can be written."""
    return depth_of(value) < 2 or is_known_above(value)


class _Cut:
    """Writes an accumulation, and what leads to it, under ranges."""

    def __init__(
        self,
        graph: Any,
        merge: Any,
        leading: Sequence[Any],
        origins: Sequence[Any],
        ranges: Ranges,
        extents: Sequence[int],
    ) -> None:
        self.graph = graph
        self.merge = merge
        self.leading = leading
        self.origins = {op.operation for op in origins}
        self.ranges = ranges
        self.extents = extents
        self.around = depth_of(merge.reduced) - 1
        self.made: dict[ir.Value, ir.Value] = {}
        self.write_at = Primitives(ir.InsertionPoint(merge.operation))

    def write(self) -> ir.Operation:
        """Write it in front of the accumulation, and take that away; returns the one in ranges."""
        with ir.InsertionPoint(self.graph.operation):
            self.table = self._table()
        merge = self.merge
        with ir.InsertionPoint(merge.operation), merge.location:
            for op in self.leading:
                self._anew(op)
            crds = [_typed(self._inside(crd, merge)) for crd in coordinates_of(merge)]
            values = _typed(self._inside(merge.values, merge))
            outs, total, made = self._merged(crds, values)
        old = [out for out in (merge.out_a, merge.out_b, merge.out_c) if out is not None]
        for before, after in zip((*old, merge.total), (*outs, total), strict=True):
            before.replace_all_uses_with(after.value)
        merge.operation.erase()
        for op in reversed(self.leading):
            if not any(list(result.uses) for result in op.results):
                op.operation.erase()
        return made

    def _merged(
        self, crds: list[Stream], values: Stream
    ) -> tuple[list[Stream], Stream, ir.Operation]:
        """Merge in ranges, with several levels as one, and put the ranges behind each other."""
        write, merge = self.write_at, self.merge
        reduced = _typed(self._inside(merge.reduced, merge))
        crd, values = as_one(write, crds, values, self.extents)
        if not self.origins:
            like = alike(merge.reduced)
            assert like is not None, "that is refused"
            held = self._starts_over([like], like)
            crd, values = self._masked(held, crd, values, self.ranges.width)
        (out,), total = write.accumulate(merge.function.value, reduced, [crd], values)
        made = out.value.owner
        flat, total = write.stop_drop(out), write.stop_drop(total)
        outs, total = as_several(write, flat, total, self.extents)
        return outs, total, made

    def _table(self) -> ir.Value:
        """Add the tensor whose dense levels are walked for the ranges; its values are not read."""
        element = self.graph.output.type.element_type
        kind = ir.RankedTensorType.get([self.ranges.count, 1], element)
        with ir.Location.name("ranges", context=self.graph.operation.context):
            zero = ir.DenseElementsAttr.get_splat(kind, number_of(element, 0))
            made = ir.Operation.create("arith.constant", [kind], attributes={"value": zero})
        return made.results[0]

    def _loop(self, value: ir.Value) -> tuple[Stream, Stream]:
        """Loop over ranges under each token of a stream; returns their numbers and starts."""
        write, refs = self.write_at, self.write_at.root()
        with ir.Location.name("ranges", context=self.graph.operation.context):
            if depth_of(value):
                shape = alike(value) or value
                for like in (*reversed(list(coordinates_above(shape))), shape):
                    refs = write.repeat(refs, _typed(like))
            bound = write.bind(self.table, ["dense", "dense"], [0, 1])
            outer = write.lookup(bound, 0, refs)
            inner = write.lookup(bound, 1, outer.payload)
            width = self.ranges.width // (self.ranges.inner if self.origins else 1)
            return outer.crd, write.flatten(outer.crd, inner.crd, width)

    def _inside(self, value: ir.Value, op: Any) -> ir.Value:
        """Return a stream as an op in ranges takes it."""
        if value in self.made:
            return self.made[value]
        if not any(value == crossing for crossing in _crossing(op, self.merge)):
            return value
        numbers, _ = self._loop(value)
        return self.write_at.repeat(_typed(value), numbers).value

    def _anew(self, op: Any) -> None:
        """Write an op with streams one level deeper, and masks behind what makes coordinates."""
        operation = op.operation
        operands = [self._inside(value, op) for value in op.operands]
        attributes = {name: operation.attributes[name] for name in operation.attributes}
        results = [self._deeper(result) for result in operation.results]
        with operation.location:
            copy = ir.Operation.create(operation.name, results, operands, attributes)
        self.made |= {
            before: after
            for before, after in zip(operation.results, copy.results, strict=True)
            if before.type != after.type
        }
        if operation in self.origins:
            crd, *payloads = operation.results
            above = [c for c in coordinates_above(crd) if depth_of(c) > self.around]
            held = self._starts_over(above[::-1], crd)
            whole = _typed(self.made[crd])
            for payload in payloads:
                given = _typed(self.made[payload])
                width = self.ranges.width // self.ranges.inner
                kept, after = self._masked(held, whole, given, width)
                self.made[crd], self.made[payload] = kept.value, after.value

    def _starts_over(self, crds: Sequence[ir.Value], under: ir.Value) -> Stream:
        """Return where the range of each coordinate above some starts."""
        outer = [c for c in coordinates_above(under) if depth_of(c) == self.around]
        _, held = self._loop(outer[0] if outer else self.write_at.root().value)
        for crd in crds:
            held = self.write_at.repeat(held, _typed(self.made[crd]))
        return held

    def _masked(
        self, starts: Stream, crd: Stream, payload: Stream, width: int
    ) -> tuple[Stream, Stream]:
        """Let only coordinates of a range pass, with what goes with them."""
        side = Side(crd, payload)
        for predicate, offset in (("ge", 0), ("lt", width)):
            side = self.write_at.mask(starts, side, predicate, offset)
        return side.crd, side.payload

    def _deeper(self, value: ir.Value) -> ir.Type:
        """Return the type of a stream with the level of ranges; others are what they are."""
        if not isinstance(value.type, StreamType) or depth_of(value) <= self.around:
            return value.type
        return stream(carried(value), depth_of(value) + 1)


def _typed(value: ir.Value) -> Stream:
    return Stream(value, carried(value), depth_of(value))
