"""A section in the making: a unit for each primitive, and the signals between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rdu.codegen.sparse import ROOT as ROOT_PORT
from rdu.mlir_ext import ir
from rdu.support.names import unused
from rdu.transforms.conversion.circuits.bounds import Bound
from rdu.transforms.conversion.circuits.stored import INDEX, Storage


@dataclass(frozen=True, slots=True)
class Signal:
    """A stream as the output of a unit.

    `kind` is what it carries, a word as in its type; `lanes` of it, a vector, if more than 1.
    """

    unit: str
    port: str
    kind: str
    element: str
    lanes: int = 1

    @property
    def token(self) -> str:
        """The kind of its tokens on the fabric."""
        return "scalar" if self.lanes == 1 else "vector"


ROOT = Signal("", ROOT_PORT, "ref", INDEX)
"""The stream of a reference to the root of a tensor, which needs no unit."""

Input = Signal | int | float


@dataclass(frozen=True, slots=True)
class Output:
    """A stream to be sent: what it carries, the element type, and how many values a token has."""

    kind: str
    element: str
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Job:
    """What a unit is to do.

    Attributes:
        primitive: its word in configurations.
        kind: the kind of unit.
        name: what the unit is named after.
        location: the op's.
        function: the scalar operation, where the primitive computes.
        storage: what it reads or writes.
        settings: whole numbers by name.
    """

    primitive: str
    kind: str
    name: str
    location: ir.Location
    function: str | None = None
    storage: Storage | None = None
    settings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with its ports: inputs by name with their signals, constants in between."""

    job: Job
    inputs: tuple[tuple[str, Input], ...]
    outputs: tuple[Signal, ...]


@dataclass(slots=True)
class Circuit:
    """The units of a section.

    Attributes:
        name: the section's.
        units: by name.
        sinks: for each signal that somebody takes, the units and their input ports.
        starts: how many tokens are at an input from the start, where there are any.
        bounds: how much a signal may carry at most, where that is known.
    """

    name: str
    units: dict[str, Unit] = field(default_factory=dict[str, Unit])
    sinks: dict[Signal, list[tuple[str, str]]] = field(
        default_factory=dict[Signal, list[tuple[str, str]]]
    )
    starts: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    bounds: dict[Signal, Bound] = field(default_factory=dict[Signal, Bound])

    def add(self, job: Job, inputs: Sequence[Input], outputs: Sequence[Output]) -> list[Signal]:
        """Add a unit; return the signals that it sends."""
        unit = unused(job.name, self.units)
        kinds = [each.kind if isinstance(each, Signal) and each != ROOT else "" for each in inputs]
        names = _ports(kinds, "")
        taken = tuple(zip(names, inputs, strict=True))
        ports = _ports([output.kind for output in outputs], "out_")
        sent = tuple(
            Signal(unit, port, output.kind, output.element, output.lanes)
            for port, output in zip(ports, outputs, strict=True)
        )
        self.units[unit] = Unit(job, taken, sent)
        for port, source in taken:
            if isinstance(source, Signal) and source != ROOT:
                self.sinks.setdefault(source, []).append((unit, port))
        return list(sent)

    def feed_back(self, signal: Signal, unit: str, start: int) -> None:
        """Add an input to a unit that is there already, with tokens at it from the start."""
        earlier = self.units[unit]
        self.units[unit] = replace(earlier, inputs=(*earlier.inputs, (signal.kind, signal)))
        self.sinks.setdefault(signal, []).append((unit, signal.kind))
        self.starts[unit, signal.kind] = start


def flat(name: str) -> str:
    """Return a tensor's name without dots, as names of sections and units have none."""
    return name.replace(".", "_")


def _ports(kinds: Sequence[str], prefix: str) -> list[str]:
    """Name ports after what they carry, with a number where several carry the same."""
    names: list[str] = []
    for position, kind in enumerate(kinds):
        number = f"_{kinds[:position].count(kind)}" if kinds.count(kind) > 1 else ""
        names.append(f"{prefix}{kind}{number}")
    return names
