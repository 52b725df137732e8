"""Which streams of a graph can walk a dense level by chunks, and what they carry then.

A walk of a tensor's last level, where that is dense, may go from chunk to chunk instead of from
coordinate to coordinate; its coordinates and references are then those of chunks. What follows
from it goes by chunks as well, each stream in one of the roles below, as far as the rules here
know. A walk that leads to anything else stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple

from rdu.analysis.sparse.ranges import alike, may_be_absent
from rdu.dialects import sam
from rdu.dialects.sam.primitive import kind_of
from rdu.dialects.sam.streams import CRD, level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format

Walks = frozenset[ir.Operation]
"""Lookups of the last levels of tensors."""


class Role(Enum):
    """What a stream that goes by chunks carries."""

    CHUNK = "coordinates of chunks"
    PLACE = "references of chunks"
    LANES = "the values of chunks, which become vectors"
    SAME = "one token for a chunk that is the same for all of its coordinates"


class Mark(NamedTuple):
    """The role of a stream, and the walks that it follows from."""

    role: Role
    walks: Walks


class Refusal(NamedTuple):
    """Why walks stay as they are: a message of the pass and what it says; the walks."""

    message: str
    values: Mapping[str, Any]
    walks: Walks


class _RefusedError(Exception):
    """An op that takes marked streams has no rule for them."""

    def __init__(self, message: str, **values: Any) -> None:
        super().__init__(message)
        self.message = message
        self.values = values


@dataclass
class Chunks:
    """The streams of a graph that go by chunks.

    Attributes:
        marks: by stream.
        ends: ops that walk or search the last level of a tensor, or load its values, by chunks.
        sums: reductions of vectors, whose lanes are left to be reduced.
        extents: what chunks make up, with the walks that they belong to.
        whole: walks whose last chunk has to be as long as the others.
    """

    marks: dict[ir.Value, Mark] = field(default_factory=dict[ir.Value, Mark])
    ends: dict[ir.Operation, Walks] = field(default_factory=dict[ir.Operation, Walks])
    sums: dict[ir.Operation, Walks] = field(default_factory=dict[ir.Operation, Walks])
    extents: list[tuple[int, Walks]] = field(default_factory=list[tuple[int, Walks]])
    whole: Walks = frozenset()

    def role(self, value: ir.Value | None) -> Role | None:
        """Return the role of a stream, None if it goes by coordinates, or is none."""
        mark = self.marks.get(value) if value is not None else None
        return None if mark is None else mark.role

    def mark(self, value: ir.Value, role: Role, walks: Walks) -> None:
        """Let a stream go by chunks."""
        self.marks[value] = Mark(role, walks)

    def lanes(self, most: int) -> dict[ir.Operation, int]:
        """Return the lanes of each walk: the most that divide all extents of those it meets.

        Or as many as make fewer chunks, where the last one may be shorter.
        """
        groups = _together([mark.walks for mark in self.marks.values()])
        lanes: dict[ir.Operation, int] = {}
        for group in groups:
            extents = {n for n, walks in self.extents if walks & group}
            width = _widest(math.gcd(*extents), most)
            if len(extents) == 1 and not group & self.whole:
                (extent,) = extents
                fewest = -(-extent // most)
                width = width if extent // width == fewest else -(-extent // fewest)
            lanes |= dict.fromkeys(group, width)
        return lanes

    def length(self, walks: Walks) -> int:
        """Return how many values all chunks of some walks have, but for padding."""
        return next(n for n, of in self.extents if of & walks)


def chunked(
    operations: Sequence[Any], most: int, kept: bool
) -> tuple[Chunks, dict[ir.Operation, int], list[Refusal]]:
    """Return what of a graph goes by chunks, the lanes of each walk, and why other walks do not.

    Args:
        operations: of the graph, in order.
        most: lanes at most.
        kept: whether other graphs read the result as it is written.
    """
    walks = frozenset(op.operation for op in operations if _is_candidate(op))
    refusals: list[Refusal] = []
    while True:
        chunks, refusal = _marked(operations, walks, kept)
        lanes = chunks.lanes(most)
        if refusal is None:
            narrow = frozenset(walk for walk, width in lanes.items() if width == 1)
            if not narrow:
                return chunks, lanes, refusals
            extents = sorted({n for n, of in chunks.extents if of & narrow})
            values = {"extents": ", ".join(map(str, extents)), "most": most}
            refusal = Refusal("narrow", values, narrow)
        refusals.append(refusal)
        walks -= refusal.walks


def _widest(extent: int, most: int) -> int:
    """Return the greatest divisor of an extent that is no greater than a number."""
    return max(d for d in range(1, most + 1) if extent % d == 0)


def last_level(tensor: ir.Value) -> tuple[int, str, int]:
    """Return number, format and extent of the last level of a tensor; -1 if it has none."""
    kind = tensor.type
    formats = level_formats(kind)
    if not formats:
        return -1, "", 1
    form = Format.of(formats, storage_order(kind))
    return len(formats) - 1, formats[-1], form.extents(tuple(kind.shape.shape))[-1]


def _is_candidate(op: Any) -> bool:
    """Tell whether an op walks the last level of an operand, and that is dense."""
    if not isinstance(op, sam.FiberLookupOp) or kind_of(op.crd) != CRD:
        return False
    return op.level.value == last_level(op.tensor)[0] and _is_dense(op.tensor)


def _is_dense(tensor: ir.Value) -> bool:
    is_bound = isinstance(tensor.owner.opview, sam.BindOp)
    return is_bound and last_level(tensor)[1].startswith(("dense", "blocked"))


def _marked(operations: Sequence[Any], walks: Walks, kept: bool) -> tuple[Chunks, Refusal | None]:
    """Mark what follows from walks, up to the first op that has no rule for it."""
    chunks = Chunks()
    writers = {op.level.value: op for op in operations if isinstance(op, sam.FiberWriteOp)}
    for op in operations:
        marked = [value for value in op.operands if value in chunks.marks]
        of = walks & {op.operation}
        of = of.union(*(chunks.marks[value].walks for value in marked))
        if isinstance(op, sam.YieldOp):
            last = writers[max(writers)].crd if writers else None
            of = of.union(chunks.marks[last].walks if last in chunks.marks else ())
        if not of:
            continue
        try:
            if isinstance(op, sam.YieldOp | sam.FiberWriteOp):
                _written(op, chunks, of, writers, kept)
            else:
                RULES.get(op.__class__, _no_rule)(op, chunks, of)
        except _RefusedError as refused:
            values = {"name": op.operation.name, **refused.values}
            above = of - {op.operation}  # a walk may start anew once what it is under does not
            return chunks, Refusal(refused.message, values, above or of)
    return chunks, None


def _no_rule(_op: Any, _chunks: Chunks, _of: Walks) -> None:
    raise _RefusedError("single")


def _ask(holds: bool) -> None:
    if not holds:
        raise _RefusedError("single")


def _look_up(op: Any, chunks: Chunks, of: Walks) -> None:
    _ask(chunks.role(op.ref) is None)
    _end(op, chunks, of)
    chunks.mark(op.crd, Role.CHUNK, of)
    chunks.mark(op.child, Role.PLACE, of)


def _locate(op: Any, chunks: Chunks, of: Walks) -> None:
    is_last = op.level.value == last_level(op.tensor)[0]
    _ask(is_last and chunks.role(op.crd) == Role.CHUNK and chunks.role(op.fibers) is None)
    _end(op, chunks, of)
    chunks.mark(op.ref, Role.PLACE, of)


def _end(op: Any, chunks: Chunks, of: Walks) -> None:
    _ask(_is_dense(op.tensor))
    if not _can_be_padded(op.tensor):
        chunks.whole |= of
    chunks.ends[op.operation] = of
    chunks.extents.append((last_level(op.tensor)[2], of))


def _can_be_padded(bound: ir.Value) -> bool:
    """Tell whether a tensor is stored by the host, with all of a dense last level in a row."""
    source = bound.owner.opview.tensor
    made = not isinstance(source.owner, ir.Block) and isinstance(source.owner.opview, sam.GraphOp)
    return not made and last_level(bound)[1] == "dense"


def _meet(op: Any, chunks: Chunks, of: Walks) -> None:
    """Let whole levels meet by chunks: each chunk is there or absent as one."""
    _ask(all(chunks.role(crd) == Role.CHUNK for crd in op.crds))
    roles = [chunks.role(payload) for payload in op.payloads]
    chunks.mark(op.crd, Role.CHUNK, of)
    for payload, role in zip(op.out, roles, strict=True):
        if role not in (Role.PLACE, Role.LANES):
            raise _RefusedError("single")
        chunks.mark(payload, role, of)


def _repeat(op: Any, chunks: Chunks, of: Walks) -> None:
    held, _ = op.operands
    _ask(chunks.role(held) is None)
    chunks.mark(op.results[0], Role.SAME, of)


def _array(op: Any, chunks: Chunks, of: Walks) -> None:
    role = chunks.role(op.ref)
    if role == Role.SAME:
        chunks.mark(op.values, Role.SAME, of)
        return
    _ask(role == Role.PLACE)
    _end(op, chunks, of)
    chunks.mark(op.values, Role.LANES, of)


def _compute(op: Any, chunks: Chunks, of: Walks) -> None:
    roles = {chunks.role(value) for value in op.operands}
    _ask(roles <= {Role.LANES, Role.SAME})
    chunks.mark(op.values, Role.LANES if Role.LANES in roles else Role.SAME, of)


def _reduce(op: Any, chunks: Chunks, of: Walks) -> None:
    _ask(chunks.role(op.values) == Role.LANES and chunks.role(op.outer) is None)
    chunks.sums[op.operation] = of
    crd = alike(op.values)
    if crd is None or chunks.role(crd) != Role.CHUNK or may_be_absent(crd):
        chunks.whole |= of


def _accumulate(op: Any, chunks: Chunks, of: Walks) -> None:
    crds = [crd for crd in (op.crd_a, op.crd_b, op.crd_c) if crd is not None]
    outs = [out for out in (op.out_a, op.out_b, op.out_c) if out is not None]
    above = [chunks.role(value) for value in (op.reduced, *crds[:-1])]
    _ask(above == [None] * len(crds))
    _ask(chunks.role(crds[-1]) == Role.CHUNK and chunks.role(op.values) == Role.LANES)
    chunks.mark(outs[-1], Role.CHUNK, of)
    chunks.mark(op.total, Role.LANES, of)


def _pass_on(op: Any, chunks: Chunks, of: Walks) -> None:
    """Give what an op passes on the role that it has."""
    streams = list(op.branches) if isinstance(op, sam.JoinOp) else [op.operand]
    roles = {chunks.role(value) for value in streams}
    (role, *others) = roles
    if others or role is None:
        raise _RefusedError("single")
    for result in op.results:
        chunks.mark(result, role, of)


def _drop(op: Any, chunks: Chunks, of: Walks) -> None:
    role = chunks.role(op.inner)
    if role is None or chunks.role(op.outer) is not None:
        raise _RefusedError("single")
    chunks.mark(op.inner_out, role, of)


def _flatten(op: Any, chunks: Chunks, of: Walks) -> None:
    _ask(chunks.role(op.outer) is None and chunks.role(op.inner) == Role.CHUNK)
    chunks.extents.append((op.factor.value, of))
    chunks.whole |= of
    chunks.mark(op.crd, Role.CHUNK, of)


def _written(op: Any, chunks: Chunks, of: Walks, writers: Mapping[int, Any], kept: bool) -> None:
    """Check a writer: the last level takes chunks if and only if values are on lanes."""
    last = max(writers, default=-1)
    if isinstance(op, sam.FiberWriteOp):
        _ask(op.level.value == last and chunks.role(op.crd) == Role.CHUNK)
        return
    _ask(last >= 0 and chunks.role(op.values) == Role.LANES)
    _ask(chunks.role(writers[last].crd) == Role.CHUNK)
    if kept and writers[last].dense is None:
        raise _RefusedError("kept")
    if kept or writers[last].dense is not None:
        chunks.whole |= of
    graph = op.operation.parent.opview
    chunks.extents.append((graph.output.type.shape[graph.written_order[-1]], of))


RULES: Mapping[type, Callable[[Any, Chunks, Walks], None]] = {
    sam.AccumulateOp: _accumulate,
    sam.AluOp: _compute,
    sam.ArrayOp: _array,
    sam.CrdDropOp: _drop,
    sam.FiberDropOp: _pass_on,
    sam.FiberLookupOp: _look_up,
    sam.FlattenOp: _flatten,
    sam.ForkOp: _pass_on,
    sam.HoldOp: _repeat,
    sam.IntersectOp: _meet,
    sam.JoinOp: _pass_on,
    sam.LocateOp: _locate,
    sam.ReduceOp: _reduce,
    sam.RepeatOp: _repeat,
    sam.SelectOp: _compute,
    sam.StopDropOp: _pass_on,
    sam.UnaryOp: _compute,
    sam.UnionOp: _meet,
}
"""What each op makes of streams that go by chunks; others need coordinates one by one."""


def _together(sets: Iterable[Walks]) -> list[Walks]:
    """Return sets that have something in common as one."""
    groups: list[Walks] = []
    for each in sets:
        met = [group for group in groups if group & each]
        groups = [group for group in groups if not group & each]
        groups.append(each.union(*met))
    return groups
