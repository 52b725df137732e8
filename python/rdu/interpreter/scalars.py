"""Meanings of upstream's scalar ops: `arith` and `math`, over any domain."""

from __future__ import annotations

from typing import Any

import numpy as np

from rdu.interpreter.signature import ARRAY_TYPES
from rdu.mlir_ext import ir
from rdu.mlir_ext.elements import NOT_IN_THE_TEXT, array_of
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.meaning import semantics
from rdu.semantics.dtypes import Array
from rdu.semantics.scalar import BY_MLIR, ScalarOp
from rdu.support.diagnostics import RduError, error

EXACT_IN_64_BITS = frozenset(
    f"arith.{name}"
    for name in (
        *("addi", "subi", "muli", "maxsi", "minsi", "andi", "ori", "xori", "cmpi", "select"),
        "sitofp",
    )
)
"""Ops of the scalar table whose computation is right on int64 (`i64` and `index`) as well."""

_UNSIGNED = {6: np.less, 7: np.less_equal, 8: np.greater, 9: np.greater_equal}
"""What the unsigned predicates of `arith.cmpi` compare; no unit does."""

_WIDTHS = ("arith.extsi", "arith.extui", "arith.trunci")
"""Conversions between widths, of which the table has those up to 32 bits."""

PRODUCT = "arith.mulf"
"""The op whose zeros absorb infinities and NaN, where a frame says so."""


@semantics(*sorted({name for name, _ in BY_MLIR}))
def evaluate_scalar(op: Any, frame: Frame, *operands: Array) -> Array:
    """Apply an operation of the scalar table elementwise."""
    unsigned = op.operation.name == "arith.cmpi" and _UNSIGNED.get(op.attributes["predicate"].value)
    if unsigned:
        return unsigned(*(each.view(f"u{each.dtype.itemsize}") for each in operands))
    kind = str(op.operation.results[0].type)
    if op.operation.name in _WIDTHS and "i64" in (kind, str(op.operation.operands[0].type)):
        return operands[0].astype(ARRAY_TYPES[kind])
    scalar = frame.once((op.operation, "scalar"), lambda: _scalar(op))
    found = scalar.evaluate(*operands)
    if not frame.absorbing or op.operation.name != PRODUCT:
        return found
    return np.where((operands[0] == 0) | (operands[1] == 0), found.dtype.type(0), found)


@semantics("arith.constant")
def evaluate_constant(op: Any, frame: Frame) -> Array:
    """Give a scalar as a 0-d array, a tensor as it is."""
    return frame.once((op.operation, "constant"), lambda: _constant(op))


@semantics("arith.index_cast")
def evaluate_cast(op: Any, _frame: Frame, operand: Array) -> Array:
    """Convert between integer types and `index`, keeping the low bits."""
    return operand.astype(ARRAY_TYPES[str(op.operation.results[0].type)])


@semantics("arith.uitofp")
def evaluate_mask(op: Any, _frame: Frame, operand: Array) -> Array:
    """Make numbers of i1: 1 where it is true, else 0."""
    have, result = (_element(v.type) for v in (op.operation.operands[0], op.operation.results[0]))
    if have != "i1" or result not in ARRAY_TYPES:
        place = source_location(op.operation.location)
        have = f"{have} to {result}"
        raise RduError(
            error(f"'arith.uitofp' of {have} has no executable meaning: expected i1", place)
        )
    return operand.astype(ARRAY_TYPES[result])


def _scalar(op: Any) -> ScalarOp:
    name, attributes = op.operation.name, op.operation.attributes
    predicate = attributes["predicate"].value if "predicate" in attributes else None
    scalar = BY_MLIR.get((name, predicate))
    types = [_element(operand.type) for operand in op.operation.operands]
    wide = name in EXACT_IN_64_BITS and set(types) <= {"i1", "i64", "index"}
    if scalar is None or (scalar.result_type(types) is None and not wide):  # pyright: ignore[reportArgumentType]
        have = ", ".join(types) if predicate is None else f"{', '.join(types)} ({predicate=})"
        need = f": expected {scalar.signature}" if scalar else ""
        place = source_location(op.operation.location)
        raise RduError(error(f"'{name}' of {have} has no executable meaning{need}", place))
    return scalar


def _constant(op: Any) -> Array:
    value, kind = op.operation.attributes["value"], op.operation.results[0].type
    dtype = ARRAY_TYPES.get(_element(kind))
    if dtype is None:
        place = source_location(op.operation.location)
        raise RduError(error(f"'arith.constant' of {kind} has no executable meaning", place))
    if not isinstance(kind, ir.RankedTensorType):
        return np.asarray(value.value).astype(dtype)
    if not isinstance(value, ir.DenseElementsAttr):
        place = source_location(op.operation.location)
        raise RduError(error(f"'arith.constant' {NOT_IN_THE_TEXT}", place))
    return array_of(value, list(kind.shape), dtype)


def _element(kind: Any) -> str:
    return str(kind.element_type if isinstance(kind, ir.RankedTensorType) else kind)
