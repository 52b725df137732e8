"""Several tiers in one section: each serves its own requests, as if the others were not there."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from micro import BURST, DIRECT, LANES, block, inputs, net, sink, unit

from rdu.configuration import parse
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import simulate
from rdu.targets import load_machine

DRAIN = DIRECT + 1
"""From the last response to the end: the token's way and the sink's stage."""

LAB = load_machine("lab", {"dram.row_bytes": 0, "ag.outstanding": 4096})


def load(tier: str, bursts: int) -> str:
    """Return an AG that loads so many bursts, one a firing, of a tier's tensor."""
    count = f"count i 0..{bursts * LANES} par {LANES}"
    return unit(f"ag {tier}", count, "out y : vector i32 @i", f"load t_{tier}[i] -> y")


def run(bursts: Mapping[str, int]) -> SectionResult:
    """Run a load from each tier at once."""
    shapes = {tier: f"t_{tier} : i32[{count * LANES}]" for tier, count in bursts.items()}
    nets = [net("vector", f"{t}.main.y", f"to_{t}.main.x capacity {DIRECT + 1}") for t in bursts]
    loads = [load(tier, count) for tier, count in bursts.items()]
    sinks = [sink(f"to_{tier}", count) for tier, count in bursts.items()]
    lines = (
        "rdu 1",
        "machine lab",
        *(f"tensor {shape} input tier {tier}" for tier, shape in shapes.items()),
        block(f"section micro({', '.join(shapes.values())})", *loads, *sinks, *nets),
        block("host", f"run micro({', '.join(f't_{t} = t_{t}' for t in bursts)})"),
    )
    text = parse("\n".join(lines))
    return simulate(text, LAB, inputs(text), "python").sections[0]


@pytest.mark.parametrize("scale", [1, 2, 5, 12, 40])
def test_tiers_serve_side_by_side(scale: int) -> None:
    """With n = C q bursts in a row, C - 1 + S + (q - 1) max(C, S) + L, by each tier's own numbers.

    The section ends with the slowest.
    """
    bursts = {name: scale * tier.channels for name, tier in LAB.tiers.items()}
    result = run(bursts)
    answered: dict[str, int] = {}
    for name, tier in LAB.tiers.items():
        service = int(BURST / tier.bytes_per_cycle)
        pace = max(tier.channels, service)
        answered[name] = tier.channels - 1 + service + (scale - 1) * pace + tier.latency
    lifetimes = {context.name: context.lifetime for context in result.contexts}
    assert {name: lifetimes[f"{name}.main"] for name in bursts} == answered
    assert result.cycles == max(answered.values()) + DRAIN
    assert {tier.name: tier.bursts for tier in result.tiers} == bursts
