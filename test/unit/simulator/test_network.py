"""The dynamic network: closed forms, and random traffic against a network run cycle by cycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import pytest

from rdu.simulator.python_engine.network import Network
from rdu.simulator.result import LinkStatistics
from rdu.simulator.specification import ChannelSpec, NetworkSpec

Arrivals = dict[int, list[int]]


def channel(links: Sequence[int], virtual_channel: int = 0, capacity: int = -1) -> ChannelSpec:
    """Return a channel over links."""
    return ChannelSpec(
        name="net",
        kind="vector",
        capacity=capacity,
        init=0,
        latency=1,
        source=0,
        sink=0,
        virtual_channel=virtual_channel,
        links=tuple(links),
    )


def fabric(hop: int = 1, buffers: int = 4, links: int = 8) -> NetworkSpec:
    """Return a network with links named by their numbers."""
    return NetworkSpec(tuple(map(str, range(links))), hop, 2, buffers)


@dataclass
class Flow:
    """A channel whose producer pushes whenever it can, and whose consumer pops at once."""

    spec: ChannelSpec
    tokens: int
    left: list[int] = field(default_factory=list)
    arrived: list[int] = field(default_factory=list)

    def next_push(self) -> int | None:
        """Return when the next token leaves; None if its slot is not known, or all have left."""
        number, capacity = len(self.left), self.spec.capacity
        slot = 0
        if number >= self.tokens or (0 <= capacity <= number - len(self.arrived)):
            return None
        if 0 <= capacity <= number:
            slot = self.arrived[number - capacity] + 1
        return max(self.left[-1] + 1 if self.left else 0, slot)


def saturate(spec: NetworkSpec, flows: Sequence[Flow]) -> tuple[LinkStatistics, ...]:
    """Run flows to their end."""

    def deliver(number: int, arrival: int) -> None:
        flows[number].arrived.append(arrival)

    network = Network(spec, [flow.spec for flow in flows], deliver)
    while True:
        for number, flow in enumerate(flows):
            while (time := flow.next_push()) is not None:
                flow.left.append(time)
                network.inject(number, time)
        if (horizon := network.horizon) is None:
            return network.statistics()
        network.serve(horizon)


@pytest.mark.parametrize("hop", [1, 2, 5])
@pytest.mark.parametrize("hops", [0, 1, 2, 7])
@pytest.mark.parametrize("left", [0, 13])
def test_a_packet_alone(hop: int, hops: int, left: int) -> None:
    """It is in the first router one cycle after it left, and takes hop_latency a link."""
    arrived = []
    network = Network(fabric(hop), [channel(range(hops))], lambda _, at: arrived.append(at))
    network.inject(0, left)
    while (horizon := network.horizon) is not None:
        network.serve(horizon)
    assert arrived == [left + 1 + hops * hop]
    assert network.statistics() == tuple(LinkStatistics(str(i), int(i < hops), 0) for i in range(8))


@pytest.mark.parametrize("hop", [1, 2, 3])
@pytest.mark.parametrize("hops", [1, 2, 5])
@pytest.mark.parametrize("capacity", [1, 2, 3, 4, 7, 17])
def test_one_flow(hop: int, hops: int, capacity: int) -> None:
    """A slot is back one cycle after the arrival: c tokens every l + 1 cycles, at most one a cycle.

    l = 1 + hops x hop_latency. Enough places never hold it up: token n is the (n mod c)-th of its
    turn, and arrives at floor(n / c) max(c, l + 1) + n mod c + l.
    """
    latency = 1 + hops * hop
    flow = Flow(channel(range(hops), capacity=capacity), 50)
    saturate(fabric(hop, buffers=hop + 1), [flow])
    turn = max(capacity, latency + 1)
    expected = [n // capacity * turn + n % capacity + latency for n in range(50)]
    assert flow.arrived == expected


@pytest.mark.parametrize("hop", [1, 2, 5])
@pytest.mark.parametrize("buffers", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("hops", [2, 3, 6])
def test_places_bound_the_rate(hop: int, buffers: int, hops: int) -> None:
    """A place is taken for hop_latency + 1 cycles: b packets every max(b, hop_latency + 1).

    The link takes packet n when packet n - b has left the place ahead, one cycle after it got there
    and went on. Behind the last link there is no queue, so that one link alone has the full rate.
    """
    flow = Flow(channel(range(hops)), 60)
    saturate(fabric(hop, buffers), [flow])
    turn = max(buffers, hop + 1)
    assert flow.arrived == [
        n // buffers * turn + n % buffers + 1 + hops * hop for n in range(60)
    ]  # fmt: skip
    alone = Flow(channel([0]), 60)
    saturate(fabric(hop, buffers), [alone])
    assert alone.arrived == [n + 1 + hop for n in range(60)]


@pytest.mark.parametrize("flows", [2, 3, 5])
@pytest.mark.parametrize("virtual_channels", [1, 2])
@pytest.mark.parametrize("hop", [1, 4])
def test_flows_that_share_a_link_take_turns(flows: int, virtual_channels: int, hop: int) -> None:
    """F flows, a packet a cycle each: flow i has the link in every F-th cycle.

    Packets n of all flows arrive together, in cycle n + 1, and are older than packets n + 1. The
    lower virtual channel goes first among them, then the lower channel.
    """
    order = sorted(range(flows), key=lambda i: (i % virtual_channels, i))
    tokens = 40
    streams = [Flow(channel([3], i % virtual_channels), tokens) for i in range(flows)]
    statistics = saturate(fabric(hop), streams)
    for turn, i in enumerate(order):
        assert streams[i].arrived == [flows * n + turn + 1 + hop for n in range(tokens)]
    waits = sum(flows * n + turn - n for n in range(tokens) for turn in range(flows))
    assert statistics[3] == LinkStatistics("3", flows * tokens, waits)


@pytest.mark.parametrize("ways", [2, 3, 4])
@pytest.mark.parametrize("capacity", [1, 2, 8])
def test_hot_spot(ways: int, capacity: int) -> None:
    """W flows meet before the last link, which works without a pause if their credits suffice.

    Flow i comes over link i, then takes link 7; a token is back after l + 1 = 4 cycles. If W c is 4
    or more, the last of W N packets arrives W N - 1 cycles after the first. Else each round of W c
    takes the 4 cycles of its first flow's credit.
    """
    tokens = 24
    flows = [Flow(channel([i, 7], capacity=capacity), tokens) for i in range(ways)]
    statistics = saturate(fabric(buffers=4 * ways), flows)
    first, last = min(f.arrived[0] for f in flows), max(f.arrived[-1] for f in flows)
    assert first == 3
    rounds = tokens // capacity - 1
    pauses = max(0, 4 - ways * capacity)
    assert last - first == ways * tokens - 1 + rounds * pauses
    assert statistics[7].packets == ways * tokens


def test_a_full_queue_holds_up_its_own_virtual_channel_only() -> None:
    """Flow a goes over links 0 and 1, flow b over 0 and 2; 30 flows jam link 1; one place a queue.

    The first packet of a gets to link 1 in cycle 2, behind 60 others that came in cycles 1 and 2,
    and leaves in cycle 61: the next of a waits for its place until 62. On a virtual channel of its
    own, b has a packet over link 0 in cycles 2, 4, ..., since its place is back after 2 cycles, and
    over link 2 a cycle later. On that of a, its second packet waits behind the second of a: link 0
    takes it in cycle 63.
    """
    tokens = 20

    def arrivals(virtual_channel: int) -> list[int]:
        jam = [Flow(channel([1]), 5) for _ in range(30)]
        a, b = Flow(channel([0, 1]), tokens), Flow(channel([0, 2], virtual_channel), tokens)
        saturate(fabric(buffers=1), [*jam, a, b])
        return b.arrived

    assert arrivals(1) == [4 + 2 * n for n in range(tokens)]
    assert arrivals(0)[:2] == [4, 65]


def test_the_older_packet_gets_the_last_place() -> None:
    """Links 0 and 1 both send into the queue of link 2, which holds one packet."""
    arrived: dict[int, int] = {}
    routes = [channel([0, 2]), channel([1, 2]), channel([2])]
    network = Network(fabric(buffers=1), routes, arrived.__setitem__)
    for number, left in enumerate((6, 5, 5)):
        network.inject(number, left)
    network.inject(2, 6)
    while (horizon := network.horizon) is not None:
        network.serve(horizon)
    # Channel 1 takes the place at 6 and is there at 7, where link 2 still has a packet of channel
    # 2 from 7 to send, younger by number; it leaves at 7, and the place is free at 8. Channel 0
    # has waited since 7: it takes the place at 8 and link 2 at 9.
    assert arrived == {1: 8, 2: 9, 0: 10}


# -- random traffic -------------------------------------------------------------------------------


@dataclass
class Packet:
    """A packet of the network that is run cycle by cycle, and what happened to it."""

    channel: int
    arrivals: list[int]
    """At the queue before each link so far."""
    departures: list[int] = field(default_factory=list)


def cycle_by_cycle(
    spec: NetworkSpec, channels: Sequence[ChannelSpec], left: Arrivals
) -> tuple[Arrivals, tuple[LinkStatistics, ...]]:
    """Run every cycle of a network, looking at every packet, and return what arrives when."""
    packets = [Packet(c, [e + 1]) for c, times in left.items() for e in times]

    def place(packet: Packet) -> tuple[int, int]:
        """Return the queue that a packet is in, or on its way to."""
        route = channels[packet.channel]
        return route.links[len(packet.departures)], route.virtual_channel

    def full(queue: tuple[int, int], time: int) -> bool:
        """Whether no place is free: it is one cycle after a packet has left it."""
        holders = 0
        for packet in packets:
            route = channels[packet.channel]
            for i, link in enumerate(route.links):
                sent = i > 0 and len(packet.departures) >= i
                gone = len(packet.departures) > i and packet.departures[i] < time
                holders += (link, route.virtual_channel) == queue and sent and not gone
        return holders == spec.buffers

    time = 0
    while waiting := [p for p in packets if len(p.departures) < len(channels[p.channel].links)]:
        heads: dict[tuple[int, int], Packet] = {}
        for packet in sorted(waiting, key=lambda p: (p.arrivals[-1], p.channel)):
            if packet.arrivals[-1] <= time:
                heads.setdefault(place(packet), packet)
        used: set[int] = set()
        for (link, vc), packet in sorted(
            heads.items(), key=lambda h: (h[1].arrivals[-1], h[0][1], h[1].channel)
        ):
            links = channels[packet.channel].links
            hop = len(packet.departures)
            if link in used or (hop + 1 < len(links) and full((links[hop + 1], vc), time)):
                continue
            used.add(link)
            packet.departures.append(time)
            packet.arrivals.append(time + spec.hop_latency)
        time += 1
    arrived: Arrivals = {c: [] for c in left}
    counts, waits = [0] * len(spec.links), [0] * len(spec.links)
    for packet in packets:
        arrived[packet.channel].append(packet.arrivals[-1])
        for i, link in enumerate(channels[packet.channel].links):
            counts[link] += 1
            waits[link] += packet.departures[i] - packet.arrivals[i]
    return arrived, tuple(map(LinkStatistics, spec.links, counts, waits))


@pytest.mark.parametrize("seed", range(60))
def test_random_traffic(seed: int) -> None:
    """Producers in any order between two calls of `serve`, on routes whose links only go up."""
    random = Random(seed)
    spec = fabric(hop=random.choice((1, 1, 2, 3)), buffers=random.choice((1, 2, 4)), links=6)
    channels = [
        channel(sorted(random.sample(range(6), random.randint(0, 4))), random.randrange(2))
        for _ in range(random.randint(2, 7))
    ]
    span = random.choice((10, 40))
    left = {
        c: sorted(random.sample(range(span), random.randint(1, 9))) for c in range(len(channels))
    }
    arrived: Arrivals = {c: [] for c in left}
    network = Network(spec, channels, lambda c, at: arrived[c].append(at))
    events = [(e, c) for c, times in left.items() for e in times]
    served = 0
    while served < span:
        until = served + random.randint(1, 9)
        now = [event for event in events if served <= event[0] + 1 < until + 1]
        senders = random.sample([c for _, c in now], len(now))
        queued = {c: [e for e, sender in now if sender == c] for c in senders}
        for c in senders:
            network.inject(c, queued[c].pop(0))
        network.serve(until + 1)
        served = until
        events = [event for event in events if event not in now]
    assert not events
    while (horizon := network.horizon) is not None:
        network.serve(horizon)
    expected, statistics = cycle_by_cycle(spec, channels, left)
    assert arrived == expected
    assert network.statistics() == statistics
