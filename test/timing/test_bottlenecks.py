"""Slow mappings, each slow for one reason: the report names it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from micro import (
    BURST,
    FULL_RATE,
    LANES,
    Overrides,
    block,
    inputs,
    link,
    machine,
    net,
    program,
    relay,
    sink,
    source,
    stages,
    unit,
)

from rdu.configuration import parse
from rdu.report import make_report
from rdu.simulator.recording.record import Record
from rdu.simulator.simulate import simulate

TOKENS = 200
COUNT = f"count i 0..{TOKENS * LANES} par {LANES}"
TENSOR = f"t : i32[{TOKENS * LANES}] input"


def bottleneck(
    units: Sequence[str],
    nets: Sequence[str],
    tensors: Sequence[str] = (),
    overrides: Overrides | None = None,
    runs: int = 1,
) -> tuple[str, str]:
    """Return cause and sentence of the first bottleneck of a program of one section.

    The waits and the critical path must agree.
    """
    parsed, target = parse(program(units, nets, tensors, runs)), machine(overrides)
    plain, recorded = (
        simulate(parsed, target, inputs(parsed), "python", record=Record(critical_path=path))
        for path in (False, True)
    )
    row, same = (
        make_report(parsed, target, result).table("bottlenecks").rows[0]
        for result in (plain, recorded)
    )
    assert (row["cause"], row["what"]) == (same["cause"], same["what"])
    return str(row["cause"]), str(row["what"])


def load(index: str = "i") -> str:
    """Return an AG that loads vectors of `t`."""
    return unit("ag from", COUNT, "out y : vector i32 @i", f"load t[{index}] -> y")


def memory(buffers: int, stride: int = 1) -> tuple[str, list[str]]:
    """Return a PMU that takes vectors at `x`, 10 a buffer, gives them at `y`; its own nets."""
    tiles, size = TOKENS // 10, 10 * LANES
    count = f"count n 0..{tiles}", f"count i 0..{size} par {LANES}"
    text = block(
        "pmu m",
        f"memory m : i32 words {size * stride} buffers {buffers}",
        block(
            "context write",
            *count,
            "in x : vector i32 @i",
            "in free : control @n",
            "out full : control @n",
            "write m[i] buffer @n <- x",
        ),
        block(
            "context read",
            *count,
            "in full : control @n",
            "out y : vector i32 @i",
            "out free : control @n",
            f"read m[{stride}*i] buffer @n -> y",
        ),
    )
    return text, [
        net("control", "m.write.full", f"m.read.full capacity {buffers}"),
        net("control", "m.read.free", f"m.write.free capacity {buffers} init {buffers}"),
        net("vector", "a.main.y", f"m.write.x capacity {FULL_RATE}"),
        net("vector", "m.read.y", f"z.main.x capacity {FULL_RATE}"),
    ]


def test_bytes_of_a_tier() -> None:
    slow = {"dram.bytes_per_cycle": f"{BURST}/4"}
    cause, what = bottleneck([load(), sink("to", TOKENS)], [link("from", "to")], [TENSOR], slow)
    assert cause == "memory bandwidth"
    assert "'from.main' waits for tier 'dram'" in what


def test_few_loads() -> None:
    """Three vectors, all requested before the first is there."""
    count = f"count i 0..{3 * LANES} par {LANES}"
    text = unit("ag from", count, "out y : vector i32 @i", "load t[i] -> y")
    cause, what = bottleneck([text, sink("to", 3)], [link("from", "to")], [TENSOR])
    assert cause == "memory latency"
    assert "20 cycles, with too few requests to hide it" in what


def test_few_useful_bytes() -> None:
    """Words 16 apart: a burst of 64 bytes for each lane."""
    words = f"t : i32[{TOKENS * LANES * 16}] input"
    cause, what = bottleneck([load("16*i"), sink("to", TOKENS)], [link("from", "to")], [words])
    assert cause == "memory bandwidth"
    assert "'dram'" in what
    assert "at most 6 % of the bytes loaded are used" in what


def test_rows_of_a_tier() -> None:
    rows = {"dram.row_bytes": BURST, "dram.row_miss": 9}
    cause, what = bottleneck([load(), sink("to", TOKENS)], [link("from", "to")], [TENSOR], rows)
    assert cause == "memory bandwidth"
    assert "90 % of it spent on opening rows" in what


@pytest.mark.parametrize("outstanding", [1, 2, 8])
def test_latency_of_a_tier(outstanding: int) -> None:
    """S = 1 and L = 20: 21 bursts outstanding would do."""
    few = {"ag.outstanding": outstanding}
    cause, what = bottleneck([load(), sink("to", TOKENS)], [link("from", "to")], [TENSOR], few)
    assert cause == "memory latency"
    assert f"{outstanding} bursts may be outstanding, 21 would cover it" in what


def test_one_channel_of_several() -> None:
    """Four channels, and all bursts on the first."""
    few = {"dram.channels": 4, "dram.bytes_per_cycle": f"{BURST}/4", "ag.outstanding": 100}
    words = f"t : i32[{TOKENS * LANES * 4}] input"
    text = unit(
        "ag from",
        f"count n 0..{TOKENS}",
        f"count i 0..{LANES} par {LANES}",
        "out y : vector i32 @i",
        f"load t[{4 * LANES}*n + i] -> y",
    )
    cause, what = bottleneck([text, sink("to", TOKENS)], [link("from", "to")], [words], few)
    assert cause == "memory channels"
    assert "crowd on some of the 4 channels" in what


@pytest.mark.parametrize("outstanding", [8, 12, 16])
def test_one_channel_is_not_blamed_on_latency(outstanding: int) -> None:
    """A burst takes 4 + 20 cycles: 24 would keep four channels busy, but 6 fill one.

    With O outstanding on one channel each takes 4 O. On all of them, they are late by the latency
    alone, and more of them help.
    """
    few = {"dram.channels": 4, "dram.bytes_per_cycle": f"{BURST}/4", "ag.outstanding": outstanding}
    words = f"t : i32[{TOKENS * LANES * 4}] input"
    for step, expected in ((4, "memory channels"), (1, "memory latency")):
        text = unit(
            "ag from",
            f"count n 0..{TOKENS}",
            f"count i 0..{LANES} par {LANES}",
            "out y : vector i32 @i",
            f"load t[{step * LANES}*n + i] -> y",
        )
        cause, what = bottleneck([text, sink("to", TOKENS)], [link("from", "to")], [words], few)
        assert cause == expected, what


@pytest.mark.parametrize("stride", [4, 16])
def test_bank_conflicts(stride: int) -> None:
    text, nets = memory(2, stride)
    cause, what = bottleneck([source("a", TOKENS), text, sink("z", TOKENS)], nets)
    assert cause == "bank conflicts"
    assert what.startswith("'m.read' spends")
    assert f"{stride}.0 cycles an access" in what


def test_one_buffer() -> None:
    text, nets = memory(1)
    cause, what = bottleneck([source("a", TOKENS), text, sink("z", TOKENS)], nets)
    assert cause == "buffers"
    assert "memory 'm.m', which has 1" in what


@pytest.mark.parametrize(("relays", "depth"), [(1, 6), (2, 3), (3, 5)])
def test_short_side_of_a_fork(relays: int, depth: int) -> None:
    """The long way takes D = l + m (d + l); the short FIFO needs D + 1, or any two ports alike."""
    names = ["from", *(f"u{i}" for i in range(relays)), "join"]
    join = unit("pcu join", COUNT, "in x : vector i32 @i", "in s : vector i32 @i", "t = addi x s")
    fork = net("vector", "from.main.y", f"u0.main.x capacity {FULL_RATE}", "join.main.s capacity 2")
    nets = [fork, *(link(a, b) for a, b in pairwise(names[1:]))]
    units = [source("from", TOKENS), *(relay(n, TOKENS, depth) for n in names[1:-1]), join]
    cause, what = bottleneck(units, nets)
    assert cause == "capacity"
    assert "FIFO 'from.main.y -> join.main.s' of capacity 2" in what
    assert f"capacity {1 + relays * (depth + 1) + 1} covers" in what


@pytest.mark.parametrize("at", [0, 2, 4])
def test_channel_shorter_than_its_latency(at: int) -> None:
    names = [f"u{i}" for i in range(6)]
    nets = [link(a, b, 1 if i == at else FULL_RATE) for i, (a, b) in enumerate(pairwise(names))]
    middle = [relay(name, TOKENS) for name in names[1:-1]]
    cause, what = bottleneck([source("u0", TOKENS), *middle, sink("u5", TOKENS)], nets)
    assert cause == "capacity"
    assert f"FIFO 'u{at}.main.y -> u{at + 1}.main.x' of capacity 1" in what
    assert "capacity 2 covers its latency of 1" in what


@pytest.mark.parametrize("slow", [1, 2, 3, 4])
@pytest.mark.parametrize("firings", [2, 5])
def test_one_slow_stage(slow: int, firings: int) -> None:
    names = [f"u{i}" for i in range(6)]
    middle = [
        relay(name, TOKENS, firings=firings if i == slow else 1)
        for i, name in enumerate(names[1:-1], 1)
    ]
    nets = [link(a, b) for a, b in pairwise(names)]
    cause, what = bottleneck([source("u0", TOKENS), *middle, sink("u5", TOKENS)], nets)
    assert cause == "work"
    assert what.startswith(f"'u{slow}.main' fires in")


@pytest.mark.parametrize(("depth", "tokens"), [(1, 1), (4, 1), (9, 2)])
def test_recurrence(depth: int, tokens: int) -> None:
    """A stage that needs its own result of `tokens` firings before: II = (d + l) / tokens."""
    middle = unit(
        "pcu loop",
        COUNT,
        "in x : vector i32 @i",
        "in last : control @i",
        "out y : vector i32 @i",
        "out next : control @i",
        *stages(depth, "x"),
        f"y <- s{depth}",
    )
    nets = [
        link("a", "loop"),
        link("loop", "z"),
        net("control", "loop.main.next", f"loop.main.last capacity 4 init {tokens}"),
    ]
    cause, what = bottleneck([source("a", TOKENS), middle, sink("z", TOKENS)], nets)
    assert cause == "recurrence"
    assert f"round loop.main -> loop.main in {depth + 1} cycles" in what


def test_credits() -> None:
    """Two contexts and one credit between them."""
    ends = [
        unit("pcu a", COUNT, "in c : control @i", "out y : vector i32 @i", "y <- i"),
        unit("pcu b", COUNT, "in x : vector i32 @i", "out c : control @i", "s = addi x 1"),
    ]
    nets = [link("a", "b"), net("control", "b.main.c", "a.main.c capacity 1 init 1")]
    cause, what = bottleneck(ends, nets)
    assert cause == "recurrence"
    assert "one token goes round" in what
    assert "in 4 cycles" in what


def test_first_token() -> None:
    """Three tokens through six units: nobody is busy."""
    names = [f"u{i}" for i in range(6)]
    nets = [link(a, b) for a, b in pairwise(names)]
    middle = [relay(name, 3, 5) for name in names[1:-1]]
    cause, what = bottleneck([source("u0", 3), *middle, sink("u5", 3)], nets)
    assert cause == "latency"
    assert "no context is busy" in what


def test_reconfiguration() -> None:
    cause, what = bottleneck(
        [source("a", 3), sink("b", 3)],
        [link("a", "b")],
        overrides={"reconfiguration_cycles": 1000},
        runs=2,
    )
    assert cause == "reconfiguration"
    assert "loaded 1 times" in what


def test_phases() -> None:
    """The store has work for most of the time, after all loads: its tier is what decides."""
    copy = unit("ag to", COUNT, "in y : vector i32 @i", "store u[4*i] <- y")
    tensors = [TENSOR, f"u : i32[{TOKENS * LANES * 4}] output"]
    parsed = parse(
        program([load(), copy], [net("vector", "from.main.y", "to.main.y capacity 16")], tensors)
    )
    result = simulate(
        parsed, machine(), inputs(parsed), "python", record=Record(critical_path=True)
    )
    row = make_report(parsed, machine(), result).table("bottlenecks").rows[0]
    assert row["cause"] == "memory bandwidth"
    assert "'to.main' waits for tier 'dram'" in str(row["what"])
