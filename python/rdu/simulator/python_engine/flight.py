"""Firings between their start and their retirement: tokens that leave, and why they leave late."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.firing import BUSY, Cause, Firing
from rdu.simulator.python_engine.tokens import Stop, Token, first_live
from rdu.simulator.specification import Output


@dataclass(slots=True)
class Outbox:
    """What waits to leave on one channel: firing, cycles after its readiness, token."""

    channel: Channel[Token]
    number: int
    output: int
    port: Output
    queue: deque[tuple[Firing, int, Token]]


class Flight:
    """The firings of one context in flight, which retire in order.

    Attributes:
        limit: what their weights may sum up to.
        places: how many they may be.
        retired: the last retirement that is known.
    """

    def __init__(
        self,
        context: int,
        limit: int,
        outputs: Sequence[Output],
        fabric: Fabric,
        places: float = math.inf,
    ) -> None:
        self.context = context
        self.limit = limit
        self.places = places
        self.taken = 0
        self.wake = fabric.wake
        self.recorder = fabric.recorder
        self.retired = 0
        self.retired_cause = BUSY
        self.flying: deque[Firing] = deque()
        self.in_flight = 0
        self.retirements: deque[tuple[int, Cause, int]] = deque()
        self.outboxes = [
            Outbox(fabric.channels[channel], channel, output, port, deque())
            for output, port in enumerate(outputs)
            for channel in port.channels
        ]

    @property
    def held_up(self) -> Outbox | None:
        """The first outbox with a token of the oldest firing in flight, None if there is none."""
        oldest = self.flying[0] if self.flying else None
        return next((box for box in self.outboxes if box.queue and box.queue[0][0] is oldest), None)

    def has_room(self, weight: int) -> bool:
        """Whether enough firings have retired to leave room, or none is left to wait for."""
        if not self.flying:
            return True
        freed = sum(freed for _, _, freed in self.retirements)
        is_light = self.limit - self.in_flight + freed >= weight
        return is_light and self.taken - len(self.retirements) < self.places

    def room(self, weight: int) -> Iterator[tuple[int, Cause]]:
        """Take room for a firing; yield the retirements that it waits for, with their causes."""
        while self.retirements and (
            self.in_flight + weight > self.limit or self.taken >= self.places
        ):
            time, cause, freed = self.retirements.popleft()
            self.in_flight -= freed
            self.taken -= 1
            yield time, cause
        self.in_flight += weight
        self.taken += 1

    def push(self, firing: Firing, output: int, token: Token, delay: int = 0) -> None:
        """Queue a token for every consumer of an output."""
        for box in self.outboxes:
            if box.output == output:
                box.queue.append((firing, delay, token))
                firing.pushes += 1

    def drain(self) -> None:
        """Push what is ready and has a slot; retire firings in order."""
        for number, box in enumerate(self.outboxes):
            while box.queue and box.queue[0][0].responses == 0 and box.channel.has_slot:
                firing, delay, token = box.queue.popleft()
                ready = firing.ready + delay
                # Only now is the word of a load there.
                time = box.channel.push(ready, outgoing(box.port, token))
                if self.recorder:
                    self.recorder.pushed(box.number, firing, ready, time)
                firing.pushes -= 1
                if time > firing.left or (time == firing.left and number < firing.outbox):
                    firing.left, firing.outbox = time, number
                self.wake(box.channel.spec.sink)
        while self.flying and self.flying[0].responses == 0 and self.flying[0].pushes == 0:
            self._retire(self.flying.popleft())

    def _retire(self, firing: Firing) -> None:
        """Retire a firing; remember the first term that decided when."""
        time, cause = max(firing.ready, firing.free), firing.cause
        if firing.left > time:
            port = self.outboxes[firing.outbox].port.name
            time, cause = firing.left, ("backpressured", port)
        if self.retired > time:
            time, cause = self.retired, self.retired_cause
        self.retired, self.retired_cause = time, cause
        self.retirements.append((time, cause, firing.weight))
        if self.recorder:
            self.recorder.retired(self.context, firing, time)


def outgoing(port: Output, token: Token) -> Token:
    """Return what leaves on a port; a scalar is the first live lane's value, on all lanes."""
    if token is None or isinstance(token, Stop) or port.kind == "vector":
        return token
    values, mask = token
    return np.full_like(values, first_live(token)), np.ones_like(mask)
