"""One memory tier in time: requests are served in the order (time, context, index)."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator

from rdu.simulator.result import TierStatistics
from rdu.simulator.specification import TierSpec

Serve = Callable[[int], None]
"""Called at service with the response time; loads read and stores write right then."""


class Tier:
    """Pending requests of one tier, the busy time of its channels and the open rows of its banks.

    `free` of a channel counts ticks of 1 / `ticks_per_cycle` cycle, so that rates such as 12.8
    bytes a cycle stay exact. `open_rows` has the row by channel and bank; none is open at first.
    """

    def __init__(self, spec: TierSpec) -> None:
        self.spec = spec
        self.free = [0] * spec.channels
        self.pending: list[tuple[int, int, int, int, Serve]] = []
        self.bursts = 0
        self.loaded = 0
        self.stored = 0
        self.open_rows: dict[tuple[int, int], int] = {}
        self.row_hits = 0
        self.row_misses = 0

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
            self.free[channel] = start + self._occupied(burst)
            serve(-(-self.free[channel] // self.spec.ticks_per_cycle) + self.spec.latency)

    def statistics(self) -> TierStatistics:
        """Return the traffic so far."""
        burst_bytes = self.spec.burst_bytes
        loaded, stored = self.loaded * burst_bytes, self.stored * burst_bytes
        return TierStatistics(
            self.spec.name, loaded, stored, self.bursts, self.row_hits, self.row_misses
        )

    def _occupied(self, burst: int) -> int:
        """Return the ticks that a burst occupies its channel; open its row if it is not."""
        spec = self.spec
        if not spec.row_bursts:
            return spec.burst_ticks
        index, channel = divmod(burst, spec.channels)
        row = index // spec.row_bursts
        bank = channel, row % spec.row_banks
        if self.open_rows.get(bank) == row:
            self.row_hits += 1
            return spec.burst_ticks
        self.open_rows[bank] = row
        self.row_misses += 1
        return spec.row_miss_ticks + spec.burst_ticks

    def _before(self, horizon: int) -> Iterator[tuple[int, int, Serve]]:
        while self.pending and self.pending[0][0] < horizon:
            time, _, _, burst, serve = heapq.heappop(self.pending)
            yield time, burst, serve
