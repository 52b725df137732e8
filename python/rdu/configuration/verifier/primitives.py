"""Stream primitives: what each takes and gives; all of it streams, a token a step."""

from __future__ import annotations

from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.model import Context, DType, Port, Primitive, Route, Sparse
from rdu.configuration.primitives import FORMS
from rdu.configuration.verifier.expressions import port_text
from rdu.configuration.verifier.scope import Scope, by_name
from rdu.configuration.verifier.uses import data_inputs, data_outputs


class Types(NamedTuple):
    """What may decide, by element type of a scalar; and whether only vectors are carried."""

    by: tuple[DType, ...] = ()
    vectors_only: bool = False


TYPES: dict[Primitive, Types] = {
    "filter": Types(by=("i1",)),
    "partition": Types(by=("i32", "i1")),
    "merge": Types(),
    "reassemble": Types(by=("i32", "i1")),
    "compact": Types(vectors_only=True),
}


def check_primitives(scope: Scope) -> None:
    """Check every context that is a stream primitive."""
    for view in scope.views:
        if isinstance(view.context.action, Route):
            _check_context(view.context, view.context.action, scope)


def _check_context(context: Context, action: Route, scope: Scope) -> None:
    report, span = scope.report, action.span
    check_ports(context, action, scope)
    if not FORMS[action.primitive].fits(action):
        have = f"{len(action.inputs)} inputs, {len(action.outputs)} outputs"
        report(messages.PRIMITIVE_FORM, span, "its form", have, name=action.primitive)
    _check_types(context, action, scope)


def check_ports(context: Context, action: Route | Sparse, scope: Scope) -> None:
    """Check that all is plain streams, and that each port is there and has one part to play."""
    report, span = scope.report, action.span
    if context.counters or context.repeat != 1:
        have = [f"counter '{counter.name}'" for counter in context.counters[:1]]
        need = "neither counters nor passes"
        report(messages.PRIMITIVE_CHAIN, span, need, *(have or ["repeat"]), name=action.primitive)
    for port in (*context.inputs, *context.outputs):
        is_free = isinstance(action, Sparse) and port.kind == "control"
        is_plain = port.when is None and port.level == context.levels[0]
        if not is_plain or not (port.stream or is_free):
            have = port_text(port) + " with a condition" * (port.when is not None)
            need = f"a stream @{context.levels[0]}"
            names = {"name": port.name, "primitive": action.primitive}
            report(messages.PRIMITIVE_PORT, port.span, need, have, **names)
    for direction, ports, names in (
        ("input", context.inputs, data_inputs(action)),
        ("output", context.outputs, data_outputs(action)),
    ):
        known = by_name(ports)
        seen: set[str] = set()
        for name in names:
            if name not in known:
                scope.unknown(direction, name, list(known), action.span)
            elif name in seen:
                need = "a port of its own for each part"
                scope.report(messages.PRIMITIVE_TWICE, action.span, need, f"'{name}'", name=name)
            seen.add(name)


def _check_types(context: Context, action: Route, scope: Scope) -> None:
    """Check that what goes in can come out, and that what decides is a number."""
    types, inputs = TYPES[action.primitive], by_name(context.inputs)
    outputs = by_name(context.outputs)
    carried = [
        *(inputs[name] for name in action.inputs if name in inputs),
        *(outputs[name] for name in action.outputs if name in outputs),
    ]
    if carried and types.vectors_only and carried[0].kind == "scalar":
        _mismatch(carried[0], "a vector", action, scope)
    for port in carried[1:]:
        first = carried[0]
        if (port.kind, port.dtype) != (first.kind, first.dtype):
            _mismatch(port, f"{first.kind} {first.dtype}, as '{first.name}'", action, scope)
    if action.by in inputs and (
        inputs[action.by].kind != "scalar" or inputs[action.by].dtype not in types.by
    ):
        _mismatch(inputs[action.by], f"scalar {' or '.join(types.by)}", action, scope)
    if action.source in outputs:
        port = outputs[action.source]
        if (port.kind, port.dtype) != ("scalar", "i32"):
            _mismatch(port, "scalar i32", action, scope)


def _mismatch(port: Port, need: str, action: Route, scope: Scope) -> None:
    names = {"name": port.name, "primitive": action.primitive}
    have = f"{port.kind} {port.dtype}"
    scope.report(messages.PRIMITIVE_TYPE, port.span, need, have, **names)
