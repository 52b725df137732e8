"""Primitives of sparse tensor algebra, between the rdu dialect and the configuration."""

from __future__ import annotations

from typing import Any

from rdu.codegen.errors import Errors
from rdu.configuration.model import ROOT, UNUSED, Constant, Operand, Span, Sparse, Storage
from rdu.configuration.sparse import FORMS, LANES, WORD_BITS, Form
from rdu.dialects import rdu
from rdu.mlir_ext import ir

__all__ = [
    "LANES",
    "ROOT",
    "UNUSED",
    "WORD_BITS",
    "Form",
    "build_sparse",
    "constant_attribute",
    "constant_of",
    "form_of",
    "sparse_action",
]


def form_of(primitive: str) -> Form | None:
    """Return what a configuration declares of a sparse primitive, None if it has none such."""
    return FORMS.get(primitive)


def sparse_action(op: rdu.SparseOp, span: Span, errors: Errors) -> Sparse:
    """Translate an `rdu.sparse`; constants that no configuration can spell go to `errors`."""
    if op.primitive.value not in FORMS:
        errors.at(op, "primitive", have=op.primitive.value, need=", ".join(FORMS))
    storage = None
    if op.storage is not None and op.parts is not None:
        parts = tuple(part.value for part in op.parts)
        storage = Storage(op.storage.value, parts)
    names = (name.value for name in op.settings or ())
    return Sparse(
        primitive=op.primitive.value,
        inputs=tuple(_operand(op, attribute, errors) for attribute in op.inputs),
        outputs=tuple(name.value for name in op.outputs),
        function=None if op.function is None else op.function.value,
        storage=storage,
        settings=tuple(zip(names, op.numbers or (), strict=True)),
        span=span,
    )


def build_sparse(action: Sparse, location: ir.Location) -> None:
    """Build the `rdu.sparse` of a primitive at the insertion point."""
    storage, settings = action.storage, action.settings
    rdu.SparseOp(
        primitive=action.primitive,
        inputs=ir.ArrayAttr.get([_attribute(operand) for operand in action.inputs]),
        outputs=list(action.outputs),
        function=action.function,
        storage=None if storage is None else storage.kind,
        parts=None if storage is None else ir.ArrayAttr.get(list(map(_part, storage.parts))),
        settings=[name for name, _ in settings] or None,
        numbers=[number for _, number in settings] or None,
        loc=location,
    )


def constant_of(attribute: Any, kind: ir.Type) -> Constant | None:
    """Return what a constant's attribute stands for, None if a configuration cannot spell it."""
    match str(kind), attribute:
        case "f32", ir.FloatAttr():
            return attribute.value
        case "i32", ir.IntegerAttr():
            return attribute.value
        case "i1", ir.IntegerAttr() | ir.BoolAttr():
            return bool(attribute.value)
        case _:
            return None


def constant_attribute(value: Constant) -> Any:
    """Return the attribute of a constant: i1, i32 or f32 as its Python type says."""
    match value:
        case bool():
            return ir.IntegerAttr.get(ir.IntegerType.get_signless(1), int(value))
        case int():
            return ir.IntegerAttr.get(ir.IntegerType.get_signless(32), value)
        case float():
            return ir.FloatAttr.get(ir.F32Type.get(), value)


def _operand(op: rdu.SparseOp, attribute: Any, errors: Errors) -> Operand:
    if isinstance(attribute, ir.StringAttr):
        return attribute.value
    value = constant_of(attribute, attribute.type)
    if value is None:
        errors.at(op, "constant", have=str(attribute))
    return 0 if value is None else value


def _attribute(operand: Operand) -> ir.Attribute:
    return ir.StringAttr.get(operand) if isinstance(operand, str) else constant_attribute(operand)


def _part(part: str | int) -> ir.Attribute:
    if isinstance(part, str):
        return ir.StringAttr.get(part)
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), part)
