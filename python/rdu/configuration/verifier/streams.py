"""Streams: the counters that run until their stops, and the levels of stream ports.

The primitives, which have no counters, have a file of their own.
"""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import Context, Counter, Port, Route, Sparse
from rdu.configuration.verifier.expressions import port_text
from rdu.configuration.verifier.scope import Scope, View


def check_streams(scope: Scope) -> None:
    """Check the stream ports of every context, and the counters that count their tokens."""
    for view in scope.views:
        context = view.context
        for port in (*context.inputs, *context.outputs):
            if port.stream and port.kind == "control":
                need = "a stream of vectors or scalars"
                scope.report(messages.STREAM_KIND, port.span, need, "control", name=port.name)
        if isinstance(context.action, Route | Sparse):
            continue
        counting = [counter for counter in context.counters if counter.until is not None]
        for counter in counting:
            _check_until(counter, counting[0], view, scope)
        if counting:
            _check_order(context, scope)
            _check_reader(view, counting, scope)
        else:
            _check_writer(context, scope)


def _check_order(context: Context, scope: Scope) -> None:
    """Check that the counters of a stream come before those with bounds."""
    outer: Counter | None = None
    for counter in context.counters:
        if counter.until is None:
            outer = outer or counter
        elif outer is not None:
            have = f"inside of '{outer.name}'"
            need = "a place outside of counters with bounds"
            scope.report(messages.UNTIL_ORDER, counter.span, need, have, name=counter.name)


def _check_until(counter: Counter, first: Counter, view: View, scope: Scope) -> None:
    report, span, name = scope.report, counter.span, counter.name
    if counter.until != first.until:
        have = f"'{counter.until}'"
        report(messages.UNTIL_OTHER, span, f"until '{first.until}'", have, name=name)
    if counter.par > 1:
        report(messages.UNTIL_LANES, span, "1 lane", counter.par, name=name)
    port = view.inputs.get(str(counter.until))
    if port is None:
        scope.unknown("stream", str(counter.until), view.inputs, span)
    elif not port.stream:
        have = port_text(port)
        report(messages.UNTIL_STREAM, span, "a stream input", have, name=name, port=port.name)


def _check_reader(view: View, counting: list[Counter], scope: Scope) -> None:
    """Check a context that reads streams: the levels of all are those that stops end."""
    context, report, innermost = view.context, scope.report, counting[-1].name
    if context.repeat != 1:
        have = "repeat forever" if context.repeat is None else f"repeat {context.repeat}"
        report(messages.STREAM_REPEAT, context.span, "no repeat", have, name=context.name)
    counted = view.inputs.get(str(counting[0].until))
    if counted is not None and counted.stream and counted.level in view.levels:
        _check_counted(counted, innermost, scope)
    for port in context.inputs:
        if port.stream and port is not counted and view.lies_inside(port.level, innermost):
            need = f"@{innermost} or a level outside"
            report(messages.STREAM_LEVEL, port.span, need, f"@{port.level}", name=port.name)


def _check_counted(port: Port, innermost: str, scope: Scope) -> None:
    """Check the stream that ends the counters."""
    report = scope.report
    if port.level != innermost:
        need = f"@{innermost}, whose iterations it counts"
        report(messages.STREAM_LEVEL, port.span, need, f"@{port.level}", name=port.name)
    if port.when is not None:
        need = "a token for every iteration"
        report(messages.STREAM_WHEN, port.span, need, "a condition", name=port.name)


def _check_writer(context: Context, scope: Scope) -> None:
    """Check a context whose counters have bounds: it reads no stream, and ends those it writes."""
    for port in context.inputs:
        if port.stream:
            need = f"a counter 'until {port.name}'"
            scope.report(messages.STREAM_UNCOUNTED, port.span, need, "none", name=port.name)
    for port in context.outputs:
        if port.stream and context.repeat is None:
            need, have = "a last pass", "repeat forever"
            scope.report(messages.STREAM_ENDLESS, port.span, need, have, name=port.name)
