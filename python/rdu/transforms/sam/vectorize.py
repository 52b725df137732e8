"""The pass `sam-vectorize`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.ranges import alike
from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of, element_in, kind_for
from rdu.dialects.sam.streams import level_formats, storage_order, stream
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, option, register
from rdu.semantics.sparse.functions import reduction
from rdu.targets import load_machine
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream
from rdu.transforms.sam.chunks import Chunks, Role, chunked, last_level


@register
class Vectorize(Pass):
    """Compute on all lanes at once along dense levels that are walked innermost.

    Accepts any module. Where a `sam.graph` walks the last level of tensors and that is dense, of
    extent q * L, the level is seen as two: q chunks, which are walked, and the `L` values of each,
    which are one vector. Coordinates and references stay scalars, of chunks; `sam.array` loads
    vectors; what is the same along the level stands on all lanes. A reduction over the level
    reduces lane by lane and then the lanes, by `sam.fold`; a result whose last level it is has
    chunks as coordinates. What lies in memory is what it was.

    `L` is the largest divisor of the extents that is at most `lanes`. Where the host stores all
    that is walked, and what comes of it is blocks or sums, the last chunk may be shorter if there
    are fewer chunks so: it is padded, and before a sum a table of ones chooses what counts.

    A walk that leads to what needs coordinates one by one - joins with what is sparse, drops of
    zeros, masks, walks further down - stays as it is, with a remark, and so does one that leads to
    a result that another graph reads, unless its last level is written as a dense one. The order of
    sums over the level changes.
    """

    name = "sam-vectorize"
    level_in = "sam"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "single": "walks coordinate by coordinate: '{name}' does not take chunks of level {level}",
        "narrow": "walks coordinate by coordinate: no number from 2 to {most} divides {extents}",
        "kept": "walks coordinate by coordinate: another graph reads the result as it is written",
        "none": "has nothing for lanes: no walk of a dense last level",
    }
    statistics = {  # noqa: RUF012
        "graphs": "graphs with vectors",
        "walks": "walks of dense levels that go by chunks",
        "lanes": "lanes in use, of all these walks together",
    }

    @dataclass(frozen=True)
    class Options:
        """How wide."""

        machine: str = option("sam-ideal", help="machine whose lanes are used: name or .toml file")
        lanes: int | None = option(
            None, help="most lanes of a vector, the machine's if not given", min=2
        )

    def run(self, module: Any, options: Options) -> None:
        """Vectorize every graph, as far as that goes."""
        most = options.lanes or load_machine(options.machine).pcu.lanes
        for graph in ops_of(module, sam.GraphOp):
            self._vectorize(graph, most)

    def _vectorize(self, graph: Any, most: int) -> None:
        operations = [op.opview for op in graph.body.blocks[0].operations]
        kept = any(isinstance(use.owner.opview, sam.BindOp) for use in graph.output.uses)
        chunks, lanes, refusals = chunked(operations, most, kept=kept)
        if not lanes and not refusals:
            self.remark(graph, "none")
        for refusal in refusals:
            for walk in (op for op in operations if op.operation in refusal.walks):
                values = {"level": walk.level.value, **refusal.values}
                self.remark(walk, refusal.message, **values)
        if not lanes:
            return
        _rewrite(chunks, lanes)
        self.count("graphs")
        self.count("walks", len(lanes))
        self.count("lanes", sum(lanes.values()))


def _rewrite(chunks: Chunks, lanes: Mapping[Any, int]) -> None:
    """Change types, tensors and factors, and reduce the lanes of what is reduced."""

    def width(walks: Iterable[Any]) -> int:
        return lanes[next(iter(walks))]

    # An operation's hash changes with it: all is looked up before.
    ends = [(op, width(walks)) for op, walks in chunks.ends.items()]
    sums = [(op.opview, width(walks), chunks.length(walks)) for op, walks in chunks.sums.items()]
    marks = [(value, mark.role, width(mark.walks)) for value, mark in chunks.marks.items()]
    _rebind(ends)
    for value, role, of in marks:
        owner = value.owner.opview
        if role == Role.LANES:
            value.set_type(_vectors(value, of))
        if isinstance(owner, sam.FlattenOp):
            factor = ir.IntegerAttr.get(owner.factor.type, owner.factor.value // of)
            owner.operation.attributes["factor"] = factor
    for op, of, length in sums:
        if length % of:
            op.operation.operands[0] = _without_padding(op, of, length)
        scalars = op.reduced.type
        op.reduced.set_type(_vectors(op.reduced, of))
        with ir.InsertionPoint.after(op.operation), op.location:
            fold = sam.FoldOp(op.reduced, op.function.value, scalars)
        op.reduced.replace_all_uses_except(fold.values, fold.operation)


def _without_padding(op: Any, lanes: int, length: int) -> ir.Value:
    """Return the vectors of a sum with the sum's identity on the lanes that pad the last chunk."""
    graph = op.operation.parent
    crd, depth = alike(op.values), depth_of(op.values)
    assert crd is not None, "such a sum is not padded"
    with ir.InsertionPoint(graph), ir.Location.name("lanes", context=graph.context):
        one = ir.IntegerAttr.get(ir.IntegerType.get_signless(32), 1)
        kind = ir.RankedTensorType.get([length], one.type)
        ones = ir.DenseElementsAttr.get_splat(kind, one)
        table = ir.Operation.create("arith.constant", [kind], attributes={"value": ones}).results[0]
    with ir.InsertionPoint(op.operation), op.location:
        write = Primitives(ir.InsertionPoint(op.operation))
        blocks = sam.TensorType.get(kind, ["dense", f"blocked:{lanes}"], [0, 0])
        bound = sam.BindOp(table, blocks).bound
        chunks = Stream(crd, carried(crd), depth)
        place = write.locate(bound, 0, chunks, write.root())
        vectors = stream(kind_for(op, "i32", lanes), depth)
        counts = sam.ArrayOp(bound, place.value, vectors).values
        mask = sam.UnaryOp(
            counts,
            "ne",
            stream(kind_for(op, "i1", lanes), depth),
            constant=ir.FloatAttr.get(ir.F64Type.get(), 0.0),
        ).values
        _, start = reduction(op.function.value, element_in(op.values))
        return sam.SelectOp(
            mask=mask,
            chosen=op.values,
            other=None,
            other_constant=ir.FloatAttr.get(ir.F64Type.get(), float(start)),
            values=op.values.type,
        ).values


