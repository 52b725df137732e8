"""Routes: from switch to switch between the ends of each channel, within the links' tracks."""

from __future__ import annotations

from itertools import pairwise

from rdu.configuration import messages
from rdu.configuration.model import Net, Place, Sink, TokenKind, Unit
from rdu.configuration.verifier.scope import Scope

Link = tuple[Place, Place]


def check_routes(scope: Scope) -> None:
    """Check the route of every channel, then that nets branch only and share no track."""
    if scope.machine.grid is None:
        return
    routed = any(sink.route for net in scope.section.nets for sink in net.sinks)
    users: dict[tuple[TokenKind, Link], list[Net]] = {}
    for net in scope.section.nets:
        for sink in net.sinks:
            _check_sink(net, sink, scope, routed=routed)
        for link in _tree(net, scope):
            users.setdefault((net.kind, link), []).append(net)
    for (kind, link), nets in users.items():
        tracks: int = getattr(scope.machine.network, f"{kind}_tracks")
        if len(nets) > tracks:
            text = f"{link[0]} -> {link[1]}"
            need, have = f"at most {tracks}", ", ".join(f"'{net.name}'" for net in nets)
            names = {"kind": kind, "link": text}
            scope.report(messages.TRACKS, nets[-1].span, need, f"{len(nets)}: {have}", **names)


def _check_sink(net: Net, sink: Sink, scope: Scope, *, routed: bool) -> None:
    report, span = scope.report, sink.span
    source, target = scope.units.get(net.source.unit), scope.units.get(sink.to.unit)
    if source is None or target is None:
        return
    if source.place is None or target.place is None:
        if sink.route:
            have = f"one of length {len(sink.route)}"
            report(messages.ROUTE_UNPLACED, span, "no route", have, name=sink.to)
        return
    if sink.capacity is None:
        need = "a capacity between placed units"
        report(messages.UNBOUNDED, span, need, "inf", name=sink.to)
    if sink.route:
        _check_route(sink, source, target, scope)
    elif routed and sink.virtual_channel is None and source.name != target.name:
        need = "a route, as other channels of the section have"
        report(messages.ROUTE_MISSING, span, need, "none", name=sink.to)


def _check_route(sink: Sink, source: Unit, target: Unit, scope: Scope) -> None:
    machine, report, route = scope.machine, scope.report, sink.route
    for switch in route:
        if not machine.is_switch(switch):
            report(messages.NO_SWITCH, sink.span, "a switch", switch, name=sink.to)
            return
    for message, unit, switch in (
        (messages.ROUTE_START, source, route[0]),
        (messages.ROUTE_END, target, route[-1]),
    ):
        near = machine.switches_at(unit.place) if unit.place else ()
        if near and switch not in near:
            need = f"a switch of '{unit.name}' ({', '.join(map(str, near))})"
            report(message, sink.span, need, switch, name=sink.to)
    for here, there in pairwise(route):
        if there not in machine.neighbours(here):
            need = f"a neighbour of {here}"
            report(messages.ROUTE_GAP, sink.span, need, there, name=sink.to)


def _tree(net: Net, scope: Scope) -> dict[Link, Place]:
    """Return the links of a net; report the switches that it enters from two sides."""
    entered: dict[Place, Place | None] = {}
    links: dict[Link, Place] = {}
    for sink in net.sinks:
        for here, there in pairwise((None, *sink.route)):
            if there is None:
                continue
            before = entered.setdefault(there, here)
            if before != here:
                need = f"one way into {there}"
                have = f"from {before or 'the source'} and {here or 'the source'}"
                scope.report(messages.ROUTE_TREE, sink.span, need, have, name=net.name)
            if here is not None:
                links[here, there] = there
    return links
