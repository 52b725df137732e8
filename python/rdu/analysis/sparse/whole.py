"""Which levels that a graph writes have every coordinate, as far as its ops say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from rdu.dialects import sam
from rdu.dialects.sam.primitive import depth_of, kind_of
from rdu.dialects.sam.streams import CRD, level_formats, storage_order
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format


class Fibers(NamedTuple):
    """The fibers of a stream of coordinates, which have all below `extent`.

    Attributes:
        extent: how many these are.
        may_be_empty: whether a fiber may have none instead.
    """

    extent: int
    may_be_empty: bool = False


def fibers_of(crd: ir.Value) -> Fibers | None:
    """Return the fibers of a stream of coordinates; None if some may have only a part of them."""
    op: Any = crd.owner.opview
    match op:
        case sam.FiberLookupOp():
            return _looked_up(op)
        case sam.UnionOp() | sam.IntersectOp() if crd != op.crd:
            return None
        case sam.UnionOp():
            return max(_never_empty(op.crds), default=None)
        case sam.IntersectOp():
            return _shared([fibers_of(each) for each in op.crds])
        case sam.AccumulateOp():
            return _merged(op, crd)
        case sam.CrdDropOp():
            return _dropped(op) if crd == op.inner_out else None
        case sam.FlattenOp():
            outer, inner = fibers_of(op.outer), fibers_of(op.inner)
            if outer is None or inner is None or inner != Fibers(op.factor.value):
                return None
            return Fibers(outer.extent * inner.extent, outer.may_be_empty)
        case sam.SplitOp():
            return _split(op, crd)
        case sam.ConcatOp() if crd != op.crd:
            return _shared([fibers_of(each) for each in op.payloads])
        case sam.ConcatOp():
            sides = _never_empty(op.crds)
            ends = list(accumulate(side.extent for side in sides))
            is_whole = len(sides) == len(op.crds) and list(op.offsets) == [0, *ends[:-1]]
            return Fibers(ends[-1]) if is_whole else None
        case _:
            return None


def is_present(stream: ir.Value) -> bool:
    """Tell whether no token of a stream of coordinates or references can be absent."""
    op: Any = stream.owner.opview
    match op:
        case sam.RootOp() | sam.AccumulateOp():
            return True
        case sam.FiberLookupOp():
            return is_present(op.ref)
        case sam.RepeatOp() | sam.HoldOp() | sam.StopDropOp() | sam.FiberDropOp():
            return is_present(op.operands[0])
        case sam.LocateOp():
            return _is_dense(op) and is_present(op.crd) and is_present(op.fibers)
        case sam.IntersectOp():
            return all(map(is_present, op.crds if stream == op.crd else _sides(op, stream)))
        case sam.UnionOp():
            if stream == op.crd:
                return any(map(is_present, op.crds))
            own, payload = _sides(op, stream)
            return fibers_of(own) == Fibers(_extent(op.crd)) and is_present(payload)
        case sam.CrdDropOp():
            if stream == op.outer_out or depth_of(op.inner) > depth_of(op.outer):
                return is_present(op.outer if stream == op.outer_out else op.inner)
            return True
        case sam.FlattenOp() | sam.SplitOp() | sam.ConcatOp():
            return all(map(is_present, op.operands))
        case _:
            return False


def _looked_up(op: Any) -> Fibers | None:
    return Fibers(_extent(op.crd)) if _is_dense(op) and is_present(op.ref) else None


def _never_empty(crds: Iterable[ir.Value]) -> list[Fibers]:
    """Return the fibers of those streams whose fibers have every coordinate, and some."""
    return [side for side in map(fibers_of, crds) if side and not side.may_be_empty]


def _shared(sides: list[Fibers | None]) -> Fibers | None:
    known = [side for side in sides if side is not None]
    if len(known) < len(sides) or len({side.extent for side in known}) > 1:
        return None
    return max(known)


def _merged(op: Any, crd: ir.Value) -> Fibers | None:
    """Return the fibers of merged coordinates: empty where there was nothing to merge."""
    given, merged = (op.crd_a, op.crd_b, op.crd_c), (op.out_a, op.out_b, op.out_c)
    place = next(n for n, out in enumerate(merged) if out is not None and out == crd)
    found = fibers_of(given[place])
    if place:
        return found
    is_crd = kind_of(op.reduced) == CRD
    around = fibers_of(op.reduced) if is_crd else None
    return found and found._replace(
        may_be_empty=found.may_be_empty or around is None or around.may_be_empty
    )


def _dropped(op: Any) -> Fibers | None:
    """Return the fibers that are left under coordinates: none is empty right under these."""
    if kind_of(op.inner) != CRD:
        return None
    found = fibers_of(op.inner)
    if found and depth_of(op.inner) == depth_of(op.outer) + 1:
        return Fibers(found.extent)
    return found


def _split(op: Any, crd: ir.Value) -> Fibers | None:
    """Return the fibers of chunks, or of coordinates in them, of which none is without one.

    What goes with the coordinates may be coordinates as well, of another level: of these each chunk
    has only some.
    """
    if crd == op.payload_out:
        return None
    found, factor = fibers_of(op.crd), op.factor.value
    is_kept = op.whole is not None and op.whole.value
    if found is None or found.extent % factor or (crd == op.inner and is_kept):
        return None
    return Fibers(factor) if crd == op.inner else found._replace(extent=found.extent // factor)


def _sides(op: Any, payload: ir.Value) -> Iterator[ir.Value]:
    """Yield coordinates and payload of the side of a join that a payload comes from."""
    place = list(op.out).index(payload)
    yield op.crds[place]
    yield op.payloads[place]


def _extent(crd: ir.Value) -> int:
    """Return what the coordinates of walks are below, joined or not; -1 if that is not known."""
    op: Any = crd.owner.opview
    if isinstance(op, sam.IntersectOp | sam.UnionOp):
        extents = [_extent(each) for each in op.crds]
        return max(extents) if min(extents) >= 0 else -1
    if not isinstance(op, sam.FiberLookupOp):
        return -1
    kind, level = op.tensor.type, int(op.level.value)
    form = Format.of(level_formats(kind), storage_order(kind))
    return form.extents(tuple(kind.shape.shape))[level]


def _is_dense(op: Any) -> bool:
    """Tell whether the level that an op walks or searches has every coordinate."""
    level: int = op.level.value
    return level_formats(op.tensor.type)[level].startswith(("dense", "blocked"))
