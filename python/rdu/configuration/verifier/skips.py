"""Skipping: that a walk which is told where to go on is told about itself, and can begin."""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import Endpoint, Sparse
from rdu.configuration.verifier.scope import Place, Scope
from rdu.configuration.verifier.sparse import takes_answers


def check_skips(scope: Scope) -> None:
    """Check that answers go to the lookup whose coordinates they are about, and start with some.

    A lookup takes an answer for each token that it sends, so without one it would never begin.
    """
    sources = {sink.to: net.source for net in scope.section.nets for sink in net.sinks}
    for net in scope.section.nets:
        for sink in net.sinks:
            source, target = scope.sources.get(net.source), scope.sinks.get(sink.to)
            if source is None or target is None or not (_answers(source) or takes_answers(target)):
                continue
            need = _walk(target) if takes_answers(target) else None
            have = _asked(source, sources) if _answers(source) else None
            if need is None or have != need:
                expected = f"one of 'skip' about '{need}'" if need else "a 'skip_lookup'"
                found = f"'{net.source}'" if have is None else f"one about '{have}'"
                scope.report(messages.SKIP_WALK, sink.span, expected, found, name=sink.to)
            elif sink.init < 1:
                scope.report(messages.SKIP_START, sink.span, "init 1 or more", 0, name=sink.to)


def _answers(place: Place) -> bool:
    action = place.view.context.action
    return isinstance(action, Sparse) and action.primitive == "skip"


def _walk(place: Place) -> Endpoint:
    """Return the port on which a lookup sends its coordinates."""
    action = place.view.context.action
    assert isinstance(action, Sparse)
    return Endpoint(place.view.unit.name, place.view.context.name, str(action.outputs[0]))


def _asked(place: Place, sources: dict[Endpoint, Endpoint]) -> Endpoint | None:
    """Return where the coordinates come from that an output of `skip` answers."""
    action = place.view.context.action
    assert isinstance(action, Sparse)
    number = action.outputs.index(place.port.name) if place.port.name in action.outputs else -1
    if not 0 <= number < len(action.inputs):
        return None
    end = Endpoint(place.view.unit.name, place.view.context.name, str(action.inputs[number]))
    return sources.get(end)
