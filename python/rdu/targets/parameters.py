"""The declared parameters of a machine: each with its unit, meaning and least value."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from fractions import Fraction
from typing import Any

Number = int | Fraction | float
"""A parameter's value: whole, an exact rational, or infinite (`math.inf`)."""

MOST = {"bytes": 2**48, "bytes/cycle": 2**31, "cycles": 2**31, "Hz": 2**40}
"""The largest number by unit; of a fraction, the largest numerator and denominator. What engines
compute from a few of them still fits their 64 bits."""

MOST_PARTS = 2**16
"""The largest number of parts of any other kind: engines hold something for each."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """The declaration of one parameter.

    Attributes:
        unit: what the number counts; a machine file must repeat it.
        meaning: one line for the documentation.
        least: the smallest legal value.
        rational: whether fractions are legal, and exact.
        unbounded: whether `inf` is legal (ideal machines).
        default: what holds for a machine file that does not give it; None if every file must.
    """

    unit: str
    meaning: str
    least: int = 1
    rational: bool = False
    unbounded: bool = False
    default: int | None = None

    @property
    def most(self) -> int:
        """The largest legal value; of a fraction, of its numerator and its denominator."""
        return MOST.get(self.unit, MOST_PARTS)

    @property
    def expected(self) -> str:
        """What a legal value is, for messages."""
        if self.rational:
            return f"a fraction of whole numbers from 1 to {self.most}"
        end = " or inf" if self.unbounded else ""
        return f"a whole number from {self.least} to {self.most}{end}"

    def admits(self, number: Fraction) -> bool:
        """Whether a finite number is legal."""
        if max(number.numerator, number.denominator) > self.most:
            return False
        return number > 0 if self.rational else number.denominator == 1 and number >= self.least


def parameter(
    unit: str,
    meaning: str,
    *,
    least: int = 1,
    rational: bool = False,
    unbounded: bool = False,
    default: int | None = None,
) -> Any:
    """Declare a dataclass field that is a machine parameter."""
    declared = Parameter(unit, meaning, least, rational, unbounded, default)
    metadata = {"parameter": declared}
    return (
        field(metadata=metadata) if default is None else field(default=default, metadata=metadata)
    )


def parameters_of(cls: Any) -> dict[str, Parameter]:
    """Return the declared parameters of a dataclass in order of declaration."""
    declared = {f.name: f.metadata.get("parameter") for f in fields(cls)}
    return {name: p for name, p in declared.items() if p is not None}


@dataclass(frozen=True, slots=True)
class Grid:
    """The array: units on a checkerboard, switches on the corners between them.

    The unit at (i, j) is a PCU where i + j is even, else a PMU. There is a switch at every corner,
    (rows + 1) x (columns + 1) of them; AGs sit west and east of the switch rows.
    """

    rows: int = parameter("units", "rows of units")
    columns: int = parameter("units", "columns of units")


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports, counters and contexts of a unit, shared by its contexts."""

    vector_in: int = parameter("ports", "vector inputs", least=0)
    vector_out: int = parameter("ports", "vector outputs", least=0)
    scalar_in: int = parameter("ports", "scalar inputs", least=0)
    scalar_out: int = parameter("ports", "scalar outputs", least=0)
    control_in: int = parameter("ports", "control inputs", least=0)
    control_out: int = parameter("ports", "control outputs", least=0)
    counters: int = parameter("counters", "counters")
    contexts: int = parameter("contexts", "contexts")


@dataclass(frozen=True, slots=True)
class Pcu(Ports):
    """A pattern compute unit: a pipeline of SIMD stages."""

    lanes: int = parameter("lanes", "lanes of a vector")
    stages: int = parameter("stages", "pipeline stages, one operation a lane each")
    registers: int = parameter("registers", "registers of a lane between two stages")


@dataclass(frozen=True, slots=True)
class Systolic:
    """The systolic array of a PCU: it sums outer products, then drains through the pipeline."""

    rows: int = parameter("elements", "rows of the array, one a lane of its left operand")
    columns: int = parameter("elements", "columns of the array, one a lane of its right operand")
    output_lanes: int = parameter("lanes", "lanes of a drained vector")
    tiles: int = parameter("tiles", "tiles in flight: being summed or drained")


@dataclass(frozen=True, slots=True)
class Pmu(Ports):
    """A pattern memory unit: a banked scratchpad with address pipelines."""

    bytes: int = parameter("bytes", "capacity of the scratchpad")
    banks: int = parameter("banks", "banks, one word a cycle each")
    stages: int = parameter("stages", "stages of integer address arithmetic", least=0)
    depth: int = parameter("cycles", "depth of an access")


