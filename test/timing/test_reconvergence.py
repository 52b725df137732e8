"""Forks that join again: the longest way decides, if the FIFOs of the shorter ones hold enough."""

from __future__ import annotations

from itertools import pairwise

import pytest
from micro import DIRECT, FULL_RATE, LANES, block, link, net, relay, run, sink, source, unit


def join(tokens: int, ways: int) -> str:
    """Return a PCU that adds up vectors from ports x0, x1, ... in `ways - 1` stages."""
    sums = [f"s{i} = addi {f's{i - 1}' if i > 1 else 'x0'} x{i}" for i in range(1, ways)]
    ports = [f"in x{i} : vector i32 @i" for i in range(ways)]
    return unit("pcu join", f"count i 0..{tokens * LANES} par {LANES}", *ports, *sums)


@pytest.mark.parametrize(
    ("ways", "tokens", "depth"), [(2, 1, 1), (2, 30, 3), (3, 30, 3), (5, 17, 1), (16, 9, 6)]
)
def test_fork_and_join(ways: int, tokens: int, depth: int) -> None:
    """A fork of w like branches and their join: 1 + l + d + l + n - 1 + (w - 1).

    Every branch delivers token k at 1 + l + k + d + l, and the join adds in w - 1 stages.
    """
    names = [f"u{i}" for i in range(ways)]
    branches = [relay(name, tokens, depth) for name in names]
    fork = net("vector", "from.main.y", *(f"{n}.main.x capacity {FULL_RATE}" for n in names))
    ends = [
        net("vector", f"{n}.main.y", f"join.main.x{i} capacity {FULL_RATE}")
        for i, n in enumerate(names)
    ]
    result = run([source("from", tokens), *branches, join(tokens, ways)], [fork, *ends])
    assert result.cycles == 1 + DIRECT + depth + DIRECT + tokens - 1 + ways - 1


@pytest.mark.parametrize("tokens", [1, 41, 10_001])
@pytest.mark.parametrize(
    ("fork_depth", "relays", "depth"), [(1, 1, 1), (1, 2, 3), (2, 2, 3), (4, 3, 2), (6, 1, 6)]
)
@pytest.mark.parametrize("missing", [0, 1, 2, 3, 1000])
def test_skewed_fork_and_join(
    fork_depth: int, relays: int, depth: int, tokens: int, missing: int
) -> None:
    """A fork whose short side is one channel of capacity c, the long one m relays of depth d.

    The long way takes D = l + m (d + l) from fork to join; the fork is d0 deep. Let t(k) be the
    start of firing k of the fork. Its long token leaves at t(k) + d0, so the join starts at
    T(k) = t(k) + d0 + D and thereby frees a slot of the short side: the short token leaves at
    E(k) = max(t(k) + d0, T(k - c) + 1) = max(t(k) + d0, t(k - c) + d0 + D + 1). The fork holds d0
    firings, each until its short token has left: t(k) = max(t(k - 1) + 1, E(k - d0)). With
    R = d0 + D + 1 this is t(k) = max(t(k - 1) + 1, t(k - d0 - c) + R): a window of W = c + d0
    tokens every R cycles, or a token a cycle when W >= R, that is c >= D + 1, just long enough. So

        t(k) = R floor(k / W) + k mod W, with W = min(c + d0, R)

    and the join's single stage ends at T(n - 1) + 1. The short token is never late: in a round that
    waits E(k) + l = T(k) - c + l + 1 <= T(k), provided that c >= l + 1.
    """
    long_way = DIRECT + relays * (depth + DIRECT)
    capacity = max(FULL_RATE, long_way + 1 - missing)
    names = [f"u{i}" for i in range(relays)]
    units = [
        source("fork", tokens, fork_depth),
        *(relay(name, tokens, depth) for name in names),
        join(tokens, 2),
    ]
    fork = net(
        "vector",
        "fork.main.y",
        f"u0.main.x capacity {FULL_RATE}",
        f"join.main.x0 capacity {capacity}",
    )
    nets = [link(*ends) for ends in pairwise(names)]
    end = net("vector", f"{names[-1]}.main.y", f"join.main.x1 capacity {FULL_RATE}")
    result = run(units, [fork, *nets, end])
    turn = fork_depth + long_way + 1
    window = min(capacity + fork_depth, turn)
    rounds, rest = divmod(tokens - 1, window)
    assert result.cycles == turn * rounds + rest + fork_depth + long_way + 1
    if missing == 0:
        assert result.cycles == tokens - 1 + fork_depth + long_way + 1


@pytest.mark.parametrize("chains", [1, 2, 3, 4, 7])
def test_contexts_of_one_unit(chains: int) -> None:
    """Chains whose middle contexts share a unit: 1 + l + d + l + d + n - 1, as if each had its own.

    Contexts share a unit's stages and ports, never its time.
    """
    tokens, depth = 20, 3
    body = (
        f"count i 0..{tokens * LANES} par {LANES}",
        "in x : vector i32 @i",
        "out y : vector i32 @i",
        "s1 = addi x 1",
        "s2 = addi s1 1",
        "s3 = addi s2 1",
        "y <- s3",
    )
    shared = block("pcu shared", *(block(f"context c{i}", *body) for i in range(chains)))
    sources = [source(f"from{i}", tokens) for i in range(chains)]
    sinks = [sink(f"to{i}", tokens, depth) for i in range(chains)]
    nets: list[str] = []
    for i in range(chains):
        nets.append(net("vector", f"from{i}.main.y", f"shared.c{i}.x capacity {FULL_RATE}"))
        nets.append(net("vector", f"shared.c{i}.y", f"to{i}.main.x capacity {FULL_RATE}"))
    result = run([*sources, shared, *sinks], nets)
    assert result.cycles == 1 + DIRECT + depth + DIRECT + depth + tokens - 1
