"""Which storages stay in the memory tier that they come from, and what reads them there.

A storage that a scratchpad does not hold stays where it is, and primitives on address generators
ask for bursts of it. Values are loaded there and results written as they are elsewhere. A lookup is
a circuit of its own: where a fiber begins and ends, the positions between, the coordinate at each;
FIFOs between these hide the latencies. What primitives need at once, whole fibers as a location
does or words of bits with their counts, has to be on a scratchpad.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, NamedTuple, get_args

from rdu.codegen.sparse import form_of
from rdu.support.names import unused
from rdu.targets import Machine
from rdu.transforms.conversion.circuits.circuit import (
    ROOT,
    Circuit,
    Input,
    Job,
    Output,
    Signal,
    Unit,
)
from rdu.transforms.conversion.circuits.stored import INDEX, WORD_BYTES, Storage

Residency = Literal["auto", "scratchpad", "dram"]
"""Where storages are: in the tier if they have to be, never, or wherever they can be."""

RESIDENCIES: tuple[Residency, ...] = get_args(Residency)

WALKED = ("compressed", "singleton")
"""The kinds of levels that a lookup walks by bursts."""


class Resident(NamedTuple):
    """A storage that stays in its tier: one that touches it, and the bytes that it takes."""

    storage: Storage
    unit: Unit
    bytes: int


def residents(circuit: Circuit, machine: Machine, residency: str) -> Iterator[Resident]:
    """Yield each storage of a section that stays in its tier."""
    users: dict[Storage, list[Unit]] = {}
    for unit in circuit.units.values():
        if unit.job.storage is not None and unit.job.storage.parts:
            users.setdefault(unit.job.storage, []).append(unit)
    for storage, units in users.items():
        size = WORD_BYTES * sum(part.elements for part in storage.parts)
        wanted = residency == "dram" or (residency == "auto" and size > machine.pmu.bytes)
        if wanted and all(goes_by_bursts(unit.job) for unit in units):
            yield Resident(storage, units[0], size)


def by_bursts(circuit: Circuit, storages: Collection[Storage]) -> Circuit:
    """Return a section in which lookups of storages that stay in their tier are what they take."""
    made = Circuit(circuit.name)
    signals = {ROOT: ROOT}
    names: dict[str, str] = {}
    for name, unit in circuit.units.items():
        # What is fed back comes of units behind.
        taken = [source for port, source in unit.inputs if (name, port) not in circuit.starts]
        inputs = [signals[i] if isinstance(i, Signal) else i for i in taken]
        if unit.job.primitive == "lookup" and unit.job.storage in storages:
            crd, ref = unit.outputs
            signals[ref] = _positions(made, unit.job, inputs)
            if crd in circuit.sinks:
                signals[crd] = _coordinates(made, unit.job, signals[ref])
            continue
        names[name] = unused(unit.job.name, made.units)
        sent = made.add(
            unit.job, inputs, [Output(s.kind, s.element, s.lanes) for s in unit.outputs]
        )
        signals.update(zip(unit.outputs, sent, strict=True))
    for (name, port), start in circuit.starts.items():
        answer = dict(circuit.units[name].inputs)[port]
        assert isinstance(answer, Signal), "constants are not fed back"
        made.feed_back(signals[answer], names[name], start)
    made.bounds = {signals[s]: bound for s, bound in circuit.bounds.items() if s in signals}
    return made


def goes_by_bursts(job: Job) -> bool:
    """Tell whether a primitive can do with bursts of its storage, itself or in parts."""
    form = form_of(job.primitive)
    assert form is not None, "primitives are declared"
    assert job.storage is not None, "it touches one"
    return form.bursts or (job.primitive == "lookup" and job.storage.kind in WALKED)


REF, CRD = Output("ref", INDEX), Output("crd", INDEX)


def _positions(made: Circuit, lookup: Job, inputs: list[Input]) -> Signal:
    """Add what finds the positions of fibers."""
    assert lookup.storage is not None, "it reads one"
    *segments, _ = lookup.storage.parts
    if not segments:
        # Each reference is the position of its only coordinate.
        alone = _instead(lookup, "lookup", "ag", Storage("dense", 1))
        return made.add(alone, inputs, [CRD, REF])[1]
    bounds = _instead(lookup, "bounds", "ag", Storage("segments", parts=tuple(segments)))
    ends = made.add(bounds, inputs, [REF, REF])
    return made.add(_instead(lookup, "range", "pcu"), ends, [REF])[0]


def _coordinates(made: Circuit, lookup: Job, positions: Signal) -> Signal:
    """Add what loads the coordinates at positions."""
    assert lookup.storage is not None, "it reads one"
    storage = Storage("coordinates", parts=lookup.storage.parts[-1:])
    return made.add(_instead(lookup, "fetch", "ag", storage), [positions], [CRD])[0]


def _instead(lookup: Job, word: str, kind: str, storage: Storage | None = None) -> Job:
    name = lookup.name.removeprefix("fiber_lookup")
    return Job(word, kind, f"{word}{name}", lookup.location, storage=storage)
