"""Kernels whose cycles are those of a loop: so many for each element, and the way in and out.

Common to all: the first vector comes from its tier after `FIRST` cycles - a burst takes 5, its
answer 60, a channel 1 - and an access of a scratchpad reaches the next context after its depth p
and a channel. The last token that a store takes costs it `STORE` = 5 + 60 cycles.
"""

from __future__ import annotations

import numpy as np
import pytest
from kernels import Case, inputs, number, section

FIRST = 5 + 60 + 1
STORE = 5 + 60
DEPTHS = (1, 2, 4, 6, 9)


def access(depth: int) -> int:
    """Return the cycles from an access to the context that its token goes to."""
    return depth + 1


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("elements", [64, 1024])
def test_a_scan_takes_a_cycle_an_element(elements: int, depth: int) -> None:
    """The reduction's state never leaves its stage: II = 1.

    In: the first vector is written, then read. Out: the last element is written, read as part of
    its vector, stored.
    """
    case = Case("scan", {"pmu.depth": depth}, (number(64, elements // 16), number(1024, elements)))
    ways = FIRST + 2 * access(depth) + 2 + 2 * access(depth) + STORE
    assert section(case).cycles == elements - 1 + ways


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("stages", [1, 2])
def test_a_recurrence_takes_its_way_round(stages: int, depth: int) -> None:
    """The last result comes back after the stages of a step and a channel: II = stages + 1."""
    split = ((r"s = fma old 0.5 x", "p = mulf old 0.5\n s = addf p x"),) * (stages - 1)
    case = Case("recurrence", {"pmu.depth": depth}, split)
    step = stages + 1
    ways = FIRST + 2 * access(depth) + step + 2 * access(depth) + STORE
    assert section(case).cycles == step * (1024 - 1) + ways


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("keys", [16, 200])
def test_a_loop_through_a_scratchpad(keys: int, depth: int) -> None:
    """A bin is read, goes to a PCU of one stage, is written, and its token allows the next read.

    The 64 bins are read last; the last of them goes through the PCU to the store.
    """
    edits = (number(4160, keys + 64), number(4096, keys))
    loop = access(depth) + 2 + access(depth)
    ways = FIRST + access(depth) + 2 + STORE
    case = Case("histogram-loop", {"pmu.depth": depth}, edits)
    assert section(case).cycles == (keys + 63) * loop + ways


@pytest.mark.parametrize("keys", ["random", "apart", "one", "bank", "pairs"])
def test_updates_take_the_keys_of_the_most_hit_bank(keys: str) -> None:
    """Sixteen keys take as many cycles as the bank that most of them hit; equal keys count each.

    Vector v comes from channel v mod 4 of the tier, each of which has one every 5 cycles.
    """
    case = Case("histogram")
    drawn = inputs(case)["keys"]
    index = np.arange(len(drawn), dtype=np.int32)
    chosen = {"random": drawn, "apart": index % 64, "one": drawn * 0, "bank": index % 4 * 16}
    chosen["pairs"] = index // 2 % 64
    given = chosen[keys]
    start = done = 0
    for v, vector in enumerate(given.reshape(-1, 16)):
        banks = vector % 16
        start = max(done, FIRST + v % 4 + v // 4 * 5)
        done = start + max((banks == bank).sum() for bank in banks)
    # The token that the table is complete leaves at the last start + 4; four vectors follow.
    assert section(case, {"keys": given}).cycles == start + access(4) + 3 + access(4) + STORE


@pytest.mark.parametrize("values", [16, 64, 128, 256, 512])
def test_a_branch_costs_its_longer_way_once(values: int) -> None:
    """A stream goes on with a value a cycle while the short way holds what the long one is behind.

    In: 9 cycles from the tier, 2 to each of `test`, `split`; 3 in `exp`, 2 in `join`; 9 to store.
    """
    cycles = section(Case("branch", edits=(number(256, values),))).cycles
    assert cycles == values - 1 + (9 + 1) + 2 + 2 + 3 + 2 + 9
