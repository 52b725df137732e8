"""Reductions and scans: their depth, their initiation interval of 1, and what they store.

Results are stored one a burst. A channel that serves a burst a cycle never makes one wait, so a
store that starts at t is acknowledged at t + 1 + L, with L the latency of the tier.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from micro import DIRECT, FULL_RATE, LANES, TIMING, net, program, run_text, unit

ACKNOWLEDGED = 1 + int(TIMING["dram.latency"])
READY = 1 + DIRECT
"""When the first operand is there: a stage and a channel after the start."""


def stream(elements: int, lanes: int = LANES) -> str:
    """Return a PCU that pushes 0, 1, 2, ..., `lanes` of them at a time."""
    kind = "vector" if lanes > 1 else "scalar"
    par = f" par {lanes}" if lanes > 1 else ""
    return unit("pcu from", f"count i 0..{elements}{par}", f"out y : {kind} i32 @i", "y <- i")


def nets(operand: str, result: str) -> list[str]:
    """Return the nets from the stream through the reduction to the store."""
    return [
        net(operand, "from.main.y", f"sum.main.x capacity {FULL_RATE}"),
        net(result, "sum.main.y", f"to.main.x capacity {FULL_RATE}"),
    ]


@pytest.mark.parametrize(("rows", "terms"), [(1, 1), (1, 20), (5, 1), (4, 6), (16, 2)])
def test_reduction_on_each_lane(rows: int, terms: int) -> None:
    """Sums of K vectors, lane by lane: (1 + l) + R K - 1 + 1 + l + acknowledgement.

    The lanes lie outside k, so nothing crosses them: one stage, and an operand each cycle.
    """
    elements = rows * terms * LANES
    units = [
        stream(elements),
        unit(
            "pcu sum",
            f"count r 0..{rows * LANES} par {LANES}",
            f"count k 0..{terms}",
            "in x : vector i32 @k",
            "out y : vector i32 @r",
            "s = reduce addi x over k",
            "y <- s",
        ),
        unit(
            "ag to",
            f"count r 0..{rows * LANES} par {LANES}",
            "in x : vector i32 @r",
            "store sums[r] <- x",
        ),
    ]
    text = program(units, nets("vector", "vector"), [f"sums : i32[{rows * LANES}] output"])
    result = run_text(text)
    assert result.cycles == READY + rows * terms - 1 + 1 + DIRECT + ACKNOWLEDGED
    expected = np.arange(elements).reshape(rows, terms, LANES).sum(1)
    np.testing.assert_array_equal(result.outputs["sums"], expected.reshape(-1))


@pytest.mark.parametrize("lanes", [2, 4, 8, 16, 64])
@pytest.mark.parametrize(("rows", "elements"), [(1, 1), (3, 64), (4, 37), (2, 129)])
def test_reduction_across_lanes(lanes: int, rows: int, elements: int) -> None:
    """R sums of n elements on L lanes: (1 + l) + R ceil(n / L) - 1 + log2(L) + 1 + l + ack.

    The tree takes log2(L) stages and the accumulator one more; the masked lanes of each row's last
    vector take no part. Rows follow one another without a pause.
    """
    firings, depth = rows * math.ceil(elements / lanes), int(math.log2(lanes)) + 1
    units = [
        unit(
            "pcu from",
            f"count r 0..{rows}",
            f"count k 0..{elements} par {lanes}",
            "out y : vector i32 @k",
            "y <- k",
        ),
        unit(
            "pcu sum",
            f"count r 0..{rows}",
            f"count k 0..{elements} par {lanes}",
            "in x : vector i32 @k",
            "out y : scalar i32 @r",
            "s = reduce addi x over k",
            "y <- s",
        ),
        unit("ag to", f"count r 0..{rows}", "in x : scalar i32 @r", "store sums[r] <- x"),
    ]
    text = program(units, nets("vector", "scalar"), [f"sums : i32[{rows}] output"])
    result = run_text(text, {"pcu.lanes": lanes})
    assert result.cycles == READY + firings - 1 + depth + DIRECT + ACKNOWLEDGED
    np.testing.assert_array_equal(result.outputs["sums"], [sum(range(elements))] * rows)


@pytest.mark.parametrize(("rows", "elements"), [(1, 1), (1, 40), (3, 7), (6, 2), (10, 10)])
def test_inclusive_scan(rows: int, elements: int) -> None:
    """A running sum of scalars, pushed each firing: (1 + l) + R n - 1 + 1 + l + ack.

    The state is there for the next firing, a cycle later: the interval is 1.
    """
    count = [f"count r 0..{rows}", f"count k 0..{elements}"]
    units = [
        stream(rows * elements, lanes=1),
        unit(
            "pcu sum",
            *count,
            "in x : scalar i32 @k",
            "out y : scalar i32 @k",
            "s = reduce addi x over k",
            "y <- s",
        ),
        unit("ag to", *count, "in x : scalar i32 @k", "store sums[r, k] <- x"),
    ]
    text = program(units, nets("scalar", "scalar"), [f"sums : i32[{rows}, {elements}] output"])
    result = run_text(text)
    assert result.cycles == READY + rows * elements - 1 + 1 + DIRECT + ACKNOWLEDGED
    expected = np.arange(rows * elements).reshape(rows, elements).cumsum(1)
    np.testing.assert_array_equal(result.outputs["sums"], expected)


@pytest.mark.parametrize("vectors", [1, 2, 9, 16, 50])
def test_scan_of_sums_across_lanes(vectors: int) -> None:
    """The running sum of whole vectors: (1 + l) + n - 1 + log2(L) + 1 + l + ack, the interval 1."""
    count, depth = f"count k 0..{vectors * LANES} par {LANES}", int(math.log2(LANES)) + 1
    units = [
        stream(vectors * LANES),
        unit(
            "pcu sum",
            count,
            "in x : vector i32 @k",
            "out y : scalar i32 @k",
            "s = reduce addi x over k",
            "y <- s",
        ),
        unit("ag to", f"count k 0..{vectors}", "in x : scalar i32 @k", "store sums[k] <- x"),
    ]
    text = program(units, nets("vector", "scalar"), [f"sums : i32[{vectors}] output"])
    result = run_text(text)
    assert result.cycles == READY + vectors - 1 + depth + DIRECT + ACKNOWLEDGED
    expected = np.arange(vectors * LANES).cumsum()[LANES - 1 :: LANES]
    np.testing.assert_array_equal(result.outputs["sums"], expected)
