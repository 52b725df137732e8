"""What `spatial-to-rdu` plans before it emits: contexts, units, nets."""

from __future__ import annotations

from dataclasses import dataclass, field

from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear


@dataclass(frozen=True, slots=True)
class Counter:
    """A level of a context's chain."""

    name: str
    start: int
    stop: int
    step: int = 1
    lanes: int = 1


Chain = tuple[Counter, ...]


@dataclass(slots=True)
class Access:
    """A context that reads or writes a memory.

    `scope` are the outer controllers around it. `turn` tells readers that wait for each other
    apart: the longest path of memories before a reader, and of queues if its tokens wait for them.
    """

    memory: ir.Value
    writes: bool
    context: str
    chain: Chain
    address: Linear
    scope: tuple[ir.Value | ir.Operation, ...]
    turn: tuple[int, int]
    location: ir.Location
    level: int = 0
    acquires: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Transfer:
    """A context of an address generator."""

    loads: bool
    tensor: str
    chain: Chain
    index: tuple[Linear, ...]
    element: ir.Type
    location: ir.Location


@dataclass(slots=True)
class Compute:
    """A context of a PCU.

    `inputs` gives port, kind and level of each read and pop; `outputs` the value, kind and level
    of each port that writes and pushes drive.
    """

    controller: ir.OpView
    chain: Chain
    prefix: int
    inputs: dict[ir.Operation, tuple[str, str, int]]
    outputs: dict[str, tuple[ir.Value, str, int]]


@dataclass(slots=True)
class Unit:
    """A unit and its contexts by name; a PMU has the memory that it holds."""

    kind: str
    location: ir.Location
    memory: ir.Value | None = None
    contexts: dict[str, Access | Transfer | Compute] = field(default_factory=dict)


@dataclass(slots=True)
class Net:
    """A net's kind and its sinks: input port, capacity and tokens at the start."""

    kind: str
    sinks: list[tuple[str, int, int]] = field(default_factory=list)
