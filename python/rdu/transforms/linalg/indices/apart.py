"""Elements that a body reads at positions that are values, read by an op of their own.

What is computed of such an element is then computed of an operand, and the op that reads it does
nothing else: a gather.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rdu.mlir_ext import ir, linalg, tensor
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.transforms.conversion.linalg.structured import Structured, body_slice, used_operands


def is_indirect(op: Structured, read: ir.Operation) -> bool:
    """Tell whether a body reads an element at values of inputs, and computes something of it."""
    alone = len(op.operation.results) == 1 and op.yielded[0] == read.results[0]
    found = {number for position in _positions(read) for number in used_operands(op, position)}
    return not alone and bool(found) and max(found) < op.initial(0)


def read_apart(op: Structured, read: ir.Operation) -> tuple[ir.Value, tuple[Linear, ...]]:
    """Write an op that reads an element for all points of the loops that say where.

    Args:
        op: the op whose body reads it.
        read: the `tensor.extract`.

    Returns:
        The tensor of the elements, and where the op accesses it.
    """
    positions = _positions(read)
    computed = {each for position in positions for each in body_slice(op, position)}
    needed = [view.operation for view in op.body.operations if view.operation in computed]
    numbers = sorted({n for position in positions for n in used_operands(op, position)})
    loops = _loops(op, numbers, needed)
    rows = [op.maps[number] for number in numbers]
    extents, element = [op.extents[loop] for loop in loops], read.results[0].type
    maps = [affine_map([_over(row, loops) for row in each], len(loops)) for each in rows]
    every = ir.AffineMap.get_identity(len(loops))
    parallel = ir.Attribute.parse("#linalg.iterator_type<parallel>")
    with ir.InsertionPoint(op.operation), read.location:
        made = linalg.GenericOp(
            [ir.RankedTensorType.get(extents, element)],
            [op.operation.operands[number] for number in numbers],
            [tensor.EmptyOp(extents, element).result],
            ir.ArrayAttr.get([ir.AffineMapAttr.get(each) for each in (*maps, every)]),
            ir.ArrayAttr.get([parallel] * len(loops)),
        )
        arguments = [op.body.arguments[number] for number in numbers]
        types = [*(argument.type for argument in arguments), element]
        block = made.regions[0].blocks.append(*types, arg_locs=[read.location] * len(types))
        known = dict(zip(arguments, block.arguments, strict=False))
        with ir.InsertionPoint(block):
            for each in (*needed, read):
                _copy(each, known, loops)
            linalg.YieldOp([known[read.results[0]]])
    count = len(op.extents)
    return made.operation.results[0], tuple(_unit(loop, count) for loop in loops)


def _positions(read: ir.Operation) -> list[ir.Value]:
    return list(read.operands)[1:]


def _loops(op: Structured, numbers: Sequence[int], needed: Sequence[ir.Operation]) -> list[int]:
    """Return the loops that operands are accessed by, or whose index is computed with, in order."""
    rows = [row for number in numbers for row in op.maps[number]]
    found = {d for row in rows for d, factor in enumerate(row.coefficients) if factor}
    found |= {_dimension(each) for each in needed if each.name == "linalg.index"}
    return sorted(found)


def _copy(operation: ir.Operation, known: dict[ir.Value, ir.Value], loops: Sequence[int]) -> None:
    """Write an op of a body again, on what its operands have become."""
    made = operation.clone().operation
    for number, operand in enumerate(operation.operands):
        made.operands[number] = known.get(operand, operand)
    if made.name == "linalg.index":
        dim: Any = made.attributes["dim"]
        made.attributes["dim"] = ir.IntegerAttr.get(dim.type, loops.index(_dimension(operation)))
    known |= dict(zip(operation.results, made.results, strict=True))


def _dimension(index: ir.Operation) -> int:
    return ir.IntegerAttr(index.attributes["dim"]).value


def _over(row: Linear, loops: Sequence[int]) -> Linear:
    return Linear(tuple(row.coefficients[loop] for loop in loops), row.constant)


def _unit(loop: int, count: int) -> Linear:
    return Linear(tuple(int(d == loop) for d in range(count)))
