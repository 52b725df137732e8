"""Counter chains: their bounds, lanes and steps, and how often they are passed."""

from __future__ import annotations

import math

from rdu.configuration import messages
from rdu.configuration.model import Context, Counter, Port
from rdu.configuration.verifier.endings import certain_inputs
from rdu.configuration.verifier.expressions import port_text
from rdu.configuration.verifier.scope import INT_MAX, INT_MIN, Scope, View, is_sound, number_text

MOST_FIRINGS = 2**53
"""Of a context in a run: years of any machine, and exact in every report."""


def check_chains(scope: Scope) -> None:
    """Check the chain of every context of a section."""
    for view in scope.views:
        _check_passes(view.context, scope)
        if view.context.repeat is None:
            _check_forever(view, scope)
        for counter in view.context.counters:
            _check_counter(counter, scope)
            for bound in (counter.start, counter.stop):
                if isinstance(bound, str):
                    _check_bound(bound, counter, view, scope)


def _check_passes(context: Context, scope: Scope) -> None:
    report = scope.report
    if context.repeat is not None and context.repeat < 1:
        have = context.repeat
        report(messages.REPEAT, context.span, "at least 1", have, name=context.name)
    trips = (counter.trips for counter in context.counters if is_sound(counter))
    firings = math.prod((context.repeat or 1, *(n or 1 for n in trips)))
    if firings > MOST_FIRINGS:
        need = f"at most {MOST_FIRINGS} firings a run"
        report(messages.FIRINGS, context.span, need, number_text(firings), name=context.name)
    vectors = [counter for counter in context.counters if counter.par > 1]
    for counter in vectors[1:]:
        have = f"'{vectors[0].name}' and '{counter.name}'"
        report(messages.TWO_VECTORS, counter.span, "one at most", have, name=context.name)


def _check_forever(view: View, scope: Scope) -> None:
    """Check that every pass waits for an input."""
    if not certain_inputs(view):
        context, need = view.context, "an input that pops in every pass, whatever the data"
        scope.report(messages.FOREVER, context.span, need, "none", name=context.name)


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


def _check_bound(bound: str, counter: Counter, view: View, scope: Scope) -> None:
    """Check the port of a bound: it is read at the first firing of the level outside `counter`."""
    names = {"name": bound, "counter": counter.name}
    need = "a scalar i32 input"
    port = view.inputs.get(bound)
    if port is None:
        if bound in view.counters:
            scope.report(messages.BOUND_TYPE, counter.span, need, f"counter '{bound}'", **names)
        else:
            known = [p.name for p in view.inputs.values() if _bounds(p)]
            scope.unknown("bound", bound, known, counter.span)
    elif not _bounds(port):
        scope.report(messages.BOUND_TYPE, counter.span, need, port_text(port), **names)
    elif port.level == counter.name or view.lies_inside(port.level, counter.name):
        need = f"a level outside of '{counter.name}'"
        scope.report(messages.BOUND_LEVEL, counter.span, need, port_text(port), **names)


def _bounds(port: Port) -> bool:
    return port.kind == "scalar" and port.dtype == "i32"
