"""Cycle counts of micro-programs against closed forms, derived from the rules of time."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from sections import LANES, channel, context, floats, run, section

from rdu.simulator.specification import (
    Access,
    ChannelSpec,
    Input,
    MemorySpec,
    Output,
    TensorSpec,
    TierSpec,
)


@pytest.mark.parametrize("contexts", [1, 2, 5])
@pytest.mark.parametrize("depth", [1, 6])
@pytest.mark.parametrize("latency", [1, 4])
def test_chain_at_full_rate(contexts: int, depth: int, latency: int) -> None:
    """A chain of S contexts: n - 1 + S d + (S - 1) l cycles.

    Context i fires for token k at k + i (d + l), since the token leaves d after each start and
    travels l. The last of the S fires last at n - 1 + (S - 1)(d + l) and retires d later. Token k
    needs the slot of token k - c, free l + 1 after that one left, c before: so c >= l + 1.
    """
    tokens = 100
    made = [
        context("compute", tokens, depth, [i - 1] if i else [], [i] if i < contexts - 1 else [])
        for i in range(contexts)
    ]
    channels = [channel(i, i + 1, latency + 1, latency) for i in range(contexts - 1)]
    result = run(section(made, channels))
    assert result.cycles == tokens - 1 + contexts * depth + (contexts - 1) * latency


@pytest.mark.parametrize("capacity", [1, 2, 3, 5])
def test_chain_limited_by_capacity(capacity: int) -> None:
    """A channel of capacity c <= l: c tokens every l + 1 cycles.

    Token k leaves at e(k) = max(e(k - 1) + 1, e(k - c) + l + 1), so e(k) = d + (l + 1) floor(k / c)
    + k mod c; the consumer fires l later and retires after its own depth.
    """
    tokens, depth, latency = 50, 3, 5
    made = [context("compute", tokens, depth, [], [0]), context("compute", tokens, 2, [0])]
    result = run(section(made, [channel(0, 1, capacity, latency)]))
    rounds, rest = divmod(tokens - 1, capacity)
    assert result.cycles == depth + rounds * (latency + 1) + rest + latency + 2
    assert result.channels[0].high_water == capacity


@pytest.mark.parametrize("banks", [16, 4, 12])
@pytest.mark.parametrize("stride", [0, 1, 2, 4, 16, 33])
def test_bank_conflicts(banks: int, stride: int) -> None:
    """Reading 16 words at stride s from B banks takes ceil(16 gcd(s, B) / B) cycles.

    The words fall on B / gcd(s, B) banks in turn; s = 0 is one word. n reads start that far apart;
    the last word leaves after d, or the bank is free again, whichever is later.
    """
    tokens, depth = 10, 4
    cost = 1 if stride == 0 else math.ceil(LANES * math.gcd(stride, banks) / banks)
    words = tokens * LANES * max(1, stride)
    access = Access(0, 0, (stride,), 0, 0)
    reader = context("read", tokens, depth, [], [0], access)
    made = [reader, context("compute", tokens, 1, [0])]
    result = run(section(made, [channel(0, 1, 16, 1)], [MemorySpec("m", "f32", words, 1, banks)]))
    read = result.contexts[0]
    assert read.lifetime == (tokens - 1) * cost + max(depth, cost)
    assert read.bank == tokens * (cost - 1)
    assert result.cycles == max(read.lifetime, (tokens - 1) * cost + depth + 1 + 1)


@pytest.mark.parametrize("outstanding", [1, 2, 8, 64])
def test_load_against_latency_and_bandwidth(outstanding: int) -> None:
    """n bursts of b cycles each, P outstanding, latency L: the slower of two rates.

    Burst k is asked for at s(k) = max(k, a(k - P)) and answered at a(k) = f(k) + L, where the
    channel is done with it at f(k) = max(s(k), f(k - 1)) + b. If P b >= b + L the channel never
    waits and a(n - 1) = n b + L; if P = 1 nothing overlaps and a(n - 1) = n (b + L).
    """
    bursts, burst, latency = 64, 4, 20
    tier = TierSpec("dram", 1, 64, burst, 1, latency)
    loads = context("load", bursts, 1, [], [0], Access(0, 0, (1,), -1, 0))
    made = [loads, context("compute", bursts, 1, [0])]
    tensor = TensorSpec("t", "f32", bursts * LANES, 0)
    spec = section(
        made, [channel(0, 1, 16, 1)], tensors=[tensor], tier=tier, outstanding=outstanding
    )
    answers: list[int] = []
    free = 0
    for k in range(bursts):
        start = max(k, answers[k - outstanding] if k >= outstanding else 0)
        free = max(start, free) + burst
        answers.append(free + latency)
    if outstanding * burst >= burst + latency:
        assert answers[-1] == bursts * burst + latency
    if outstanding == 1:
        assert answers[-1] == bursts * (burst + latency)
    result = run(spec, [floats(bursts * LANES)])
    assert result.contexts[0].lifetime == answers[-1]
    assert result.cycles == answers[-1] + 1 + 1
    assert result.tiers[0].loaded_bytes == bursts * 64


@pytest.mark.parametrize("ringing", [1, 2, 3])
def test_feedback(ringing: int) -> None:
    """A context that waits for its own token: i firings every d + l cycles, i <= d tokens at first.

    Firing k starts at (d + l) floor(k / i) + k mod i, when the token of firing k - i is back.
    """
    firings, depth, latency = 30, 3, 4
    ring = ChannelSpec("ring", "control", 8, ringing, latency, 0, 0)
    made = replace(
        context("compute", firings, depth),
        inputs=(Input("back", 0, 1, "control", None),),
        outputs=(Output("on", (0,), 1, "control", None, -1),),
        registers=("i1", "i32"),
    )
    result = run(section([made], [ring]))
    rounds, rest = divmod(firings - 1, ringing)
    assert result.cycles == rounds * (depth + latency) + rest + depth
    assert result.channels[0].tokens == firings
