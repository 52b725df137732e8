"""Chains of contexts: what depth, latency, capacity and rates of tokens cost.

In every derivation t is when a firing starts, e when its token leaves, d a depth, l the latency of
a channel (1 on a direct link) and c its capacity. A firing waits for r(f - d) as well; that never
decides here, as tokens leave at least a cycle apart: r(f - d) = e(f - d) <= e(f) - d.
"""

from __future__ import annotations

from itertools import pairwise

import pytest
from micro import DIRECT, FULL_RATE, lifetime, link, net, relay, run, sink, source


def placed(unit: str, place: tuple[int, int]) -> str:
    """Return a unit's text with a place."""
    return unit.replace(" {", f" at {place} {{", 1)


@pytest.mark.parametrize(
    ("contexts", "tokens", "depth"),
    [(2, 1, 1), (2, 100, 6), (3, 7, 2), (5, 40, 1), (8, 64, 3), (40, 20, 6), (3, 100_000, 4)],
)
def test_chain(contexts: int, tokens: int, depth: int) -> None:
    """A chain of s contexts: n - 1 + s d + (s - 1) l.

    A token leaves d after its firing starts and travels l, so context i starts firing k at
    k + i (d + l). The last one starts its last at n - 1 + (s - 1)(d + l) and retires it d later.
    """
    middle = [f"u{i}" for i in range(1, contexts - 1)]
    units = [
        source("first", tokens, depth),
        *(relay(name, tokens, depth) for name in middle),
        sink("last", tokens, depth),
    ]
    names = ["first", *middle, "last"]
    result = run(units, [link(*ends) for ends in pairwise(names)])
    assert result.cycles == tokens - 1 + contexts * depth + (contexts - 1) * DIRECT


@pytest.mark.parametrize("capacity", [FULL_RATE, 3, 8, 16, 64, "inf"])
def test_capacity_beyond_full_rate(capacity: int | str) -> None:
    """From c = l + 1 to infinity: 2 d + l + n - 1, as if slots did not exist.

    Token k needs the slot of token k - c, which is popped l after it left: e(k - c) + l + 1 =
    e(k) - c + l + 1 <= e(k) as soon as c >= l + 1.
    """
    tokens, depth = 50, 3
    units = [source("from", tokens, depth), sink("to", tokens, depth)]
    result = run(units, [link("from", "to", capacity)])
    assert result.cycles == 2 * depth + DIRECT + tokens - 1


@pytest.mark.parametrize(("contexts", "tokens"), [(2, 23), (4, 23), (3, 20_000)])
@pytest.mark.parametrize(
    ("latency", "capacity"), [(1, 1), (1, 2), (4, 1), (4, 2), (4, 3), (4, 5), (9, 4), (9, 10)]
)
def test_chain_with_short_fifos(contexts: int, tokens: int, latency: int, capacity: int) -> None:
    """c <= l + 1 slots: s d + (s - 1) l + (l + 1) floor((n - 1) / c) + (n - 1) mod c.

    Token k is popped l after it left and leaves its slot a cycle later, for token k + c: so
    e(k) = max(e(k - 1) + 1, e(k - c) + l + 1), which is e(0) + (l + 1) floor(k / c) + k mod c.
    What enters the next context so leaves it so, d later; every channel has the same rhythm.
    """
    depth = 3
    names = [f"u{i}" for i in range(contexts)]
    made = [
        source(names[0], tokens, depth),
        *(relay(name, tokens, depth) for name in names[1:-1]),
        sink(names[-1], tokens, depth),
    ]
    # Units two columns apart: from the switch at the east side of one to that of the next, a hop.
    units = [placed(unit, (0, 2 * i)) for i, unit in enumerate(made)]
    nets = [
        link(names[i], names[i + 1], capacity, f"(0, {2 * i + 1}) (0, {2 * i + 2})")
        for i in range(contexts - 1)
    ]
    result = run(units, nets, overrides={"network.hop_latency": latency - 1})
    rounds, rest = divmod(tokens - 1, capacity)
    ways = contexts * depth + (contexts - 1) * latency
    assert result.cycles == ways + (latency + 1) * rounds + rest


@pytest.mark.parametrize("hops", [0, 1, 2, 5, 13])
@pytest.mark.parametrize("hop_latency", [0, 1, 3])
def test_routed_channel(hops: int, hop_latency: int) -> None:
    """A route of h hops: l = 1 + h x hop latency, so 2 d + 1 + h x hop latency + n - 1."""
    tokens, depth, row = 20, 2, hops + 1
    units = [
        placed(source("from", tokens, depth), (0, 0)),
        placed(sink("to", tokens, depth), (row, row % 2)),
    ]
    # Both touch column 1 of the switches, `hops` apart.
    route = " ".join(f"({i}, 1)" for i in range(1, row + 1))
    latency = 1 + hops * hop_latency
    result = run(
        units,
        [link("from", "to", latency + 1, route)],
        overrides={"network.hop_latency": hop_latency},
    )
    assert result.cycles == 2 * depth + latency + tokens - 1


@pytest.mark.parametrize(
    "firings", [(1, 1, 1), (4, 1, 1), (1, 4, 1), (1, 1, 4), (3, 5, 2), (7, 2, 7)]
)
def test_slowest_stage(firings: tuple[int, int, int]) -> None:
    """Three stages with m(i) firings a token: sum of (m(i) - 1 + d) + 2 l + (n - 1) max m(i).

    Stage i starts token k at S(i, k) = max(S(i, k - 1) + m(i), S(i - 1, k) + m(i - 1) - 1 + d + l),
    so S(2, n - 1) is the longest way from (0, 0) through this grid: through every stage once, and
    n - 1 steps to the next token, all of them at the slowest stage. FIFOs of l + 1 do not hold a
    stage up, as in any chain.
    """
    tokens, depth = 12, 2
    first, second, third = firings
    units = [
        source("tokens", tokens),
        relay("u0", tokens, depth, first),
        relay("u1", tokens, depth, second),
        sink("u2", tokens, depth, third),
    ]
    nets = [link("tokens", "u0"), link("u0", "u1"), link("u1", "u2")]
    start = 1 + DIRECT
    through = sum(m - 1 + depth for m in firings) + 2 * DIRECT
    assert run(units, nets).cycles == start + through + (tokens - 1) * max(firings)


@pytest.mark.parametrize(
    "firings", [(1,), (1, 1), (1, 3), (5, 1, 2), (2, 9, 4, 1)], ids=lambda f: "-".join(map(str, f))
)
def test_consumers_of_one_port(firings: tuple[int, ...]) -> None:
    """Each consumer, of m firings a token, ends by itself at 1 + l + n m - 1 + d.

    Consumers are served independently, so with a FIFO for every token none waits for another: the
    first token is there at 1 + l, and n m firings follow one another.
    """
    tokens, depth = 15, 4
    names = [f"u{i}" for i in range(len(firings))]
    users = [sink(name, tokens, depth, m) for name, m in zip(names, firings, strict=True)]
    fan = net("vector", "from.main.y", *(f"{name}.main.x capacity {tokens}" for name in names))
    result = run([source("from", tokens), *users], [fan])
    for name, m in zip(names, firings, strict=True):
        assert lifetime(result, name) == 1 + DIRECT + tokens * m - 1 + depth
