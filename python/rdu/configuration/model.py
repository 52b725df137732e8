"""What a configuration is: a program for the fabric as frozen data.

What a context is has a file of its own, `contexts`; all names are here.

The text (`reader`, `writer`) and this model say exactly the same; `parse(print(x)) == x`. Nothing
here knows the compiler or the simulator. Every entity keeps the `span` of the text it was read from
(not compared), and contexts keep the source line of the model that they came from.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rdu.configuration.contexts import (
    NOWHERE,
    PASS,
    ROOT,
    SYSTOLIC,
    UNUSED,
    Action,
    Affine,
    Bound,
    Comparison,
    Compute,
    Condition,
    Constant,
    Context,
    Counter,
    Drive,
    DType,
    Edge,
    Holds,
    Load,
    Operand,
    Operation,
    Port,
    Primitive,
    Read,
    Relation,
    Route,
    Source,
    Span,
    Sparse,
    Storage,
    Store,
    TokenKind,
    Update,
    Write,
)

__all__ = [
    "ELEMENT_BYTES",
    "NOWHERE",
    "PASS",
    "ROOT",
    "SYSTOLIC",
    "UNUSED",
    "VERSION",
    "Action",
    "Affine",
    "Bound",
    "Comparison",
    "Compute",
    "Condition",
    "Constant",
    "Context",
    "Counter",
    "DType",
    "Drive",
    "Edge",
    "Endpoint",
    "Formal",
    "Holds",
    "Load",
    "Memory",
    "Net",
    "Operand",
    "Operation",
    "Place",
    "Port",
    "Primitive",
    "Program",
    "Read",
    "Relation",
    "Role",
    "Route",
    "Run",
    "Section",
    "Sink",
    "Source",
    "Span",
    "Sparse",
    "Storage",
    "Store",
    "Tensor",
    "TokenKind",
    "Unit",
    "UnitKind",
    "Update",
    "Write",
]

VERSION = 1

UnitKind = Literal["pcu", "pmu", "ag"]
Role = Literal["input", "output", "weight", "temporary"]
Place = tuple[int, int]
"""Row and column; AGs sit at column -1 (west) and at the number of columns (east)."""

ELEMENT_BYTES: dict[DType, int] = {"f32": 4, "bf16": 2, "i32": 4, "i1": 4}
"""Bytes of an element in a tier and in a scratchpad."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor in a memory tier, bound by name to an array when the program runs."""

    name: str
    dtype: DType
    shape: tuple[int, ...]
    role: Role
    tier: str = "dram"
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def bytes(self) -> int:
        """Bytes of all its elements."""
        return math.prod(self.shape) * ELEMENT_BYTES[self.dtype]


@dataclass(frozen=True, slots=True)
class Formal:
    """A section's parameter: the shape of a tensor that the host binds at each run."""

    name: str
    dtype: DType
    shape: tuple[int, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Memory:
    """A scratchpad memory of a PMU: `buffers` buffers of `words` elements each.

    Address a lies in bank `a mod banks`; with `skew`, in bank `(a + a / skew) mod banks`.
    """

    name: str
    dtype: DType
    words: int
    buffers: int = 1
    skew: int | None = None
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def bytes(self) -> int:
        """Bytes of all its buffers."""
        return self.words * self.buffers * ELEMENT_BYTES[self.dtype]


@dataclass(frozen=True, slots=True)
class Unit:
    """A physical unit's load: the contexts and memories that share it. `place` None is virtual."""

    kind: UnitKind
    name: str
    place: Place | None
    memories: tuple[Memory, ...]
    contexts: tuple[Context, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port of a context of a unit: `unit.context.port`."""

    unit: str
    context: str
    port: str

    def __str__(self) -> str:
        return f"{self.unit}.{self.context}.{self.port}"


@dataclass(frozen=True, slots=True)
class Sink:
    """One channel of a net: a consumer, its FIFO and the way to it.

    `capacity` None is unbounded; `init` tokens stand in the FIFO at section start (control only);
    with `discard` it may hold any number at the end. `route` lists switches (row, column) from the
    source's to the consumer's; empty is direct. `virtual_channel` is that of the dynamic network,
    None on the static one.
    """

    to: Endpoint
    capacity: int | None
    init: int = 0
    route: tuple[Place, ...] = ()
    discard: bool = False
    virtual_channel: int | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Net:
    """An output port and its consumers, each served by a channel of its own."""

    name: str
    kind: TokenKind
    source: Endpoint
    sinks: tuple[Sink, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Section:
    """One full configuration of the fabric."""

    name: str
    formals: tuple[Formal, ...]
    units: tuple[Unit, ...]
    nets: tuple[Net, ...]
    span: Span = field(default=NOWHERE, compare=False)

    def contexts(self) -> Iterator[tuple[Unit, Context]]:
        """Yield every context with its unit, in the order of the text."""
        for unit in self.units:
            for context in unit.contexts:
                yield unit, context


@dataclass(frozen=True, slots=True)
class Run:
    """A host step: run a section with tensors bound to its formals by name."""

    section: str
    bindings: Mapping[str, str]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Program:
    """A whole configuration file; `span` is that of its machine line."""

    machine: str
    machine_hash: str | None
    tensors: tuple[Tensor, ...]
    sections: tuple[Section, ...]
    host: tuple[Run, ...]
    version: int = VERSION
    file: str = field(default="<program>", compare=False)
    span: Span = field(default=NOWHERE, compare=False)

    def section(self, name: str) -> Section:
        """Return a section by name; KeyError if there is none."""
        for section in self.sections:
            if section.name == name:
                return section
        raise KeyError(name)

    def tensor(self, name: str) -> Tensor:
        """Return a tensor by name; KeyError if there is none."""
        for tensor in self.tensors:
            if tensor.name == name:
                return tensor
        raise KeyError(name)
