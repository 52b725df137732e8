"""Vectors of scattered words: every burst that is touched costs a burst, and counts as in flight.

S is the time that a channel serves a burst, L the latency, C the channels. A firing requests all of
its bursts at once, so no channel that it needs is ever without work until the last firing.
"""

from __future__ import annotations

import math

import pytest
from micro import BURST, DIRECT, LANES, Overrides, lifetime, link, run, sink, unit

from rdu.simulator.result import SectionResult

LATENCY = 20


def gather(firings: int, stride: int, service: int, overrides: Overrides) -> SectionResult:
    """Run an AG that loads 16 words at a stride in each firing."""
    elements = firings * LANES * stride
    start = unit(
        "ag from",
        f"count i 0..{firings * LANES} par {LANES}",
        "out y : vector i32 @i",
        f"load a[{stride}*i] -> y",
    )
    return run(
        [start, sink("to", firings)],
        [link("from", "to")],
        [f"a : i32[{elements}] input"],
        {"dram.bytes_per_cycle": f"{BURST}/{service}", "dram.latency": LATENCY, **overrides},
    )


@pytest.mark.parametrize("stride", [*range(1, 18), 31, 32, 100])
@pytest.mark.parametrize("service", [1, 5])
def test_words_at_stride(stride: int, service: int) -> None:
    """Sixteen words at stride s touch min(s, 16) bursts: n min(s, 16) S + L.

    Word s (16 f + i) is in burst s f + floor(s i / 16). Up to s = 16 lane after lane goes on by one
    burst at most, to s f + s - 1; beyond that every lane has a burst of its own. From s = 16 on 64
    bytes are paid for 4.
    """
    firings, touched = 7, min(stride, LANES)
    result = gather(firings, stride, service, {"ag.outstanding": 4096})
    assert lifetime(result, "from") == firings * touched * service + LATENCY
    assert result.cycles == firings * touched * service + LATENCY + DIRECT + 1
    assert result.tiers[0].loaded_bytes == firings * touched * BURST


@pytest.mark.parametrize("channels", [1, 2, 3, 4, 6, 8])
@pytest.mark.parametrize("bursts", [1, 2, 3, 4, 8])
def test_channels_at_stride(channels: int, bursts: int) -> None:
    """A stride of q whole bursts uses U = C / gcd(q, C) channels: ceil(16 n / U) S + L.

    The 16 n bursts go round those channels in turn; the first of them has the most.
    """
    firings, service = 5, 3
    result = gather(
        firings, bursts * LANES, service, {"ag.outstanding": 4096, "dram.channels": channels}
    )
    used = channels // math.gcd(bursts, channels)
    assert lifetime(result, "from") == math.ceil(firings * LANES / used) * service + LATENCY


@pytest.mark.parametrize("stride", [1, 2, 5, 16])
@pytest.mark.parametrize("outstanding", [1, 4, 5, 10, 15, 16, 31, 32, 80])
def test_weight_of_a_firing(stride: int, outstanding: int) -> None:
    """Firings of w bursts, P outstanding: F = max(1, floor(P / w)) in flight, as F bursts of w S.

    A firing that weighs more than the limit goes alone. The first F are answered at
    (f + 1) w S + L. If F w S <= w S + L, firing f starts with answer f - F, finds the channel free
    and is answered w S + L later; otherwise the channel never waits.
    """
    firings, service = 12, 2
    result = gather(firings, stride, service, {"ag.outstanding": outstanding})
    busy = min(stride, LANES) * service
    flying = max(1, outstanding // min(stride, LANES))
    turns, rest = divmod(firings - 1, flying)
    if flying * busy > busy + LATENCY:
        turns, rest = 0, firings - 1
    assert lifetime(result, "from") == turns * (busy + LATENCY) + (rest + 1) * busy + LATENCY
