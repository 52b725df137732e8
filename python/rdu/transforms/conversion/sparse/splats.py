"""Tensors that are known to hold one number everywhere, by the ops that make them."""

from __future__ import annotations

from typing import Any

import numpy as np

from rdu.mlir_ext import ir
from rdu.transforms.conversion.linalg.structured import Structured

CONVERSIONS = ("arith.extf", "arith.sitofp", "arith.truncf", "arith.uitofp")
"""Ops that make constants of constants."""

_ALIKE = ("tensor.collapse_shape", "tensor.expand_shape", "tensor.extract_slice", "tensor.splat")
"""Ops whose result holds nothing but what their first operand does."""

_NUMBERS = (ir.FloatAttr, ir.IntegerAttr, ir.BoolAttr)


def made_by(value: ir.Value, name: str) -> ir.Operation | None:
    """Return the op of a name that makes a value, None if another does."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != name:
        return None
    return owner.operation


def constant_of(value: ir.Value) -> float | None:
    """Return the number that a scalar value is, None if it is not a constant."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.constant":
        return None
    attribute = owner.operation.attributes["value"]
    return attribute.value if isinstance(attribute, _NUMBERS) else None


def constant_in(op: Structured, value: ir.Value) -> float | None:
    """Return the number that a value of an op's body is: a constant, or all of an operand."""
    number = op.operand(value)
    if number is not None:
        return splat_of(op.operation.operands[number]) if number < op.initial(0) else None
    owner = value.owner
    if not isinstance(owner, ir.Block) and owner.operation.name in CONVERSIONS:
        return constant_in(op, owner.operation.operands[0])
    return constant_of(value)


def splat_of(value: ir.Value) -> float | None:
    """Return the number that a scalar or all of a tensor is known to be, None if there is none.

    A tensor without values yet (`tensor.empty`) is taken for zeros, as encoded ones are.
    """
    if not isinstance(value.type, ir.RankedTensorType):
        return constant_of(value)
    owner = value.owner
    if isinstance(owner, ir.Block):
        return None
    operation = owner.operation
    if operation.name == "tensor.empty":
        return 0
    if operation.name in _ALIKE:
        return splat_of(operation.operands[0])
    if operation.name.startswith("linalg.") and len(operation.regions):
        return _yielded(operation, value)
    return _number(operation.attributes["value"]) if operation.name == "arith.constant" else None


def counts(value: ir.Value) -> int | None:
    """Return of how many positions a tensor is the vector; None if it is something else."""
    if isinstance(value.owner, ir.Block) or value.owner.operation.name != "arith.constant":
        return None
    elements: Any = value.owner.operation.attributes["value"]
    if not isinstance(elements, ir.DenseElementsAttr):
        return None
    array = np.array(elements)
    is_it = array.ndim == 1 and bool((array == np.arange(len(array))).all())
    return len(array) if is_it else None


def _yielded(operation: ir.Operation, value: ir.Value) -> float | None:
    """Return the number that a structured op yields for a result, be it one of its operands."""
    result: Any = ir.OpResult(value)
    blocks = list(operation.regions[0].blocks)
    if len(blocks) != 1:
        return None
    yielded = blocks[0].operations[len(blocks[0].operations) - 1].operands[result.result_number]
    for operand, argument in zip(operation.operands, blocks[0].arguments, strict=True):
        if argument == yielded:
            return splat_of(operand)
    return constant_of(yielded)


def _number(attribute: Any) -> float | None:
    if not isinstance(attribute, ir.DenseElementsAttr) or not attribute.is_splat:
        return None
    splat = attribute.get_splat_value()
    return splat.value if isinstance(splat, _NUMBERS) else None
