"""Bank conflicts: an access takes as many cycles as its most hit bank has distinct addresses.

p lanes at stride s from any address fall on B / g of the B banks in turn, g = gcd(s, B): the most
hit one gets ceil(p g / B) addresses. With s = 0 all lanes read one word, which counts once.
"""

from __future__ import annotations

import math

import pytest
from micro import DIRECT, FULL_RATE, LANES, block, link, net, run, sink, source

DEPTH = 4
START = 1 + DIRECT
"""When the writer's first data is there."""


def cost(stride: int, banks: int, lanes: int = LANES) -> int:
    """Return the cycles of an access of `lanes` lanes at a stride."""
    return math.ceil(lanes * math.gcd(stride, banks) / banks) if stride else 1


def check(
    firings: int, write_stride: int, read_stride: int, banks: int = 16, lanes: int = LANES
) -> None:
    """Write n vectors at one stride, then read n at another; compare with the closed form.

    The writer starts its firings bw apart, from 1 + l on; `full` leaves D after the last start and
    the reader starts l later, at R = 1 + l + (n - 1) bw + D + l, its firings br apart. Its last
    vector leaves after D, travels l and is retired a cycle later. Each context itself ends D after
    its last start, or when the banks are through with it, whichever is later; the section ends last
    of all.
    """
    count = f"count i 0..{firings * lanes} par {lanes}"
    words = (firings * lanes - 1) * max(write_stride, read_stride) + 1
    memory = block(
        "pmu mem",
        f"memory m : i32 words {words}",
        block(
            "context main",
            count,
            "in x : vector i32 @i",
            "in free : control @pass",
            "out full : control @pass",
            f"write m[{write_stride}*i] buffer @pass <- x",
        ),
        block(
            "context read",
            count,
            "in full : control @pass",
            "out y : vector i32 @i",
            "out free : control @pass",
            f"read m[{read_stride}*i] buffer @pass -> y",
        ),
    )
    nets = [
        link("from", "mem"),
        net("control", "mem.main.full", "mem.read.full capacity 1"),
        net("control", "mem.read.free", "mem.main.free capacity 1 init 1"),
        net("vector", "mem.read.y", f"to.main.x capacity {FULL_RATE}"),
    ]
    units = [source("from", firings), memory, sink("to", firings)]
    result = run(units, nets, overrides={"pmu.banks": banks, "pmu.depth": DEPTH})
    write_cost, read_cost = cost(write_stride, banks, lanes), cost(read_stride, banks, lanes)
    written = START + (firings - 1) * write_cost
    read = written + DEPTH + DIRECT + (firings - 1) * read_cost
    ends = (
        written + max(DEPTH, write_cost),
        read + max(DEPTH, read_cost),
        read + DEPTH + DIRECT + 1,
    )
    assert result.cycles == max(ends)
    banked = {c.name: c.bank for c in result.contexts}
    assert banked["mem.main"] == firings * (write_cost - 1)
    assert banked["mem.read"] == firings * (read_cost - 1)


@pytest.mark.parametrize("stride", range(1, 17))
def test_write_at_stride(stride: int) -> None:
    """Writes at strides 1 to 16 cost gcd(s, 16): n writes at that rate, n reads at one a cycle."""
    check(5, write_stride=stride, read_stride=1)


@pytest.mark.parametrize("stride", range(17))
def test_read_at_stride(stride: int) -> None:
    """Reads at strides 1 to 16 cost gcd(s, 16), and one word on all lanes costs 1."""
    check(5, write_stride=1, read_stride=stride)


@pytest.mark.parametrize("pitch", [16, 17, 18, 24, 31, 32, 48])
def test_columns_of_a_padded_tile(pitch: int) -> None:
    """A column of rows `pitch` words apart: 16 cycles at 16 or 32, one at an odd pitch."""
    check(3, write_stride=1, read_stride=pitch)


@pytest.mark.parametrize("banks", [1, 2, 5, 8, 12, 32])
@pytest.mark.parametrize("stride", [1, 2, 3, 4, 6, 8])
def test_number_of_banks(banks: int, stride: int) -> None:
    """B banks, a power of two or not: ceil(16 gcd(s, B) / B)."""
    check(4, write_stride=stride, read_stride=stride, banks=banks)


@pytest.mark.parametrize("lanes", [2, 3, 7, 8, 15])
@pytest.mark.parametrize("stride", [1, 4, 16])
def test_fewer_lanes(lanes: int, stride: int) -> None:
    """p live lanes: ceil(p gcd(s, 16) / 16); masked lanes touch no bank."""
    check(4, write_stride=stride, read_stride=1, lanes=lanes)
