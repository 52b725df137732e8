"""What the engines run: a section as plain numbers, made by `rdu.simulator.elaborate`.

Registers of a context are numbered inputs first, then counters, then constants and results in the
order of the operations. The native engine reads these fields by name (`native/bindings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from rdu.configuration.model import Source
from rdu.semantics.dtypes import DType


@dataclass(frozen=True, slots=True)
class Level:
    """One counter: lane i of iteration j has the value `start + j * stride + i * step`."""

    start: int
    stop: int
    step: int
    stride: int
    trips: int


@dataclass(frozen=True, slots=True)
class Input:
    """An input port: pops `channel` at the first firing of each iteration of `level`."""

    name: str
    channel: int
    level: int
    kind: str
    dtype: DType | None


@dataclass(frozen=True, slots=True)
class Output:
    """An output port: pushes register `register` on every channel at the last firing of `level`.

    `register` is -1 for control tokens and for the word that a read or load delivers.
    """

    name: str
    channels: tuple[int, ...]
    level: int
    kind: str
    dtype: DType | None
    register: int


@dataclass(frozen=True, slots=True)
class Step:
    """One operation: `registers[result] = mnemonic(registers[operands])`.

    `over` is -1, or the level of a reduction's outermost counter; its state restarts at each first
    firing of level `over - 1` from register `init` (-1: the identity); `tree` combines the lanes.
    """

    mnemonic: str
    operands: tuple[int, ...]
    result: int
    over: int
    init: int
    tree: bool


@dataclass(frozen=True, slots=True)
class Access:
    """Where a memory action goes: word `constant + sum(coefficients * counters)` of `target`.

    `target` is a memory or tensor number; `buffer_level` is the level whose iterations rotate the
    buffers of a memory (-1 for tensors); `port` is the data port's position among inputs/outputs.
    """

    target: int
    constant: int
    coefficients: tuple[int, ...]
    buffer_level: int
    port: int


@dataclass(frozen=True, slots=True)
class ContextSpec:
    """A context in numbers; `kind` is compute, read, write, load or store.

    `constants` are pairs (register, value); `registers` lists every register's element type.
    """

    name: str
    kind: str
    levels: tuple[Level, ...]
    vector_level: int
    repeat: int
    depth: int
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    constants: tuple[tuple[int, int | float | bool], ...]
    steps: tuple[Step, ...]
    registers: tuple[DType, ...]
    access: Access | None
    source: Source | None


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A FIFO from one output port to one input port; `capacity` -1 is unbounded."""

    name: str
    kind: str
    capacity: int
    init: int
    latency: int
    source: int
    sink: int


@dataclass(frozen=True, slots=True)
class MemorySpec:
    """A scratchpad memory in 32-bit words."""

    name: str
    dtype: DType
    words: int
    buffers: int
    banks: int


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A formal tensor's place in its tier: byte address of element 0."""

    name: str
    dtype: DType
    elements: int
    address: int


@dataclass(frozen=True, slots=True)
class TierSpec:
    """A memory tier; a burst takes `burst_ticks / ticks_per_cycle` cycles of its channel."""

    name: str
    channels: int
    burst_bytes: int
    burst_ticks: int
    ticks_per_cycle: int
    latency: int

    @property
    def least_response(self) -> int:
        """Least cycles from a request to its response."""
        return -(-self.burst_ticks // self.ticks_per_cycle) + self.latency


@dataclass(frozen=True, slots=True)
class ElaboratedSection:
    """Everything an engine needs to know."""

    name: str
    lanes: int
    outstanding: int
    contexts: tuple[ContextSpec, ...]
    channels: tuple[ChannelSpec, ...]
    memories: tuple[MemorySpec, ...]
    tensors: tuple[TensorSpec, ...]
    tier: TierSpec
