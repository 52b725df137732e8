"""Between which numbers the 64-bit integers of a function lie: positions, and what is made of them.

A range holds whatever the inputs are. Of a value for which there is no rule nothing is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import numpy as np

from rdu.mlir_ext import ir, linalg
from rdu.mlir_ext.elements import array_of
from rdu.mlir_ext.sorting import SORT

Range = tuple[int, int]
"""The least and the greatest number."""

Ranges = dict[ir.Value, Range]

I32: Range = (-(2**31), 2**31 - 1)

_LONG: Range = (-(2**63), 2**63 - 1)


def _products(a: Range, b: Range) -> Range:
    found = [x * y for x, y in product(a, b)]
    return min(found), max(found)


def _remainder(a: Range, b: Range) -> Range | None:
    """Return the range of a remainder, which has the sign of what is divided."""
    if b[0] <= 0:
        return None
    most = b[1] - 1
    return (0 if a[0] >= 0 else -most), (most if a[1] > 0 else 0)


def _magnitudes(a: Range) -> Range:
    low, high = sorted((abs(a[0]), abs(a[1])))
    return (0 if a[0] <= 0 <= a[1] else low), high


_RULES: Mapping[str, Callable[[Range, Range], Range | None]] = {
    "arith.addi": lambda a, b: (a[0] + b[0], a[1] + b[1]),
    "arith.subi": lambda a, b: (a[0] - b[1], a[1] - b[0]),
    "arith.muli": _products,
    "arith.maxsi": lambda a, b: (max(a[0], b[0]), max(a[1], b[1])),
    "arith.minsi": lambda a, b: (min(a[0], b[0]), min(a[1], b[1])),
    "arith.remsi": _remainder,
}
"""The range of an op of two values, None if nothing is known."""

_SAME = (
    "arith.extsi",
    "arith.index_cast",
    "tensor.cast",
    "tensor.collapse_shape",
    "tensor.concat",
    "tensor.expand_shape",
    "tensor.extract_slice",
    "tensor.insert_slice",
)
"""Ops whose result holds nothing but what their operands do."""


def integer_ranges(block: ir.Block) -> Ranges:
    """Return the range of each integer or tensor of integers of a function of which one is known.

    Args:
        block: of the function. Arithmetic that may leave 64 bits has no range.
    """
    ranges: Ranges = {}
    for view in block.operations:
        operation = view.operation
        if operation.name.startswith("linalg.") and len(operation.results):
            _structured(operation, ranges)
        else:
            _plain(operation, ranges)
    return ranges


def is_within(inner: Range | None, outer: Range) -> bool:
    """Tell whether a range is known and within another one."""
    return inner is not None and outer[0] <= inner[0] and inner[1] <= outer[1]


def _plain(operation: ir.Operation, ranges: Ranges) -> None:
    """Enter the ranges of an op's results."""
    if operation.name == SORT:
        pairs = operation.regions[0].blocks[0].arguments
        for number, operand in enumerate(operation.operands):
            for value in (operation.results[number], *pairs[2 * number : 2 * number + 2]):
                _enter(ranges, value, ranges.get(operand))
        return
    for result in operation.results:
        _enter(ranges, result, _range(operation, result, ranges))


def _range(operation: ir.Operation, result: ir.Value, ranges: Ranges) -> Range | None:
    name, kind = operation.name, _element(result)
    if not isinstance(kind, ir.IntegerType | ir.IndexType):
        return None
    known = [ranges.get(operand) for operand in operation.operands]
    if name == "arith.constant":
        return _constant(operation.attributes["value"], result.type)
    if name == "tensor.empty":
        return 0, 0  # nobody reads it before it is written
    if name == "arith.trunci":
        return known[0] if is_within(known[0], I32) else I32
    if name == "arith.select":
        return _hull(known[1:])
    if name == "arith.extsi" and known[0] is None and str(_element(operation.operands[0])) == "i32":
        return I32
    if name == "arith.extui" and str(_element(operation.operands[0])) == "i1":
        return 0, 1
    if name in _SAME:
        return _hull(known)
    if name == "math.absi":
        return _magnitudes(known[0]) if known[0] else None
    rule = _RULES.get(name)
    left, right = known if len(known) == 2 else (None, None)
    return rule(left, right) if rule and left and right else None


