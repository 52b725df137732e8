"""What the engines run: a section as plain numbers, made by `rdu.simulator.elaboration.section`.

Registers of a context are numbered inputs first, then counters, then constants and results in the
order of the operations. The native engine reads these fields by name (`native/bindings`).
"""

from __future__ import annotations

from dataclasses import dataclass

from rdu.configuration.model import Source
from rdu.semantics.dtypes import DType


@dataclass(frozen=True, slots=True)
class Level:
    """One counter: lane i of iteration j has the value `start + j * stride + i * step`.

    `start_port` and `stop_port` are the inputs that a bound is read from, else -1; `until` marks a
    counter of stream tokens. `trips` is -1 where data decides.
    """

    start: int
    stop: int
    step: int
    stride: int
    trips: int
    start_port: int = -1
    stop_port: int = -1
    until: bool = False


@dataclass(frozen=True, slots=True)
class Sum:
    """An affine expression: `constant + sum(coefficients * counters)`, and inputs by number."""

    constant: int = 0
    coefficients: tuple[int, ...] = ()
    ports: tuple[tuple[int, int], ...] = ()


ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class When:
    """When a port acts, `negated` or not.

    Attributes:
        kind: `always`; `first` or `last`, of counter level `level`; `held`, register `register`;
            `negative` or `zero`, the value of `value`.
    """

    kind: str = ALWAYS
    level: int = 0
    register: int = -1
    value: Sum = Sum()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Input:
    """An input port: pops `channel` at the first firing of each iteration of `level`.

    It stands at the register of its number; `default` is its value where `when` is false.
    """

    name: str
    channel: int
    level: int
    kind: str
    dtype: DType | None
    stream: bool = False
    when: When = When()
    default: int | float | bool | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """An output port: pushes register `register` on every channel at the last firing of `level`.

    `register` is -1 for control tokens and for the word that a read, load or update delivers.
    """

    name: str
    channels: tuple[int, ...]
    level: int
    kind: str
    dtype: DType | None
    register: int
    stream: bool = False
    when: When = When()


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
class Guard:
    """An index that depends on data: position `index` of a tensor (or a memory's word)."""

    index: int
    value: Sum
    extent: int


@dataclass(frozen=True, slots=True)
class Access:
    """Where a memory action goes: word `constant + sum(coefficients * counters)` of `target`.

    Attributes:
        target: a memory or tensor number.
        constant, coefficients: the address, over the counters.
        buffer_level: the level whose iterations rotate the buffers of a memory; -1 for tensors.
        port: the data port's position among inputs (writes, updates, stores) or outputs.
        ports: inputs (number, coefficient) that the address adds to the counters.
        guards: what must lie in `0 <= value < extent` on every live lane, if data decides.
        back: how many buffers before the current one.
        mnemonic, old: an update's operation, and the output of its old value (-1: none).
    """

    target: int
    constant: int
    coefficients: tuple[int, ...]
    buffer_level: int
    port: int
    ports: tuple[tuple[int, int], ...] = ()
    guards: tuple[Guard, ...] = ()
    back: Sum = Sum()
    mnemonic: str = ""
    old: int = -1


@dataclass(frozen=True, slots=True)
class Array:
    """A systolic array at work: registers `a` and `b` go in, drained vectors come out in `result`.

    A tile is an iteration of level `over - 1`; `rows` x `columns` elements, row-major, drain as
    `vectors` vectors of `lanes` lanes; `tiles` may be in flight.
    """

    a: int
    b: int
    result: int
    over: int
    rows: int
    columns: int
    lanes: int
    vectors: int
    tiles: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A stream primitive by port numbers: see `rdu.configuration.model.Route`; -1 is none."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    by: int = -1
    source: int = -1


TRANSFERS = ("load", "store")
"""Kinds of contexts that move tensors, and nothing else."""

ROOT_INPUT = -1
CONSTANT_INPUT = -2


