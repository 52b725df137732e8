"""The pass `sam-tile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.ranges import Problem, coordinates_above, origins_of, problem_of
from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of
from rdu.dialects.sam.streams import CRD, REF, StreamType, TensorType, stream
from rdu.mlir_ext import ir
from rdu.mlir_ext.elements import number_of
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, option, register


@register
class Tile(Pass):
    """Make results range by range of level 0, so that accumulations merge no more than a range.

    Accepts any module. Each `sam.graph` that accumulates level 0 of its result gets one more loop,
    outside all others, over ranges of `extent` coordinates: the walks begin anew for each, masks
    let the coordinates of the range pass where they are made, and the result, whose coordinates
    still ascend, is written as before (`above`). All else is done again for each range.

    Leaves alone graphs that accumulate nothing of level 0, or all of it in one range; and, with a
    remark, those that reduce over level 0, or need more of it at a time.
    """

    name = "sam-tile"
    level_in = "sam"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "tiled": "makes its result in {count} ranges of {extent} coordinates",
        "origin": "is not cut into ranges: '{name}' makes coordinates of level 0",
        "reduces": "is not cut into ranges: '{name}' reduces over level 0",
        "beside": "is not cut into ranges: '{name}' takes streams that are not all under level 0",
        "kind": "is not cut into ranges: '{name}' may need all of level 0",
        "above": "is not cut into ranges: '{name}' has no coordinates above it",
        "again": "is not cut into ranges: it is already",
    }
    statistics = {  # noqa: RUF012
        "graphs": "graphs whose results are made in ranges",
        "ranges": "ranges that there are",
    }

    @dataclass(frozen=True)
    class Options:
        """How large ranges are."""

        extent: int = option(1024, help="coordinates of level 0 in a range", min=1)

    def run(self, module: Any, options: Options) -> None:
        """Cut every graph that can be."""
        for graph in ops_of(module, sam.GraphOp):
            self._cut(graph, options.extent)

    def _cut(self, graph: Any, extent: int) -> None:
        kind = graph.output.type
        if not kind.rank:
            return
        found = origins_of(graph)
        whole: int = kind.shape[graph.written_order[0]]
        count = -(-whole // extent)
        if count < 2 or not (isinstance(found, Problem) or found.merges):
            return
        if graph.levels_above:
            self.remark(graph, "again")
            return
        problem = found if isinstance(found, Problem) else problem_of(graph, found.ops)
        if problem is None and not isinstance(found, Problem):
            problem = next((Problem("above", op) for op in found.ops if not _has_all(op)), None)
        if problem is not None:
            self.remark(graph, problem.key, name=problem.op.operation.name)
            return
        assert not isinstance(found, Problem), "that is a problem"
        _Ranges(graph, found.ops, count, extent).write()
        self.remark(graph, "tiled", count=count, extent=extent)
        self.count("graphs")
        self.count("ranges", count)


def _has_all(op: Any) -> bool:
    """Tell whether there are coordinates of every level above those that an op makes."""
    return len(list(coordinates_above(op))) == depth_of(op.results[0]) - 1


class _Ranges:
    """Rewrites a graph: all its streams become one level deeper, under the ranges."""

    def __init__(self, graph: Any, origins: Sequence[Any], count: int, extent: int) -> None:
        self.graph = graph
        self.origins = {op.operation for op in origins}
        self.count = count
        self.extent = extent
        self.made: dict[ir.Value, ir.Value] = {}

    def write(self) -> None:
        """Write the ops anew, in front of the graph's end, and take the earlier ones away."""
        block = self.graph.body.blocks[0]
        *operations, end = [op.operation.opview for op in block.operations]
        with ir.InsertionPoint(self.graph.operation):
            table = self._table()
        earlier: list[Any] = []
        with ir.InsertionPoint(end), self.graph.location:
            ranges, starts = self._loop(table)
            for op in operations:
                if isinstance(op, sam.BindOp):
                    continue
                if isinstance(op, sam.RootOp):
                    kind = stream(REF, 1)
                    self.made[op.ref] = sam.RepeatOp(op.ref, ranges, kind).repeated
                    continue
                earlier.append(op)
                self._anew(op)
                if op.operation in self.origins:
                    self._mask(op, starts)
        for number, operand in enumerate(end.operands):
            end.operation.operands[number] = self.made[operand]
        for op in reversed(earlier):
            op.operation.erase()
        integer = ir.IntegerType.get_signless(64, self.graph.operation.context)
        self.graph.operation.attributes["above"] = ir.IntegerAttr.get(integer, 1)

    def _table(self) -> ir.Value:
        """Add the tensor whose dense levels are walked for the ranges; its values are not read."""
        element = self.graph.output.type.element_type
        kind = ir.RankedTensorType.get([self.count, 1], element)
        with ir.Location.name("ranges", context=self.graph.operation.context):
            zero = ir.DenseElementsAttr.get_splat(kind, number_of(element, 0))
            made = ir.Operation.create("arith.constant", [kind], attributes={"value": zero})
        return made.results[0]

    def _loop(self, table: ir.Value) -> tuple[ir.Value, ir.Value]:
        """Add the loop over ranges; returns their numbers, and where each begins."""
        kind = TensorType.get(table.type, ["dense", "dense"], [0, 1])
        with ir.Location.name("ranges"):
            bound = sam.BindOp(table, kind).bound
            root = sam.RootOp(stream(REF, 0)).ref
            outer = sam.FiberLookupOp(bound, root, 0, stream(CRD, 1), stream(REF, 1))
            inner = sam.FiberLookupOp(bound, outer.child, 1, stream(CRD, 2), stream(REF, 2))
            starts = sam.FlattenOp(outer.crd, inner.crd, self.extent, stream(CRD, 1)).crd
        return outer.crd, starts

    def _anew(self, op: Any) -> None:
        """Write an op with streams one level deeper; a location in all of a tensor stays one."""
        operation = op.operation
        operands = [
            value if _is_whole(op, value) else self.made.get(value, value) for value in op.operands
        ]
        attributes = {name: operation.attributes[name] for name in operation.attributes}
        results = [_deeper(result) for result in operation.results]
        copy = ir.Operation.create(
            operation.name, results, operands, attributes, loc=operation.location
        )
        self.made |= zip(operation.results, copy.results, strict=True)

    def _mask(self, op: Any, starts: ir.Value) -> None:
        """Let only coordinates of the range pass, with what goes with them."""
        held = starts
        for crd in reversed(list(coordinates_above(op))):
            inner = self.made[crd]
            held = sam.HoldOp(held, inner, inner.type).held
        crd, *payloads = op.operation.results
        whole = self.made[crd]
        for payload in payloads:
            side = whole, self.made[payload]
            for predicate, offset in (("ge", 0), ("lt", self.extent)):
                kinds = [value.type for value in side]
                mask = sam.MaskOp(held, *side, predicate, offset, *kinds)
                side = mask.crd_out, mask.payload_out
            self.made[crd], self.made[payload] = side


def _is_whole(op: Any, value: ir.Value) -> bool:
    """Tell whether an operand is the root of a tensor that an op locates coordinates in."""
    return isinstance(op, sam.LocateOp) and isinstance(value.owner.opview, sam.RootOp)


def _deeper(value: ir.Value) -> ir.Type:
    """Return the type of a stream with one more level; other types are what they are."""
    if not isinstance(value.type, StreamType):
        return value.type
    return stream(carried(value), depth_of(value) + 1)
