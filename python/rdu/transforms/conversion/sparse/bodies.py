"""Scalar bodies of structured ops as index expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.expression import Apply, Constant, Expression
from rdu.mlir_ext import arith, ir
from rdu.transforms.conversion.linalg.structured import Structured, body_slice

FUNCTIONS: Mapping[str, str] = {
    "arith.addf": "add",
    "arith.addi": "add",
    "arith.subf": "sub",
    "arith.subi": "sub",
    "arith.mulf": "mul",
    "arith.muli": "mul",
    "arith.divf": "div",
    "arith.divsi": "div",
    "arith.maximumf": "max",
    "arith.maxsi": "max",
    "arith.minimumf": "min",
    "arith.minsi": "min",
    "arith.negf": "neg",
    "math.absf": "abs",
    "math.absi": "abs",
    "math.exp": "exp",
    "math.log": "log",
    "math.rsqrt": "rsqrt",
    "math.sqrt": "sqrt",
    "math.tanh": "tanh",
}
"""What ops of arith and math are called as functions of values."""

_GREATER = ("ugt", "uge", "sgt", "sge")
_LESS = ("ult", "ule", "slt", "sle")


@dataclass(frozen=True, slots=True)
class Leaves:
    """What a body's leaves stand for; each use gets an expression of its own.

    Attributes:
        operand: the element of an operand, by its number.
        captured: a scalar of the program around the op that is no constant.
    """

    operand: Callable[[int], Expression]
    captured: Callable[[ir.Value], Expression]


def read_body(
    op: Structured, value: ir.Value, leaves: Leaves, refuse: Callable[[ir.Operation], None]
) -> Expression | None:
    """Return a value of an op's body as an expression.

    Args:
        op: the op.
        value: a value of its body.
        leaves: what it is made of.
        refuse: called with every op that has no function; the result is then None.
    """
    needed = body_slice(op, value)
    compared = [each.operands[0].owner.operation for each in needed if _is_choice(each)]
    wrong = [each for each in needed if not _is_known(each) and each not in compared]
    for each in wrong:
        refuse(each)
    return None if wrong else simplified(_read(op, value, leaves))


def constant_of(value: ir.Value) -> float | None:
    """Return the number that a scalar value is, None if it is not a constant."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.constant":
        return None
    attribute = owner.operation.attributes["value"]
    return attribute.value if isinstance(attribute, ir.FloatAttr | ir.IntegerAttr) else None


def simplified(expression: Expression) -> Expression:
    """Write functions of constants as constants, and the logistic function as one function."""
    if not isinstance(expression, Apply):
        return expression
    operands = tuple(simplified(operand) for operand in expression.operands)
    match expression.function, operands:
        case "max", (value, Constant(value=zero)) | (Constant(value=zero), value) if (
            zero == 0 and math.copysign(1, zero) > 0
        ):
            return Apply("relu", (value,))
        case "div", (Constant(value=1), Apply(function="add", operands=terms)):
            inner = _logistic_of(terms)
            return Apply("sigmoid", (inner,)) if inner else Apply("div", operands)
        case _:
            return Apply(expression.function, operands)


def _logistic_of(terms: tuple[Expression, ...]) -> Expression | None:
    """Return x of 1 + exp(-x), None if the terms are something else."""
    match terms:
        case (Constant(value=1), power) | (power, Constant(value=1)):
            pass
        case _:
            return None
    match power:
        case Apply(function="exp", operands=(Apply(function="neg", operands=(inner,)),)):
            return inner
        case _:
            return None


def _read(op: Structured, value: ir.Value, leaves: Leaves) -> Expression:
    number = op.operand(value)
    if number is not None:
        return leaves.operand(number)
    constant = constant_of(value)
    if constant is not None:
        return Constant(constant)
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.block != op.body:
        return leaves.captured(value)
    operation = owner.operation
    if operation.name == "arith.select":
        function, left, right = _choice(operation)
        return Apply(function, (_read(op, left, leaves), _read(op, right, leaves)))
    operands = tuple(_read(op, each, leaves) for each in operation.operands)
    return Apply(FUNCTIONS[operation.name], operands)


def _is_known(operation: ir.Operation) -> bool:
    if operation.name == "arith.constant":
        return constant_of(operation.results[0]) is not None
    return operation.name in FUNCTIONS or _is_choice(operation)


def _is_choice(operation: ir.Operation) -> bool:
    return operation.name == "arith.select" and bool(_choice(operation)[0])


def _choice(operation: ir.Operation) -> tuple[str, ir.Value, ir.Value]:
    """Return the function and operands of a selection of the greater or lesser of two values.

    The name is empty if it is no such selection, or if it is not one to the bit: unlike `maximumf`
    comparisons are false for NaN and take both zeros for equal. So one operand has to be a
    constant, neither NaN nor -0, and the other one is what NaN selects.
    """
    condition, chosen, other = operation.operands
    owner = condition.owner
    none = "", chosen, other
    if isinstance(owner, ir.Block) or owner.operation.name not in ("arith.cmpf", "arith.cmpi"):
        return none
    compare = owner.operation
    number = ir.IntegerAttr(compare.attributes["predicate"]).value
    floats = compare.name == "arith.cmpf"
    predicate = str((arith.CmpFPredicate if floats else arith.CmpIPredicate)(number))
    if list(compare.operands) != [chosen, other] or (floats and not _is_harmless(other)):
        return none
    if predicate in _GREATER:
        return "max", chosen, other
    return ("min", chosen, other) if predicate in _LESS else none


def _is_harmless(value: ir.Value) -> bool:
    number: Any = constant_of(value)
    if number is None or math.isnan(number):
        return False
    return number != 0 or math.copysign(1, number) > 0
