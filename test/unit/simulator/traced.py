"""Small sections as text, run on both engines; the readable one writes down every token that leaves
a port, so that a test states cycles and values.

A vector is the list of its live lanes, a scalar its value, a control token None, a stop `S0` and so
on, done `D`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from recorded import RECORD, check_same

from rdu.configuration import check, parse
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.elaboration.section import elaborate
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.python_engine.tokens import DONE, Stop, Token
from rdu.simulator.result import ContextStatistics, Deadlock, Fault, SectionResult
from rdu.targets import load_machine

LANES = 4
PORTS = tuple(f"{kind}_{way}" for kind in ("vector", "scalar", "control") for way in ("in", "out"))
TIMING: Mapping[str, int | str] = {
    "pcu.lanes": LANES,
    "pmu.depth": 2,
    "pmu.banks": 4,
    "ag.depth": 1,
    "ag.outstanding": 64,
    "dram.channels": 1,
    "dram.bytes_per_cycle": 16,
    "dram.burst_bytes": 16,
    "dram.latency": 10,
    "fifo.vector": "inf",
    "fifo.scalar": "inf",
    "fifo.control": "inf",
    **{f"{unit}.{what}": 16 for unit in ("pcu", "pmu", "ag") for what in ("contexts", *PORTS)},
}
"""A load at t answers at t + 11: one cycle for its burst of four words, ten of latency."""

Pushes = list[tuple[int, Any]]


@dataclass(frozen=True)
class Run:
    """What a section did.

    Attributes:
        outcome: what the engine returned.
        pushes: when each token left a port, and what it carried, by `unit.context.port`.
        tensors: the tensors after the run.
    """

    outcome: SectionResult | Deadlock | Fault
    pushes: dict[str, Pushes]
    tensors: dict[str, NDArray[Any]]

    @property
    def result(self) -> SectionResult:
        """The result of a run that finished."""
        assert isinstance(self.outcome, SectionResult), self.outcome
        return self.outcome

    def context(self, name: str) -> ContextStatistics:
        """Return the account of a context by name."""
        return next(c for c in self.result.contexts if c.name == name)

    def values(self, port: str) -> list[Any]:
        """Return what left a port."""
        return [value for _, value in self.pushes.get(port, [])]


def program(body: str, tensors: str = "") -> str:
    """Return a program of one section.

    Args:
        body: units, and nets as `net kind source -> sink capacity n, sink ...`, in any order.
        tensors: a line for each tensor, such as `a : i32[64] input`, perhaps with `tier t`.
    """
    declared = [line.strip() for line in tensors.splitlines() if line.strip()]
    formals = [line[: line.index("]") + 1] for line in declared]
    names = [formal.split(" ")[0] for formal in formals]
    lines = [line.strip() for line in body.splitlines()]
    units = [line for line in lines if not line.startswith("net ")]
    nets = [_net(line) for line in lines if line.startswith("net ")]
    tensor_lines = [f"tensor {line}{'' if ' tier ' in line else ' tier dram'}" for line in declared]
    return "\n".join(
        [
            "rdu 1",
            "machine MACHINE",
            *tensor_lines,
            f"section s({', '.join(formals)}) {{",
            *units,
            *nets,
            "}",
            "host {",
            f"run s({', '.join(f'{name} = {name}' for name in names)})",
            "}",
        ]
    )


def _net(line: str) -> str:
    head, sinks = line.split(" -> ")
    _, kind, source = head.split(" ")
    to = "\n".join(f"to {sink.strip()}" for sink in sinks.split(","))
    return f"net {source.replace('.', '_')} {kind} {source} {{\n{to}\n}}"


def run(
    body: str,
    tensors: str = "",
    given: Mapping[str, Any] | None = None,
    overrides: Mapping[str, int | str] | None = None,
    machine: str = "plasticine",
) -> Run:
    """Verify a section and run it; every context's account must sum to its lifetime."""
    parsed = parse(program(body, tensors).replace("MACHINE", machine))
    timing: Mapping[str, int | str] = TIMING if machine == "plasticine" else {}
    target = load_machine(machine, {**timing, **(overrides or {})})
    check(parsed, target)
    arrays: dict[str, NDArray[Any]] = {}
    addresses: dict[str, tuple[str, int]] = {}
    free: dict[str, int] = {}
    for tensor in parsed.tensors:
        value = (given or {}).get(tensor.name, np.zeros(tensor.shape))
        arrays[tensor.name] = np.array(value).astype(NUMPY[tensor.dtype]).reshape(-1)
        assert arrays[tensor.name].size == np.prod(tensor.shape)
        addresses[tensor.name] = tensor.tier, free.get(tensor.tier, 0)
        size = target.tiers[tensor.tier].whole_bursts(tensor.bytes)
        free[tensor.tier] = free.get(tensor.tier, 0) + size
    section = elaborate(parsed.sections[0], target, addresses)
    pushes: dict[str, Pushes] = {}
    push = Channel[Token].push

    def noted(channel: Channel[Token], ready: int, token: Token) -> int:
        time = push(channel, ready, token)
        spec = channel.spec
        port = spec.name.split(" -> ")[0]
        pushes.setdefault(port, []).append((time, _shown(token, spec.kind)))
        return time

    native_arrays, recorded = ([arrays[t.name].copy() for t in parsed.tensors] for _ in range(2))
    native = NativeEngine().run(section, native_arrays)
    native_record = NativeEngine().run(section, recorded, record=RECORD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Channel, "push", noted)
        python_arrays = [arrays[t.name] for t in parsed.tensors]
        outcome = PythonEngine().run(section, python_arrays, record=RECORD)
    check_same(native_record, outcome)
    if isinstance(outcome, SectionResult):
        assert outcome.critical_path is not None
        assert sum(share.cycles for share in outcome.critical_path) == outcome.cycles
        outcome = replace(outcome, critical_path=None, timeline=None)
    assert native == outcome
    if not isinstance(outcome, Fault):  # of which there is no result: engines stop behind it
        for tensor, array in zip(parsed.tensors, native_arrays, strict=True):
            assert array.tobytes() == arrays[tensor.name].tobytes(), tensor.name
    if isinstance(outcome, SectionResult):
        for context in outcome.contexts:
            assert context.accounted == context.lifetime, context
            assert context.idle >= 0, context
    shapes = {t.name: t.shape for t in parsed.tensors}
    return Run(outcome, pushes, {n: a.reshape(shapes[n]) for n, a in arrays.items()})


def _shown(token: Token, kind: str) -> Any:
    if token is None:
        return None
    if isinstance(token, Stop):
        return "D" if token == DONE else f"S{token.level}"
    live = token[0][token[1]].tolist()
    return live[0] if kind == "scalar" else live
