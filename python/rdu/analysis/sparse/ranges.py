"""Where the coordinates of a result's outermost level come from, and what a range of them reaches.

A graph may make its result range by range if the streams that it writes are all under level 0, and
nothing on the way reduces over that level or needs more of it than a range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from rdu.dialects import sam
from rdu.dialects.sam.primitive import depth_of
from rdu.dialects.sam.streams import CRD, StreamType
from rdu.mlir_ext import ir

SPLITTABLE = (
    sam.AccumulateOp,
    sam.AluOp,
    sam.ArrayOp,
    sam.CrdDropOp,
    sam.FiberLookupOp,
    sam.FiberWriteOp,
    sam.FoldOp,
    sam.HoldOp,
    sam.IntersectOp,
    sam.LocateOp,
    sam.MaskOp,
    sam.ReduceOp,
    sam.RepeatOp,
    sam.SelectOp,
    sam.StopDropOp,
    sam.UnaryOp,
    sam.UnionOp,
    sam.ValDropOp,
    sam.YieldOp,
)
"""Ops that do the same to the streams of a range as to those of the whole."""

JOINS = (sam.IntersectOp, sam.UnionOp)


class Origins(NamedTuple):
    """The ops whose first result are the coordinates of level 0, and the accumulations behind."""

    ops: list[Any]
    merges: list[Any]


class Problem(NamedTuple):
    """Why a graph cannot make its result range by range: a message's key, and the op."""

    key: str
    op: Any


def origins_of(graph: Any) -> Origins | Problem:
    """Return where the coordinates of a graph's level 0 come from.

    That is a lookup, or a join whose sides are not merged before.
    """
    writers = [op for op in _inside(graph) if isinstance(op, sam.FiberWriteOp)]
    return _origins(next(op.crd for op in writers if op.level.value == 0))


def problem_of(graph: Any, origins: Sequence[Any]) -> Problem | None:
    """Return why the coordinates of some ops cannot be cut into ranges, None if they can."""
    levels: dict[ir.Value, int] = {}
    starts = {op.operation for op in origins}
    for op in _inside(graph):
        streams = [value for value in op.operands if isinstance(value.type, StreamType)]
        at = {levels[value] for value in streams if value in levels}
        if op.operation in starts:
            at.add(depth_of(op.results[0]))
        if not at:
            if isinstance(op, (sam.FiberWriteOp, sam.YieldOp)):
                return Problem("beside", op)
            continue
        level = max(at)
        whole = [v for v in streams if v not in levels and depth_of(v) >= level]
        if not isinstance(op, SPLITTABLE):
            return Problem("kind", op)
        if len(at) > 1 or (whole and op.operation not in starts):
            return Problem("beside", op)
        after = _after(op, level)
        if after is None:
            return Problem("reduces", op)
        if isinstance(op, (sam.FiberWriteOp, sam.YieldOp)) and after != 1:
            return Problem("beside", op)
        levels |= {result: after for result in op.results if isinstance(result.type, StreamType)}
    return None


def coordinates_above(op: Any) -> Iterator[ir.Value]:
    """Yield the coordinates of each level above those that an op makes, from the inside out.

    Ends early where some level has none.
    """
    crd = _above(op)
    while crd is not None:
        yield crd
        crd = _above(crd.owner.opview)


def _after(op: Any, level: int) -> int | None:
    """Return where a level is in what an op gives, None if the op reduces over it."""
    if isinstance(op, sam.ReduceOp):
        return level if level < depth_of(op.values) else None
    if isinstance(op, sam.AccumulateOp):
        merged = depth_of(op.reduced)
        return None if level == merged else level - (level > merged)
    if isinstance(op, sam.StopDropOp):
        return level if level <= depth_of(op.flat) else None
    return level


def _origins(crd: ir.Value) -> Origins | Problem:
    op: Any = crd.owner.opview
    match op:
        case sam.FiberLookupOp() if crd == op.crd and crd.type.kind.value == CRD:
            return Origins([op], [])
        case sam.CrdDropOp():
            return _origins(op.outer if crd == op.outer_out else op.inner)
        case sam.ValDropOp():
            return _origins(op.crd)
        case sam.HoldOp():
            return _origins(op.outer)
        case sam.StopDropOp():
            return _origins(op.operand)
        case sam.AccumulateOp() if crd == op.out_a:
            found = _origins(op.crd_a)
            return found if isinstance(found, Problem) else Origins(found.ops, [op, *found.merges])
        case sam.IntersectOp() | sam.UnionOp() if crd == op.crd:
            return _joined(op)
        case _:
            return Problem("origin", op)


def _joined(op: Any) -> Origins | Problem:
    sides = [_origins(crd) for crd in op.crds]
    merges = [m for side in sides if isinstance(side, Origins) for m in side.merges]
    if not merges:
        return Origins([op], [])
    if problem := next((side for side in sides if isinstance(side, Problem)), None):
        return problem
    ops = {o.operation: o for side in sides if isinstance(side, Origins) for o in side.ops}
    return Origins(list(ops.values()), merges)


def _above(op: Any) -> ir.Value | None:
    """Return the coordinates one level above those that an op makes."""
    while isinstance(op, (*JOINS, sam.HoldOp, sam.StopDropOp)):
        op = _made_of(op).owner.opview
    return _alike(op.ref) if isinstance(op, sam.FiberLookupOp) else None


def _alike(stream: ir.Value) -> ir.Value | None:
    """Return coordinates in the shape of a stream."""
    while stream.type.kind.value != CRD:
        op: Any = stream.owner.opview
        match op:
            case sam.FiberLookupOp() | sam.IntersectOp() | sam.UnionOp():
                return op.crd
            case sam.RepeatOp():
                stream = op.like
            case sam.LocateOp():
                return op.crd
            case sam.MaskOp() | sam.CrdDropOp():
                return op.operation.results[0]
            case sam.StopDropOp():
                return _flat(op)
            case _:
                return None
    return stream


def _flat(op: Any) -> ir.Value | None:
    """Return coordinates in the shape of a stream without stops: what is held like it, without."""
    crd = _alike(op.operand)
    users = [use.owner.opview for use in crd.uses] if crd else []
    held = [user.held for user in users if isinstance(user, sam.HoldOp) and crd == user.inner]
    drops = [use.owner.opview for value in held for use in value.uses]
    alike = (d.flat for d in drops if isinstance(d, sam.StopDropOp) and d.levels == op.levels)
    return next(alike, None)


def _made_of(op: Any) -> ir.Value:
    """Return coordinates from which an op makes its own, on the same level or further in."""
    if isinstance(op, JOINS):
        return op.crds[0]
    return op.outer if isinstance(op, sam.HoldOp) else op.operand


def _inside(graph: Any) -> list[Any]:
    return [op.operation.opview for op in graph.body.blocks[0].operations]
