"""Scalar bodies of structured ops as index expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.expression import Apply, Constant, Expression
from rdu.mlir_ext import arith, ir
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import COMPARISONS, SELECT
from rdu.transforms.conversion.linalg.structured import Structured, body_slice
from rdu.transforms.conversion.sparse.made_of import MADE_OF, POWER, is_power, power
from rdu.transforms.conversion.sparse.splats import CONVERSIONS, constant_in, constant_of

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
    "arith.andi": "and",
    "arith.ori": "or",
    "arith.xori": "xor",
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

_CONVERTED: Mapping[tuple[str, ...], str] = {
    ("arith.extf", "bf16", "f32"): "to_f32",
    ("arith.extui", "i1", "i32"): "to_i32",
    ("arith.fptosi", "f32", "i32"): "to_i32",
    ("arith.sitofp", "i32", "f32"): "to_f32",
    ("arith.truncf", "f32", "bf16"): "to_bf16",
    ("arith.uitofp", "i1", "f32"): "to_f32",
}
"""Functions that give another type, by the op's name, and the types that it takes and gives."""

_WIDENED: frozenset[tuple[str, ...]] = frozenset(
    {("arith.extf", "f32", "f64"), ("arith.extsi", "i32", "i64")}
)
"""Conversions that are not made for a comparison with a constant: that is rounded instead, as
PyTorch does."""

_ELEMENTS: Mapping[str, DType] = {
    "bf16": "bf16",
    "f32": "f32",
    "f64": "f32",
    "i32": "i32",
    "i64": "i32",
    "i1": "i1",
}
"""The element types of constants, by MLIR's types."""

_COMPARED = {"oeq": "eq", "oge": "ge", "ogt": "gt", "ole": "le", "olt": "lt", "une": "ne"} | {
    "sge": "ge",
    "sgt": "gt",
    "sle": "le",
    "slt": "lt",
}
"""Predicates that functions call otherwise."""

_PREDICATES: Mapping[str, Any] = {
    "arith.cmpf": arith.CmpFPredicate,
    "arith.cmpi": arith.CmpIPredicate,
}

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
    wrong = [each for each in needed if not _is_known(op, each)]
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
        case "select", (Constant(value=mask), chosen, other):
            return chosen if mask else other
        case "xor", (value, Constant(value=1, element="i1")):
            return Apply("not", (value,))
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
        element = _ELEMENTS.get(str(value.type))
        return Constant(bool(constant) if element == "i1" else constant, element)
    number = op.operand(value)
    if number is not None:
        return leaves.operand(number)
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.block != op.body:
        return leaves.captured(value)
    operation = owner.operation
    if _is_choice(operation):
        function, left, right = _choice(operation)
        return Apply(function, (_read(op, left, leaves), _read(op, right, leaves)))
    if _signature(operation) in _WIDENED:
        return _read(op, operation.operands[0], leaves)
    operands = [lambda each=each: _read(op, each, leaves) for each in operation.operands]
    if operation.name in MADE_OF:
        return MADE_OF[operation.name](operands[0])
    if operation.name == POWER:
        base, exponent = (constant_in(op, each) for each in operation.operands)
        return power(base, exponent, *operands)
    return Apply(_function(operation), tuple(operand() for operand in operands))


def _is_known(op: Structured, operation: ir.Operation) -> bool:
    if operation.name == POWER:
        return is_power(*(constant_in(op, each) for each in operation.operands))
    if operation.name in ("arith.constant", *CONVERSIONS) and (
        constant_in(op, operation.results[0]) is not None
    ):
        return True
    if _signature(operation) in _WIDENED:
        readers = [use.owner.operation for use in operation.results[0].uses]
        return all(each.name in _PREDICATES and _is_narrow(each) for each in readers)
    return bool(_function(operation)) or operation.name in MADE_OF or _is_choice(operation)


def _function(operation: ir.Operation) -> str:
    """Return what an op is called as a function of values, empty if it is none."""
    if operation.name in _PREDICATES:
        predicate = _predicate(operation)
        name = _COMPARED.get(predicate, predicate)
        return name if name in COMPARISONS and _is_narrow(operation) else ""
    if operation.name == "arith.select":
        return SELECT if str(operation.operands[0].type) == "i1" else ""
    return FUNCTIONS.get(operation.name) or _CONVERTED.get(_signature(operation), "")


def _predicate(compare: ir.Operation) -> str:
    number = ir.IntegerAttr(compare.attributes["predicate"]).value
    return str(_PREDICATES[compare.name](number))


def _is_narrow(compare: ir.Operation) -> bool:
    """Tell whether values of 32 bits are compared, or such as are widened with constants."""
    wide = [value for value in compare.operands if str(value.type) in ("f64", "i64")]
    widened = [v for v in wide if not isinstance(v.owner, ir.Block)]
    numbers = [constant_of(v) for v in widened if _signature(v.owner.operation) not in _WIDENED]
    fit = (n is not None and (isinstance(n, float) or -(2**31) <= n < 2**31) for n in numbers)
    return len(widened) == len(wide) and all(fit)


def _signature(operation: ir.Operation) -> tuple[str, ...]:
    """Return an op's name and all types that it takes and gives."""
    values = (*operation.operands, *operation.results)
    return (operation.name, *(str(value.type) for value in values))


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
    if isinstance(owner, ir.Block) or owner.operation.name not in _PREDICATES:
        return none
    compare = owner.operation
    predicate, compared = _predicate(compare), list(compare.operands)
    if compared not in ([chosen, other], [other, chosen]) or predicate not in (*_GREATER, *_LESS):
        return none
    greatest = (predicate in _GREATER) == (compared == [chosen, other])
    return "max" if greatest else "min", chosen, other
