"""A bounded FIFO in time, as the readable engine keeps it."""

from __future__ import annotations

from collections import deque
from typing import Generic, TypeVar

from rdu.simulator.elaborate import ChannelSpec
from rdu.simulator.result import ChannelStatistics

Token = TypeVar("Token")


class Channel(Generic[Token]):
    """Arrivals for the consumer, freed slots for the producer.

    The n-th token leaves at `max(ready, previous + 1, dequeue(n - capacity) + 1)` and arrives
    `latency` cycles later.
    """

    def __init__(self, spec: ChannelSpec) -> None:
        self.spec = spec
        self.tokens: deque[tuple[int, Token | None]] = deque((0, None) for _ in range(spec.init))
        self.slots: deque[int] = deque([0] * max(0, spec.capacity - spec.init))
        self.last_push = -1
        self.pushed = spec.init
        self.popped = 0
        self.high_water = spec.init
        # Push times that no pop has passed yet: they still decide the high-water mark.
        self.open_pushes: deque[int] = deque()

    @property
    def has_slot(self) -> bool:
        """Whether the time of the next push is known."""
        return self.spec.capacity < 0 or bool(self.slots)

    @property
    def arrival(self) -> int:
        """When the token at the head arrives."""
        return self.tokens[0][0]

    def push(self, ready: int, token: Token | None) -> int:
        """Push a token that is ready at a time; return when it leaves its producer."""
        slot = 0 if self.spec.capacity < 0 else self.slots.popleft()
        time = max(ready, self.last_push + 1, slot)
        self.last_push = time
        self.pushed += 1
        self.tokens.append((time + self.spec.latency, token))
        self.open_pushes.append(time)
        return time

    def pop(self, time: int) -> Token | None:
        """Pop the head at a time; its slot is free one cycle later."""
        self._settle(time)
        self.popped += 1
        if self.spec.capacity >= 0:
            self.slots.append(time + 1)
        return self.tokens.popleft()[1]

    def _settle(self, time: int) -> None:
        """Take every push up to a pop into the high-water mark."""
        while self.open_pushes and self.open_pushes[0] <= time:
            self.open_pushes.popleft()
            held = self.pushed - len(self.open_pushes) - self.popped
            self.high_water = max(self.high_water, held)

    def statistics(self) -> ChannelStatistics:
        """Return the traffic so far."""
        self._settle(self.last_push)
        spec = self.spec
        return ChannelStatistics(spec.name, spec.kind, spec.capacity, self.popped, self.high_water)
