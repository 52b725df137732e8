"""What an accumulation needs again for each range that it merges, and where a range can be cut.

Under each token above the level that is reduced, all that leads to an accumulation can be done once
for each range of coordinates. It is cut where coordinates of the outermost level that is merged are
made, as long as nothing on the way from there needs more of that level than a range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.primitive import carried, depth_of
from rdu.dialects.sam.streams import CRD, StreamType, level_formats
from rdu.mlir_ext import ir

SPLITTABLE = (
    sam.AccumulateOp,
    sam.AluOp,
    sam.ArrayOp,
    sam.CrdDropOp,
    sam.FiberLookupOp,
    sam.FlattenOp,
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
)
"""Ops that do the same to the streams of a range as to those of the whole."""

ACROSS = (sam.ForkOp, sam.GenRefOp, sam.JoinOp, sam.StoreOp)
"""Ops that count tokens from one fiber to the next."""

JOINS = (sam.IntersectOp, sam.UnionOp)


def coordinates_of(merge: Any) -> list[ir.Value]:
    """Return the coordinates that an accumulation merges, outermost first."""
    return [crd for crd in (merge.crd_a, merge.crd_b, merge.crd_c) if crd is not None]


def leading_to(merge: Any) -> list[Any]:
    """Return the ops under the level above the reduced one that an accumulation needs, in order."""
    around = depth_of(merge.reduced) - 1
    found: set[ir.Operation] = set()
    pending = [value for value in merge.operands if isinstance(value.type, StreamType)]
    while pending:
        value = pending.pop()
        if depth_of(value) > around and value.owner not in found:
            found.add(value.owner)
            pending += [v for v in value.owner.operands if isinstance(v.type, StreamType)]
    block = merge.operation.parent.opview.body.blocks[0]
    return [op.operation.opview for op in block.operations if op.operation in found]


def origins_of(merge: Any, leading: Sequence[Any]) -> list[Any]:
    """Return the ops whose first results are the outermost coordinates that are merged.

    These are lookups, or joins. There are none if what leads from them to the accumulation cannot
    be cut into ranges, or if what coordinates are above one of them is not known.
    """
    ops = _origins(merge.crd_a)
    if ops is None or not all(is_known_above(op.operation.results[0]) for op in ops):
        return []
    return ops if _is_cut_by(ops, [*leading, merge]) else []


def _is_cut_by(origins: Sequence[Any], ops: Sequence[Any]) -> bool:
    """Tell whether all that leads from origins to the last op does the same in each range."""
    levels: dict[ir.Value, int] = {}
    starts = {op.operation for op in origins}
    for op in ops:
        streams = [value for value in op.operands if isinstance(value.type, StreamType)]
        at = {levels[value] for value in streams if value in levels}
        if op.operation in starts:
            at.add(depth_of(op.operation.results[0]))
        if not at:
            continue
        level = max(at)
        whole = [v for v in streams if v not in levels and depth_of(v) >= level]
        if len(at) > 1 or (whole and op.operation not in starts):
            return False
        if op == ops[-1]:
            return level == depth_of(op.crd_a)
        after = _after(op, level)
        if not isinstance(op, SPLITTABLE) or after is None:
            return False
        levels |= {result: after for result in op.results if isinstance(result.type, StreamType)}
    return False


def _after(op: Any, level: int) -> int | None:
    """Return where a level is in what an op gives, None if the op reduces over it."""
    if isinstance(op, sam.ReduceOp):
        return level if level < depth_of(op.values) else None
    if isinstance(op, sam.AccumulateOp):
        merged = depth_of(op.reduced)
        return None if level == merged else level - (level > merged)
    if isinstance(op, (sam.StopDropOp, sam.FlattenOp)):
        return level if level <= depth_of(op.operation.results[0]) else None
    return level


def _made_first(crd: ir.Value) -> ir.Value:
    """Return the coordinates that some, held, dropped or without stops, were at first."""
    op: Any = crd.owner.opview
    match op:
        case sam.CrdDropOp():
            return _made_first(op.outer if crd == op.outer_out else op.inner)
        case sam.ValDropOp():
            return _made_first(op.crd)
        case sam.HoldOp():
            return _made_first(op.outer)
        case sam.StopDropOp():
            return _made_first(op.operand)
        case _:
            return crd


def _origins(crd: ir.Value) -> list[Any] | None:
    crd = _made_first(crd)
    op: Any = crd.owner.opview
    match op:
        case sam.FiberLookupOp() if crd == op.crd and carried(crd) == CRD:
            return [op]
        case sam.AccumulateOp() if crd == op.out_a:
            return _origins(op.crd_a)
        case sam.IntersectOp() | sam.UnionOp() if crd == op.crd:
            return _joined(op)
        case _:
            return None


def _joined(op: Any) -> list[Any] | None:
    """Return a join; or the origins of its sides, if any of these is merged before."""
    if not any(_is_merged(crd) for crd in op.crds):
        return [op]
    sides = [_origins(crd) for crd in op.crds]
    if any(side is None for side in sides):
        return None
    return list({each.operation: each for side in sides for each in side or ()}.values())


def _is_merged(crd: ir.Value) -> bool:
    """Tell whether coordinates come out of an accumulation."""
    crd = _made_first(crd)
    op: Any = crd.owner.opview
    match op:
        case sam.AccumulateOp():
            return True
        case sam.IntersectOp() | sam.UnionOp() if crd == op.crd:
            return any(_is_merged(side) for side in op.crds)
        case _:
            return False


def may_be_absent(stream: ir.Value) -> bool:
    """Tell whether a stream may have `N`: it may where nothing else is known."""
    op: Any = stream.owner.opview
    match op:
        case sam.RootOp() | sam.AccumulateOp() | sam.FlattenOp():
            return False
        case sam.FiberLookupOp():
            return may_be_absent(op.ref)
        case sam.IntersectOp():
            given = op.crds if stream == op.crd else op.payloads
            return any(may_be_absent(value) for value in given)
        case sam.UnionOp() if stream == op.crd:
            return all(may_be_absent(crd) for crd in op.crds)
        case sam.RepeatOp() | sam.HoldOp():
            return any(may_be_absent(value) for value in op.operands)
        case sam.LocateOp() if level_formats(op.tensor.type)[op.level.value] == "dense":
            return may_be_absent(op.crd) or may_be_absent(op.fibers)
        case sam.StopDropOp():
            return may_be_absent(op.operand)
        case sam.MaskOp():
            return may_be_absent(op.crd if stream == op.crd_out else op.payload)
        case sam.CrdDropOp():
            return may_be_absent(op.outer if stream == op.outer_out else op.inner)
        case sam.ValDropOp() | sam.SplitOp() if stream == op.operation.results[0]:
            return may_be_absent(op.crd)
        case _:
            return True


def is_known_above(stream: ir.Value) -> bool:
    """Tell whether there are coordinates of every level above a stream."""
    return len(list(coordinates_above(stream))) == max(depth_of(stream) - 1, 0)


def coordinates_above(stream: ir.Value) -> Iterator[ir.Value]:
    """Yield the coordinates of each level above those of a stream, from the inside out.

    Ends early where some level has none.
    """
    crd = alike(stream)
    while crd is not None and depth_of(crd) > 1:
        crd = _above(crd)
        if crd is not None:
            yield crd


def alike(stream: ir.Value) -> ir.Value | None:
    """Return coordinates in the shape of a stream, None if there are none."""
    while carried(stream) != CRD:
        found = _beside(stream)
        if found is None or depth_of(found) != depth_of(stream):
            return None
        stream = found
    return stream


def _beside(stream: ir.Value) -> ir.Value | None:
    """Return another stream of the same shape, made by the same op or taken by it."""
    op: Any = stream.owner.opview
    match op:
        case sam.FiberLookupOp() | sam.IntersectOp() | sam.UnionOp() | sam.LocateOp():
            return op.crd
        case sam.RepeatOp():
            return op.like
        case sam.ReduceOp():
            return op.outer
        case sam.AccumulateOp():
            return [out for out in (op.out_a, op.out_b, op.out_c) if out is not None][-1]
        case sam.ValDropOp() | sam.MaskOp() | sam.CrdDropOp():
            return op.operation.results[0]
        case sam.SplitOp():
            return op.inner
        case sam.ArrayOp():
            return op.ref
        case sam.AluOp() | sam.UnaryOp() | sam.SelectOp() | sam.FoldOp():
            return op.operands[0]
        case sam.StopDropOp():
            return _flat(op)
        case _:
            return None


def _above(crd: ir.Value) -> ir.Value | None:
    """Return the coordinates one level above some."""
    op: Any = crd.owner.opview
    match op:
        case sam.FiberLookupOp():
            return alike(op.ref)
        case sam.IntersectOp() | sam.UnionOp():
            return _above(op.crds[0])
        case sam.HoldOp():
            return _above(op.inner)
        case sam.MaskOp():
            return op.outer
        case sam.CrdDropOp() if crd == op.outer_out:
            return _above(op.outer)
        case sam.CrdDropOp() if depth_of(op.outer) + 1 == depth_of(crd):
            return op.outer_out
        case sam.ValDropOp():
            return _above(op.crd)
        case sam.SplitOp():
            return op.outer if crd == op.inner else _above(op.crd)
        case sam.FlattenOp():
            return _above(op.outer)
        case sam.StopDropOp():
            return _above_several(op.operand, op.levels.value + 1)
        case sam.AccumulateOp():
            outs = [op.out_a, op.out_b, op.out_c]
            place = outs.index(crd)
            return outs[place - 1] if place else _above_several(op.reduced, 1)
        case _:
            return None


def _above_several(stream: ir.Value, levels: int) -> ir.Value | None:
    """Return the coordinates some levels above a stream."""
    crd = alike(stream)
    for _ in range(levels):
        crd = _above(crd) if crd is not None else None
    return crd


def _flat(op: Any) -> ir.Value | None:
    """Return coordinates in the shape of a stream without stops: what is held like it, without."""
    crd = alike(op.operand)
    users = [use.owner.opview for use in crd.uses] if crd else []
    held = [user.held for user in users if isinstance(user, sam.HoldOp) and crd == user.inner]
    drops = [use.owner.opview for value in held for use in value.uses]
    same = (d.flat for d in drops if isinstance(d, sam.StopDropOp) and d.levels == op.levels)
    return next(same, None)