def _vectors(value: ir.Value, lanes: int) -> Any:
    """Return the type of a stream of values as one of vectors."""
    return stream(kind_for(value.owner, element_in(value), lanes), depth_of(value))


def _rebind(ends: Sequence[tuple[ir.Operation, int]]) -> None:
    """Let ops that go by chunks see the lanes of their tensors as a level.

    Of a tensor that is seen in several ways all but one have a bind of their own.
    """
    for tensor in dict.fromkeys(op.opview.tensor for op, _ in ends):
        ways: dict[int, list[ir.Operation]] = {}
        for op, lanes in ends:
            if op.opview.tensor == tensor:
                ways.setdefault(lanes, []).append(op)
        by_chunks = [op for ops in ways.values() for op in ops]
        others = [use.owner for use in tensor.uses if use.owner not in by_chunks]
        kind, is_taken = tensor.type, any(_is_end(op.opview) for op in others)
        for lanes, ops in ways.items():
            bound = tensor
            if is_taken:
                copy = tensor.owner.clone(ir.InsertionPoint.after(tensor.owner))
                bound = copy.results[0]
            bound.set_type(_blocked(kind, lanes))
            for op in ops:
                op.operands[0] = bound
            is_taken = True


def _is_end(op: Any) -> bool:
    return isinstance(op, sam.ArrayOp) or op.level.value == last_level(op.tensor)[0]


def _blocked(kind: Any, lanes: int) -> Any:
    """Return a tensor type whose last level is seen as chunks and lanes."""
    formats, order = level_formats(kind), storage_order(kind)
    if formats[-1].startswith("blocked"):
        length = int(formats[-1].partition(":")[2])
        formats[-1] = f"blocked:{length // lanes}"
    return sam.TensorType.get(kind.shape, [*formats, f"blocked:{lanes}"], [*order, order[-1]])
