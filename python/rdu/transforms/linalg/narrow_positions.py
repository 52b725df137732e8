"""The pass `linalg-narrow-positions`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from rdu.analysis.integer_ranges import I32, integer_ranges, is_within
from rdu.mlir_ext import arith, func, ir, linalg, tensor
from rdu.mlir_ext.elements import array_of, number_of
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, register
from rdu.mlir_ext.sorting import SORT, positions_along
from rdu.transforms.linalg.indices.matching import positions

_CONVERSIONS = ("arith.extsi", "arith.trunci")
"""What there is none of between integers of one width."""

_LOW_BITS = frozenset(
    f"arith.{name}"
    for name in (
        "addi",
        "andi",
        "constant",
        "extsi",
        "muli",
        "ori",
        "select",
        "subi",
        "trunci",
        "xori",
    )
)
"""Ops the low bits of whose result depend on those of their operands only, with all that moves."""

HOSTED = "rdu.hosted"
"""Attribute of a function's result: the dtype that a host makes of it."""


@register
class NarrowPositions(Pass):
    """Make 32-bit integers of 64-bit ones that fit: positions, and what is computed of them.

    Accepts functions of one block. Values that meet in an op, or as operand and result of one, go
    together: they become i32 if all of them are known to lie within it, whatever the inputs are.
    The coordinates of a dimension do, and sums, differences, products, remainders, maxima and
    minima of such and of constants may. So do those of which only the low 32 bits are wanted: sums
    and products that are made i32 in the end, and are no results of a host's i64. Conversions
    between the two widths go. A vector of the positions of its dimension becomes a constant, but
    for those that are sorted with values.

    Guarantees the same values. Leaves alone all other integers, and what is passed in or returned.
    """

    name = "linalg-narrow-positions"
    level_in = "linalg"
    level_out = "linalg"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "narrowed": "tensors of 32 bits that were of 64",
        "constants": "vectors of positions that are constants",
    }

    def run(self, module: Any, options: Any) -> None:
        """Find what fits, then change types."""
        blocks = list(module.body.blocks)
        if len(blocks) != 1:
            return
        for known in (linalg.FillOp, arith.ConstantOp, tensor.EmptyOp):  # fills take the others
            for view in ops_of(module, known):
                _part(view.operation)
        ranges = integer_ranges(blocks[0])
        groups = _Groups()
        operations = [view.operation for view in ops_of(module, ir.OpView)]
        for operation in operations:
            groups.join([value for value in _values(operation) if _is_long(value)])
        whole = {groups.of(value) for each in operations for value in _seen_whole(each)}
        whole |= {groups.of(value) for value in _hosted(module)}
        stay = {v for v in groups if not is_within(ranges.get(v), I32)}
        stay = {groups.of(v) for v in stay if groups.of(v) in whole}
        stay |= {groups.of(v) for v in _at_the_border(module, blocks[0]) if _is_long(v)}
        narrow = [value for value in groups if groups.of(value) not in stay]
        conversions = [each for each in operations if each.name in _CONVERSIONS]
        for value in narrow:
            if _is_constant(value):
                _rewrite_constant(value)
            else:
                value.set_type(_narrowed(value.type))
                self.count("narrowed", int(isinstance(value.type, ir.RankedTensorType)))
        for operation in conversions:
            if _converts_nothing(operation):
                operation.results[0].replace_all_uses_with(operation.operands[0])
                operation.erase()
        for view in ops_of(module, linalg.GenericOp):
            self._write_constant(view.operation)

    def _write_constant(self, operation: ir.Operation) -> None:
        """Replace a vector of positions where it is not sorted."""
        if len(operation.results) != 1 or not _is_positions(operation.results[0]):
            return
        (vector,) = operation.results
        uses = [use for use in vector.uses if use.owner.operation.name != SORT]
        if not uses:
            return
        kind: Any = vector.type
        with ir.InsertionPoint(operation), operation.location:
            made = positions(kind.shape[0])
        for owner, number in [(use.owner, use.operand_number) for use in uses]:
            owner.operation.operands[number] = made
        self.count("constants")


