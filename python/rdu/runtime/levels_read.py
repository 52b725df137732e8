"""Which tensors are levels of sparse tensors, as the primitives of a program read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from rdu.configuration.model import (
    Context,
    Endpoint,
    Load,
    Program,
    Run,
    Section,
    Sparse,
    Storage,
    Unit,
    Write,
)

_ALONE = Storage("dense", (1,))
"""Under it, positions are those above: so a list of points goes on to its next coordinates."""


class Level(NamedTuple):
    """The tensors that a level is stored in.

    A singleton one has no segments; of one that is asked for by bursts nobody may want coordinates.
    """

    segments: str | None
    coordinates: str | None


def levels_of(program: Program) -> Iterator[Level]:
    """Yield the compressed and singleton levels that the primitives of a program's runs read."""
    for run in program.host:
        section = program.section(run.section)
        for unit, context in section.contexts():
            action = context.action
            if not isinstance(action, Sparse):
                continue
            if action.primitive == "bounds":
                source = Endpoint(unit.name, context.name, action.outputs[0])
                yield from _asked_for(section, run, source, action)
            elif action.storage and action.storage.kind in ("compressed", "singleton"):
                yield from _walked(section, run, unit, action.storage)


def _walked(section: Section, run: Run, unit: Unit, storage: Storage) -> Iterator[Level]:
    formals = [_formal(section, unit, str(part)) for part in storage.parts]
    *segments, coordinates = [run.bindings.get(formal or "") for formal in formals]
    if coordinates is not None and None not in segments:
        yield Level(segments[0] if segments else None, coordinates)


def _asked_for(section: Section, run: Run, source: Endpoint, bounds: Sparse) -> Iterator[Level]:
    """Yield the level whose bounds a primitive loads; what else is fetched there is singleton."""
    (segments,) = bounds.tensors
    fetched = {
        run.bindings[formal]
        for positions, _ in _readers(section, source, "range")
        for formal in _fetched(section, positions)
    }
    first, *others = sorted(fetched) or (None,)
    yield Level(run.bindings[segments], first)
    yield from (Level(None, each) for each in others)


def _fetched(section: Section, positions: Endpoint) -> Iterator[str]:
    """Yield the formals whose words are fetched at positions."""
    yield from (fetch.tensors[0] for _, fetch in _readers(section, positions, "fetch"))
    for below, lookup in _readers(section, positions, "lookup"):
        if lookup.storage == _ALONE:
            yield from _fetched(section, below)


def _readers(
    section: Section, source: Endpoint, primitive: str
) -> Iterator[tuple[Endpoint, Sparse]]:
    """Yield the primitives of a kind that take an output, with the last output of each."""
    actions = {(unit.name, context.name): context.action for unit, context in section.contexts()}
    ends = [sink.to for net in section.nets if net.source == source for sink in net.sinks]
    for end in ends:
        action = actions[end.unit, end.context]
        if isinstance(action, Sparse) and action.primitive == primitive:
            yield replace(end, port=action.outputs[-1]), action


def _formal(section: Section, unit: Unit, part: str) -> str | None:
    """Return the formal that is a part of a storage, or that fills the memory that is one."""
    if all(memory.name != part for memory in unit.memories):
        return part
    contexts = {(unit.name, context.name): context for unit, context in section.contexts()}
    for context in unit.contexts:
        action = context.action
        if isinstance(action, Write) and action.memory == part:
            source = _source(section, Endpoint(unit.name, context.name, action.port))
            return _loaded(contexts, source) if source else None
    return None


def _source(section: Section, sink: Endpoint) -> Endpoint | None:
    return next((net.source for net in section.nets if any(s.to == sink for s in net.sinks)), None)


def _loaded(contexts: Mapping[tuple[str, str], Context], source: Endpoint) -> str | None:
    action = contexts[source.unit, source.context].action
    return action.tensor if isinstance(action, Load) else None
