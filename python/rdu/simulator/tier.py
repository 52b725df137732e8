"""One memory tier in time: requests are served in the order (time, AG number, index)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from rdu.simulator.result import TierStatistics
from rdu.simulator.specification import TierSpec

Serve = Callable[[int], None]
"""Called at service with the response time; loads read and stores write right then."""


class Tier:
    """Pending requests of one tier and the busy time of its channels.

    `free` of a channel counts ticks of 1 / `ticks_per_cycle` cycle, so that rates such as 12.8
    bytes a cycle stay exact.
    """

    def __init__(self, spec: TierSpec) -> None:
        self.spec = spec
        self.free = [0] * spec.channels
        self.pending: list[tuple[int, int, int, int, Serve]] = []
        self.bursts = 0
        self.loaded = 0
        self.stored = 0

    def request(self, time: int, context: int, burst: int, serve: Serve) -> None:
        """Ask for one burst (a burst number, i.e. byte address / burst bytes)."""
        heapq.heappush(self.pending, (time, context, self.bursts, burst, serve))
        self.bursts += 1

    @property
    def horizon(self) -> int | None:
        """The first time at which a pending request can show anywhere; None if none is pending."""
        return self.pending[0][0] + self.spec.least_response if self.pending else None

    def serve(self, horizon: int) -> None:
        """Serve every request before a horizon, which no event that is still unknown precedes."""
        for time, burst, serve in self._before(horizon):
            channel = burst % self.spec.channels
            start = max(time * self.spec.ticks_per_cycle, self.free[channel])
            self.free[channel] = start + self.spec.burst_ticks
            serve(-(-self.free[channel] // self.spec.ticks_per_cycle) + self.spec.latency)

    def statistics(self) -> TierStatistics:
        """Return the traffic so far."""
        burst_bytes = self.spec.burst_bytes
        loaded, stored = self.loaded * burst_bytes, self.stored * burst_bytes
        return TierStatistics(self.spec.name, loaded, stored)

    def _before(self, horizon: int) -> Iterator[tuple[int, int, Serve]]:
        while self.pending and self.pending[0][0] < horizon:
            time, _, _, burst, serve = heapq.heappop(self.pending)
            yield time, burst, serve
