"""Sections one after another: each has its own clock, and loading another one costs cycles."""

from __future__ import annotations

from itertools import pairwise

import pytest
from micro import BURST, DIRECT, LANES, block, link, program, run_text, sink, unit


@pytest.mark.parametrize("cycles", [0, 1, 1000])
@pytest.mark.parametrize("runs", ["a", "aaa", "ab", "abab", "aabba", "bcacb"])
def test_reconfiguration(runs: str, cycles: int) -> None:
    """Runs in a row: the sum of the sections' cycles, and R for each run of another section.

    Nothing is loaded at first, so the first run costs R too; a section that runs again does not.
    Section x has n(x) firings of depth 2: n(x) + 1 cycles.
    """
    firings = {"a": 5, "b": 9, "c": 1}
    sections = [
        block(
            f"section {name}()",
            unit("pcu alone", f"count i 0..{firings[name]}", "s1 = addi i 1", "s2 = addi s1 1"),
        )
        for name in sorted(set(runs))
    ]
    host = block("host", *(f"run {name}()" for name in runs))
    text = "\n".join(("rdu 1", "machine plasticine", *sections, host))
    result = run_text(text, {"reconfiguration_cycles": cycles})
    loads = 1 + sum(before != after for before, after in pairwise(runs))
    assert result.cycles == sum(firings[name] + 1 for name in runs) + loads * cycles
    assert [s.name for s in result.sections] == list(runs)


@pytest.mark.parametrize("runs", [1, 2, 3, 5, 8])
def test_every_run_starts_anew(runs: int) -> None:
    """r runs of a load of n bursts: r (n S + L + l + 1), as channels and tier start idle."""
    bursts, service, latency = 6, 3, 20
    start = unit(
        "ag from",
        f"count i 0..{bursts * LANES} par {LANES}",
        "out y : vector i32 @i",
        "load a[i] -> y",
    )
    text = program(
        [start, sink("to", bursts)],
        [link("from", "to")],
        [f"a : i32[{bursts * LANES}] input"],
        runs,
    )
    overrides = {"dram.bytes_per_cycle": f"{BURST}/{service}", "dram.latency": latency}
    result = run_text(text, overrides)
    assert result.cycles == runs * (bursts * service + latency + DIRECT + 1)
