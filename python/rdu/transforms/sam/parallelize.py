"""Parallel copies of a graph: fibers of one level are shared out, results brought together.

SAM's and Comal's fork deals tokens out one by one; here a copy gets `chunk` in turn, and results
come together in order, so that every stream that leaves is what it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of
from rdu.dialects.sam.streams import CRD, StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, option, register
from rdu.semantics.sparse.parallel import MOST_COPIES

TAIL = (sam.CrdDropOp, sam.ValDropOp, sam.FiberWriteOp, sam.YieldOp)
"""What is not copied where nothing else uses it: it sees the result as a whole."""

DROPS = (sam.CrdDropOp, sam.ValDropOp, sam.MaskOp, sam.IntersectOp)
"""What loses coordinates; a join expects something of each that was shared out."""


@register
class Parallelize(Pass):
    """Copy what is under a level of the result, and share the level's coordinates out.

    Accepts any module. In each `sam.graph` that writes level `level`, the streams of the primitive
    that makes the level's coordinates are forked, `chunk` coordinates to each of `factor` copies of
    all that depends on them, up to the drops and writers of the result. Their streams are joined in
    the order of the coordinates, so that all that is written stays as it was, to the token.

    There are no more copies than the level has chunks: further ones would get nothing.

    A graph that reduces over the level, that drops its coordinates in front of more than drops and
    writers, that needs streams of the level's own depth from elsewhere, or whose level comes with
    those under it out of an accumulator, is left alone with a remark. Joined branches wait
    for each other: FIFOs that hold a chunk of the result let all copies work at once.
    """

    name = "sam-parallelize"
    level_in = "sam"
    level_out = "sam"
    messages = {  # noqa: RUF012
        "reduces": "is not copied: '{name}' reduces over level {level}",
        "drops": "is not copied: '{name}' drops coordinates of level {level} in front of others",
        "beside": "is not copied: '{name}' takes a stream beside level {level}",
        "inner": "is not copied: '{name}' makes streams under level {level} together with it",
        "source": "is not copied: level {level} is made by no primitive",
        "fewer": "has use for {copies} of {factor} copies: "
        "level {level} has {extent} coordinates at most, and a copy gets {chunk} in turn",
    }
    statistics = {  # noqa: RUF012
        "graphs": "graphs copied in parallel",
        "copies": "primitives added as copies",
    }

    @dataclass(frozen=True)
    class Options:
        """Where, and how far."""

        level: int = option(0, help="level of the result whose coordinates are shared out", min=0)
        factor: int = option(2, help="copies, at most", min=2, max=MOST_COPIES)
        chunk: int = option(1, help="coordinates that a copy gets in turn", min=1)

    def run(self, module: Any, options: Options) -> None:
        """Copy every graph that can be."""
        for graph in ops_of(module, sam.GraphOp):
            self._copy(graph, options)

    def _copy(self, graph: Any, options: Options) -> None:
        operations = [op.opview for op in graph.body.blocks[0].operations]
        written = {op.level.value: op.crd for op in operations if isinstance(op, sam.FiberWriteOp)}
        if options.level not in written:
            return
        source = _source(written[options.level])
        if source is None:
            self.remark(graph, "source", level=options.level)
            return
        derived = _derived(source, operations)
        tail = _tail(operations)
        copied = [op for op in derived if op not in tail]
        if problem := _problem(source, copied):
            message, name = problem
            self.remark(graph, message, name=name, level=options.level)
            return
        options = self._bounded(graph, options)
        if copied and options.factor > 1:
            _Copies(source, copied, operations[-1], options).write(tail)
            self.count("graphs")
            self.count("copies", len(copied) * (options.factor - 1))

    def _bounded(self, graph: Any, options: Options) -> Options:
        """Return options with no more copies than the level may have chunks, fiber after fiber."""
        levels = graph.written_order[: options.level + 1]
        extent = math.prod(
            graph.output.type.shape[dimension] for dimension in dict.fromkeys(levels)
        )
        copies = math.ceil(extent / options.chunk)
        if options.factor <= copies:
            return options
        self.remark(
            graph,
            "fewer",
            copies=copies,
            factor=options.factor,
            level=options.level,
            extent=extent,
            chunk=options.chunk,
        )
        return replace(options, factor=copies)


class _Copies:
    """Writes the copies of what depends on one primitive of a graph."""

    def __init__(self, source: Any, copied: Sequence[Any], end: Any, options: Any) -> None:
        self.source = source
        self.copied = copied
        self.end = end
        self.options = options

    def write(self, tail: Sequence[Any]) -> None:
        """Fork, copy and join, all in front of the graph's end; take the first copies away."""
        with ir.InsertionPoint(self.end), self.end.location:
            used = {value for op in self.copied for value in op.operands}
            shared = {value: self._fork(value) for value in self.source.results if value in used}
            copies = [
                self._copy({value: branches[n] for value, branches in shared.items()})
                for n in range(self.options.factor)
            ]
            for result, uses in self._uses_of(tail).items():
                self._join([copy[result] for copy in copies], result.type, uses)
        for op in tail[:-1]:
            op.operation.move_before(self.end.operation)
        for op in reversed(self.copied):
            op.operation.erase()

    def _fork(self, value: ir.Value) -> Sequence[ir.Value]:
        kinds = [value.type] * self.options.factor
        return list(sam.ForkOp(value, self.options.chunk, kinds).branches)

    def _copy(self, known: Mapping[ir.Value, ir.Value]) -> dict[ir.Value, ir.Value]:
        """Copy the ops on one share; returns what has become of each value."""
        made = dict(known)
        for op in self.copied:
            copy = op.operation.clone()
            for number, operand in enumerate(op.operands):
                copy.operands[number] = made.get(operand, operand)
            made |= zip(op.results, copy.results, strict=True)
        return made

    def _uses_of(self, tail: Sequence[Any]) -> dict[ir.Value, list[tuple[Any, int]]]:
        """Return which operands of the tail are results of what is copied."""
        results = {result for op in self.copied for result in op.results}
        uses: dict[ir.Value, list[tuple[Any, int]]] = {}
        for op in tail:
            for number, operand in enumerate(op.operands):
                if operand in results:
                    uses.setdefault(operand, []).append((op, number))
        return uses

    def _join(
        self, branches: Sequence[ir.Value], kind: Any, uses: Sequence[tuple[Any, int]]
    ) -> None:
        """Let the tail use what the copies make together."""
        like, chunk = self.source.results[0], self.options.chunk
        joined = sam.JoinOp(like, list(branches), chunk, kind).joined
        for op, number in uses:
            op.operation.operands[number] = joined


