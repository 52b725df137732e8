"""Stores end with their acknowledgement; they and loads share the channels in order of time.

S is the time that a channel serves a burst, L the latency, C the channels and P the outstanding
limit. What is stored is there at 1 + l, a vector a cycle.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from micro import (
    BURST,
    DIRECT,
    FULL_RATE,
    LANES,
    Overrides,
    lifetime,
    link,
    net,
    program,
    run,
    run_text,
    sink,
    source,
    unit,
)

LATENCY = 20
START = 1 + DIRECT


def store(name: str, elements: int) -> str:
    """Return an AG that stores vectors one after another."""
    count = f"count i 0..{elements} par {LANES}"
    return unit(f"ag {name}", count, "in x : vector i32 @i", "store b[i] <- x")


def load(name: str, bursts: int, tensor: str = "a") -> str:
    """Return an AG that loads vectors one after another."""
    count = f"count i 0..{bursts * LANES} par {LANES}"
    return unit(f"ag {name}", count, "out y : vector i32 @i", f"load {tensor}[i] -> y")


def tier(service: int, channels: int = 1, outstanding: int = 4096) -> Overrides:
    """Return the overrides for a tier that serves a burst in so many cycles."""
    return {
        "dram.bytes_per_cycle": f"{BURST}/{service}",
        "dram.latency": LATENCY,
        "dram.channels": channels,
        "ag.outstanding": outstanding,
    }


@pytest.mark.parametrize("channels", [1, 2, 4, 8])
@pytest.mark.parametrize("service", [1, 3, 9])
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_store_stream(channels: int, service: int, rounds: int) -> None:
    """n = C q vectors: (1 + l) + C - 1 + S + (q - 1) max(C, S) + L, acknowledged like a load.

    Vector k is requested at 1 + l + k; channel j is done with its i-th at
    1 + l + j + S + i max(C, S).
    """
    bursts = channels * rounds
    units = [source("from", bursts), store("to", bursts * LANES)]
    tensors = [f"b : i32[{bursts * LANES}] output"]
    text = program(units, [link("from", "to")], tensors)
    result = run_text(text, tier(service, channels))
    busy = service + (rounds - 1) * max(channels, service)
    assert result.cycles == START + channels - 1 + busy + LATENCY
    assert result.sections[0].tiers[0].stored_bytes == bursts * BURST
    np.testing.assert_array_equal(result.outputs["b"], 1 + np.arange(bursts * LANES))


@pytest.mark.parametrize("outstanding", [1, 2, 4, 6, 7, 40])
@pytest.mark.parametrize("capacity", [1, FULL_RATE, 16])
def test_outstanding_stores(outstanding: int, capacity: int) -> None:
    """P unacknowledged stores: (1 + l) + (S + L) floor(k / P) + (k mod P + 1) S + L, k = n - 1.

    As for loads, P S <= S + L, or else n S + L. One slot is enough for the data, a vector every
    l + 1 <= S cycles: the tier takes no more than one every S.
    """
    bursts, service = 25, 4
    result = run(
        [source("from", bursts), store("to", bursts * LANES)],
        [link("from", "to", capacity)],
        [f"b : i32[{bursts * LANES}] output"],
        tier(service, outstanding=outstanding),
    )
    turns, rest = divmod(bursts - 1, outstanding)
    if outstanding * service > service + LATENCY:
        turns, rest = 0, bursts - 1
    answered = turns * (service + LATENCY) + (rest + 1) * service + LATENCY
    assert result.cycles == START + answered


@pytest.mark.parametrize("elements", [1, 2, 15, 16, 40])
@pytest.mark.parametrize("service", [1, 2, 5])
def test_scalar_stores(elements: int, service: int) -> None:
    """A word costs a burst: (1 + l) + n S + L, and 64 bytes for each 4."""
    units = [
        unit("pcu from", f"count i 0..{elements}", "out y : scalar i32 @i", "y <- i"),
        unit("ag to", f"count i 0..{elements}", "in x : scalar i32 @i", "store b[i] <- x"),
    ]
    nets = [net("scalar", "from.main.y", f"to.main.x capacity {FULL_RATE}")]
    result = run(units, nets, [f"b : i32[{elements}] output"], tier(service))
    assert result.cycles == START + elements * service + LATENCY
    assert result.tiers[0].stored_bytes == elements * BURST


@pytest.mark.parametrize("elements", [1, 16, 17, 100, 161])
def test_tail_of_a_store(elements: int) -> None:
    """n elements are ceil(n / 16) bursts; the masked lanes of the last are not stored."""
    bursts, service = math.ceil(elements / LANES), 3
    text = program(
        [source("from", bursts), store("to", elements)],
        [link("from", "to")],
        [f"b : i32[{elements}] output"],
    )
    result = run_text(text, tier(service))
    assert result.cycles == START + bursts * service + LATENCY
    np.testing.assert_array_equal(result.outputs["b"], 1 + np.arange(elements))


@pytest.mark.parametrize("live", [1, 4, 8, 9, 16])
@pytest.mark.parametrize("stride", [1, 2, 4])
def test_store_of_masked_lanes(live: int, stride: int) -> None:
    """p live lanes at stride s touch floor((p - 1) s / 16) + 1 bursts: (1 + l) + n bursts S + L.

    The data's mask counts as well as the chain's: what is masked is neither stored nor requested.
    """
    vectors, service = 6, 2
    units = [
        unit(
            "pcu from", f"count i 0..{vectors * live} par {live}", "out y : vector i32 @i", "y <- i"
        ),
        unit(
            "ag to",
            f"count i 0..{vectors * LANES} par {LANES}",
            "in x : vector i32 @i",
            f"store b[{stride}*i] <- x",
        ),
    ]
    if live == 1:  # one lane is no vector counter; a tail of one lane is
        units[0] = unit(
            "pcu from",
            f"count v 0..{vectors}",
            "count i 0..1 par 2",
            "out y : vector i32 @i",
            "y <- v",
        )
    tensors = [f"b : i32[{vectors * LANES * stride}] output"]
    result = run_text(program(units, [link("from", "to")], tensors), tier(service))
    touched = (live - 1) * stride // LANES + 1
    assert result.cycles == START + vectors * touched * service + LATENCY
    rows = np.zeros((vectors, LANES * stride), np.int32)
    rows[:, : live * stride : stride] = np.arange(vectors * live).reshape(vectors, live)
    np.testing.assert_array_equal(result.outputs["b"], rows.reshape(-1))


@pytest.mark.parametrize("streams", [1, 2, 3, 5])
@pytest.mark.parametrize(("channels", "service"), [(1, 1), (1, 4), (4, 1), (4, 2), (2, 7)])
def test_streams_share_the_channels(streams: int, channels: int, service: int) -> None:
    """w loads of n = C q bursts: stream r ends at C - 1 + (q - 1) max(C, w S) + (r + 1) S + L.

    All request burst k in cycle k; ties go by the order of the text. Channel j serves the w bursts
    k = j + i C from j + i max(C, w S) on, those of stream r as the r-th.
    """
    rounds = 6
    bursts = channels * rounds
    names = [f"u{r}" for r in range(streams)]
    units = [load(name, bursts, f"a{r}") for r, name in enumerate(names)]
    sinks = [sink(f"to_{name}", bursts) for name in names]
    nets = [link(name, f"to_{name}") for name in names]
    tensors = [f"a{r} : i32[{bursts * LANES}] input" for r in range(streams)]
    result = run([*units, *sinks], nets, tensors, tier(service, channels))
    begun = channels - 1 + (rounds - 1) * max(channels, streams * service)
    for r, name in enumerate(names):
        assert lifetime(result, name) == begun + (r + 1) * service + LATENCY


@pytest.mark.parametrize("bursts", [1, 2, 5, 8, 16])
@pytest.mark.parametrize("service", [1, 4])
def test_stores_retire_in_order(bursts: int, service: int) -> None:
    """The last store may not be the last to be acknowledged: max(17 S, l + n + S) + L.

    An AG asks channel 0 of 16 for sixteen bursts in cycle 0, so store 0 is served behind them. The
    others go to channels of their own, the last at 1 + l + n - 1. A firing retires no earlier than
    the one before it.
    """
    channels = 16
    other = unit(
        "ag other",
        f"count i 0..{LANES} par {LANES}",
        "out y : vector i32 @i",
        f"load a[{channels * LANES}*i] -> y",
    )
    result = run(
        [other, source("from", bursts), store("to", bursts * LANES), sink("away", 1)],
        [link("from", "to"), link("other", "away")],
        [
            f"a : i32[{channels * LANES * LANES}] input",
            f"b : i32[{channels * LANES}] output",
        ],
        tier(service, channels),
    )
    served = max((LANES + 1) * service, DIRECT + bursts + service)
    assert lifetime(result, "to") == served + LATENCY


@pytest.mark.parametrize("bursts", [1, 2, 5, 10, 22])
@pytest.mark.parametrize("service", [1, 2, 5, 8])
def test_copy(bursts: int, service: int) -> None:
    """All loads, then all stores: max(n S, S + L + l) + n S + L, for n <= S + L + l, one channel.

    The loads are requested before S + L + l, when the first store is, so they are served first,
    until n S. Store k is requested at (k + 1) S + L + l; the channel serves them S apart from the
    later of the two on.
    """
    tensors = [f"a : i32[{bursts * LANES}] input", f"b : i32[{bursts * LANES}] output"]
    units = [load("from", bursts), store("to", bursts * LANES)]
    result = run_text(program(units, [link("from", "to")], tensors), tier(service))
    assert bursts <= service + LATENCY + DIRECT
    first = max(bursts * service, service + LATENCY + DIRECT)
    assert result.cycles == first + bursts * service + LATENCY
    np.testing.assert_array_equal(result.outputs["b"], np.arange(bursts * LANES))


@pytest.mark.parametrize("bursts", [1, 2, 3, 10, 31])
@pytest.mark.parametrize("service", [1, 2, 5, 20])
def test_copy_of_single_bursts(bursts: int, service: int) -> None:
    """One load and one store in flight, l <= S <= L: n (S + L) + 2 S + L, or less l for n = 1.

    Load k is requested at k (S + L) and is through the channel S later. With its answer at
    (k + 1)(S + L) load k + 1 goes out, ahead of store k, which comes l later: the channel is free
    for the store at (k + 1)(S + L) + S, and again before the next load, as 2 S <= S + L. So store k
    is acknowledged at (k + 1)(S + L) + 2 S + L, just when the channel can take store k + 1, and the
    last, which follows no load, waits for that acknowledgement instead. A single store waits for
    nothing but its data: (S + L) + l + S + L.
    """
    tensors = [f"a : i32[{bursts * LANES}] input", f"b : i32[{bursts * LANES}] output"]
    units = [load("from", bursts), store("to", bursts * LANES)]
    text = program(units, [link("from", "to")], tensors)
    result = run_text(text, tier(service, outstanding=1))
    waits = service if bursts > 1 else DIRECT
    assert result.cycles == bursts * (service + LATENCY) + waits + service + LATENCY
