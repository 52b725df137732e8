"""Loads from a tier: bound by bytes, by latency, by the bursts that their addresses touch.

S is the time that a channel serves a burst, L the latency, C the channels and P the outstanding
limit. An AG that is not held up requests in cycle k what firing k touches. A channel that has
requests waiting is free again S after the last, and a response comes L after the end of service.
"""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from micro import BURST, DIRECT, FULL_RATE, LANES, lifetime, link, net, run, sink, unit

DRAIN = DIRECT + 1
"""From the last response to the end: the token's way and the sink's stage."""


def load(name: str, tokens: int, index: str = "i", tensor: str = "a") -> str:
    """Return an AG that loads a vector of `tensor` at an index in each firing."""
    count = f"count i 0..{tokens * LANES} par {LANES}"
    return unit(f"ag {name}", count, "out y : vector i32 @i", f"load {tensor}[{index}] -> y")


def tensor(elements: int, name: str = "a") -> str:
    """Return the declaration of an input."""
    return f"{name} : i32[{elements}] input"


def tier(
    service: int | Fraction = 1, latency: int = 20, channels: int = 1, outstanding: int = 4096
) -> dict[str, int | str]:
    """Return the overrides for a tier that serves a burst in so many cycles."""
    return {
        "dram.bytes_per_cycle": str(BURST / Fraction(service)),
        "dram.latency": latency,
        "dram.channels": channels,
        "ag.outstanding": outstanding,
    }


@pytest.mark.parametrize("channels", [1, 2, 4, 8])
@pytest.mark.parametrize("service", [1, 2, 5, 9])
@pytest.mark.parametrize("rounds", [1, 2, 7, 16, 1000])
def test_bandwidth(channels: int, service: int, rounds: int) -> None:
    """n = C q vectors in a row: C - 1 + S + (q - 1) max(C, S) + L, if enough may be outstanding.

    Channel j serves bursts j, j + C, ...: requested at j + i C, it is done with the i-th of them at
    j + S + i max(C, S). The last channel is the last to answer. With S >= C the bytes decide, q S;
    else the AG's one request a cycle.
    """
    bursts = channels * rounds
    result = run(
        [load("from", bursts), sink("to", bursts)],
        [link("from", "to")],
        [tensor(bursts * LANES)],
        tier(service, channels=channels),
    )
    answered = channels - 1 + service + (rounds - 1) * max(channels, service) + 20
    assert lifetime(result, "from") == answered
    assert result.cycles == answered + DRAIN


@pytest.mark.parametrize("rate", ["12.8", "19.2", "25.6", "7", "63", "51.2", "96", "1000"])
@pytest.mark.parametrize("bursts", [1, 2, 10, 41, 10_000])
def test_exact_rates(rate: str, bursts: int) -> None:
    """A rate that divides no burst: ceil(S + (n - 1) max(1, S)) + L, exactly, with S = 64 / rate.

    Only the response is rounded; the channel's own time is a fraction and loses nothing.
    """
    service = BURST / Fraction(rate)
    result = run(
        [load("from", bursts), sink("to", bursts)],
        [link("from", "to")],
        [tensor(bursts * LANES)],
        tier(service),
    )
    assert result.cycles == math.ceil(service + (bursts - 1) * max(1, service)) + 20 + DRAIN


@pytest.mark.parametrize("outstanding", [1, 2, 3, 5, 8, 9, 64])
@pytest.mark.parametrize(
    ("service", "latency", "bursts"),
    [(1, 7, 40), (4, 20, 40), (5, 60, 40), (3, 1, 40), (3, 9, 10_000)],
)
def test_outstanding_limit(outstanding: int, service: int, latency: int, bursts: int) -> None:
    """P bursts in flight on one channel: P every S + L cycles, or one every S.

    The first P are requested at once and answered at (k + 1) S + L. Request k waits for answer
    k - P. If P S <= S + L the channel has long been free by then, so the answer is S + L later:
    (S + L) floor(k / P) + (k mod P + 1) S + L. Otherwise the channel never waits: (k + 1) S + L.
    """
    result = run(
        [load("from", bursts), sink("to", bursts)],
        [link("from", "to")],
        [tensor(bursts * LANES)],
        tier(service, latency, outstanding=outstanding),
    )
    turns, rest = divmod(bursts - 1, outstanding)
    if outstanding * service > service + latency:
        turns, rest = 0, bursts - 1
    answered = turns * (service + latency) + (rest + 1) * service + latency
    assert lifetime(result, "from") == answered
    assert result.cycles == answered + DRAIN


