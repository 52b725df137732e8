"""Sparse primitives: their ports, functions and settings, and how their tensors are stored."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.constants import constant_type
from rdu.configuration.model import ROOT, UNUSED, Context, DType, Operand, Port, Sparse, Storage
from rdu.configuration.sparse import FORMS, STORAGES, Form, group_size, roles
from rdu.configuration.verifier.primitives import check_ports
from rdu.configuration.verifier.scope import INT_MAX, Scope, by_name

INDEX: DType = "i32"
"""The element type of coordinates, references and segments."""


class Carried(NamedTuple):
    """A port or constant of a primitive and its role; `dtype` None for a root or an unused one."""

    role: str
    text: str
    dtype: DType | None


def check_sparse(scope: Scope) -> None:
    """Check every context that is a sparse primitive."""
    for view in scope.views:
        if isinstance(view.context.action, Sparse):
            _check_context(view.context, view.context.action, scope)


def _check_context(context: Context, action: Sparse, scope: Scope) -> None:
    form, name, span = FORMS[action.primitive], action.primitive, action.span
    if scope.machine.sparse is None:
        have = f"'{scope.machine.name}'"
        scope.report(messages.SPARSE_MACHINE, span, "table 'sparse'", have, name=name)
    check_ports(context, action, scope)
    for port in (*context.inputs, *context.outputs):
        if port.kind != "scalar":
            names = {"name": port.name, "primitive": name}
            scope.report(messages.PRIMITIVE_TYPE, port.span, "scalar", port.kind, **names)
    _check_settings(action, form, scope)
    size = group_size(form, len(action.inputs))
    outputs = roles(form.outputs, size or 1)
    if size is None or len(outputs) != len(action.outputs):
        need = f"{' '.join(form.inputs)} -> {' '.join(form.outputs)}"
        have = f"{len(action.inputs)} inputs, {len(action.outputs)} outputs"
        scope.report(messages.PRIMITIVE_FORM, span, need, have, name=name)
        return
    taken = list(_carried(action.inputs, roles(form.inputs, size), context.inputs))
    given = list(_carried(action.outputs, outputs, context.outputs))
    types: list[DType] = [c.dtype for c in (*taken, *given) if c.role == "val" and c.dtype]
    element = types[0] if types else None
    _check_types(taken, given, element, action, scope)
    _check_storage(action, form, element, scope)
    _check_function(action, form, element, scope)


def _carried(
    names: Sequence[Operand], parts: Sequence[str], ports: Sequence[Port]
) -> Iterator[Carried]:
    known = by_name(ports)
    for operand, role in zip(names, parts, strict=True):
        if not isinstance(operand, str):
            yield Carried(role, str(operand), constant_type(operand))
        elif operand in (ROOT, UNUSED) or operand not in known:
            yield Carried(role, operand, None)
        else:
            yield Carried(role, operand, known[operand].dtype)


def _check_types(
    taken: list[Carried],
    given: list[Carried],
    element: DType | None,
    action: Sparse,
    scope: Scope,
) -> None:
    """Check the element types of indices, of values, and of what passes through."""

    def expect(carried: Carried, need: DType | None) -> None:
        if None not in (carried.dtype, need) and carried.dtype != need:
            names = {"name": carried.text, "primitive": action.primitive}
            scope.report(messages.PRIMITIVE_TYPE, action.span, str(need), carried.dtype, **names)

    for carried in (*taken, *given):
        if carried.role in ("crd", "ref"):
            expect(carried, INDEX)
        if carried.role == "val":
            expect(carried, element)
    through = [carried for carried in taken if carried.role == "x"]
    for before, after in zip(through, (c for c in given if c.role == "x"), strict=True):
        expect(after, before.dtype or (INDEX if before.text == ROOT else None))


def _check_settings(action: Sparse, form: Form, scope: Scope) -> None:
    have = tuple(name for name, _ in action.settings)
    if have != form.settings:
        needed, found = (", ".join(words) or "none" for words in (form.settings, have))
        scope.report(messages.SPARSE_SETTING, action.span, needed, found, name=action.primitive)


def _check_storage(action: Sparse, form: Form, element: DType | None, scope: Scope) -> None:
    storage, name, span = action.storage, action.primitive, action.span
    have = "none" if storage is None else _text(storage.kind, storage.parts)
    if storage is None or not _is_formed(storage, form):
        if storage is not None or form.storages:
            forms = [_text(kind, STORAGES[kind]) for kind in form.storages]
            need = " or ".join(forms) or "none"
            scope.report(messages.SPARSE_STORAGE, span, need, have, name=name)
        return
    for part in storage.parts:
        if isinstance(part, int) and not 1 <= part <= INT_MAX:
            scope.report(messages.SPARSE_EXTENT, span, f"1 to {INT_MAX}", part, name=name)
    formals = by_name(scope.section.formals)
    need = element if storage.kind == "values" else INDEX
    for tensor in action.tensors:
        if tensor not in formals:
            scope.unknown("formal", tensor, formals, span)
        elif need is not None and formals[tensor].dtype != need:
            scope.report(messages.SPARSE_TENSOR, span, need, formals[tensor].dtype, name=tensor)


def _is_formed(storage: Storage, form: Form) -> bool:
    if storage.kind not in form.storages:
        return False
    numbers = [isinstance(part, int) for part in storage.parts]
    return numbers == [part == "extent" for part in STORAGES[storage.kind]]


def _text(kind: str, parts: Sequence[object]) -> str:
    return f"{kind}({', '.join(map(str, parts))})"


def _check_function(action: Sparse, form: Form, element: DType | None, scope: Scope) -> None:
    from rdu.semantics.reduction import REDUCTIONS
    from rdu.semantics.scalar import OPS

    if form.function is None or action.function is None:
        return
    name, span, op = action.function, action.span, OPS.get(action.function)
    if op is None:
        scope.unknown("operation", name, list(OPS), span)
        return
    count = 2 if form.function == "reduction" else len(action.inputs)
    if op.arity != count:
        have = f"'{name}' of {op.arity}"
        need = f"an operation of {count}"
        scope.report(messages.SPARSE_FUNCTION, span, need, have, name=action.primitive)
        return
    operands: list[DType] = [] if element is None else [element] * count
    if element is not None and op.result_type(operands) != element:
        need = f"an operation from {element} to {element}"
        scope.report(messages.SPARSE_FUNCTION, span, need, f"'{name}'", name=action.primitive)
    elif form.function == "reduction" and element not in REDUCTIONS.get(name, {}):
        need = "an operation that reduces"
        scope.report(messages.SPARSE_FUNCTION, span, need, f"'{name}'", name=action.primitive)
