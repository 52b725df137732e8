"""Copying the scalar body of a structured op into another one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rdu.mlir_ext import arith, ir, linalg
from rdu.transforms.conversion.linalg.structured import Structured, body_slice

_CONVERSIONS = ("arith.extf", "arith.sitofp", "arith.truncf", "arith.uitofp")


def clone_body(op: Structured, kept: Sequence[int], region: Any) -> None:
    """Write a body that computes only some of an op's results.

    Conversions of constants to floating point become constants.

    Args:
        op: the op that has the body.
        kept: the results that the new op has.
        region: where the new body goes; empty.
    """
    numbers = [*range(op.initial(0)), *(op.initial(number) for number in kept)]
    arguments = [op.body.arguments[number] for number in numbers]
    block = region.blocks.append(
        *[argument.type for argument in arguments], arg_locs=[op.operation.location] * len(numbers)
    )
    values: dict[ir.Value, ir.Value] = dict(zip(arguments, block.arguments, strict=True))
    yielded = [op.yielded[number] for number in kept]
    inside = [view.operation for view in op.body.operations]
    needed = {each for value in yielded for each in body_slice(op, value)}
    with ir.InsertionPoint(block):
        for each in inside:
            if each in needed:
                made = _converted(each, values) or _clone(each, values)
                values |= zip(each.results, made.results, strict=True)
        with op.operation.location:
            linalg.YieldOp([values.get(value, value) for value in yielded])


def _clone(operation: ir.Operation, values: dict[ir.Value, ir.Value]) -> ir.Operation:
    made = operation.operation.clone().operation
    for number, operand in enumerate(operation.operands):
        made.operands[number] = values.get(operand, operand)
    return made


def _converted(operation: ir.Operation, values: dict[ir.Value, ir.Value]) -> ir.Operation | None:
    """Write the constant that a conversion gives; None if it converts something else."""
    if operation.name not in _CONVERSIONS:
        return None
    source = values.get(operation.operands[0], operation.operands[0])
    owner = source.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.constant":
        return None
    number: Any = owner.operation.attributes["value"]
    kind = operation.results[0].type
    with operation.location:
        made = arith.ConstantOp(kind, ir.FloatAttr.get(kind, float(number.value)))
    return made.operation