def _source(crd: ir.Value) -> Any | None:
    """Return the primitive that makes coordinates, in front of drops."""
    while isinstance(drop := crd.owner.opview, sam.CrdDropOp):
        crd = drop.outer if crd == drop.outer_out else drop.inner
    owner = crd.owner.opview
    return owner if crd == owner.results[0] else None


def _derived(source: Any, operations: Sequence[Any]) -> list[Any]:
    """Return the ops that depend on a primitive, in order."""
    values: set[ir.Value] = set(source.results)
    derived: list[Any] = []
    for op in operations:
        if any(operand in values for operand in op.operands):
            derived.append(op)
            values.update(op.results)
    return derived


def _tail(operations: Sequence[Any]) -> list[Any]:
    """Return the ops that only lead to what is written, the end last."""
    tail: list[Any] = []
    for op in reversed(operations):
        owners = {use.owner for result in op.results for use in result.uses}
        if isinstance(op, TAIL) and owners <= {other.operation for other in tail}:
            tail.insert(0, op)
    return tail


def _problem(source: Any, copied: Sequence[Any]) -> tuple[str, str] | None:
    """Return why ops cannot be copied, as a message and the op's name; None if they can."""
    depth = depth_of(source.results[0])
    used = {operand for op in copied for operand in op.operands}
    if any(result in used and depth_of(result) != depth for result in source.results):
        return "inner", source.operation.name
    known: set[ir.Value] = {*source.results, *(r for op in copied for r in op.results)}
    for op in copied:
        name = op.operation.name
        if any(_is_stream(r) and depth_of(r) < depth for r in op.results):
            return "reduces", name
        if _drops(op, depth):
            return "drops", name
        if any(_is_stream(o) and o not in known and depth_of(o) >= depth for o in op.operands):
            return "beside", name
    return None


def _drops(op: Any, depth: int) -> bool:
    """Tell whether an op loses coordinates of the level that streams of a depth have, innermost."""
    if isinstance(op, sam.FiberDropOp):
        return depth_of(op.dropped) > depth
    return isinstance(op, DROPS) and any(
        carried(result) == CRD and depth_of(result) == depth for result in op.results
    )


def _is_stream(value: ir.Value) -> bool:
    return isinstance(value.type, StreamType)
