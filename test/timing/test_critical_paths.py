"""Critical paths in closed form: which entity decides how many of a section's cycles.

A path is read backwards, from the last retirement: each event leads to the first of its terms that
attains its time. Vectors go from unit to unit over direct channels of latency l = 1.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from micro import (
    BURST,
    DIRECT,
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
    unit,
)

from rdu.configuration import parse
from rdu.simulator.recording.record import Record
from rdu.simulator.simulate import simulate

Path = dict[tuple[str, str], int]
"""Cycles by entity - a unit, a channel as `a -> b`, a tier - and part."""


def path(
    units: Sequence[str],
    nets: Sequence[str],
    tensors: Sequence[str] = (),
    overrides: Overrides | None = None,
) -> Path:
    """Return the critical path of a program of one section; it sums to its cycles."""
    parsed, target = parse(program(units, nets, tensors)), machine(overrides)
    result = simulate(
        parsed, target, inputs(parsed), "python", record=Record(critical_path=True)
    ).sections[0]
    entities = {"context": result.contexts, "channel": result.channels, "tier": result.tiers}
    shares = result.critical_path or ()
    assert sum(share.cycles for share in shares) == result.cycles
    found: Path = {}
    for share in shares:
        name = entities[share.entity][share.number].name
        ends = name.split(" -> ") if share.entity == "channel" else [f"{name}."]
        short = " -> ".join(end.rsplit(".", 1)[0].removesuffix(".main") for end in ends)
        found[short, share.part] = share.cycles
    return found


def without_zeros(cycles: Path) -> Path:
    """Return a path as the engine gives it."""
    return {entity: number for entity, number in cycles.items() if number}


@pytest.mark.parametrize("tokens", [1, 2, 5, 9])
@pytest.mark.parametrize(("first", "middle", "last"), [(1, 1, 1), (2, 3, 4), (7, 1, 2)])
def test_chain_at_full_rate(tokens: int, first: int, middle: int, last: int) -> None:
    """All keep step, so the sink's own n - 1 firings decide after the way of the first token.

    The last retirement is the sink's depth after its last start; its starts follow one another down
    to the first, which waited for a token that crossed every unit's depth and every channel.
    """
    expected = {
        ("a", "pipeline"): first,
        ("a -> b", "latency"): DIRECT,
        ("b", "pipeline"): middle,
        ("b -> c", "latency"): DIRECT,
        ("c", "work"): tokens - 1,
        ("c", "pipeline"): last,
    }
    units = [source("a", tokens, first), relay("b", tokens, middle), sink("c", tokens, last)]
    assert path(units, [link("a", "b"), link("b", "c")]) == without_zeros(expected)


@pytest.mark.parametrize("tokens", [1, 2, 5, 9])
@pytest.mark.parametrize("firings", [2, 3, 7])
def test_one_slow_stage(tokens: int, firings: int) -> None:
    """A stage that takes each token m firings decides n m - 1 cycles with its own work.

    The sink starves for each token; the stage never does, after the first.
    """
    assert path(
        [source("a", tokens), relay("b", tokens, firings=firings), sink("c", tokens)],
        [link("a", "b"), link("b", "c")],
    ) == {
        ("a", "pipeline"): 1,
        ("a -> b", "latency"): DIRECT,
        ("b", "work"): tokens * firings - 1,
        ("b", "pipeline"): 1,
        ("b -> c", "latency"): DIRECT,
        ("c", "pipeline"): 1,
    }


@pytest.mark.parametrize("tokens", [1, 2, 5, 9])
def test_one_slot(tokens: int) -> None:
    """With capacity 1 each token but the first leaves a cycle after its predecessor was popped.

    So every token costs its way, l, and every slot's return a cycle.
    """
    assert path([source("a", tokens), sink("b", tokens)], [link("a", "b", 1)]) == without_zeros(
        {
            ("a", "pipeline"): 1,
            ("a -> b", "latency"): tokens * DIRECT,
            ("a -> b", "slot"): tokens - 1,
            ("b", "pipeline"): 1,
        }
    )


@pytest.mark.parametrize("firings", [1, 2, 5, 8])
@pytest.mark.parametrize("stride", [1, 2, 4, 8, 16])
def test_bank_conflicts(firings: int, stride: int) -> None:
    """A reader whose lanes are s apart takes s cycles a firing (s divides the 16 banks).

    Of its n firings n - 1 are followed by another: s - 1 cycles of conflicts each. The last one
    retires at the later of its depth, 4, and its cost; the token leaves after its depth.
    """
    depth, words = 4, firings * LANES * stride
    count = f"count i 0..{firings * LANES} par {LANES}"
    memory = block(
        "pmu m",
        f"memory m : i32 words {words}",
        block(
            "context write",
            count,
            "in x : vector i32 @i",
            "in free : control @pass",
            "out full : control @pass",
            "write m[i] buffer @pass <- x",
        ),
        block(
            "context read",
            count,
            "in full : control @pass",
            "out y : vector i32 @i",
            "out free : control @pass",
            f"read m[{stride}*i] buffer @pass -> y",
        ),
    )
    found = path(
        [source("a", firings), memory, sink("z", firings)],
        [
            net("vector", "a.main.y", f"m.write.x capacity {FULL_RATE}"),
            net("control", "m.write.full", "m.read.full capacity 1"),
            net("control", "m.read.free", "m.write.free capacity 1 init 1"),
            net("vector", "m.read.y", f"z.main.x capacity {FULL_RATE}"),
        ],
    )
    # With cost 1, and with a short last access, the sink is the last and keeps step; else the
    # reader's last access is.
    drain = depth + DIRECT + 1
    last = stride - 1 if stride > drain else 0
    assert found.get(("m.read", "bank"), 0) == (firings - 1) * (stride - 1) + last
    assert found["m.write", "pipeline"] == depth
    assert found.get(("z", "work"), 0) == (firings - 1 if stride == 1 else 0)


@pytest.mark.parametrize("tokens", [1, 2, 5, 9])
@pytest.mark.parametrize(("service", "latency"), [(1, 20), (4, 7), (9, 100)])
def test_one_burst_at_a_time(tokens: int, service: int, latency: int) -> None:
    """With one burst outstanding every load waits for the last: n times S and L, of the tier."""
    load = unit(
        "ag a",
        f"count i 0..{tokens * LANES} par {LANES}",
        "out y : vector i32 @i",
        "load t[i] -> y",
    )
    overrides = {
        "dram.bytes_per_cycle": f"{BURST}/{service}",
        "dram.latency": latency,
        "ag.outstanding": 1,
    }
    assert path(
        [load, sink("b", tokens)], [link("a", "b")], [f"t : i32[{tokens * LANES}] input"], overrides
    ) == {
        ("a -> b", "latency"): DIRECT,
        ("b", "pipeline"): 1,
        ("dram", "latency"): tokens * latency,
        ("dram", "transfer"): tokens * service,
    }
