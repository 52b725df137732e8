"""Channels of the dynamic network: it is there, has the virtual channel, and reaches both ends."""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import Net, Sink
from rdu.configuration.verifier.scope import Scope


def check_dynamic(scope: Scope) -> None:
    """Check every channel of a section that is on the dynamic network."""
    for net in scope.section.nets:
        for sink in net.sinks:
            if sink.virtual_channel is not None:
                _check_sink(net, sink, sink.virtual_channel, scope)


def _check_sink(net: Net, sink: Sink, virtual_channel: int, scope: Scope) -> None:
    report, machine, most = scope.report, scope.machine, scope.machine.network.virtual_channels
    if not most:
        need = "a machine with virtual channels"
        report(messages.NO_NETWORK, sink.span, need, f"'{machine.name}'", name=sink.to)
    elif not 0 <= virtual_channel < most:
        need = f"vc 0..{most - 1}"
        report(messages.NO_CHANNEL, sink.span, need, virtual_channel, name=sink.to)
    if sink.route:
        need, have = "one way", f"one of length {len(sink.route)} and dynamic"
        report(messages.TWO_WAYS, sink.span, need, have, name=sink.to)
    for end in (net.source, sink.to):
        unit = scope.units.get(end.unit)
        if unit is not None and unit.place is None:
            need, have = "places at both ends", f"none of '{unit.name}'"
            report(messages.DYNAMIC_UNPLACED, sink.span, need, have, name=sink.to)
            return