def _structured(operation: ir.Operation, ranges: Ranges) -> None:
    """Enter the ranges of an op of linalg and of all in its body."""
    (block,) = operation.regions[0].blocks
    inputs = len(operation.operands) - len(operation.results)
    for number, argument in enumerate(block.arguments):
        is_read = any(True for _ in argument.uses)
        if number < inputs or not is_read:
            _enter(ranges, argument, ranges.get(operation.operands[number]))
    *inside, end = (view.operation for view in block.operations)
    for each in inside:
        if each.name == "linalg.index":
            loop = ir.IntegerAttr(each.attributes["dim"]).value
            _enter(ranges, each.results[0], _extent(operation, loop))
        else:
            _plain(each, ranges)
    for number, (value, result) in enumerate(zip(end.operands, operation.results, strict=True)):
        if (total := _sum(operation, ranges, value, block.arguments[inputs + number])) is not None:
            _enter(ranges, block.arguments[inputs + number], total)
            _enter(ranges, value, total)
        _enter(ranges, result, ranges.get(value))


def _sum(
    operation: ir.Operation, ranges: Ranges, value: ir.Value, so_far: ir.Value
) -> Range | None:
    """Return the range of a sum over loops that are reduced, and of all on the way to it."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.addi":
        return None
    added = [each for each in owner.operation.operands if each != so_far]
    (argument,) = [n for n, each in enumerate(so_far.owner.arguments) if each == so_far]
    term, first = ranges.get(added[0]) if len(added) == 1 else None, operation.operands[argument]
    loops = [_extent(operation, loop) for loop in _reduced(operation, argument)]
    start = ranges.get(first)
    if term is None or start is None or len(list(so_far.uses)) != 1 or None in loops:
        return None
    count = math.prod(most + 1 for _, most in filter(None, loops))
    return start[0] + count * min(term[0], 0), start[1] + count * max(term[1], 0)


def _reduced(operation: ir.Operation, argument: int) -> list[int]:
    """Return the loops that an operand does not run along."""
    access = ir.AffineMapAttr(ir.ArrayAttr(linalg.get_indexing_maps(operation))[argument]).value
    own = {row.position for row in access.results if isinstance(row, ir.AffineDimExpr)}
    return [loop for loop in range(access.n_dims) if loop not in own]


def _extent(operation: ir.Operation, loop: int) -> Range | None:
    """Return the range of a loop's index: that of a result that it runs along as it is."""
    maps = ir.ArrayAttr(linalg.get_indexing_maps(operation))
    for operand, attribute in zip(operation.operands, maps, strict=True):
        for place, row in enumerate(ir.AffineMapAttr(attribute).value.results):
            if isinstance(row, ir.AffineDimExpr) and row.position == loop:
                return 0, operand.type.shape[place] - 1
    return None


def _constant(attribute: Any, kind: Any) -> Range | None:
    if isinstance(attribute, ir.IntegerAttr):
        return attribute.value, attribute.value
    if not isinstance(attribute, ir.DenseElementsAttr):
        return None
    values = array_of(attribute, list(kind.shape), np.int64)
    return (int(values.min()), int(values.max())) if values.size else (0, 0)


def _hull(known: list[Range | None]) -> Range | None:
    there = [each for each in known if each is not None]
    if len(there) < len(known) or not there:
        return None
    return min(low for low, _ in there), max(high for _, high in there)


def _enter(ranges: Ranges, value: ir.Value, found: Range | None) -> None:
    if is_within(found, _LONG) and found is not None:
        ranges[value] = found
    else:
        ranges.pop(value, None)


def _element(value: ir.Value) -> Any:
    kind: Any = value.type
    return kind.element_type if isinstance(kind, ir.RankedTensorType) else kind
