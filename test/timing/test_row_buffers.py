"""Row buffers: what opening rows costs in-order, strided and interleaved loads.

S is the time that a channel serves a burst of the open row, M what a miss adds, R the bursts of a
row, L the latency. The fabric is that of `test_loads`: an AG requests in cycle k what its firing k
touches. S is at least the number of requests a cycle, so that a channel never waits for one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pytest
from micro import BURST, DIRECT, LANES, inputs, link, machine, program, sink, unit

from rdu.configuration import parse
from rdu.simulator.result import SectionResult, TierStatistics
from rdu.simulator.simulate import simulate

LATENCY = 20
DRAIN = DIRECT + 1
"""From the last response to the end: the token's way and the sink's stage."""


def rows(
    row_bursts: int, banks: int, miss: int, service: int | Fraction = 4, channels: int = 1
) -> Mapping[str, int | str]:
    """Return the overrides for a tier with a row buffer."""
    return {
        "dram.bytes_per_cycle": str(BURST / Fraction(service)),
        "dram.latency": LATENCY,
        "dram.channels": channels,
        "dram.row_bytes": row_bursts * BURST,
        "dram.row_banks": banks,
        "dram.row_miss": miss,
        "ag.outstanding": 4096,
    }


def load(name: str, tensor: str, rows: int, columns: int, repeat: int = 1) -> str:
    """Return an AG that loads `tensor[i, j]`, a burst in each firing."""
    counts = f"count i 0..{rows}", f"count j 0..{columns} par {LANES}"
    port = "out y : vector i32 @j"
    return unit(f"ag {name}", f"repeat {repeat}", *counts, port, f"load {tensor}[i, j] -> y")


def run(
    units: Sequence[str],
    tokens: Mapping[str, int],
    tensors: Sequence[str],
    overrides: Mapping[str, int | str],
) -> SectionResult:
    """Run loads, each into a sink that takes so many tokens."""
    sinks = [sink(f"to_{name}", count) for name, count in tokens.items()]
    links = [link(name, f"to_{name}", 4096) for name in tokens]
    text = parse(program([*units, *sinks], links, tensors))
    return simulate(text, machine(overrides), inputs(text), "python").sections[0]


def traffic(result: SectionResult) -> TierStatistics:
    """Return what the tier did."""
    (tier,) = result.tiers
    return tier


@pytest.mark.parametrize("row_bursts", [1, 2, 8, 32])
@pytest.mark.parametrize("channels", [1, 2, 4])
@pytest.mark.parametrize("per_channel", [1, 7, 8, 33])
@pytest.mark.parametrize(("service", "miss"), [(4, 0), (5, 28), (Fraction(10, 3), 3)])
def test_rows_in_order(
    row_bursts: int, channels: int, per_channel: int, service: int | Fraction, miss: int
) -> None:
    """q bursts of each of C channels in a row: C - 1 + q S + ceil(q / R) M + L.

    The last channel is asked first in cycle C - 1 and then has requests waiting. It opens a row for
    every R bursts; banks do not matter, since a row that is over is not asked for again.
    """
    service = max(service, channels)
    bursts = per_channel * channels
    result = run(
        [load("from", "a", 1, bursts * LANES)],
        {"from": bursts},
        [f"a : i32[1, {bursts * LANES}] input"],
        rows(row_bursts, 2, miss, service, channels),
    )
    opened = math.ceil(Fraction(per_channel, row_bursts))
    busy = per_channel * service + opened * miss
    assert result.cycles == channels - 1 + math.ceil(busy) + LATENCY + DRAIN
    assert traffic(result).bursts == bursts
    assert traffic(result).row_misses == opened * channels
    assert traffic(result).row_hits == bursts - opened * channels


@pytest.mark.parametrize("row_bursts", [1, 4, 16])
@pytest.mark.parametrize("bursts", [1, 3, 20])
@pytest.mark.parametrize("miss", [0, 1, 28])
def test_a_stride_of_a_row_misses_always(row_bursts: int, bursts: int, miss: int) -> None:
    """One burst of each of n rows, and all again: 2 n S + M (misses) + L on a single bank.

    Each of the 2 n bursts is of another row than the one before; only a single row stays open.
    """
    result = run(
        [load("from", "a", bursts, LANES, repeat=2)],
        {"from": 2 * bursts},
        [f"a : i32[{bursts}, {row_bursts * LANES}] input"],
        rows(row_bursts, 1, miss),
    )
    misses = 2 * bursts if bursts > 1 else 1
    assert result.cycles == 2 * bursts * 4 + misses * miss + LATENCY + DRAIN
    assert traffic(result).row_misses == misses


@pytest.mark.parametrize("streams", [2, 3, 4])
@pytest.mark.parametrize("banks", [1, 2, 3, 4])
@pytest.mark.parametrize("row_bursts", [1, 5, 16])
def test_streams_that_share_a_bank(streams: int, banks: int, row_bursts: int) -> None:
    """F loads of a row each, in turns: F R S + M (misses) + L; load i is in row i, bank i mod B.

    A bank that serves one load misses once, one that serves several misses at every burst.
    """
    names = [f"t{i}" for i in range(streams)]
    result = run(
        [load(f"l{name}", name, 1, row_bursts * LANES) for name in names],
        {f"l{name}": row_bursts for name in names},
        [f"{name} : i32[1, {row_bursts * LANES}] input" for name in names],
        rows(row_bursts, banks, 28),
    )
    users = [sum(i % banks == bank for i in range(streams)) for bank in range(banks)]
    misses = sum(1 if count == 1 else count * row_bursts for count in users if count)
    assert traffic(result).row_misses == misses
    assert result.cycles == streams * row_bursts * 4 + misses * 28 + LATENCY + DRAIN
