"""Absence: where a stream may carry `N`, and that only sparse primitives read it there.

A union gives `N` for what a tensor does not have, a location for what it does not find. Primitives
have a rule for it; counters that count a stream and the plain stream primitives have none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.model import Context, Endpoint, Net, Route, Sink, Sparse
from rdu.configuration.sparse import FORMS, group_size, roles
from rdu.configuration.verifier.scope import Scope

GIVES_ABSENCE: Mapping[str, str] = {
    "locate": "ref",
    "union": "x",
    "bv_union": "ref",
    "skip": "skip",
}
"""Primitives that give `N` of their own, and the role of the outputs on which they do.

A dense level is no exception for `locate`: it lacks a coordinate that is beyond its extent.
"""

NEVER_ABSENT = frozenset({"accumulate", "flatten"})
"""Primitives whose coordinates are never absent: those that are add nothing.

Values (`val`, `int`) never are either, since an absent one is a zero to whatever takes it. All else
passes on: what goes with a coordinate (`x`) is absent where it was or where a coordinate beside it
is, anything else where something is that is not merely carried or counted.
"""

COUNTS_PAYLOADS = frozenset({"number"})
"""Primitives that look at more than the stops of `any`: an absent token stays without a number."""


class Flow(NamedTuple):
    """How `N` goes through a primitive, by the names of its ports.

    Attributes:
        own: outputs that may carry `N` whatever comes in.
        carried: the output of each input that is only carried along.
        deciding: inputs whose `N` may come out of every output.
        outputs: those outputs.
    """

    own: tuple[str, ...]
    carried: Mapping[str, str]
    deciding: frozenset[str]
    outputs: tuple[str, ...]


NOTHING = Flow((), {}, frozenset(), ())


def flow_of(action: Sparse) -> Flow:
    """Return how `N` goes through a primitive; nothing does if it has the wrong number of ports."""
    form = FORMS[action.primitive]
    size = group_size(form, len(action.inputs), len(action.outputs))
    parts = roles(form.outputs, size or 1)
    if size is None or len(parts) != len(action.outputs):
        return NOTHING
    given = list(zip(action.outputs, parts, strict=True))
    if action.primitive in NEVER_ABSENT:
        return NOTHING
    own_role = GIVES_ABSENCE.get(action.primitive)
    own = tuple(name for name, role in given if role == own_role)
    counts = action.primitive in COUNTS_PAYLOADS
    ignored = {"val", "int", "skip"} if counts else {"val", "int", "skip", "any"}
    taken = [
        (name, role)
        for name, role in zip(action.inputs, roles(form.inputs, size), strict=True)
        if isinstance(name, str) and role not in ignored
    ]
    before, after = ([name for name, role in side if role == "x"] for side in (taken, given))
    carried = dict(zip(before, after, strict=True)) if len(before) == len(after) else {}
    deciding = frozenset(name for name, _ in taken if name not in carried)
    return Flow(own, carried, deciding, tuple(name for name, role in given if role != "val"))


def check_absence(scope: Scope) -> None:
    """Check that no stream that may carry `N` goes to a context without a rule for it.

    Each output is followed once, so the work is in proportion to the section.
    """
    channels: dict[Endpoint, list[tuple[Net, Sink]]] = {}
    for net in scope.section.nets:
        channels.setdefault(net.source, []).extend((net, sink) for sink in net.sinks)
    flows = {
        (view.unit.name, view.context.name): flow_of(view.context.action)
        for view in reversed(scope.views)
        if isinstance(view.context.action, Sparse)
    }
    absent = dict.fromkeys(
        Endpoint(*context, name) for context, flow in flows.items() for name in flow.own
    )
    agenda = list(absent)
    decided: set[tuple[str, str]] = set()
    while agenda:
        for net, sink in channels.get(agenda.pop(), ()):
            flow = flows.get((sink.to.unit, sink.to.context))
            if flow is None:
                _refuse(net, sink, scope)
                continue
            fresh = [end for end in _reached(sink.to, flow, decided) if end not in absent]
            absent.update(dict.fromkeys(fresh))
            agenda += fresh


def _reached(end: Endpoint, flow: Flow, decided: set[tuple[str, str]]) -> Iterator[Endpoint]:
    """Yield the outputs on which `N` at an input may come out, all of a context's but once."""
    context = end.unit, end.context
    if end.port in flow.carried:
        yield Endpoint(*context, flow.carried[end.port])
    elif end.port in flow.deciding and context not in decided:
        decided.add(context)
        yield from (Endpoint(*context, name) for name in flow.outputs)


def _refuse(net: Net, sink: Sink, scope: Scope) -> None:
    place = scope.sinks.get(sink.to)
    if place is None or not place.port.stream:
        return
    names = {"name": net.name, "port": str(sink.to)}
    have = _text(place.view.context)
    scope.report(messages.NET_ABSENT, sink.span, "a sparse primitive", have, **names)


def _text(context: Context) -> str:
    counted = next((counter for counter in context.counters if counter.until is not None), None)
    if counted is not None:
        return f"counter '{counted.name}' until '{counted.until}'"
    return context.action.primitive if isinstance(context.action, Route) else "another context"
