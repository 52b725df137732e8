"""A tier in time: the order of service, exact rates, and the row buffer against a plain model."""

from __future__ import annotations

from random import Random

import pytest

from rdu.simulator.python_engine.tier import Tier
from rdu.simulator.specification import TierSpec

MISS = 28
PLAIN = TierSpec("dram", channels=1, burst_bytes=64, burst_ticks=5, ticks_per_cycle=1, latency=10)
ROWS = TierSpec("dram", 1, 64, 5, 1, 10, row_bursts=4, row_banks=2, row_miss_ticks=MISS)


def responses(spec: TierSpec, requests: list[tuple[int, int, int]]) -> list[int]:
    """Return the response to each request (time, context, burst) of a tier that serves them all."""
    tier, found = Tier(spec), [0] * len(requests)
    for number, (time, context, burst) in enumerate(requests):

        def serve(response: int, number: int = number) -> None:
            found[number] = response

        tier.request(time, context, burst, serve)
    while (horizon := tier.horizon) is not None:
        tier.serve(horizon)
    return found


def test_requests_are_served_by_time_then_context_then_index() -> None:
    """5 cycles each: context 0 at cycle 3 first, then context 1's two of cycle 3, then cycle 4."""
    requests = [(4, 0, 0), (3, 1, 1), (3, 1, 2), (3, 0, 3)]
    assert responses(PLAIN, requests) == [
        3 + 4 * 5 + 10,
        3 + 2 * 5 + 10,
        3 + 3 * 5 + 10,
        3 + 5 + 10,
    ]


def test_only_what_is_before_the_horizon_is_served() -> None:
    tier, served = Tier(PLAIN), []
    for time in (0, 14, 15):
        tier.request(time, 0, time, served.append)
    assert tier.horizon == 0 + 5 + 10
    tier.serve(15)
    assert served == [15, 29]
    assert tier.horizon == 15 + 15


def test_a_burst_of_an_open_row_takes_no_longer() -> None:
    """Row 0 is bursts 0 to 3: the first opens it, the others hit."""
    requests = [(0, 0, burst) for burst in range(4)]
    assert responses(ROWS, requests) == [MISS + 5 * (i + 1) + 10 for i in range(4)]


def test_banks_keep_their_rows_open() -> None:
    """Rows 0 and 1 are in banks 0 and 1; row 2, in bank 0, closes row 0 and leaves row 1 open."""
    tier = Tier(ROWS)
    for burst in (0, 4, 1, 5, 8, 6, 2):
        tier.request(0, 0, burst, lambda _: None)
    tier.serve(1)
    assert tier.free == [7 * 5 + 4 * MISS]
    statistics = tier.statistics()
    assert (statistics.bursts, statistics.row_hits, statistics.row_misses) == (7, 3, 4)


def test_channels_have_rows_of_their_own() -> None:
    """With 2 channels, row 0 of channel 0 is bursts 0, 2, 4, 6, and of channel 1 bursts 1 to 7."""
    two = TierSpec("dram", 2, 64, 5, 1, 10, row_bursts=4, row_banks=2, row_miss_ticks=MISS)
    tier = Tier(two)
    for burst in range(9):
        tier.request(0, 0, burst, lambda _: None)
    tier.serve(1)
    assert tier.free == [2 * MISS + 5 * 5, MISS + 4 * 5]


def test_without_a_row_buffer_nothing_hits_or_misses() -> None:
    tier = Tier(PLAIN)
    tier.request(0, 0, 0, lambda _: None)
    tier.serve(1)
    statistics = tier.statistics()
    assert (statistics.bursts, statistics.row_hits, statistics.row_misses) == (1, 0, 0)


@pytest.mark.parametrize("seed", range(40))
def test_against_a_plain_model(seed: int) -> None:
    """Random requests, as one loop over them in order, with fractions kept in ticks."""
    random = Random(seed)
    spec = TierSpec(
        "dram",
        channels=random.choice((1, 2, 3)),
        burst_bytes=64,
        burst_ticks=random.choice((1, 320)),
        ticks_per_cycle=random.choice((1, 64)),
        latency=7,
        row_bursts=random.choice((0, 1, 2, 8)),
        row_banks=random.choice((1, 2, 4)),
        row_miss_ticks=random.choice((0, 1, 500)),
    )
    requests = [
        (random.randrange(60), random.randrange(3), random.randrange(100)) for _ in range(80)
    ]
    free, rows, expected = {}, {}, [0] * len(requests)
    for number, (time, _, burst) in sorted(enumerate(requests), key=lambda r: (r[1][:2], r[0])):
        channel, index = burst % spec.channels, burst // spec.channels
        begin = max(free.get(channel, 0), time * spec.ticks_per_cycle)
        if spec.row_bursts:
            row = index * 64 // (spec.row_bursts * 64)
            bank = row % spec.row_banks
            begin += spec.row_miss_ticks * (rows.get((channel, bank)) != row)
            rows[channel, bank] = row
        free[channel] = begin + spec.burst_ticks
        expected[number] = (free[channel] + spec.ticks_per_cycle - 1) // spec.ticks_per_cycle + 7
    assert responses(spec, requests) == expected
