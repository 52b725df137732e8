"""What a section is emitted from: units with memories and contexts, and the nets between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rdu.mlir_ext import ir
from rdu.support.names import unused
from rdu.transforms.conversion.circuits.circuit import Unit
from rdu.transforms.conversion.circuits.stored import WORD_BYTES

UNBOUNDED = -1
"""The capacity of a channel without end, in the `rdu` dialect."""

DATA, FULL, FREE = "data", "full", "free"
"""Ports: the words of a transfer, the token that passes a memory on, that which returns it."""

MAIN = "main"
"""The name of a unit's only context."""

Word = str | int
"""A part of a storage: a memory or formal by name, or an extent."""


@dataclass(slots=True)
class Step:
    """A context that is a primitive: it takes and gives the control tokens named, once each.

    Attributes:
        unit: the primitive, its ports and its signals.
        words: the parts of its storage, None if it has none.
        kind: the kind of its storage.
    """

    unit: Unit
    kind: str | None
    words: tuple[Word, ...] | None
    acquires: list[str] = field(default_factory=list[str])
    releases: list[str] = field(default_factory=list[str])


@dataclass(slots=True)
class Transfer:
    """A context that moves the words of a formal or a memory, in order, a vector at a time.

    Attributes:
        verb: `load` and `store` move a formal, `read` and `write` a memory.
        name: the formal or the memory.
        element: its element type.
        elements: how many words it has.
    """

    verb: Literal["load", "store", "read", "write"]
    name: str
    element: str
    elements: int
    acquires: list[str] = field(default_factory=list[str])
    releases: list[str] = field(default_factory=list[str])


@dataclass(frozen=True, slots=True)
class Memory:
    """A memory of a PMU; words are of 4 bytes."""

    name: str
    element: str
    words: int
    buffers: int = 1

    @property
    def bytes(self) -> int:
        """What it takes of a scratchpad."""
        return WORD_BYTES * self.words * self.buffers


@dataclass(slots=True)
class Place:
    """A unit: its kind, memories, and contexts by name; `holds` says what of the graph it holds."""

    kind: str
    location: ir.Location
    holds: str = ""
    memories: list[Memory] = field(default_factory=list[Memory])
    contexts: dict[str, Step | Transfer] = field(default_factory=dict[str, Step | Transfer])

    def add(self, wish: str, context: Step | Transfer) -> str:
        """Add a context under a name that is not taken yet; return the name."""
        name = unused(wish, self.contexts)
        self.contexts[name] = context
        return name


@dataclass(slots=True)
class Wire:
    """A net: its kind, and of each sink the port, the capacity and the tokens at the start."""

    name: str
    kind: str
    location: ir.Location
    sinks: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])


@dataclass(slots=True)
class Layout:
    """The units of a section by name, and its nets by the port that they come from."""

    name: str
    places: dict[str, Place] = field(default_factory=dict[str, Place])
    wires: dict[str, Wire] = field(default_factory=dict[str, Wire])
    _names: set[str] = field(default_factory=set[str])

    def place(self, kind: str, wish: str, location: ir.Location) -> str:
        """Add a unit under a name that is not taken yet; return the name."""
        name = unused(wish, self.places)
        self.places[name] = Place(kind, location)
        return name

    def connect(self, source: str, kind: str, sink: str, capacity: int, init: int = 0) -> None:
        """Connect an output port to one more input port; tokens at the start have room."""
        capacity = capacity if capacity == UNBOUNDED else max(capacity, init)
        if source not in self.wires:
            unit, context, port = source.split(".")
            base = unit if context == MAIN else f"{unit}_{context}"
            name = self._unused(f"{base}_{port.removeprefix('out_')}")
            self.wires[source] = Wire(name, kind, self.places[unit].location)
        self.wires[source].sinks.append((sink, capacity, init))

    def pass_on(self, writer: tuple[str, str], reader: tuple[str, str]) -> None:
        """Let a context fill the one buffer of a memory for another to read.

        The writer waits until it is free, which it is at the start; the reader waits until it is
        full. Both ends are a unit and a context of it, which may have more partners.
        """
        giver, taker = (self.places[unit].contexts[context] for unit, context in (writer, reader))
        full, free = _numbered(taker.acquires, FULL), _numbered(giver.acquires, FREE)
        _once(giver.releases, FULL)
        _once(taker.releases, FREE)
        first, second = ".".join(writer), ".".join(reader)
        self.connect(f"{first}.{FULL}", "control", f"{second}.{full}", 1)
        self.connect(f"{second}.{FREE}", "control", f"{first}.{free}", 1, 1)

    def _unused(self, wish: str) -> str:
        name = unused(wish, self._names)
        self._names.add(name)
        return name


def _once(ports: list[str], port: str) -> None:
    if port not in ports:
        ports.append(port)


def _numbered(ports: list[str], base: str) -> str:
    """Add a port of a kind of which there may be several; return its name."""
    same = sum(port.rstrip("0123456789_") == base for port in ports)
    ports.append(f"{base}_{same}" if same else base)
    return ports[-1]
