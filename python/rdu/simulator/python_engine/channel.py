"""A bounded FIFO in time, as the readable engine keeps it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

from rdu.simulator.python_engine.tokens import EMPTY, Stop
from rdu.simulator.result import ChannelStatistics
from rdu.simulator.specification import ChannelSpec

Token = TypeVar("Token")


class Channel(Generic[Token]):
    """Arrivals for the consumer, freed slots for the producer.

    The n-th token leaves at `max(ready, previous + 1, dequeue(n - capacity) + 1)` and arrives
    `latency` cycles later; or, with `send`, when a network says so.
    """

    def __init__(self, spec: ChannelSpec, send: Callable[[int], None] | None = None) -> None:
        self.spec = spec
        self.send = send
        self.travelling: deque[Token | None] = deque()
        self.tokens: deque[tuple[int, Token | None]] = deque((0, None) for _ in range(spec.init))
        # Slots that no token has used yet, and when each of the others became free.
        self.unused = max(0, spec.capacity - spec.init)
        self.slots: deque[int] = deque()
        self.last_push = -1
        self.pushed = spec.init
        self.popped = 0
        self.stops = 0
        # Tokens held, and the most so far, up to the last time when both ends are known: pushes
        # and pops that wait for the other end's next time stand in the two queues.
        self.held = self.high_water = spec.init
        self.open_pushes: deque[int] = deque()
        self.open_pops: deque[int] = deque()

    @property
    def has_slot(self) -> bool:
        """Whether the time of the next push is known."""
        return self.spec.capacity < 0 or self.unused > 0 or bool(self.slots)

    @property
    def arrival(self) -> int:
        """When the token at the head arrives."""
        return self.tokens[0][0]

    @property
    def head(self) -> Token | None:
        """The token at the head."""
        return self.tokens[0][1]

    def push(self, ready: int, token: Token | None) -> int:
        """Push a token that is ready at a time; return when it leaves its producer."""
        time = max(ready, self.last_push + 1, self._take_slot())
        self.last_push = time
        self.pushed += 1
        self.stops += isinstance(token, Stop) and token != EMPTY
        self.open_pushes.append(time)
        self._settle()
        self.travelling.append(token)
        if self.send is None:
            self.arrive(time + self.spec.latency)
        else:
            self.send(time)
        return time

    def arrive(self, time: int) -> None:
        """Let the next token on its way arrive at a time."""
        self.tokens.append((time, self.travelling.popleft()))

    def pop(self, time: int) -> Token | None:
        """Pop the head at a time; its slot is free one cycle later."""
        self.popped += 1
        self.open_pops.append(time)
        self._settle()
        if self.spec.capacity >= 0:
            self.slots.append(time + 1)
        return self.tokens.popleft()[1]

    def _take_slot(self) -> int:
        """Take the slot that has been free for longest; return since when."""
        if self.spec.capacity < 0:
            return 0
        if self.unused:
            self.unused -= 1
            return 0
        return self.slots.popleft()

    def _settle(self) -> None:
        """Take pushes and pops into the high-water mark in order of time, pushes first."""
        while self.open_pushes and self.open_pops:
            if self.open_pushes[0] <= self.open_pops[0]:
                self.open_pushes.popleft()
                self.held += 1
                self.high_water = max(self.high_water, self.held)
            else:
                self.open_pops.popleft()
                self.held -= 1

    def statistics(self) -> ChannelStatistics:
        """Return the traffic so far."""
        spec = self.spec
        high_water = max(self.high_water, self.held + len(self.open_pushes))
        return ChannelStatistics(
            spec.name, spec.kind, spec.capacity, self.popped, high_water, self.stops
        )
