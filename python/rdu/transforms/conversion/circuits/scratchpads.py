"""A section whose primitives work on scratchpads: levels and values are brought to PMUs and back.

Each level of a tensor, and its values, has a PMU with the memories that it needs. Contexts fill
these from address generators, primitives on the same PMU read them, and what primitives write is
read out and stored. A memory is filled once, before anybody reads it, and stays as it is. What
stays in its tier (`residency`) is read and written by address generators alone.

Several primitives that read the same share its memories as long as the contexts of a PMU suffice;
beyond, there are copies, filled by the same loads. So nothing is loaded twice, and a scratchpad
is duplicated only where nothing else is left: it has no room for one more reader.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from rdu.codegen.sparse import form_of
from rdu.mlir_ext import ir
from rdu.targets import Machine
from rdu.transforms.conversion.circuits.circuit import Circuit, Unit, flat
from rdu.transforms.conversion.circuits.layout import (
    DATA,
    MAIN,
    UNBOUNDED,
    Layout,
    Memory,
    Place,
    Step,
    Transfer,
)
from rdu.transforms.conversion.circuits.residency import goes_by_bursts
from rdu.transforms.conversion.circuits.stored import Part, Storage
from rdu.transforms.conversion.circuits.totals import entries, totals

DIGITS = "0123456789"

PARTS_OF_LEVELS = ("segments", "coordinates")
"""Storages of what reads a level in its tier."""


@dataclass(frozen=True, slots=True)
class Large:
    """What does not fit a scratchpad: what it is, where it comes from, the bytes it needs.

    It may stay in its tier but for the primitives that need it whole: `whole`, by their words.
    """

    what: str
    location: ir.Location
    bytes: int
    may_stay: bool
    whole: tuple[str, ...]


def on_scratchpads(
    circuit: Circuit,
    machine: Machine,
    fifo_depth: int | None,
    totals_words: int | None,
    in_tier: Collection[Storage] = (),
) -> Layout:
    """Return a section whose primitives read and write memories of PMUs.

    Args:
        circuit: the primitives, with the bounds of their signals.
        machine: says how many contexts a PMU has, and how deep FIFOs are.
        fifo_depth: the capacity of channels between primitives; as deep as there are if None.
        totals_words: words of a tree in an accumulation; as many as there may be if None.
        in_tier: storages that stay in their tier, whose lookups are none any more.
    """
    return _Builder(circuit, machine, fifo_depth, totals_words, in_tier).build()


def too_large(layout: Layout, machine: Machine) -> Iterator[Large]:
    """Yield every unit of a section whose memories are larger than a scratchpad."""
    for place in layout.places.values():
        need = sum(memory.bytes for memory in place.memories)
        if need > machine.pmu.bytes:
            jobs = [c.unit.job for c in place.contexts.values() if isinstance(c, Step)]
            stored = [job for job in jobs if job.storage is not None]
            whole = {job.primitive for job in stored if not goes_by_bursts(job)}
            may_stay = bool(stored) and not whole
            yield Large(place.holds, place.location, need, may_stay, tuple(sorted(whole)))


def what(storage: Storage) -> str:
    """Say what of which tensor a storage is."""
    tensor, level = _owner(storage)
    return f"level {level} of '{tensor}'" if level.isdigit() else f"the value array of '{tensor}'"


def _owner(storage: Storage) -> tuple[str, str]:
    """Return the name of a storage's tensor, and the number of its level or `values`."""
    tensor, _, last = storage.parts[-1].name.rpartition(".")
    return tensor, last.removeprefix(last.rstrip(DIGITS)) or last


