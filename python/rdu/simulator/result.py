"""What a run reports, as frozen data that both engines fill alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Source


@dataclass(frozen=True, slots=True)
class ContextStatistics:
    """Where the cycles of one context went; the parts sum to `lifetime`.

    `starved` and `backpressured` map port names to cycles; `bank` counts extra cycles of bank
    conflicts, `memory` waits for DRAM responses, `idle` what is left after the last firing.
    """

    name: str
    kind: str
    firings: int
    busy: int
    bank: int
    starved: dict[str, int]
    backpressured: dict[str, int]
    memory: int
    idle: int
    lifetime: int
    source: Source | None = None

    @property
    def accounted(self) -> int:
        """Sum of all parts; equals `lifetime`."""
        waits = sum(self.starved.values()) + sum(self.backpressured.values())
        return self.busy + self.bank + waits + self.memory + self.idle


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Traffic of one channel: tokens popped, and the most it held at once.

    `stops` are those of its tokens that were stops or done, as streams have them.
    """

    name: str
    kind: str
    capacity: int
    tokens: int
    high_water: int
    stops: int = 0


@dataclass(frozen=True, slots=True)
class TierStatistics:
    """Traffic of one memory tier: bytes (whole bursts count), and what its row buffer did.

    A burst hits or misses the row that its bank has open; without a row buffer it does neither.
    """

    name: str
    loaded_bytes: int
    stored_bytes: int
    bursts: int = 0
    row_hits: int = 0
    row_misses: int = 0

    @property
    def bytes(self) -> int:
        """All bytes moved."""
        return self.loaded_bytes + self.stored_bytes


@dataclass(frozen=True, slots=True)
class LinkStatistics:
    """Traffic of one link of the dynamic network: packets taken, and the cycles they waited.

    A packet waits from its arrival at the queue before the link until the link takes it.
    """

    name: str
    packets: int
    waited: int


PARTS: Mapping[str, tuple[str, ...]] = {
    "context": ("work", "bank", "pipeline"),
    "channel": ("latency", "rate", "slot", "contention"),
    "tier": ("latency", "transfer"),
}
"""What the cycles of a critical path are made of: kinds of entities, and the parts of each."""


@dataclass(frozen=True, slots=True)
class Share:
    """Cycles of a section's critical path that go to one part of one entity.

    Attributes:
        entity: context, channel or tier.
        number: which of them, as numbered in the section.
        part: one of the entity's `PARTS`.
        cycles: how many; never 0.
    """

    entity: str
    number: int
    part: str
    cycles: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where the cycles of each context went over time.

    Attributes:
        bucket: cycles of a bucket, a power of two; bucket b is cycles `b * bucket` and on.
        states: by context, the names of its states: busy, bank, memory, idle, and one for each
            input (starved) and output (back-pressured) in port order.
        cycles: by context, cycles in each state, [buckets, states] i64; no rows after its last
            retirement.
    """

    bucket: int
    states: tuple[tuple[str, ...], ...]
    cycles: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True)
class SectionResult:
    """One run of one section; `cycles` runs from its start to its last retirement.

    `critical_path` sums to `cycles`; it and `timeline` are there if they were recorded.
    """

    name: str
    cycles: int
    contexts: tuple[ContextStatistics, ...]
    channels: tuple[ChannelStatistics, ...]
    tiers: tuple[TierStatistics, ...]
    links: tuple[LinkStatistics, ...] = ()
    reconfiguration: int = 0
    critical_path: tuple[Share, ...] | None = None
    timeline: Timeline | None = field(default=None, compare=False)
    engine: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Blocked:
    """Why an unfinished context stands still: a channel is `empty`, or `full`."""

    context: int
    channel: int
    reason: str


@dataclass(frozen=True, slots=True)
class Deadlock:
    """The state in which a section stopped: blocked contexts and the tokens in each channel."""

    time: int
    blocked: tuple[Blocked, ...]
    fills: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """A firing that its data forbids, at which a run ends without a result.

    Attributes:
        time: when it would have started, but for retirements.
        context: its context, by number.
        kind: `index`, if an address or index is out of range; `choice`, if there is no such way;
            `stream`, if streams disagree; `value`, if what becomes of a coordinate is none.
        position: of an index its position in the access, else the input that is to blame.
        value: the index, the choice, the number that is no coordinate, or what stands at the
            stream's head: s for a stop `S_s`, -1 for done, -2 for a value, -3 for an absent one.
        expected: the extent, the number of ways, or what the stream should have.
    """

    time: int
    context: int
    kind: str
    position: int
    value: int
    expected: int
