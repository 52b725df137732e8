"""The dynamic network in time: packets queue for the links of their routes and take turns.

A link takes a packet a cycle. Packets wait for it in FIFO queues, one for each virtual channel;
behind a link, a queue has so many places, which bound what the links before it may send.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from rdu.simulator.result import LinkStatistics
from rdu.simulator.specification import ChannelSpec, NetworkSpec

Deliver = Callable[[int, int], None]
"""Called with a channel and the cycle at which its next token arrives."""

RELEASE, ARRIVE, TAKE = range(3)
"""What happens in a cycle, in this order: places come free, packets arrive, links take packets."""


class _Event(NamedTuple):
    """Something to do; what links take is tried oldest packet first, over the whole network."""

    time: int
    phase: int
    arrival: int
    virtual_channel: int
    channel: int
    link: int


@dataclass(slots=True)
class _Queue:
    """The packets that wait for a link on one virtual channel, as (arrival, channel).

    If any is there, the first one has its TAKE among the events, or its queue is in the `blocked`
    of the queue that it waits for a place in.
    """

    virtual_channel: int
    link: int
    packets: deque[tuple[int, int]] = field(default_factory=deque[tuple[int, int]])
    places_taken: int = 0
    """By packets that have come over a link, or are on it. What enters here takes none."""
    blocked: list[_Queue] = field(default_factory=list["_Queue"])


class Network:
    """Routes, queues and what is still to happen, by time."""

    def __init__(
        self, spec: NetworkSpec, channels: Sequence[ChannelSpec], deliver: Deliver
    ) -> None:
        """Build the network of those channels that have a virtual channel; others are ignored."""
        self.spec = spec
        self.channels = channels
        self.deliver = deliver
        self.events: list[_Event] = []
        self.queues: dict[tuple[int, int], _Queue] = {}
        self.following: dict[tuple[int, int], int] = {}
        """The next link, by channel and link."""
        for number, channel in enumerate(channels):
            for link in channel.links:
                key = channel.virtual_channel, link
                self.queues.setdefault(key, _Queue(*key))
            for link, following in pairwise(channel.links):
                self.following[number, link] = following
        self.last_taken = [-1] * len(spec.links)
        self.packets = [0] * len(spec.links)
        self.waited = [0] * len(spec.links)

    def inject(self, channel: int, time: int) -> None:
        """Send a packet that leaves its producer at a time: it is in its first router a cycle on.

        Calls may come in any order, as long as that router's cycle has not been served yet.
        """
        links = self.channels[channel].links
        if links:
            self._plan(time + 1, ARRIVE, channel, links[0])
        else:
            self.deliver(channel, time + 1)

    @property
    def horizon(self) -> int | None:
        """The first time at which a packet can be delivered; None if nothing is on its way."""
        return self.events[0].time + self.spec.hop_latency if self.events else None

    def serve(self, horizon: int) -> None:
        """Do all that is due before a horizon, which no event that is still unknown precedes."""
        act = {RELEASE: self._release, ARRIVE: self._arrive, TAKE: self._take}
        while self.events and self.events[0].time < horizon:
            event = heapq.heappop(self.events)
            act[event.phase](event, self.queues[event.virtual_channel, event.link])

    def statistics(self) -> tuple[LinkStatistics, ...]:
        """Return the traffic so far, link by link."""
        return tuple(map(LinkStatistics, self.spec.links, self.packets, self.waited))

    def _release(self, event: _Event, queue: _Queue) -> None:
        """Free a place of a queue: whoever waited for it tries now."""
        queue.places_taken -= 1
        for waiting in queue.blocked:
            self._try(event.time, waiting)
        queue.blocked.clear()

    def _arrive(self, event: _Event, queue: _Queue) -> None:
        """Let a packet join its queue."""
        queue.packets.append((event.time, event.channel))
        if len(queue.packets) == 1:
            self._try(event.time, queue)

    def _take(self, event: _Event, queue: _Queue) -> None:
        """Let a link take the first packet of a queue, if it took none yet and a place is free."""
        time, channel, link = event.time, event.channel, event.link
        following = self.following.get((channel, link))
        ahead = None if following is None else self.queues[queue.virtual_channel, following]
        if ahead is not None and ahead.places_taken == self.spec.buffers:
            ahead.blocked.append(queue)
            return
        if self.last_taken[link] == time:
            self._try(time + 1, queue)
            return
        self.last_taken[link] = time
        self.packets[link] += 1
        self.waited[link] += time - event.arrival
        queue.packets.popleft()
        if queue.packets:
            self._try(time + 1, queue)
        if link != self.channels[channel].links[0]:
            self._plan(time + 1, RELEASE, channel, link)
        if ahead is None:
            self.deliver(channel, time + self.spec.hop_latency)
        else:
            ahead.places_taken += 1
            self._plan(time + self.spec.hop_latency, ARRIVE, channel, ahead.link)

    def _try(self, time: int, queue: _Queue) -> None:
        """Have a link try at a time to take the first packet of a queue."""
        arrival, channel = queue.packets[0]
        event = _Event(time, TAKE, arrival, queue.virtual_channel, channel, queue.link)
        heapq.heappush(self.events, event)

    def _plan(self, time: int, phase: int, channel: int, link: int) -> None:
        virtual_channel = self.channels[channel].virtual_channel
        heapq.heappush(self.events, _Event(time, phase, time, virtual_channel, channel, link))
