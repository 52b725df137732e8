"""Counting the tokens that sparse primitives send, and those that SAM's blocks send in their place.

The blocks of SAM's simulator are not one for one our primitives: a repeat is two, of which the
first sends a signal for every token that is repeated by, once for all repeats by one stream; an
accumulator takes points, so that coordinates of the levels around it are held down to the innermost
one and the stops of three streams dropped; locating in a dense level is no block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rdu.configuration.model import ROOT, UNUSED, Context, Endpoint, Program, Section, Sparse, Unit
from rdu.simulator import RunResult
from rdu.simulator.result import ChannelStatistics, SectionResult

TWINS = ("intersect", "lookup", "union")
"""Primitives all of whose outputs have the same number of tokens."""

WALKS = ("lookup", "repeat_like")
"""Primitives that start the walk of a tensor where their reference is the root."""

ROOT_TOKENS = 2
REPEAT, ACCUMULATE, LOCATE = "repeat_like", "accumulate", "locate"


@dataclass(frozen=True, slots=True)
class _Traffic:
    """The channels of one run of a section: by output port (any of its channels), and by input."""

    sent: Mapping[Endpoint, ChannelStatistics]
    taken: Mapping[Endpoint, ChannelStatistics]
    source: Mapping[Endpoint, Endpoint]

    @classmethod
    def of(cls, section: Section, statistics: SectionResult) -> _Traffic:
        channels = iter(statistics.channels)
        sent: dict[Endpoint, ChannelStatistics] = {}
        taken: dict[Endpoint, ChannelStatistics] = {}
        source: dict[Endpoint, Endpoint] = {}
        for net in section.nets:
            for sink in net.sinks:
                sent[net.source] = taken[sink.to] = next(channels)
                source[sink.to] = net.source
        return cls(sent, taken, source)


def tokens(program: Program, result: RunResult) -> dict[str, tuple[int, ...]]:
    """Return how many tokens each unit sent on each of its outputs, stops and done included.

    A unit of several contexts has an entry for each of its primitives, `unit.context`. An output
    that nobody takes counts like another one of its unit with as many tokens, 0 if there is none.
    `root` counts the two tokens of the root for each walk that starts there.

    Args:
        program: a program of sparse primitives.
        result: of a run of it.
    """
    sent: dict[str, tuple[int, ...]] = {}
    walks = 0
    for section, traffic, unit, context, action in _primitives(program, result):
        walks += _starts_walk(action)
        name = unit.name if len(unit.contexts) == 1 else f"{unit.name}.{context.name}"
        name = name if name not in sent else f"{section.name}.{name}"
        sent[name] = tuple(_sent(unit, context, action, traffic))
    return {"root": (ROOT_TOKENS * walks,)} | sent


def block_tokens(program: Program, result: RunResult) -> int:
    """Return how many tokens SAM's blocks would have sent in the place of a program's primitives.

    All of them: stops, done and the roots' included. Those of its reducers for fibers that belong
    to no coordinate are left out.
    """
    total = 0
    signals: dict[Endpoint, int] = {}
    for _, traffic, unit, context, action in _primitives(program, result):
        total += ROOT_TOKENS * _starts_walk(action)
        if action.primitive == LOCATE:
            continue
        total += sum(_sent(unit, context, action, traffic))
        inputs = [Endpoint(unit.name, context.name, str(name)) for name in action.inputs]
        if action.primitive == REPEAT:
            like = traffic.source[inputs[1]]
            signals[like] = traffic.taken[inputs[1]].tokens
        if action.primitive == ACCUMULATE:
            reduced, *crds, values = (traffic.taken[end] for end in inputs)
            held = values.tokens + (reduced.tokens if len(crds) == 1 else 0)
            total += held + 3 * (values.tokens - values.stops + 1)
    return total + sum(signals.values())


def _primitives(
    program: Program, result: RunResult
) -> Iterator[tuple[Section, _Traffic, Unit, Context, Sparse]]:
    for run, statistics in zip(program.host, result.sections, strict=True):
        section = program.section(run.section)
        traffic = _Traffic.of(section, statistics)
        for unit, context in section.contexts():
            if isinstance(context.action, Sparse):
                yield section, traffic, unit, context, context.action


def _starts_walk(action: Sparse) -> bool:
    return action.primitive in WALKS and ROOT in action.inputs


def _sent(unit: Unit, context: Context, action: Sparse, traffic: _Traffic) -> Iterator[int]:
    ends = [Endpoint(unit.name, context.name, name) for name in action.outputs]
    known = [traffic.sent[end].tokens for end in ends if end.port != UNUSED]
    twin = max(known, default=0) if action.primitive in TWINS else 0
    for end in ends:
        yield twin if end.port == UNUSED else traffic.sent[end].tokens
