"""The order of the text shows in no cycle and no bit.

Units, contexts, nets and their sinks are shuffled. AGs keep their order among themselves, since the
tier serves requests of one cycle in the order of the text; only where no two AGs ever ask in one
cycle are they shuffled as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any, TypeVar

import numpy as np
import pytest
from kernels import EXAMPLES
from micro import (
    FULL_RATE,
    LANES,
    block,
    inputs,
    link,
    machine,
    net,
    program,
    relay,
    sink,
    source,
    unit,
)

from rdu.configuration import parse, print_program
from rdu.configuration.model import Program, Section
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import EngineName, simulate

Item = TypeVar("Item")
GEMM = EXAMPLES / "gemm.rdu"
SHUFFLES = 8


def copy() -> str:
    """Return a copy of 12 bursts; all loads are requested before the first store."""
    count = f"count i 0..{12 * LANES} par {LANES}"
    units = [
        unit("ag from", count, "out y : vector i32 @i", "load a[i] -> y"),
        relay("middle", 12, 3),
        unit("ag to", count, "in x : vector i32 @i", "store b[i] <- x"),
    ]
    tensors = [f"a : i32[{12 * LANES}] input", f"b : i32[{12 * LANES}] output"]
    return program(units, [link("from", "middle"), link("middle", "to")], tensors)


def skewed() -> str:
    """Return a fork whose short side is held up, and two contexts that share a unit."""
    count = f"count i 0..{30 * LANES} par {LANES}"
    body = (count, "in x : vector i32 @i", "out y : vector i32 @i", "s = addi x 1", "y <- s")
    units = [
        source("from", 30, 2),
        block("pcu both", block("context a", *body), block("context b", *body)),
        unit("pcu join", count, "in p : vector i32 @i", "in q : vector i32 @i", "s = addi p q"),
        sink("slow", 30, 2, firings=3),
    ]
    nets = [
        net("vector", "from.main.y", "both.a.x capacity 2", "join.main.p capacity 3"),
        net("vector", "both.a.y", f"both.b.x capacity {FULL_RATE}"),
        net("vector", "both.b.y", "join.main.q capacity 1", "slow.main.x capacity 4"),
    ]
    return program(units, nets)


PROGRAMS = {
    "gemm": GEMM.read_text(),
    "dot": (EXAMPLES / "dot.rdu").read_text(),
    "copy": copy(),
    "skewed": skewed(),
}
WITHOUT_TIES = ("copy",)


def shuffle(items: Sequence[Item], random: Random) -> tuple[Item, ...]:
    """Return items in a random order."""
    return tuple(random.sample(items, len(items)))


def shuffled(section: Section, random: Random, *, generators: bool) -> Section:
    """Return a section in another order; its AGs keep theirs unless `generators`."""
    units = shuffle(section.units, random)
    if not generators:
        kept = iter([u for u in section.units if u.kind == "ag"])
        units = tuple(next(kept) if u.kind == "ag" else u for u in units)
    units = tuple(
        u if u.kind == "ag" else replace(u, contexts=shuffle(u.contexts, random)) for u in units
    )
    nets = [replace(n, sinks=shuffle(n.sinks, random)) for n in section.nets]
    return replace(section, units=units, nets=shuffle(nets, random))


def named(section: SectionResult) -> dict[str, Any]:
    """Return what a section reports, by name."""
    return {
        "cycles": section.cycles,
        "tiers": section.tiers,
        **{f"context {c.name}": c for c in section.contexts},
        **{f"channel {c.name}": c for c in section.channels},
    }


def report(text: Program, engine: EngineName) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Run a program as it reads back from its text; return what it reports and its outputs."""
    read = parse(print_program(text))
    result = simulate(read, machine(), inputs(read), engine)
    return [named(section) for section in result.sections], result.outputs


@pytest.mark.parametrize("seed", range(SHUFFLES))
@pytest.mark.parametrize("name", PROGRAMS)
def test_order_of_the_text(name: str, seed: int) -> None:
    """Cycles, accounts and outputs of a shuffled program are those of the program."""
    text, random = parse(PROGRAMS[name]), Random(seed)
    sections, outputs = report(text, "native")
    other = replace(
        text,
        sections=tuple(shuffled(s, random, generators=name in WITHOUT_TIES) for s in text.sections),
    )
    engines: tuple[EngineName, ...] = ("native", "python") if seed < 2 else ("native",)
    for engine in engines:
        again, same = report(other, engine)
        assert again == sections
        for tensor, array in outputs.items():
            np.testing.assert_array_equal(same[tensor], array)
