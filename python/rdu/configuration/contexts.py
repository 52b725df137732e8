"""What a context is: counters, ports, and what it does on each firing.

Part of `rdu.configuration.model`, which has all of it by the same names.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

DType = Literal["f32", "bf16", "i32", "i1"]
TokenKind = Literal["vector", "scalar", "control"]

PASS = "pass"
"""The name of level 0 of every counter chain: one pass over the whole chain."""

SYSTOLIC = "systolic"
"""The operation of a systolic array."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where an entity stands in a configuration file: 1-based line and column."""

    line: int
    column: int


NOWHERE = Span(0, 0)


@dataclass(frozen=True, slots=True)
class Source:
    """The line of the user's program that an entity implements."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Affine:
    """An affine expression `constant + sum(coefficient * name)`.

    Names are counters, in chain order; in an address also i32 input ports, behind the counters.
    """

    constant: int = 0
    terms: tuple[tuple[str, int], ...] = ()

    def coefficient(self, name: str) -> int:
        """Return the coefficient of a name, 0 if it does not occur."""
        return next((c for term, c in self.terms if term == name), 0)


Bound = int | str
"""A bound of a counter: a number, or the scalar i32 input port that it is read from."""


@dataclass(frozen=True, slots=True)
class Counter:
    """One level of a counter chain: `start <= value < stop`.

    `par` lanes take the values `value, value + step, ...`; the counter advances by `step * par`.
    With `until`, it counts the tokens of that stream input from 0 on, to a stop.
    """

    name: str
    start: Bound
    stop: Bound
    step: int = 1
    par: int = 1
    until: str | None = None
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def extent(self) -> tuple[int, int] | None:
        """Its bounds where the text says both; None where data decides."""
        if self.until is not None or isinstance(self.start, str) or isinstance(self.stop, str):
            return None
        return self.start, self.stop

    @property
    def trips(self) -> int | None:
        """How many values it takes in one iteration of the level outside; None: data decides."""
        if self.extent is None:
            return None
        start, stop = self.extent
        stride = self.step * self.par
        return max(0, -(-(stop - start) // stride))


@dataclass(frozen=True, slots=True)
class Edge:
    """Whether a firing belongs to the first or the last iteration of a counter."""

    which: Literal["first", "last"]
    counter: str


@dataclass(frozen=True, slots=True)
class Holds:
    """Whether an i1 value - an input, or for outputs any result - is true (or `negated`, not)."""

    name: str
    negated: bool = False


Relation = Literal["<", "<=", "==", "!=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two affine expressions over counters."""

    left: Affine
    relation: Relation
    right: Affine


Condition = Edge | Holds | Comparison
"""When a port acts."""

Constant = int | float | bool


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output of a context.

    An input pops at the first firing of every iteration of `level` and holds its token for the
    rest; an output pushes at the last firing. `dtype` is None exactly for control tokens. With
    `when`, it acts only where the condition holds; an input is `default` where it does not. The
    tokens of a `stream` are values, stops and done.
    """

    name: str
    kind: TokenKind
    dtype: DType | None
    level: str
    stream: bool = False
    when: Condition | None = None
    default: Constant | None = None
    span: Span = field(default=NOWHERE, compare=False)


Operand = str | Constant
"""An input port, a counter or an earlier result by name; or a constant of the operation's type."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One stage of a PCU: `result = mnemonic operands`.

    With `over`, it is a reduction: the state restarts at each iteration of the level just outside
    counter `over`, from `init` (a port or constant) or else the operation's identity. `systolic`
    over a counter is the outer product of two vectors, summed up in the array.
    """

    result: str
    mnemonic: str
    operands: tuple[Operand, ...]
    over: str | None = None
    init: Operand | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Drive:
    """Which value an output port carries."""

    port: str
    value: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Compute:
    """What a PCU context does on each firing: operations in stage order, then outputs."""

    operations: tuple[Operation, ...]
    drives: tuple[Drive, ...]


@dataclass(frozen=True, slots=True)
class Read:
    """A PMU read: the word at `address` of the buffer owned at `level` goes to output `port`.

    `back` buffers before it, where the window of a line buffer reaches back.
    """

    memory: str
    address: Affine
    level: str
    port: str
    back: Affine = Affine()
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Write:
    """A PMU write: input `port` goes to the word at `address` of the buffer owned at `level`."""

    memory: str
    address: Affine
    level: str
    port: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Update:
    """A PMU read-modify-write: `word = mnemonic(word, port)`, lane by lane.

    The old value goes to output `old`, if any.
    """

    memory: str
    address: Affine
    level: str
    mnemonic: str
    port: str
    old: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Load:
    """An AG load of element `index` of formal tensor `tensor` into output `port`."""

    tensor: str
    index: tuple[Affine, ...]
    port: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Store:
    """An AG store of input `port` to element `index` of formal tensor `tensor`."""

    tensor: str
    index: tuple[Affine, ...]
    port: str
    span: Span = field(default=NOWHERE, compare=False)


Primitive = Literal["filter", "partition", "merge", "reassemble", "compact"]


@dataclass(frozen=True, slots=True)
class Route:
    """A stream primitive: which tokens of the inputs go on to which output.

    `by` is the stream that decides (the predicate of `filter`, the choice of `partition` and
    `reassemble`); `source` the output that says which input `merge` has taken.
    """

    primitive: Primitive
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    by: str | None = None
    source: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Storage:
    """How a level of a sparse tensor, or its values, are stored: `compressed(B.seg, B.crd)`.

    `parts` are formal tensors by name, or extents.
    """

    kind: str
    parts: tuple[str | int, ...]


ROOT = "root"
"""The input of a sparse primitive that is no port: the stream `0 D`, there from the start."""

UNUSED = "_"
"""The output of a sparse primitive that nobody wants."""


@dataclass(frozen=True, slots=True)
class Sparse:
    """A primitive of the sparse abstract machine: streams of coordinates, references and values.

    `rdu.configuration.sparse` declares what each has. Operands of a `function` may be constants.
    """

    primitive: str
    inputs: tuple[Operand, ...]
    outputs: tuple[str, ...]
    function: str | None = None
    storage: Storage | None = None
    settings: tuple[tuple[str, int], ...] = ()
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def tensors(self) -> tuple[str, ...]:
        """The formal tensors of its storage."""
        parts = self.storage.parts if self.storage is not None else ()
        return tuple(part for part in parts if isinstance(part, str))


Action = Compute | Read | Write | Update | Load | Store | Route | Sparse


@dataclass(frozen=True, slots=True)
class Context:
    """One process on a unit: a counter chain and what it does on each firing."""

    name: str
    counters: tuple[Counter, ...]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    action: Action
    repeat: int | None = 1
    """Passes; None is without end. Streams decide it where a counter runs `until` their stop."""
    source: Source | None = None
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def levels(self) -> tuple[str, ...]:
        """Level names, outermost (`pass`) first."""
        return (PASS, *(c.name for c in self.counters))

    def level_index(self, name: str) -> int:
        """Return the depth of a level: 0 for `pass`, 1 for the outermost counter."""
        return self.levels.index(name)

    @property
    def vector_counter(self) -> Counter | None:
        """The innermost counter with more than one lane, or None."""
        return next((c for c in reversed(self.counters) if c.par > 1), None)
