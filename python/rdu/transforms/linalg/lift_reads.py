"""The pass `linalg-lift-reads`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rdu.mlir_ext import ir, linalg, tensor
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.splats import made_by
from rdu.transforms.linalg.indices.apart import is_indirect, read_apart
from rdu.transforms.linalg.indices.gathers import EXTRACT
from rdu.transforms.linalg.indices.integers import in_integers
from rdu.transforms.linalg.indices.matching import positions

_Operand: TypeAlias = tuple[ir.Value, tuple[Linear, ...]]
"""A tensor, and where it is accessed."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An index of a body's own: that of a loop, None for none, and what is added."""

    loop: int | None
    offset: int


@register
class LiftReads(Pass):
    """Make operands of the elements that bodies read by themselves, such as diagonals.

    Accepts any functions. A `linalg.generic` whose body extracts an element of a tensor at indices
    of its loops, each of them raised by a constant or not, or constant ones, gets that tensor as
    an operand, with a map that says where. Of a tensor that is not read from its beginning to its
    end the operand is a slice. The one element of a tensor without dimensions may be read around
    the op. An element at indices that are values of operands, of which a body
    computes something, is read by an op of its own. Positions of loops that a body of one result
    computes with as integers are an operand, a constant vector.

    Guarantees the same values. Leaves elements at other indices alone, and bodies without any.
    """

    name = "linalg-lift-reads"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    statistics = {"reads": "elements that are operands now"}  # noqa: RUF012

    def run(self, module: Any, options: Any) -> None:
        """Rewrite every op that has such elements."""
        for view in ops_of(module, linalg.GenericOp):
            op = read_structured(view.operation)
            if op is not None:
                _sink(op)
            while op is not None:
                reads = _operands(op)
                self.count("reads", len(reads))
                op = read_structured(_rebuild(op, reads)) if reads else None


def _sink(op: Structured) -> None:
    """Read the one element of a tensor in the body that uses it, not around the op."""
    for inner in [view.operation for view in op.body.operations]:
        for number, value in enumerate(inner.operands):
            read = made_by(value, EXTRACT)
            if read is not None and len(read.operands) == 1 and read.parent != op.operation:
                inner.operands[number] = read.clone(ip=ir.InsertionPoint(inner)).results[0]


def _operands(op: Structured) -> dict[ir.Operation, _Operand]:
    """Return what of a body can be operands, of elements that it reads one after another."""
    reads = [view.operation for view in op.body.operations if view.operation.name == EXTRACT]
    direct = {each: at for each in reads if (at := _places(op, each)) is not None}
    if direct:
        return {each: (_part(op, each, at), _rows(op, at)) for each, at in direct.items()}
    for each in reads:
        if is_indirect(op, each):
            return {each: read_apart(op, each)}
    return {} if reads else _positions(op)


def _positions(op: Structured) -> dict[ir.Operation, _Operand]:
    """Return the positions that a body computes with, unless it gives nothing else."""
    if len(op.operation.results) != 1 or op.initial(0) == 0:
        return {}
    in_integers(op)
    found: dict[ir.Operation, _Operand] = {}
    for each in [view.operation for view in op.body.operations]:
        if each.name != "arith.index_cast" or isinstance(each.operands[0].owner, ir.Block):
            continue
        index, kind = each.operands[0].owner.operation, each.results[0].type
        if index.name == "linalg.index" and str(kind) in ("i32", "i64"):
            at = [_Place(index.attributes["dim"].value, 0)]
            with ir.InsertionPoint(op.operation), op.operation.location:
                found[each] = positions(_extent(op, at[0]), kind), _rows(op, at)
    return found


def _places(op: Structured, read: ir.Operation) -> list[_Place] | None:
    """Return where an element is read, None if it is not at what loops and constants say."""
    source, *indices = read.operands
    kind: Any = source.type
    found = [_place(index) for index in indices]
    places = [place for place in found if place is not None]
    whole = len(places) == len(found) == kind.rank and kind.has_static_shape
    inside = all(
        0 <= place.offset <= extent - _extent(op, place)
        for place, extent in zip(places, kind.shape, strict=False)
    )
    return places if whole and inside else None


