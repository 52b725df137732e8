"""Sparse primitives: their ports, functions and settings, and how their tensors are stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rdu.configuration import messages
from rdu.configuration.constants import constant_beside
from rdu.configuration.model import ROOT, UNUSED, Context, DType, Operand, Port, Sparse, Storage
from rdu.configuration.sparse import (
    CHOICES,
    FORMS,
    LANES,
    STORAGES,
    Form,
    group_size,
    roles,
    setting_names,
    setting_range,
)
from rdu.configuration.verifier.primitives import check_ports
from rdu.configuration.verifier.scope import INT_MAX, Place, Scope, View, by_name

if TYPE_CHECKING:
    from rdu.semantics.scalar import ScalarOp

INDEX: DType = "i32"
"""The element type of coordinates, references, words of bits and segments."""

INDICES = ("crd", "ref", "bv", "int", "skip")
"""The roles that carry it."""


class Carried(NamedTuple):
    """A port or constant of a primitive and its role; `dtype` None for a root or an unused one."""

    role: str
    text: str
    dtype: DType | None
    kind: str = "scalar"


def answers_of(action: Sparse) -> list[Operand]:
    """Return the inputs at which answers to a walk come in."""
    parts = zip(action.inputs, FORMS[action.primitive].inputs, strict=False)
    return [name for name, role in parts if role == "skip"]


def takes_answers(place: Place) -> bool:
    """Tell whether answers to a walk come in at a port; only there a stream may have begun."""
    action = place.view.context.action
    return isinstance(action, Sparse) and place.port.name in answers_of(action)


def check_sparse(scope: Scope) -> None:
    """Check every context that is a sparse primitive."""
    for view in scope.views:
        if isinstance(view.context.action, Sparse):
            _check_context(view, view.context, view.context.action, scope)


def _check_context(view: View, context: Context, action: Sparse, scope: Scope) -> None:
    form, name, span = FORMS[action.primitive], action.primitive, action.span
    if scope.machine.sparse is None:
        have = f"'{scope.machine.name}'"
        scope.report(messages.SPARSE_MACHINE, span, "table 'sparse'", have, name=name)
    check_ports(context, action, scope)
    size = group_size(form, len(action.inputs), len(action.outputs))
    outputs = roles(form.outputs, size or 1)
    if size is None or len(outputs) != len(action.outputs):
        _check_settings(action, setting_names(form, size or 1), scope)
        need = f"{' '.join(form.inputs)} -> {' '.join(form.outputs)}"
        have = f"{len(action.inputs)} inputs, {len(action.outputs)} outputs"
        scope.report(messages.PRIMITIVE_FORM, span, need, have, name=name)
        return
    types: set[DType | None] = {port.dtype for port in (*context.inputs, *context.outputs)}
    taken = list(_carried(action.inputs, roles(form.inputs, size), context.inputs, types))
    given = list(_carried(action.outputs, outputs, context.outputs, types))
    values = [carried for carried in (*taken, *given) if carried.role == "val"]
    known: list[DType] = [carried.dtype for carried in values if carried.dtype]
    element = known[0] if known else None
    lanes = (LANES,) if any(carried.kind == "vector" for carried in _computed(taken, given)) else ()
    _check_settings(action, (*setting_names(form, size), *lanes), scope)
    _check_types(taken, given, form, element, action, scope)
    _check_kinds(taken, given, form, action, scope)
    _check_storage(view, action, form, element, scope)
    _check_function(taken, given, form, element, action, scope)


def _carried(
    names: Sequence[Operand],
    parts: Sequence[str],
    ports: Sequence[Port],
    types: Collection[DType | None],
) -> Iterator[Carried]:
    known = by_name(ports)
    for operand, role in zip(names, parts, strict=True):
        if not isinstance(operand, str):
            yield Carried(role, str(operand), constant_beside(operand, types))
        elif operand in (ROOT, UNUSED) or operand not in known:
            yield Carried(role, operand, None)
        else:
            yield Carried(role, operand, known[operand].dtype, known[operand].kind)


def _check_types(
    taken: list[Carried],
    given: list[Carried],
    form: Form,
    element: DType | None,
    action: Sparse,
    scope: Scope,
) -> None:
    """Check the element types of indices, of values, and of what passes through.

    Those of an operation's values are checked with it.
    """

    def expect(carried: Carried, need: DType | None) -> None:
        if None not in (carried.dtype, need) and carried.dtype != need:
            names = {"name": carried.text, "primitive": action.primitive}
            scope.report(messages.PRIMITIVE_TYPE, action.span, str(need), carried.dtype, **names)

    for carried in (*taken, *given):
        if carried.role in INDICES:
            expect(carried, INDEX)
        if carried.role == "val" and form.function != "operation":
            expect(carried, element)
    for before, after in _through(taken, given):
        expect(after, before.dtype or (INDEX if before.text == ROOT else None))


def _check_kinds(
    taken: list[Carried], given: list[Carried], form: Form, action: Sparse, scope: Scope
) -> None:
    """Check which ports carry vectors."""

    def expect(carried: Carried, need: str) -> None:
        if carried.dtype is not None and carried.kind != need:
            names = {"name": carried.text, "primitive": action.primitive}
            scope.report(messages.PRIMITIVE_TYPE, action.span, need, carried.kind, **names)

    free = {"each": ("val", "any"), "fold": ("val", "any"), "x": ("x", "any"), "": ("any",)}
    for carried in (*taken, *given):
        if carried.role not in free[form.vectors]:
            expect(carried, "scalar")
    if form.vectors == "x":
        passed = [carried for carried in taken if carried.role == "x"]
        for carried in passed[1:]:
            expect(carried, passed[0].kind)
        for before, after in _through(taken, given):
            expect(after, before.kind)
    sources = [carried for carried in taken if carried.role == "val"]
    results = [carried for carried in given if carried.role == "val"]
    if form.vectors == "fold":
        for carried in sources:
            expect(carried, "vector")
        for carried in results:
            expect(carried, "scalar")
    elif form.vectors == "each" and sources:
        is_wide = any(carried.kind == "vector" for carried in sources)
        for carried in results:
            expect(carried, "vector" if is_wide else "scalar")


def _computed(taken: list[Carried], given: list[Carried]) -> list[Carried]:
    """Return the values that a primitive computes with; those it gives where it takes none."""
    sources, results = ([c for c in part if c.role == "val"] for part in (taken, given))
    return sources or results


def _through(taken: list[Carried], given: list[Carried]) -> list[tuple[Carried, Carried]]:
    """Return what has to be of one type: what comes in, and what it comes out as."""
    before, after = ([c for c in part if c.role == "x"] for part in (taken, given))
    if len(before) == len(after):
        return list(zip(before, after, strict=True))
    return [(before[0], carried) for carried in (*before[1:], *after)]


def _check_settings(action: Sparse, needed: Sequence[str], scope: Scope) -> None:
    report, span, name = scope.report, action.span, action.primitive
    have = [setting for setting, _ in action.settings]
    if have != list(needed):
        need, found = (", ".join(words) or "none" for words in (needed, have))
        report(messages.SPARSE_SETTING, span, need, found, name=name)
        return
    for setting, value in action.settings:
        least, most = setting_range(setting)
        if not least <= value <= most:
            need, found = f"{setting} from {least} to {most}", value
            report(messages.SPARSE_SETTING, span, need, found, name=name)
        elif setting == LANES and value > (lanes := scope.machine.pcu.lanes):
            report(messages.SPARSE_LANES, span, f"at most {lanes}", value, name=name)


def _check_storage(
    view: View, action: Sparse, form: Form, element: DType | None, scope: Scope
) -> None:
    storage, name, span = action.storage, action.primitive, action.span
    have = "none" if storage is None else _text(storage.kind, storage.parts)
    is_needed = bool(form.storages) and (not form.in_memory or view.unit.kind == "pmu")
    if storage is None or not is_needed or not _is_formed(storage, form):
        if storage is not None or is_needed:
            forms = [_text(kind, STORAGES[kind]) for kind in form.storages if is_needed]
            need = " or ".join(forms) or "none"
            scope.report(messages.SPARSE_STORAGE, span, need, have, name=name)
        return
    for part in storage.parts:
        if isinstance(part, int) and not 1 <= part <= INT_MAX:
            scope.report(messages.SPARSE_EXTENT, span, f"1 to {INT_MAX}", part, name=name)
    what, known = "formal", {f.name: f.dtype for f in scope.section.formals}
    if view.unit.kind == "pmu":
        what, known = "memory", {m.name: m.dtype for m in view.memories.values()}
    need = element if storage.kind == "values" else INDEX
    for part in action.tensors:
        if part not in known:
            scope.unknown(what, part, known, span)
        elif need is not None and known[part] != need:
            scope.report(messages.SPARSE_TENSOR, span, need, known[part], name=part)
        elif what == "memory" and not form.in_memory and view.memories[part].buffers != 1:
            have = view.memories[part].buffers
            scope.report(messages.SPARSE_BUFFERS, span, "1 buffer", have, name=part)


def _is_formed(storage: Storage, form: Form) -> bool:
    if storage.kind not in form.storages:
        return False
    numbers = [isinstance(part, int) for part in storage.parts]
    return numbers == [part == "extent" for part in STORAGES[storage.kind]]


def _text(kind: str, parts: Sequence[object]) -> str:
    return f"{kind}({', '.join(map(str, parts))})"


def _check_function(
    taken: list[Carried],
    given: list[Carried],
    form: Form,
    element: DType | None,
    action: Sparse,
    scope: Scope,
) -> None:
    from rdu.semantics.reduction import REDUCTIONS
    from rdu.semantics.scalar import OPS

    if form.function is None or action.function is None:
        return
    name, span, op = action.function, action.span, OPS.get(action.function)
    if form.function in CHOICES:
        if name not in CHOICES[form.function]:
            scope.unknown(form.function, name, list(CHOICES[form.function]), span)
        return
    if op is None:
        scope.unknown("operation", name, list(OPS), span)
        return
    count = 2 if form.function == "reduction" else len(action.inputs)
    if op.arity != count:
        have = f"'{name}' of {op.arity}"
        need = f"an operation of {count}"
        scope.report(messages.SPARSE_FUNCTION, span, need, have, name=action.primitive)
        return
    if form.function == "operation":
        _check_operation(op, taken, given, action, scope)
        return
    operands: list[DType] = [] if element is None else [element] * count
    if element is not None and op.result_type(operands) != element:
        need = f"an operation from {element} to {element}"
        scope.report(messages.SPARSE_FUNCTION, span, need, f"'{name}'", name=action.primitive)
    elif element not in REDUCTIONS.get(name, {}):
        need = "an operation that reduces"
        scope.report(messages.SPARSE_FUNCTION, span, need, f"'{name}'", name=action.primitive)


def _check_operation(
    op: ScalarOp, taken: list[Carried], given: list[Carried], action: Sparse, scope: Scope
) -> None:
    """Check an operation's operands, and then what becomes of its result."""
    known: list[DType] = []
    for carried in taken:
        if carried.dtype is None:
            return  # a port that is not there is reported elsewhere
        known.append(carried.dtype)
    result = op.result_type(known)
    if result is None:
        have = f"'{op.name}' of {', '.join(known)}"
        scope.report(
            messages.SPARSE_FUNCTION, action.span, op.signature, have, name=action.primitive
        )
    for carried in given if result is not None else ():
        if carried.dtype not in (None, result):
            names = {"name": carried.text, "primitive": action.primitive}
            scope.report(messages.PRIMITIVE_TYPE, action.span, str(result), carried.dtype, **names)
