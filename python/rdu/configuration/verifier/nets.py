"""Nets: every port connected once, kinds and types agree, and rates can match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdu.configuration import messages
from rdu.configuration.model import Endpoint, Net, Sink, Span
from rdu.configuration.verifier.rates import check_rate
from rdu.configuration.verifier.scope import Place, Scope, report_unknown
from rdu.configuration.verifier.sparse import takes_answers

if TYPE_CHECKING:
    from collections.abc import Mapping


def check_nets(scope: Scope) -> None:
    """Check every net of a section, then that no port is left over."""
    outputs: dict[Endpoint, Span] = {}
    inputs: dict[Endpoint, Span] = {}
    for net in scope.section.nets:
        source = _end(net.source, "output", net.span, scope.sources, outputs, scope)
        if source is not None:
            _check_kind(net, source, net.span, scope)
        if not net.sinks:
            scope.report(messages.NO_SINK, net.span, "a consumer", "none", name=net.name)
        for sink in net.sinks:
            target = _end(sink.to, "input", sink.span, scope.sinks, inputs, scope)
            _check_channel(net, sink, target, scope)
            if target is not None:
                _check_kind(net, target, sink.span, scope)
            if target is not None and source is not None:
                _check_ends(net, source, sink, target, scope)
    for direction, ends, used in (
        ("output", scope.sources, outputs),
        ("input", scope.sinks, inputs),
    ):
        for endpoint, place in ends.items():
            if endpoint not in used:
                names = {"direction": direction, "name": str(endpoint)}
                scope.report(messages.DANGLING, place.port.span, "a net", "none", **names)


def _end(
    endpoint: Endpoint,
    direction: str,
    span: Span,
    ends: Mapping[Endpoint, Place],
    used: dict[Endpoint, Span],
    scope: Scope,
) -> Place | None:
    """Return the port at one end of a net; report it if it is unknown or already connected."""
    place = ends.get(endpoint)
    if place is None:
        report_unknown(scope.report, direction, str(endpoint), ends, span)
    elif endpoint in used:
        have = f"another in line {used[endpoint].line}"
        names = {"direction": direction, "name": str(endpoint)}
        scope.report(messages.DOUBLY_CONNECTED, span, "one net", have, **names)
    used.setdefault(endpoint, span)
    return place


def _check_kind(net: Net, place: Place, span: Span, scope: Scope) -> None:
    if place.port.kind != net.kind:
        names = {"name": net.name, "port": place.port.name}
        scope.report(messages.NET_KIND, span, net.kind, place.port.kind, **names)


def _check_channel(net: Net, sink: Sink, target: Place | None, scope: Scope) -> None:
    report, span = scope.report, sink.span
    if sink.init and net.kind != "control" and not (target and takes_answers(target)):
        names = {"kind": net.kind, "name": str(sink.to)}
        need = "init on channels of control tokens and of answers to a walk only"
        report(messages.INIT_KIND, span, need, sink.init, **names)
    if sink.capacity is None:
        return
    if sink.capacity < 1:
        report(messages.NO_CAPACITY, span, "capacity 1 or more", sink.capacity, name=sink.to)
    if sink.init > sink.capacity:
        need = f"at most {sink.capacity} tokens"
        report(messages.INIT_CAPACITY, span, need, sink.init, name=sink.to)


def _check_ends(net: Net, source: Place, sink: Sink, target: Place, scope: Scope) -> None:
    types = source.port.dtype, target.port.dtype
    if types[0] != types[1]:
        need, have = f"{types[0]}", f"{types[1]} at '{sink.to}'"
        scope.report(messages.NET_TYPE, sink.span, need, have, name=net.name)
    if source.port.stream != target.port.stream:
        need, have = (
            "a stream" if place.port.stream else "plain tokens" for place in (source, target)
        )
        scope.report(messages.NET_STREAM, sink.span, need, f"{have} at '{sink.to}'", name=net.name)
        return
    check_rate(net, source, sink, target, scope)