class _Groups:
    """Values that have to be of one type, each with one that stands for all of them."""

    def __init__(self) -> None:
        self._above: dict[ir.Value, ir.Value] = {}

    def __iter__(self) -> Iterator[ir.Value]:
        return iter(list(self._above))

    def of(self, value: ir.Value) -> ir.Value:
        """Return what stands for a value's group."""
        self._above.setdefault(value, value)
        while self._above[value] != value:
            self._above[value] = self._above[self._above[value]]
            value = self._above[value]
        return value

    def join(self, values: list[ir.Value]) -> None:
        """Make one group of those of some values."""
        for value in values:
            self._above[self.of(value)] = self.of(values[0])


def _part(operation: ir.Operation) -> None:
    """Give each user of a constant, or of a tensor of one, its own: they need not be alike."""
    (made,) = operation.results
    if not _is_long(made):
        return
    for owner, number in [(use.owner, use.operand_number) for use in made.uses][1:]:
        owner.operation.operands[number] = operation.clone(ip=ir.InsertionPoint(operation)).result


def _values(operation: ir.Operation) -> Iterator[ir.Value]:
    """Yield all values that an op makes of one type, if they are of 64 bits.

    Of a body, the arguments and what is yielded stand for elements of operands and results.
    """
    yield from operation.operands
    yield from operation.results
    if operation.name.startswith("linalg.") and len(operation.regions):
        for block in operation.regions[0].blocks:
            yield from block.arguments
            yield from block.operations[len(block.operations) - 1].operands
    elif operation.name == SORT:
        yield from operation.regions[0].blocks[0].arguments


def _seen_whole(operation: ir.Operation) -> Iterator[ir.Value]:
    """Yield the values of 64 bits of which an op takes or gives more than the low ones."""
    room = operation.name.partition(".")[0]
    if operation.name not in _LOW_BITS and room not in ("linalg", "tensor"):
        yield from filter(_is_long, (*operation.operands, *operation.results))


def _hosted(function: Any) -> Iterator[ir.Value]:
    """Yield the values of 64 bits that results are made of which a host makes such again."""
    attributes: Any = function.attributes
    named = list(attributes["res_attrs"]) if "res_attrs" in attributes else []
    (end,) = ops_of(function, func.ReturnOp)
    sought = [v for v, own in zip(end.operands, named, strict=False) if HOSTED in own]
    met: set[ir.Value] = set()
    while sought:
        value = sought.pop()
        if value in met or isinstance(value.owner, ir.Block):
            continue
        met.add(value)
        operation = value.owner.operation
        inside = [view.operation for view in ops_of(operation, ir.OpView)]
        yield from (v for each in (operation, *inside) for v in each.operands if _is_long(v))
        sought += [each for each in operation.operands if not _is_long(each)]


def _at_the_border(function: Any, block: ir.Block) -> Iterator[ir.Value]:
    """Yield what is passed in and returned."""
    yield from block.arguments
    for end in ops_of(function, func.ReturnOp):
        yield from end.operands


def _is_long(value: ir.Value) -> bool:
    kind: Any = value.type
    element = kind.element_type if isinstance(kind, ir.RankedTensorType) else kind
    return str(element) == "i64"


def _narrowed(kind: Any) -> ir.Type:
    short = ir.IntegerType.get_signless(32)
    if isinstance(kind, ir.RankedTensorType):
        return ir.RankedTensorType.get(kind.shape, short, kind.encoding)
    return short


def _is_constant(value: ir.Value) -> bool:
    return not isinstance(value.owner, ir.Block) and value.owner.operation.name == "arith.constant"


def _rewrite_constant(value: ir.Value) -> None:
    """Write a constant anew."""
    operation, kind = value.owner.operation, _narrowed(value.type)
    attribute: Any = operation.attributes["value"]
    with ir.InsertionPoint(operation), operation.location:
        if isinstance(kind, ir.RankedTensorType):
            array = array_of(attribute, list(kind.shape), np.int64).astype(np.int32)
            held: Any = ir.DenseElementsAttr.get(array, type=kind.element_type, shape=kind.shape)
        else:
            held = number_of(kind, int(np.int64(attribute.value).astype(np.int32)))
        made = arith.ConstantOp(kind, held).result
    value.replace_all_uses_with(made)
    operation.erase()


def _is_positions(vector: ir.Value) -> bool:
    """Tell whether a vector of i32 holds the positions of its dimension."""
    kind: Any = vector.type
    return kind.rank == 1 and str(kind.element_type) == "i32" and positions_along(vector) == 0


def _converts_nothing(operation: ir.Operation) -> bool:
    return operation.operands[0].type == operation.results[0].type
