"""The dynamic network: flows of packets alone, on one link, in turns, and held up by queues.

h is the links on a route, L the hop latency, b the places of a virtual channel behind a link. A
producer's token n leaves in cycle n + 1 at the earliest, and is in its first router in n + 2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from micro import LANES, block, inputs, machine, net, program, stages

from rdu.configuration import parse
from rdu.simulator.result import LinkStatistics, SectionResult
from rdu.simulator.simulate import simulate

PLENTY = 4096
"""A capacity that holds nothing up."""

END = 6
"""The column of the consumers. All units stand in row 0, where PCUs have even columns."""

FULL_TURN = 1
"""A place is taken for L + 1 cycles: with L + `FULL_TURN` places a queue holds nothing up."""


def network(hop: int, places: int) -> Mapping[str, int]:
    """Return the overrides for a dynamic network."""
    return {
        "network.hop_latency": hop,
        "network.virtual_channels": 2,
        "network.vc_buffers": places,
    }


def run(
    columns: Sequence[int],
    tokens: int,
    ways: Sequence[str],
    overrides: Mapping[str, int],
    capacity: int = PLENTY,
) -> SectionResult:
    """Run a flow from each of some columns to column `END`, each on its way (`dynamic`, ...).

    Flow i has a producer `from<column>.f<i>`, which pushes a vector in each firing, and a consumer
    `to.f<i>`, which pops one in each.
    """
    count = f"count i 0..{tokens * LANES} par {LANES}"
    sources: dict[int, list[str]] = {}
    sinks: list[str] = []
    nets: list[str] = []
    for i, (column, way) in enumerate(zip(columns, ways, strict=True)):
        name = f"context f{i}"
        push = block(name, count, "out y : vector i32 @i", *stages(1, "i"), "y <- s1")
        sources.setdefault(column, []).append(push)
        sinks.append(block(name, count, "in x : vector i32 @i", *stages(1, "x")))
        nets.append(net("vector", f"from{column}.f{i}.y", f"to.f{i}.x capacity {capacity} {way}"))
    units = [block(f"pcu from{c} at (0, {c})", *contexts) for c, contexts in sources.items()]
    text = parse(program([*units, block(f"pcu to at (0, {END})", *sinks)], nets))
    return simulate(text, machine(overrides), inputs(text), "python").sections[0]


def traffic(result: SectionResult, column: int) -> LinkStatistics:
    """Return what a link to the right of a column carried."""
    name = f"(0,{column})-(0,{column + 1})"
    return next(link for link in result.links if link.name == name)


@pytest.mark.parametrize("hop", [1, 2, 5])
@pytest.mark.parametrize("column", [0, 2, 4])
@pytest.mark.parametrize("tokens", [1, 7, 40])
@pytest.mark.parametrize("capacity", [1, 2, 5, 16, PLENTY])
def test_a_flow_alone(hop: int, column: int, tokens: int, capacity: int) -> None:
    """It takes the cycles of a static route: c tokens every max(c, l + 1), l = 1 + h L.

    Token n leaves at floor(n / c) max(c, l + 1) + n mod c + 1. The last one's consumer starts l
    later and retires in the next cycle. No packet waits, if a queue has L + 1 places.
    """
    latency = 1 + (END - column) * hop
    turns, rest = divmod(tokens - 1, capacity)
    expected = turns * max(capacity, latency + 1) + rest + 1 + latency + 1
    route = " ".join(f"(0, {c})" for c in range(column, END + 1))
    overrides = network(hop, hop + FULL_TURN)
    static, dynamic = (
        run([column], tokens, [way], overrides, capacity) for way in (f"via {route}", "dynamic")
    )
    assert (static.cycles, dynamic.cycles) == (expected, expected)
    assert static.contexts == dynamic.contexts
    assert not static.links
    for c in range(column, END):
        assert traffic(dynamic, c) == LinkStatistics(f"(0,{c})-(0,{c + 1})", tokens, 0)


@pytest.mark.parametrize("hop", [1, 2, 5])
@pytest.mark.parametrize("places", [1, 2, 3, 6, 8])
@pytest.mark.parametrize("tokens", [1, 2, 9, 40])
def test_places_of_a_queue(hop: int, places: int, tokens: int) -> None:
    """A place is taken for L + 1 cycles: b packets every max(b, L + 1), over two links or more.

    A link takes packet n when packet n - b has left the queue ahead, where it was L later, and the
    place is free one cycle after. All packets wait before the first link, in their producer's own
    order.
    """
    turn = max(places, hop + 1)
    taken = [n // places * turn + n % places + 2 for n in range(tokens)]
    result = run([0], tokens, ["dynamic"], network(hop, places))
    assert result.cycles == taken[-1] + END * hop + 1
    assert traffic(result, 0).waited == sum(cycle - (n + 2) for n, cycle in enumerate(taken))
    assert traffic(result, END - 1).waited == 0


@pytest.mark.parametrize("hop", [1, 3])
@pytest.mark.parametrize("tokens", [1, 2, 9, 40])
@pytest.mark.parametrize("ways", [("dynamic", "dynamic"), ("dynamic", "dynamic vc 1")])
def test_two_flows_on_one_link(hop: int, tokens: int, ways: Sequence[str]) -> None:
    """They take turns, whether on one virtual channel or on two: each has half of the link.

    Packets n of both are in the router in cycle n + 2 and are older than packets n + 1. That of the
    first flow leaves in cycle 2 n + 2, the other's in 2 n + 3.
    """
    result = run([4, 4], tokens, ways, network(hop, hop + FULL_TURN))
    ends = [context for context in result.contexts if context.name.startswith("to.")]
    last = [2 * (tokens - 1) + 2 + flow for flow in (0, 1)]
    assert [context.lifetime for context in ends] == [taken + 2 * hop + 1 for taken in last]
    waits = sum(2 * n + flow - n for n in range(tokens) for flow in (0, 1))
    assert (traffic(result, 4).packets, traffic(result, 4).waited) == (2 * tokens, waits)
    assert (traffic(result, 5).packets, traffic(result, 5).waited) == (2 * tokens, 0)


@pytest.mark.parametrize("hop", [1, 2])
@pytest.mark.parametrize("columns", [(4,), (2, 4), (0, 2, 4), (0, 2, 4, 4)])
@pytest.mark.parametrize("tokens", [4, 9, 30])
def test_hot_spot(hop: int, columns: Sequence[int], tokens: int) -> None:
    """F flows of N tokens meet on the way to one unit: F N + 2 + 2 L cycles, wherever they start.

    The nearest starts over two links. The first of them has a packet in cycle 2 and then, if queues
    have L + 1 places, one in every cycle until all have passed; the last goes on over the other,
    and its consumer retires one cycle after its arrival.
    """
    ways = ["dynamic"] * len(columns)
    result = run(columns, tokens, ways, network(hop, hop + FULL_TURN))
    assert result.cycles == len(columns) * tokens + 2 + 2 * hop
    assert traffic(result, END - 1).packets == len(columns) * tokens
