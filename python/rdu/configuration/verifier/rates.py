"""Rates: how many tokens a port moves in a run, where the text alone says so."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rdu.configuration import messages
from rdu.configuration.model import Net, Sink
from rdu.configuration.verifier.scope import Place, Scope, is_sound, number_text
from rdu.configuration.verifier.systolic import is_systolic, vectors_per_tile

if TYPE_CHECKING:
    from rdu.targets import Machine


def check_rate(net: Net, source: Place, sink: Sink, target: Place, scope: Scope) -> None:
    """Check that a channel can end with its initial tokens; if it may hold any, that it has enough.

    Nothing is said where a condition or data decide how many tokens an end moves.
    """
    produced = tokens_per_run(source, scope.machine)
    consumed = tokens_per_run(target, scope.machine)
    if produced is None or consumed is None or produced == consumed:
        return
    if sink.discard and produced + sink.init >= consumed:
        return
    need = f"{number_text(consumed)} tokens a run, as '{sink.to}' pops @{target.port.level}"
    have = f"{number_text(produced)}, as '{net.source}' pushes @{source.port.level}"
    scope.report(messages.RATE, sink.span, need, have, name=sink.to)


def tokens_per_run(place: Place, machine: Machine) -> int | None:
    """Return how many tokens a port moves in a run; None where the text does not say."""
    context, port, levels = place.view.context, place.port, place.view.levels
    if port.stream or port.when is not None or port.level not in levels:
        return None
    depth = levels[port.level]
    outside, inside = context.counters[:depth], context.counters[depth:]
    sound = all(map(is_sound, outside)) and all(c.extent is None or is_sound(c) for c in inside)
    if not context.repeat or not sound:
        return None
    tokens = context.repeat * math.prod(counter.trips or 0 for counter in outside)
    if port not in context.outputs or not is_systolic(context):
        return tokens
    return None if machine.systolic is None else tokens * vectors_per_tile(machine.systolic)
