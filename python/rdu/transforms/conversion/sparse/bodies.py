"""Scalar bodies of structured ops as index expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rdu.analysis.sparse.expression import Apply, Constant, Expression
from rdu.mlir_ext import arith, ir
from rdu.transforms.conversion.linalg.structured import Structured, body_slice
from rdu.transforms.conversion.sparse.made_of import MADE_OF, POWER, is_power, power
from rdu.transforms.conversion.sparse.splats import CONVERSIONS, constant_in

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
    "math.erf": "erf",
    "math.exp": "exp",
    "math.log": "log",
    "math.rsqrt": "rsqrt",
    "math.sqrt": "sqrt",
    "math.tanh": "tanh",
}
"""What ops of arith and math are called as functions of values."""

_GREATER = ("ogt", "oge", "ugt", "uge", "sgt", "sge")
_LESS = ("olt", "ole", "ult", "ule", "slt", "sle")


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
    wrong = [each for each in needed if not _is_known(op, each) and each not in compared]
    for each in wrong:
        refuse(each)
    return None if wrong else simplified(_read(op, value, leaves))


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
    constant = constant_in(op, value)
    if constant is not None:
        return Constant(constant)
    number = op.operand(value)
    if number is not None:
        return leaves.operand(number)
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.block != op.body:
        return leaves.captured(value)
    operation = owner.operation
    if operation.name == "arith.select":
        function, left, right = _choice(operation)
        return Apply(function, (_read(op, left, leaves), _read(op, right, leaves)))
    operands = [lambda each=each: _read(op, each, leaves) for each in operation.operands]
    if operation.name in MADE_OF:
        return MADE_OF[operation.name](operands[0])
    if operation.name == POWER:
        base, exponent = (constant_in(op, each) for each in operation.operands)
        return power(base, exponent, *operands)
    return Apply(FUNCTIONS[operation.name], tuple(operand() for operand in operands))


def _is_known(op: Structured, operation: ir.Operation) -> bool:
    if operation.name == POWER:
        return is_power(*(constant_in(op, each) for each in operation.operands))
    if operation.name == "arith.constant" or operation.name in CONVERSIONS:
        return constant_in(op, operation.results[0]) is not None
    return operation.name in FUNCTIONS or operation.name in MADE_OF or _is_choice(operation)


def _is_choice(operation: ir.Operation) -> bool:
    return operation.name == "arith.select" and bool(_choice(operation)[0])


def _choice(operation: ir.Operation) -> tuple[str, ir.Value, ir.Value]:
    """Return the function and operands of a selection of the greater or lesser of two values.

    The name is empty if it is no such selection. Comparisons are false for NaN, or true, and take
    both zeros for equal; PyTorch's functions that become such selections give NaN then, as a
    maximum does.
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
    compared = list(compare.operands)
    if compared not in ([chosen, other], [other, chosen]) or predicate not in (*_GREATER, *_LESS):
        return none
    greatest = (predicate in _GREATER) == (compared == [chosen, other])
    return "max" if greatest else "min", chosen, other