class _Builder:
    """Lays out one section.

    Attributes:
        homes: where each primitive is: a unit and a context.
    """

    def __init__(
        self,
        circuit: Circuit,
        machine: Machine,
        fifo_depth: int | None,
        totals_words: int | None,
        in_tier: Collection[Storage],
    ) -> None:
        self.circuit = circuit
        self.in_tier = in_tier
        self.totals_words = totals_words
        self.machine = machine
        self.layout = Layout(circuit.name)
        self.homes: dict[str, tuple[str, str]] = {}
        fifos = {"scalar": machine.fifo.scalar, "vector": machine.fifo.vector}
        self.depths = {kind: fifo_depth or _depth(most) for kind, most in fifos.items()}
        self.vector_depth = _depth(machine.fifo.vector)

    def build(self) -> Layout:
        """Place storages with those that touch them, then all else; connect."""
        readers: dict[Storage, list[str]] = {}
        for name, unit in self.circuit.units.items():
            storage, form = unit.job.storage, form_of(unit.job.primitive)
            assert form is not None, "primitives are declared"
            if form.in_memory:
                self._holding(name, unit)
            elif storage is None:
                self._alone(name, unit, unit.job.kind)
            elif storage in self.in_tier or storage.kind in PARTS_OF_LEVELS:
                self._alone(name, unit, "ag", storage)
            elif not storage.parts:
                self._alone(name, unit, "pmu", storage)
            elif form.stores:
                self._written(name, unit, storage)
            else:
                readers.setdefault(storage, []).append(name)
        for storage, names in readers.items():
            self._read(storage, names)
        for signal, sinks in self.circuit.sinks.items():
            source = ".".join((*self.homes[signal.unit], signal.port))
            for unit, port in sinks:
                sink = ".".join((*self.homes[unit], port))
                start = self.circuit.starts.get((unit, port), 0)
                depth = self.depths[signal.token]
                self.layout.connect(source, signal.token, sink, depth, start)
        return self.layout

    def _alone(self, name: str, unit: Unit, kind: str, storage: Storage | None = None) -> None:
        """Give a primitive without memory a unit."""
        home, place = self._place(kind, name, unit.job.location)
        words = None if storage is None else storage.words
        step = Step(unit, None if storage is None else storage.kind, words)
        self.homes[name] = home, place.add(MAIN, step)

    def _holding(self, name: str, unit: Unit) -> None:
        """Give a primitive that merges or sorts fibers a memory, which it alone uses."""
        home, place = self._place("pmu", name, unit.job.location)
        bounds, room = self.circuit.bounds, self.machine.pmu.bytes
        if unit.job.primitive == "sort":
            memory, does = entries(unit, bounds, room), "sorts"
        else:
            memory, does = totals(unit, bounds, room, self.totals_words), "merges"
        place.memories.append(memory)
        place.holds = f"what '{name}' {does} at a time"
        self.homes[name] = home, place.add(MAIN, Step(unit, "values", (memory.name,)))

    def _read(self, storage: Storage, names: Sequence[str]) -> None:
        """Fill memories from tensors for primitives that read them."""
        location = self.circuit.units[names[0]].job.location
        loads = [self._transfer("load", part, location) for part in storage.parts]
        share = max(1, self.machine.pmu.contexts - len(storage.parts))
        for start in range(0, len(names), share):
            home, place = self._memories(storage, location)
            fills = [
                place.add(f"fill_{memory.name}", _moved("write", memory))
                for memory in place.memories
            ]
            for load, fill in zip(loads, fills, strict=True):
                self._carry(load, (home, fill))
            for name in names[start : start + share]:
                context = self._step(place, self.circuit.units[name], storage)
                self.homes[name] = home, context
                for fill in fills:
                    self.layout.pass_on((home, fill), (home, context))

    def _written(self, name: str, unit: Unit, storage: Storage) -> None:
        """Store memories that a primitive has written."""
        home, place = self._memories(storage, unit.job.location)
        context = self._step(place, unit, storage)
        self.homes[name] = home, context
        for memory, part in zip(place.memories, storage.parts, strict=True):
            read = place.add(f"read_{memory.name}", _moved("read", memory))
            self.layout.pass_on((home, context), (home, read))
            self._carry((home, read), self._transfer("store", part, unit.job.location))

    def _memories(self, storage: Storage, location: ir.Location) -> tuple[str, Place]:
        """Add a PMU with a memory for each part of a storage."""
        tensor, level = _owner(storage)
        name = flat(tensor) if tensor[0].isalpha() else f"tensor_{flat(tensor)}"
        home, place = self._place("pmu", f"{name}_{level}", location)
        place.holds = what(storage)
        for part in storage.parts:
            name = part.name.rpartition(".")[2].rstrip(DIGITS)
            place.memories.append(Memory(name, part.element, part.elements))
        return home, place

    def _transfer(self, verb: str, part: Part, location: ir.Location) -> tuple[str, str]:
        """Add an address generator that loads or stores a part; return its context."""
        home, place = self._place("ag", f"{verb}_{flat(part.name)}", location)
        way = "load" if verb == "load" else "store"
        return home, place.add(MAIN, Transfer(way, part.name, part.element, part.elements))

    def _step(self, place: Place, unit: Unit, storage: Storage) -> str:
        extents = storage.words[: len(storage.words) - len(storage.parts)]
        words = (*extents, *(memory.name for memory in place.memories))
        return place.add(unit.job.primitive, Step(unit, storage.kind, words))

    def _carry(self, source: tuple[str, str], sink: tuple[str, str]) -> None:
        ends = (".".join((*end, DATA)) for end in (source, sink))
        self.layout.connect(next(ends), "vector", next(ends), self.vector_depth)

    def _place(self, kind: str, wish: str, location: ir.Location) -> tuple[str, Place]:
        name = self.layout.place(kind, wish, location)
        return name, self.layout.places[name]


def _moved(verb: str, memory: Memory) -> Transfer:
    way = "read" if verb == "read" else "write"
    return Transfer(way, memory.name, memory.element, memory.words)


def _depth(tokens: float) -> int:
    """Return a FIFO's depth as a capacity."""
    return UNBOUNDED if tokens == float("inf") else int(tokens)
