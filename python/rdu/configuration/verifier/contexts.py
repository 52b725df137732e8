"""Contexts: what their unit can do, the levels and types of their ports, and what has no use."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import get_args

from rdu.configuration import messages, sparse
from rdu.configuration.model import (
    Action,
    Compute,
    Context,
    Port,
    Primitive,
    Route,
    Sparse,
    Unit,
    UnitKind,
)
from rdu.configuration.verifier.scope import Scope
from rdu.configuration.verifier.uses import data_outputs, named_inputs

VERBS: dict[UnitKind, tuple[str, ...]] = {
    "pcu": ("compute", *get_args(Primitive), *sparse.words("pcu")),
    "pmu": ("read", "write", "update", *sparse.words("pmu")),
    "ag": ("load", "store", *sparse.words("ag")),
}
"""What the contexts of each kind of unit may do."""


def verb(action: Action) -> str:
    """Return what an action does: the name of a primitive, else its class in lower case."""
    named = isinstance(action, Route | Sparse)
    return action.primitive if named else type(action).__name__.lower()


def check_contexts(scope: Scope) -> None:
    """Check every context of a section."""
    for view in scope.views:
        context = view.context
        _check_unit(view.unit, context, scope)
        for port in (*context.inputs, *context.outputs):
            _check_port(port, view.levels, scope)
        if not isinstance(context.action, Compute):
            _check_uses(context, scope)


def _check_unit(unit: Unit, context: Context, scope: Scope) -> None:
    allowed = VERBS[unit.kind]
    have = verb(context.action)
    if have not in allowed:
        scope.report(
            messages.WRONG_UNIT,
            context.span,
            " or ".join(f"'{word}'" for word in allowed),
            f"'{have}' in context '{context.name}'",
            kind=unit.kind,
            unit=unit.name,
            verb=have,
        )


def _check_port(port: Port, levels: Collection[str], scope: Scope) -> None:
    if port.level not in levels:
        scope.unknown("level", port.level, levels, port.span)
    if (port.kind == "control") != (port.dtype is None):
        need = "none" if port.kind == "control" else "one"
        have = port.dtype or "none"
        names = {"kind": port.kind, "name": port.name}
        scope.report(messages.CONTROL_TYPE, port.span, need, have, **names)


def _check_uses(context: Context, scope: Scope) -> None:
    """Check that the action, a bound, an index or a condition has a use for each data port.

    A computation may ignore an input; its outputs are checked with what drives them.
    """
    for message, ports, used in (
        (messages.IDLE_INPUT, context.inputs, named_inputs(context)),
        (messages.UNDRIVEN, context.outputs, set(data_outputs(context.action))),
    ):
        data = [port for port in ports if port.kind != "control"]
        need = _only([port.name for port in data if port.name in used])
        for port in data:
            if port.name not in used:
                scope.report(message, port.span, need, f"'{port.name}'", name=port.name)


def _only(names: Iterable[str]) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"{listed} alone beside control ports" if listed else "control ports only"
