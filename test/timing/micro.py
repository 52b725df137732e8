"""Micro-programs: small configurations as text, read, verified and run on both engines.

A program is put together from lines of the configuration's own language, so that a test shows what
it counts. A stream is vectors of 16 lanes unless said otherwise; a context takes them at port `x`
and gives them at port `y`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.configuration import parse
from rdu.configuration.model import Program
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import RunResult, simulate
from rdu.targets import Machine, load_machine

LANES = 16
BURST = 64
"""Bytes of a burst: one vector of 32-bit words."""

DIRECT = 1
"""Latency of a channel that is not routed."""

FULL_RATE = DIRECT + 1
"""The capacity with which a direct channel carries a token a cycle: l + 1."""

PYTHON_FIRINGS = 1500
"""Programs with more firings run on the native engine only."""

Overrides = Mapping[str, int | str]

TIMING: Overrides = {
    "pcu.lanes": LANES,
    "pmu.depth": 4,
    "pmu.banks": 16,
    "ag.depth": 1,
    "ag.outstanding": 1024,
    "network.hop_latency": 1,
    "dram.channels": 1,
    "dram.bytes_per_cycle": BURST,
    "dram.burst_bytes": BURST,
    "dram.latency": 20,
    "reconfiguration_cycles": 0,
}
"""Every number of the machine that a cycle count depends on; tests override some."""

PORTS = tuple(f"{kind}_{way}" for kind in ("vector", "scalar", "control") for way in ("in", "out"))
ROOM: Overrides = {
    **{f"{unit}.{what}": 64 for unit in ("pcu", "pmu", "ag") for what in (*PORTS, "contexts")},
    **{f"fifo.{kind}": "inf" for kind in ("vector", "scalar", "control")},
    "pcu.stages": 64,
    "pcu.registers": 64,
}
"""Limits of units, out of the way."""


def block(header: str, *lines: str) -> str:
    """Return a block of the configuration."""
    return "\n".join((f"{header} {{", *lines, "}"))


def unit(header: str, *lines: str) -> str:
    """Return a unit, such as `pcu name`, with one context, `main`, of these lines."""
    return block(header, block("context main", *lines))


def net(kind: str, source: str, *sinks: str) -> str:
    """Return a net from a port to sinks, such as `unit.main.x capacity 2`."""
    return block(f"net {source.replace('.', '_')} {kind} {source}", *(f"to {s}" for s in sinks))


def stages(depth: int, operand: str) -> list[str]:
    """Return `depth` operations, each one stage, whose last result is `s<depth>`."""
    return [f"s{i} = addi {f's{i - 1}' if i > 1 else operand} 1" for i in range(1, depth + 1)]


def source(name: str, tokens: int, depth: int = 1) -> str:
    """Return a PCU that pushes a vector in each firing."""
    return unit(
        f"pcu {name}",
        f"count i 0..{tokens * LANES} par {LANES}",
        "out y : vector i32 @i",
        *stages(depth, "i"),
        f"y <- s{depth}",
    )


def relay(name: str, tokens: int, depth: int = 1, firings: int = 1) -> str:
    """Return a PCU that passes vectors on; each takes it so many firings."""
    return unit(
        f"pcu {name}",
        f"count i 0..{tokens * LANES} par {LANES}",
        f"count j 0..{firings}",
        "in x : vector i32 @i",
        "out y : vector i32 @i",
        *stages(depth, "x"),
        f"y <- s{depth}",
    )


def sink(name: str, tokens: int, depth: int = 1, firings: int = 1) -> str:
    """Return a PCU that pops vectors; each takes it so many firings."""
    return unit(
        f"pcu {name}",
        f"count i 0..{tokens * LANES} par {LANES}",
        f"count j 0..{firings}",
        "in x : vector i32 @i",
        *stages(depth, "x"),
    )


def link(start: str, end: str, capacity: int | str = FULL_RATE, via: str = "") -> str:
    """Return the net from the stream that one unit gives to where another takes it."""
    route = f" via {via}" if via else ""
    return net("vector", f"{start}.main.y", f"{end}.main.x capacity {capacity}{route}")


def program(
    units: Sequence[str], nets: Sequence[str], tensors: Sequence[str] = (), runs: int = 1
) -> str:
    """Return a program of one section.

    Args:
        units: the units' text.
        nets: the nets' text.
        tensors: name, type and role, such as `a : i32[64] input`.
        runs: how often the host runs the section.
    """
    formals = ", ".join(tensor.rsplit(" ", 1)[0] for tensor in tensors)
    bindings = ", ".join(f"{name} = {name}" for name in (t.split(" ")[0] for t in tensors))
    return "\n".join(
        (
            "rdu 1",
            "machine plasticine",
            *(f"tensor {tensor} tier dram" for tensor in tensors),
            block(f"section micro({formals})", *units, *nets),
            block("host", *[f"run micro({bindings})"] * runs),
        )
    )


def machine(overrides: Overrides | None = None) -> Machine:
    """Return a machine whose timing is `TIMING` but for some overrides."""
    return load_machine("plasticine", {**TIMING, **ROOM, **(overrides or {})})


def inputs(text: Program) -> dict[str, NDArray[Any]]:
    """Return 0, 1, 2, ... for every tensor that must be given."""
    return {
        t.name: np.arange(math.prod(t.shape)).astype(NUMPY[t.dtype]).reshape(t.shape)
        for t in text.tensors
        if t.role in ("input", "weight")
    }


def run_text(text: str, overrides: Overrides | None = None) -> RunResult:
    """Run a program on what `inputs` gives; if it is small, compare both engines on it.

    Every context's account must sum to its lifetime.
    """
    parsed, target = parse(text), machine(overrides)
    result = simulate(parsed, target, inputs(parsed))
    for section in result.sections:
        for context in section.contexts:
            assert context.accounted == context.lifetime, context.name
    if sum(c.firings for s in result.sections for c in s.contexts) <= PYTHON_FIRINGS:
        python = simulate(parsed, target, inputs(parsed), "python")
        assert python.sections == result.sections
        for name, array in python.outputs.items():
            np.testing.assert_array_equal(array, result.outputs[name])
    return result


def run(
    units: Sequence[str],
    nets: Sequence[str],
    tensors: Sequence[str] = (),
    overrides: Overrides | None = None,
) -> SectionResult:
    """Run a program of one section once."""
    return run_text(program(units, nets, tensors), overrides).sections[0]


def lifetime(result: SectionResult, name: str) -> int:
    """Return the last retirement of a unit's context `main`."""
    return next(c.lifetime for c in result.contexts if c.name == f"{name}.main")
