"""Contexts: what their unit can do, their counter chain, the levels and types of their ports."""

from __future__ import annotations

import math
from collections.abc import Collection

from rdu.configuration import messages
from rdu.configuration.model import (
    Action,
    Compute,
    Context,
    Counter,
    Load,
    Port,
    Read,
    Route,
    Store,
    Unit,
    UnitKind,
    Update,
    Write,
)
from rdu.configuration.verifier.scope import INT_MAX, INT_MIN, Scope, is_sound

MOST_FIRINGS = 2**53
"""Of a context in a run: years of any machine, and exact in every report."""

VERBS: dict[UnitKind, tuple[str, ...]] = {
    "pcu": ("compute",),
    "pmu": ("read", "write"),
    "ag": ("load", "store"),
}
"""What the contexts of each kind of unit may do."""


def verb(action: Action) -> str:
    """Return what an action does: its class in lower case."""
    return type(action).__name__.lower()


def check_contexts(scope: Scope) -> None:
    """Check every context of a section."""
    for unit, context in scope.section.contexts():
        _check_unit(unit, context, scope)
        _check_chain(context, scope)
        levels = dict.fromkeys(context.levels)
        for is_input, ports in ((True, context.inputs), (False, context.outputs)):
            for port in ports:
                _check_port(port, context, levels, scope, is_input=is_input)


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


def _check_chain(context: Context, scope: Scope) -> None:
    report = scope.report
    if context.repeat is not None and context.repeat < 1:
        have = context.repeat
        report(messages.REPEAT, context.span, "at least 1", have, name=context.name)
    for counter in context.counters:
        _check_counter(counter, scope)
    vectors = [counter for counter in context.counters if counter.par > 1]
    trips = (counter.trips for counter in context.counters if is_sound(counter))
    firings = math.prod((context.repeat or 1, *(n or 1 for n in trips)))
    if firings > MOST_FIRINGS:
        need = f"at most {MOST_FIRINGS} firings a run"
        report(messages.FIRINGS, context.span, need, firings, name=context.name)
    for counter in vectors[1:]:
        have = f"'{vectors[0].name}' and '{counter.name}'"
        report(messages.TWO_VECTORS, counter.span, "one at most", have, name=context.name)


def _check_counter(counter: Counter, scope: Scope) -> None:
    report, name, lanes = scope.report, counter.name, scope.machine.pcu.lanes
    if counter.step < 1:
        report(messages.COUNTER_STEP, counter.span, "a step of 1 or more", counter.step, name=name)
    if counter.par < 1:
        report(messages.COUNTER_LANES, counter.span, "1 lane or more", counter.par, name=name)
    start, stop = counter.extent or (0, 1)
    if stop <= start:
        have = f"{start}..{stop}"
        need = f"an end above {start}"
        report(messages.COUNTER_EMPTY, counter.span, need, have, name=name)
    numbers = [n for n in (counter.start, counter.stop, counter.step) if isinstance(n, int)]
    if min(numbers) < INT_MIN or max(numbers) > INT_MAX + 1:
        have = f"{counter.start}..{counter.stop} step {counter.step}"
        need = f"bounds and a step from {INT_MIN} to {INT_MAX + 1}"
        report(messages.COUNTER_RANGE, counter.span, need, have, name=name)
    if counter.par > lanes:
        report(messages.LANES, counter.span, f"at most {lanes}", counter.par, name=name)


def _check_port(
    port: Port, context: Context, levels: Collection[str], scope: Scope, *, is_input: bool
) -> None:
    if port.level not in levels:
        scope.unknown("level", port.level, levels, port.span)
    if (port.kind == "control") != (port.dtype is None):
        need = "none" if port.kind == "control" else "one"
        have = port.dtype or "none"
        names = {"kind": port.kind, "name": port.name}
        scope.report(messages.CONTROL_TYPE, port.span, need, have, **names)
    action = context.action
    if isinstance(action, Compute | Route) or port.kind == "control" or port.name == action.port:
        return
    if is_input:
        need = _only_port(action, is_input=True)
        scope.report(messages.IDLE_INPUT, port.span, need, f"'{port.name}'", name=port.name)
    else:
        need = _only_port(action, is_input=False)
        scope.report(messages.UNDRIVEN, port.span, need, f"'{port.name}'", name=port.name)


def _only_port(action: Read | Write | Update | Load | Store, *, is_input: bool) -> str:
    if is_input == isinstance(action, Write | Update | Store):
        return f"'{action.port}' alone beside control ports"
    return "control ports only"