@dataclass(frozen=True, slots=True)
class Ag(Ports):
    """An address generator: the fabric's access to a memory tier."""

    outstanding: int = parameter("bursts", "bursts that may be in flight")
    depth: int = parameter("cycles", "depth from a firing to its request")


JOINS, REPEAT, FOLD = ("intersect", "skip", "union"), "repeat_like", "fold"


@dataclass(frozen=True, slots=True)
class Sparse:
    """The primitives of the sparse abstract machine: cycles from what one takes to what it gives.

    A machine without this table has none of them.
    """

    depth: int = parameter("cycles", "depth of a primitive")
    repeat_depth: int = parameter("cycles", "depth of `repeat_like`")
    join_depth: int = parameter("cycles", "depth of `intersect`, `skip` and `union`")
    stages: int = parameter("stages", "stages of a PCU that a primitive takes", default=1)
    join_stages: int = parameter(
        "stages", "stages that `intersect`, `skip` and `union` take", default=1
    )

    def depth_of(self, primitive: str, lanes: int) -> int:
        """Return the depth of a primitive by its word in a configuration, on PCUs of so many lanes.

        That of `fold` counts for each round of the tree over the lanes.
        """
        if primitive in JOINS:
            return self.join_depth
        if primitive == FOLD:
            return self.depth * _rounds(lanes)
        return self.repeat_depth if primitive == REPEAT else self.depth

    def stages_of(self, primitive: str, lanes: int) -> int:
        """Return the stages of a PCU of so many lanes that a primitive takes."""
        if primitive == FOLD:
            return self.stages * _rounds(lanes)
        return self.join_stages if primitive in JOINS else self.stages


def _rounds(lanes: int) -> int:
    """Return the rounds of a tree over lanes, at least 1."""
    return max(1, (lanes - 1).bit_length())


@dataclass(frozen=True, slots=True)
class Fifo:
    """The deepest FIFO at an input port, by kind of token."""

    vector: float = parameter("tokens", "vector FIFO", unbounded=True)
    scalar: float = parameter("tokens", "scalar FIFO", unbounded=True)
    control: float = parameter("tokens", "control FIFO", unbounded=True)


@dataclass(frozen=True, slots=True)
class Network:
    """The networks: switches joined to their four neighbours by directed links.

    The static one gives each net tracks of its own on the links of its route. The dynamic one, on
    links of its own, takes turns: it carries packets, one a cycle on a link, in virtual channels.
    """

    hop_latency: int = parameter("cycles", "latency of a switch on a route", least=0)
    vector_tracks: float = parameter("tracks", "vector nets on one link", unbounded=True)
    scalar_tracks: float = parameter("tracks", "scalar nets on one link", unbounded=True)
    control_tracks: float = parameter("tracks", "control nets on one link", unbounded=True)
    direct_latency: int = parameter("cycles", "latency of a direct link", least=0, default=1)
    virtual_channels: int = parameter(
        "channels", "virtual channels of the dynamic network; 0 is none", least=0, default=0
    )
    vc_buffers: int = parameter("packets", "places for a virtual channel behind a link", default=1)

    def tracks(self, kind: str) -> float:
        """Return how many nets of a kind (`vector`, `scalar`, `control`) one link carries."""
        return {
            "vector": self.vector_tracks,
            "scalar": self.scalar_tracks,
            "control": self.control_tracks,
        }[kind]


@dataclass(frozen=True, slots=True)
class Tier:
    """A memory tier: interleaved channels that serve whole bursts.

    With a row buffer, the banks of a channel each hold one row open, and a burst of another row
    waits for its row to be opened.
    """

    channels: int = parameter("channels", "channels, interleaved by burst")
    bytes_per_cycle: Fraction = parameter(  # noqa: RUF009 - a frozen default-free field
        "bytes/cycle", "bandwidth of a channel", rational=True
    )
    burst_bytes: int = parameter("bytes", "bytes of a burst")
    latency: int = parameter("cycles", "from the end of service to the response")
    capacity_bytes: int = parameter("bytes", "capacity of the tier")
    row_bytes: int = parameter(
        "bytes", "bytes of a row of a bank; 0 is a tier without a row buffer", least=0, default=0
    )
    row_banks: int = parameter("banks", "banks of a channel, one open row each", default=1)
    row_miss: int = parameter("cycles", "to open another row, before a burst", least=0, default=0)
    direct: int = parameter(
        "words", "words a cycle for each sparse primitive, beside the channels", least=0, default=0
    )

    def whole_bursts(self, size: int) -> int:
        """Return the bytes of the bursts that `size` bytes take."""
        return -(-size // self.burst_bytes) * self.burst_bytes