@pytest.mark.parametrize(
    ("channels", "service", "latency", "outstanding"),
    [(4, 5, 60, 52), (4, 5, 60, 64), (1, 4, 20, 6), (2, 8, 100, 28), (8, 10, 60, 56)],
)
def test_ninety_percent_of_peak(
    channels: int, service: int, latency: int, outstanding: int
) -> None:
    """P >= C (1 + L / S) outstanding keep every channel busy: C - 1 + q S + L for n = C q bursts.

    Let channel j have served i bursts without a pause, until j + i S. With P a multiple of C, its
    next request waits for its own answer i - P / C, there at j + (i - P / C + 1) S + L, which is no
    later than j + i S if S + L <= P S / C. So the channels never pause, and the share of the peak
    is n S / C over the cycles: of 2,048 bursts more than 90 %.
    """
    bursts = 2048
    rounds = bursts // channels
    result = run(
        [load("from", bursts), sink("to", bursts)],
        [link("from", "to")],
        [tensor(bursts * LANES)],
        tier(service, latency, channels, outstanding),
    )
    assert lifetime(result, "from") == channels - 1 + rounds * service + latency
    peak = channels * Fraction(BURST, service)
    assert result.tiers[0].loaded_bytes == bursts * BURST
    assert result.tiers[0].loaded_bytes / result.cycles >= peak * Fraction(9, 10)


@pytest.mark.parametrize("elements", [1, 16, 17, 100, 160, 161])
def test_tail_of_a_stream(elements: int) -> None:
    """n elements cost ceil(n / 16) whole bursts: that many S, and L."""
    bursts, service = math.ceil(elements / LANES), 3
    start = unit(
        "ag from", f"count i 0..{elements} par {LANES}", "out y : vector i32 @i", "load a[i] -> y"
    )
    result = run(
        [start, sink("to", bursts)],
        [link("from", "to")],
        [tensor(elements)],
        tier(service),
    )
    assert result.cycles == bursts * service + 20 + DRAIN
    assert result.tiers[0].loaded_bytes == bursts * BURST


@pytest.mark.parametrize("offset", [0, 1, 8, 15, 16])
@pytest.mark.parametrize("vectors", [1, 6, 20])
def test_misaligned_stream(offset: int, vectors: int) -> None:
    """A vector that straddles two bursts costs both, each time: 2 n S + L, twice the bytes."""
    service, touched = 3, 1 if offset % LANES == 0 else 2
    result = run(
        [load("from", vectors, f"i + {offset}"), sink("to", vectors)],
        [link("from", "to")],
        [tensor(vectors * LANES + offset)],
        tier(service),
    )
    assert result.cycles == touched * vectors * service + 20 + DRAIN
    assert result.tiers[0].loaded_bytes == touched * vectors * BURST


@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("bursts", [1, 3, 4, 8])
@pytest.mark.parametrize("service", [1, 3, 5])
def test_scalar_loads(channels: int, bursts: int, service: int) -> None:
    """Sixteen scalars of one burst fetch it sixteen times, as nothing merges across firings.

    Burst g is requested in cycles 16 g to 16 g + 15 of channel g mod C, which takes 16 S for it.
    Its next burst is C later: it ends its i-th at 16 (g mod C) + 16 S + 16 i max(C, S).
    """
    elements = bursts * LANES
    units = [
        unit("ag from", f"count i 0..{elements}", "out y : scalar i32 @i", "load a[i] -> y"),
        unit("pcu to", f"count i 0..{elements}", "in x : scalar i32 @i", "s = addi x 1"),
    ]
    nets = [net("scalar", "from.main.y", f"to.main.x capacity {FULL_RATE}")]
    result = run(units, nets, [tensor(elements)], tier(service, channels=channels))
    ends = [
        LANES * (g % channels + service + g // channels * max(channels, service))
        for g in range(bursts)
    ]
    assert result.cycles == max(ends) + 20 + DRAIN
    assert result.tiers[0].loaded_bytes == elements * BURST


@pytest.mark.parametrize("depth", [1, 5, 22, 40, 100])
def test_depth_of_an_address_generator(depth: int) -> None:
    """A token is ready at t + d if the response is there before: n - 1 + max(S + L, d), S = 1."""
    bursts = 9
    result = run(
        [load("from", bursts), sink("to", bursts)],
        [link("from", "to")],
        [tensor(bursts * LANES)],
        {**tier(), "ag.depth": depth},
    )
    assert result.cycles == bursts - 1 + max(1 + 20, depth) + DRAIN


@pytest.mark.parametrize("bursts", [1, 2, 5, 8, 16])
@pytest.mark.parametrize("service", [1, 4])
def test_tokens_leave_in_order(bursts: int, service: int) -> None:
    """Tokens that a late one held up follow it a cycle apart: 17 S + L + n - 1, on 16 channels.

    Another AG, first in the text, asks channel 0 for sixteen bursts in cycle 0. Burst 0 of the
    stream is answered behind them, at 17 S + L; the others, each on a channel of its own, have long
    been. A firing retires with its token: e(k) = e(k - 1) + 1.
    """
    channels = 16
    other = unit(
        "ag other",
        f"count i 0..{LANES} par {LANES}",
        "out y : vector i32 @i",
        f"load b[{channels * LANES}*i] -> y",
    )
    result = run(
        [other, load("from", bursts), sink("to", bursts), sink("away", 1)],
        [link("from", "to", channels), link("other", "away")],
        [tensor(channels * LANES), tensor(channels * LANES * LANES, "b")],
        tier(service, channels=channels),
    )
    answered = (LANES + 1) * service + 20
    assert lifetime(result, "from") == answered + bursts - 1
    assert result.cycles == answered + bursts - 1 + DRAIN