@dataclass(frozen=True, slots=True)
class SparseSpec:
    """A primitive of the sparse abstract machine, by numbers.

    Attributes:
        inputs: input ports in the order of its roles; -1 is the root, -2 the next of `constants`.
        outputs: output ports; -1 is unused.
        storage: how its tensors are stored, empty if it has none.
        tensors, extent: the tensors of its storage, and a dense level's coordinates.
        in_memory: whether `tensors` are memories of its unit instead.
        requests: whether their tier serves bursts, which it has to ask for, and not words.
        settings: its whole numbers, in the order of their declaration.
        lanes: values of a vector, where it has such values; else 1.
        function: the operation of its values, empty without one.
        dtype: the element type of its values; of an operation's, that of the first.
        constants: the operands of the function that are no streams, with their types.
    """

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    storage: str = ""
    tensors: tuple[int, ...] = ()
    in_memory: bool = False
    requests: bool = False
    extent: int = 0
    settings: tuple[int, ...] = ()
    lanes: int = 1
    function: str = ""
    dtype: DType = "i32"
    constants: tuple[tuple[int | float | bool, DType], ...] = ()


@dataclass(frozen=True, slots=True)
class ContextSpec:
    """A context in numbers.

    `kind` is compute, systolic, read, write, update, load, store, or the word of a stream primitive
    (`rdu.configuration.primitives`) or of a sparse one (`rdu.configuration.sparse`). `repeat` is -1
    for passes without end and for contexts that read streams. `constants` are pairs (register,
    value); `registers` lists every register's element type.
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
    array: Array | None = None
    choice: Choice | None = None
    sparse: SparseSpec | None = None


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A FIFO from one output port to one input port; `capacity` -1 is unbounded.

    `links` are the links of the dynamic network on its way, in order, on `virtual_channel`; -1
    there is a channel of its own, which takes `latency` cycles.
    """

    name: str
    kind: str
    capacity: int
    init: int
    latency: int
    source: int
    sink: int
    stream: bool = False
    discard: bool = False
    virtual_channel: int = -1
    links: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class MemorySpec:
    """A scratchpad memory: address a lies in bank `(a + a / skew) mod banks`; skew 0 is none."""

    name: str
    dtype: DType
    words: int
    buffers: int
    banks: int
    skew: int = 0


@dataclass(frozen=True, slots=True)
class TensorSpec:
    """A formal tensor's place in tier number `tier`: byte address of element 0."""

    name: str
    dtype: DType
    elements: int
    address: int
    tier: int = 0
    element_bytes: int = 4


@dataclass(frozen=True, slots=True)
class TierSpec:
    """A memory tier; a burst takes `burst_ticks / ticks_per_cycle` cycles of its channel.

    With a row buffer, each of `row_banks` banks of a channel holds `row_bursts` neighbouring bursts
    of it open; a burst of another row takes `row_miss_ticks` more. `row_bursts` 0 is none.
    """

    name: str
    channels: int
    burst_bytes: int
    burst_ticks: int
    ticks_per_cycle: int
    latency: int
    row_bursts: int = 0
    row_banks: int = 1
    row_miss_ticks: int = 0

    @property
    def least_response(self) -> int:
        """Least cycles from a request to its response."""
        return -(-self.burst_ticks // self.ticks_per_cycle) + self.latency


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """The dynamic network: names of its links, and what a link and its queues hold."""

    links: tuple[str, ...] = ()
    hop_latency: int = 1
    virtual_channels: int = 0
    buffers: int = 0


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
    tiers: tuple[TierSpec, ...]
    network: NetworkSpec = NetworkSpec()

    def tier_of(self, context: ContextSpec) -> int | None:
        """Return the tier that a context asks for bursts, None if it asks none."""
        if context.kind in TRANSFERS and context.access is not None:
            return self.tensors[context.access.target].tier
        if context.sparse is not None and context.sparse.requests:
            return self.tensors[context.sparse.tensors[0]].tier
        return None
