"""The pass `sam-read-as-written`."""

from collections.abc import Sequence
from typing import Any

from rdu.analysis.sparse.whole import Fibers, fibers_of
from rdu.dialects import sam
from rdu.dialects.sam.streams import CRD, REF, level_formats, storage_order, stream
from rdu.mlir_ext import ir, tensor
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, register
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.sam.copies import Copy, write_copy


@register
class ReadAsWritten(Pass):
    """Bind tensors as they are stored, and store results of graphs as dense as they are.

    Accepts functions of `sam.graph`s. A level of a result that another graph binds becomes dense if
    it has every coordinate wherever it has any, as far as the ops tell: nothing is stored of it
    then. The last level may have none of what an accumulation found nothing for. Where it is bound
    as a dense one, or all that is above it, zeros fill it up; else the coordinates above go that
    have nothing under them. Other levels are compressed; that a level has every coordinate makes no
    difference to those that look it up.

    A result that is bound with its levels in another order is stored anew by a graph of its own
    behind the one that computes it, once for each order; it has the attribute `sam.copy`. So is an
    argument that is bound otherwise than its encoding has it; points of the same place are added
    up. Leaves alone what is bound with a dimension in blocks.
    """

    name = "sam-read-as-written"
    level_in = "sam"
    level_out = "sam"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "bound": "results bound as they are written",
        "anew": "results stored anew, in the order in which they are read",
        "dense": "levels of results that are dense",
    }

    def run(self, module: Any, options: Any) -> None:
        """Change what is bound, how results are written, and the types of what was bound."""
        self._copies: dict[Copy, ir.Value] = {}
        for bind in ops_of(module, sam.BindOp):
            kind = bind.bound.type
            order, formats = storage_order(kind), level_formats(kind)
            have = _stored(bind.tensor)
            if have is None or _has_blocks(bind):
                continue
            if isinstance(bind.tensor.owner, ir.Block):
                if have == Format.of(formats, order):
                    continue
            elif tuple(order) == have.order:
                continue
            full = frozenset(d for d, f in zip(order, formats, strict=True) if f == "dense")
            copy = Copy(bind.tensor, have, tuple(order), full)
            bind.operation.operands[0] = made = self._copied(copy, bind.location)
            bind.bound.set_type(sam.TensorType.get(made.type, formats, order))
        for graph in ops_of(module, sam.GraphOp):
            binds = [use.owner.opview for use in graph.output.uses]
            binds = [each for each in binds if isinstance(each, sam.BindOp)]
            if binds:
                self._bind(graph, [each for each in binds if not _has_blocks(each)], len(binds))

    def _bind(self, graph: Any, binds: Sequence[Any], readers: int) -> None:
        """Let all who read a graph's result see it as it is written from now on."""
        claims = [level_formats(bind.bound.type) for bind in binds]
        if not binds:
            return
        dense = _write_dense(graph, claims) if len(binds) == readers else [False] * len(claims[0])
        levels = ["dense" if each else "compressed" for each in dense]
        self.count("dense", sum(dense))
        for bind in binds:
            kind = bind.bound.type
            bind.bound.set_type(sam.TensorType.get(kind.shape, levels, storage_order(kind)))
            self.count("bound")

    def _copied(self, copy: Copy, location: ir.Location) -> ir.Value:
        if copy not in self._copies:
            owner = copy.source.owner
            argument = isinstance(owner, ir.Block)
            at = ir.InsertionPoint.at_block_begin(owner) if argument else None
            with at or ir.InsertionPoint.after(owner), location if argument else owner.location:
                self._copies[copy] = write_copy(copy)
            self.count("anew")
        return self._copies[copy]


def _has_blocks(bind: Any) -> bool:
    order = storage_order(bind.bound.type)
    return len(set(order)) < len(order)


def _write_dense(graph: Any, claims: Sequence[Sequence[str]]) -> list[bool]:
    """Write levels as dense ones that have every coordinate; tells which.

    Args:
        graph: whose result it is.
        claims: what those who read it take its levels for: of a dense one they count on every
            coordinate.
    """
    writers = graph.writers
    shape = graph.output.type.shape
    found = [fibers_of(writer.crd) for writer in writers]
    whole = [Fibers(shape[dimension]) for dimension in graph.written_order]
    dense = [fibers == every for fibers, every in zip(found, whole, strict=True)]
    if dense and not dense[-1]:
        may_be_empty = found[-1] == whole[-1]._replace(may_be_empty=True)
        above = {levels[-2] for levels in claims} if len(dense) > 1 else set[str]()
        if any(levels[-1] == "dense" for levels in claims) or (may_be_empty and "dense" in above):
            _fill(graph, writers)
            dense[-1] = True
        elif may_be_empty and above:
            _drop_empty(graph, *writers[-2:])
            dense[-2:] = [False, True]
    for writer, is_dense in zip(writers, dense, strict=True):
        if is_dense:
            writer.operation.attributes["dense"] = ir.UnitAttr.get(graph.operation.context)
    return dense


def _drop_empty(graph: Any, above: Any, last: Any) -> None:
    """Drop coordinates that have nothing under them in the last level, and the empty fibers."""
    end = _end(graph)
    outer, inner, values = above.crd, last.crd, end.values
    with ir.InsertionPoint(end), end.location:
        drop = sam.CrdDropOp(outer, inner, outer.type, inner.type)
        follows = sam.CrdDropOp(outer, values, outer.type, values.type)
    for op in (above, last):
        op.operation.move_before(end.operation)
    above.operation.operands[0] = drop.outer_out
    last.operation.operands[0] = drop.inner_out
    end.operation.operands[0] = follows.inner_out


def _fill(graph: Any, writers: Sequence[Any]) -> None:
    """Unite the coordinates of the last level with all that there are; absent values are zeros."""
    end, last = _end(graph), writers[-1]
    kind = graph.output.type
    with ir.InsertionPoint(graph.operation), graph.location:
        extent: int = kind.shape[graph.written_order[-1]]
        every = tensor.EmptyOp([extent], kind.element_type).result
    with ir.InsertionPoint(end), end.location:
        bound = sam.BindOp(every, sam.TensorType.get(every.type, ["dense"], [0])).bound
        refs = sam.RootOp(stream(REF, 0)).ref
        for depth, writer in enumerate(writers[:-1], 1):
            refs = sam.RepeatOp(refs, writer.crd, stream(REF, depth)).repeated
        depth = len(writers)
        walk = sam.FiberLookupOp(bound, refs, 0, stream(CRD, depth), stream(REF, depth))
        zeros = sam.ArrayOp(bound, walk.child, end.values.type).values
        crds, payloads = [walk.crd, last.crd], [zeros, end.values]
        united = sam.UnionOp(crds, payloads, last.crd.type, [each.type for each in payloads])
    last.operation.move_before(end.operation)
    last.operation.operands[0] = united.crd
    end.operation.operands[0] = united.out[1]


def _end(graph: Any) -> Any:
    return graph.body.blocks[0].operations[-1]


def _stored(value: ir.Value) -> Format | None:
    """Return how a graph's result or an encoded argument is stored; None of anything else."""
    if isinstance(value.owner, ir.Block):
        return format_of(value.type) if is_encoded(value.type) else None
    graph = value.owner.opview
    if not isinstance(graph, sam.GraphOp):
        return None
    return Format.of(["compressed"] * len(graph.written_order), graph.written_order)
