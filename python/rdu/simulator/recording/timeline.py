"""Where each context's cycles went over time, in a bounded number of buckets.

A timeline starts with a bucket for each cycle. When it is full, neighbouring buckets are added up:
half as many, of twice the length. So its counts stay exact, and only their places get coarser.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rdu.simulator.python_engine.firing import BUSY, MEMORY, Cause
from rdu.simulator.recording.recorder import Recorder, Start
from rdu.simulator.result import Timeline
from rdu.simulator.specification import ContextSpec, ElaboratedSection

BANK: Cause = ("bank", "")
IDLE: Cause = ("idle", "")


def _causes(spec: ContextSpec) -> list[Cause]:
    starved = [("starved", port.name) for port in spec.inputs]
    pressed = [("backpressured", port.name) for port in spec.outputs]
    return [BUSY, BANK, MEMORY, IDLE, *starved, *pressed]


def state_names(spec: ContextSpec) -> tuple[str, ...]:
    """Return the names of a context's states."""
    return tuple(" ".join(filter(None, cause)) for cause in _causes(spec))


class _Track:
    """The buckets of one context; `end` is the first cycle without a state yet."""

    def __init__(self, spec: ContextSpec, buckets: int) -> None:
        causes = _causes(spec)
        self.names = state_names(spec)
        self.states = {cause: state for state, cause in enumerate(causes)}
        self.cycles: NDArray[np.int64] = np.zeros((buckets, len(causes)), np.int64)
        self.bucket = 1
        self.end = 0

    def spend(self, cause: Cause, until: int) -> None:
        """Count the cycles from the end so far until another as spent on a cause."""
        if until <= self.end:
            return
        while until > len(self.cycles) * self.bucket:
            self.coarsen()
        state, size = self.states[cause], self.bucket
        first, last = self.end // size, (until - 1) // size
        self.cycles[first : last + 1, state] += size
        self.cycles[first, state] -= self.end - first * size
        self.cycles[last, state] -= (last + 1) * size - until
        self.end = until

    def coarsen(self) -> None:
        """Add up neighbouring buckets."""
        pairs = self.cycles.reshape(-1, 2, self.cycles.shape[1]).sum(axis=1)
        self.cycles = np.concatenate((pairs, np.zeros_like(pairs)))
        self.bucket *= 2

    def used(self) -> NDArray[np.int64]:
        """Return the buckets that have begun."""
        return self.cycles[: -(-self.end // self.bucket)]


class TimelineRecorder(Recorder):
    """A recorder of timelines; each has the same number of buckets, a power of two.

    What a firing waits for is told when it fires, so it needs no other event.
    """

    def __init__(self, section: ElaboratedSection, buckets: int) -> None:
        size = 1 << (buckets.bit_length() - 1)
        self.tracks = [_Track(spec, max(2, size)) for spec in section.contexts]

    def fired(self, start: Start) -> None:
        """Count a wait and the cycles of a firing: see `Recorder`."""
        track, firing = self.tracks[start.context], start.firing
        track.spend(start.cause, firing.start)
        track.spend(BUSY, firing.start + 1)
        track.spend(BANK, firing.start + firing.cost)

    def timeline(self, lifetimes: Sequence[int]) -> Timeline:
        """Return the timelines of contexts that live so long, all of the same bucket."""
        for track, lifetime in zip(self.tracks, lifetimes, strict=True):
            track.spend(IDLE, lifetime)
        bucket = max((track.bucket for track in self.tracks), default=1)
        for track in self.tracks:
            while track.bucket < bucket:
                track.coarsen()
        return Timeline(
            bucket,
            tuple(track.names for track in self.tracks),
            tuple(track.used() for track in self.tracks),
        )