def _place(index: ir.Value) -> _Place | None:
    owner = index.owner
    if isinstance(owner, ir.Block):
        return None
    operation = owner.operation
    if operation.name == "linalg.index":
        return _Place(operation.attributes["dim"].value, 0)
    if operation.name == "arith.constant":
        return _Place(None, operation.attributes["value"].value)
    if operation.name != "arith.addi":
        return None
    sides = [_place(side) for side in operation.operands]
    both = [side for side in sides if side is not None]
    loops = [side.loop for side in both if side.loop is not None]
    if len(both) < len(sides) or len(loops) > 1:
        return None
    return _Place(loops[0] if loops else None, sum(side.offset for side in both))


def _extent(op: Structured, place: _Place) -> int:
    return 1 if place.loop is None else op.extents[place.loop]


def _rebuild(op: Structured, reads: Mapping[ir.Operation, _Operand]) -> ir.Operation:
    """Write an op with more operands, in place of it."""
    operation, first = op.operation, op.initial(0)
    loops = len(op.extents)
    with ir.InsertionPoint(operation), operation.location:
        inputs = [*list(operation.operands)[:first], *(value for value, _ in reads.values())]
        initials = list(operation.operands)[first:]
        rows = [*op.maps[:first], *(where for _, where in reads.values())]
        rows += op.maps[first:]
        made = linalg.GenericOp(
            [result.type for result in operation.results],
            inputs,
            initials,
            ir.ArrayAttr.get([ir.AffineMapAttr.get(affine_map(each, loops)) for each in rows]),
            operation.attributes["iterator_types"],
        )
    for name in operation.attributes:
        if name not in made.operation.attributes:
            made.operation.attributes[name] = operation.attributes[name]
    _move_body(op, list(reads), made)
    for old, new in zip(operation.results, made.operation.results, strict=True):
        old.replace_all_uses_with(new)
    operation.erase()
    return made.operation


def _part(op: Structured, read: ir.Operation, places: Sequence[_Place]) -> ir.Value:
    """Return the tensor of an element, or the slice of it that is read."""
    source = read.operands[0]
    kind: Any = source.type
    sizes = [_extent(op, place) for place in places]
    if sizes == list(kind.shape):
        return source
    offsets, ones = [place.offset for place in places], [1] * len(places)
    part = ir.RankedTensorType.get(sizes, kind.element_type)
    with ir.InsertionPoint(op.operation), op.operation.location:
        return tensor.ExtractSliceOp(part, source, [], [], [], offsets, sizes, ones).result


def _rows(op: Structured, places: Sequence[_Place]) -> tuple[Linear, ...]:
    loops = len(op.extents)
    return tuple(Linear(tuple(int(d == place.loop) for d in range(loops))) for place in places)


def _move_body(op: Structured, reads: Sequence[ir.Operation], made: Any) -> None:
    """Move a body to an op that has an operand for each element that it reads."""
    first = op.initial(0)
    arguments = list(op.body.arguments)
    kinds = [*arguments[:first], *(read.results[0] for read in reads), *arguments[first:]]
    block = made.regions[0].blocks.append(
        *[each.type for each in kinds], arg_locs=[each.location for each in kinds]
    )
    for old, new in zip(kinds, block.arguments, strict=True):
        old.replace_all_uses_with(new)
    for inner in [view.operation for view in op.body.operations]:
        if inner in reads:
            inner.erase()
        else:
            block.append(inner)
    for inner in reversed([view.operation for view in block.operations]):
        if _is_index(inner) and not any(True for _ in inner.results[0].uses):
            inner.erase()


def _is_index(operation: ir.Operation) -> bool:
    return len(operation.results) == 1 and isinstance(operation.results[0].type, ir.IndexType)
