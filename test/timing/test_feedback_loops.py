"""Loops of channels: the tokens that go round decide how often the contexts on the way fire."""

from __future__ import annotations

from itertools import pairwise

import pytest
from micro import DIRECT, FULL_RATE, LANES, net, run, stages, unit


def passer(name: str, tokens: int, depth: int) -> str:
    """Return a PCU that takes a control token at `x` and gives one at `y`."""
    return unit(
        f"pcu {name}",
        f"count i 0..{tokens}",
        "in x : control @i",
        "out y : control @i",
        *stages(depth, "i"),
    )


@pytest.mark.parametrize(("contexts", "firings"), [(1, 30), (2, 30), (5, 30), (3, 10_000)])
@pytest.mark.parametrize(
    ("depth", "ringing"), [(1, 1), (3, 1), (3, 2), (3, 3), (3, 4), (2, 15), (6, 10), (1, 40)]
)
def test_ring(contexts: int, firings: int, depth: int, ringing: int) -> None:
    """s contexts in a ring with i tokens: i firings every s (d + l) cycles, or one every cycle.

    Firing k of the first context takes the token that its firing k - i sent round, s (d + l) later:
    t(k) = max(t(k - 1) + 1, t(k - i) + s (d + l)), where the first i are there at 0. With
    i' = min(i, s (d + l)) that is t(k) = s (d + l) floor(k / i') + k mod i'. The last context
    follows after (s - 1)(d + l) and ends d later. A context alone has so an initiation interval of
    (d + l) / i cycles: what it costs to close a recurrence through a channel.
    """
    names = [f"u{i}" for i in range(contexts)]
    nets = [
        net("control", f"{a}.main.y", f"{b}.main.x capacity {FULL_RATE}")
        for a, b in pairwise(names)
    ]
    capacity = max(ringing, FULL_RATE)
    nets.append(
        net("control", f"{names[-1]}.main.y", f"u0.main.x capacity {capacity} init {ringing}")
    )
    result = run([passer(name, firings, depth) for name in names], nets)
    turn = contexts * (depth + DIRECT)
    rounds, rest = divmod(firings - 1, min(ringing, turn))
    assert result.cycles == turn * rounds + rest + (contexts - 1) * (depth + DIRECT) + depth


@pytest.mark.parametrize("credits", [1, 2, 3, 6, 7, 8, 20])
@pytest.mark.parametrize(
    ("producer", "consumer", "tokens"), [(1, 1, 25), (2, 3, 25), (6, 1, 25), (3, 3, 10_000)]
)
def test_credits(credits: int, producer: int, consumer: int, tokens: int) -> None:
    """A producer that needs a credit for each token: K tokens every dp + l + dc + l cycles.

    Firing k of the producer waits for the credit that the consumer gave back for token k - K: the
    token leaves dp after that firing, travels l, and the credit leaves dc later and travels l. The
    loop of length V = dp + dc + 2 l holds K tokens, so t(k) = V floor(k / K') + k mod K', where
    K' = min(K, V), and the consumer ends dp + l + dc after the producer's last start.
    """
    count = f"count i 0..{tokens * LANES} par {LANES}"
    ends = [
        unit(
            "pcu from",
            count,
            "in credit : control @i",
            "out y : vector i32 @i",
            *stages(producer, "i"),
            f"y <- s{producer}",
        ),
        unit(
            "pcu to",
            count,
            "in x : vector i32 @i",
            "out credit : control @i",
            *stages(consumer, "x"),
        ),
    ]
    nets = [
        net("vector", "from.main.y", f"to.main.x capacity {FULL_RATE}"),
        net("control", "to.main.credit", f"from.main.credit capacity {credits} init {credits}"),
    ]
    turn = producer + consumer + 2 * DIRECT
    rounds, rest = divmod(tokens - 1, min(credits, turn))
    result = run(ends, nets)
    assert result.cycles == turn * rounds + rest + producer + DIRECT + consumer


@pytest.mark.parametrize("firings", [1, 4])
@pytest.mark.parametrize("ahead", [0, 1, 2, 5, 9, 10])
def test_tokens_at_the_start(ahead: int, firings: int) -> None:
    """With i tokens at the start the consumer is i tokens ahead: max(m n - 1 + d, t(n - 1) + 1).

    The producer sends token j when its m firings are over, at m (j + 1) - 1 + d. The consumer
    takes the i tokens that are there at 0, 1, ..., i - 1, then token k - i of the producer at
    max(t(k - 1) + 1, m (k - i + 1) - 1 + d + l). As tokens come at least a cycle apart that is
    t(n - 1) = max(n - 1, m (n - i) - 1 + d + l) if i < n. The last i tokens stay in the channel.
    """
    tokens, depth = 10, 3
    units = [
        unit(
            "pcu from",
            f"count i 0..{tokens}",
            f"count j 0..{firings}",
            "out y : control @i",
            *stages(depth, "j"),
        ),
        unit("pcu to", f"count i 0..{tokens}", "in x : control @i"),
    ]
    init = f" init {ahead}" if ahead else ""
    sink = f"to.main.x capacity {ahead + FULL_RATE}{init}"
    result = run(units, [net("control", "from.main.y", sink)])
    last = tokens - 1
    if ahead < tokens:
        last = max(last, firings * (tokens - ahead) - 1 + depth + DIRECT)
    assert result.cycles == max(firings * tokens - 1 + depth, last + 1)
