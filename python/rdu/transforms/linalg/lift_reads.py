"""The pass `linalg-lift-reads`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rdu.mlir_ext import ir, linalg, tensor
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.conversion.linalg.structured import Structured, read_structured


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
    end the operand is a slice.

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
            if op is None:
                continue
            reads = {each: places for each in _reads(op) if (places := _places(op, each))}
            if reads:
                _rebuild(op, reads)
                self.count("reads", len(reads))


def _reads(op: Structured) -> list[ir.Operation]:
    """Return the ops of a body that extract elements of tensors."""
    inside = [view.operation for view in op.body.operations]
    return [each for each in inside if each.name == "tensor.extract"]


def _places(op: Structured, read: ir.Operation) -> list[_Place] | None:
    """Return where an element is read, None if it is not at what loops and constants say."""
    source, *indices = read.operands
    kind: Any = source.type
    found = [_place(index) for index in indices]
    places = [place for place in found if place is not None]
    whole = len(places) == len(found) == kind.rank and kind.has_static_shape and bool(places)
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


def _rebuild(op: Structured, reads: dict[ir.Operation, list[_Place]]) -> None:
    """Write an op with more operands, in place of it."""
    operation, first = op.operation, op.initial(0)
    loops = len(op.extents)
    with ir.InsertionPoint(operation), operation.location:
        inputs = [
            *list(operation.operands)[:first],
            *(_operand(op, *each) for each in reads.items()),
        ]
        initials = list(operation.operands)[first:]
        rows = [*op.maps[:first], *(_rows(places, loops) for places in reads.values())]
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


def _operand(op: Structured, read: ir.Operation, places: Sequence[_Place]) -> ir.Value:
    """Return the tensor of an element, or the slice of it that is read."""
    source = read.operands[0]
    kind: Any = source.type
    sizes = [_extent(op, place) for place in places]
    if sizes == list(kind.shape):
        return source
    offsets, ones = [place.offset for place in places], [1] * len(places)
    part = ir.RankedTensorType.get(sizes, kind.element_type)
    return tensor.ExtractSliceOp(part, source, [], [], [], offsets, sizes, ones).result


def _rows(places: Sequence[_Place], loops: int) -> tuple[Linear, ...]:
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
