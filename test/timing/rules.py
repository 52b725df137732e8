"""Sections written by hand for the rules of the execution model, run on both engines.

The machine has vectors of four lanes and a memory whose only cost is time: a load or store at t
has its response at t + `RESPONSE`. A load of one word a cycle feeds a PCU of depth d from cycle
`RESPONSE` + 1 on; what the PCU fires at t is stored at t + d + 1 and done at t + d + 1 +
`RESPONSE`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.configuration import parse
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.result import ContextStatistics, SectionResult
from rdu.simulator.simulate import simulate
from rdu.targets import load_machine

LANES = 4
RESPONSE = 11
"""A burst takes no noticeable time on its channel, which rounds up to 1, and 10 of latency."""

FIRST = RESPONSE + 1
"""When the first word of a load arrives."""

TIMING: Mapping[str, int | str] = {
    "pcu.lanes": LANES,
    "pmu.depth": 2,
    "pmu.banks": LANES,
    "ag.depth": 1,
    "ag.outstanding": 4096,
    "dram.channels": 1,
    "dram.bytes_per_cycle": 1 << 20,
    "dram.burst_bytes": 16,
    "dram.latency": 10,
    "reconfiguration_cycles": 0,
    "pcu.stages": 64,
    "pcu.registers": 64,
    **{f"fifo.{kind}": "inf" for kind in ("vector", "scalar", "control")},
    **{
        f"{unit}.{kind}_{way}": 16
        for unit in ("pcu", "pmu", "ag")
        for kind in ("vector", "scalar", "control")
        for way in ("in", "out")
    },
}


@dataclass(frozen=True)
class Ran:
    """A section run: its statistics, and its outputs by name."""

    result: SectionResult
    outputs: Mapping[str, NDArray[Any]]

    @property
    def cycles(self) -> int:
        """Cycles of the section."""
        return self.result.cycles

    def context(self, name: str) -> ContextStatistics:
        """Return the account of a context, `unit.context`."""
        return next(c for c in self.result.contexts if c.name == name)


def load(unit: str, tensor: str, words: int, dtype: str = "f32") -> str:
    """Return an AG that loads words one by one to its port `x`."""
    return _ag(unit, words, f"out x : scalar {dtype} @i", f"load {tensor}[i] -> x")


def store(unit: str, tensor: str, words: int, dtype: str = "f32") -> str:
    """Return an AG that stores words one by one from its port `x`."""
    return _ag(unit, words, f"in x : scalar {dtype} @i", f"store {tensor}[i] <- x")


def pcu(unit: str, lines: str) -> str:
    """Return a PCU of one context."""
    return f"pcu {unit} {{\ncontext main {{\n{lines}\n}}\n}}"


def ag(unit: str, lines: str) -> str:
    """Return an AG of one context."""
    return f"ag {unit} {{\ncontext main {{\n{lines}\n}}\n}}"


def _ag(unit: str, words: int, *lines: str) -> str:
    return ag(unit, "\n".join((f"count i 0..{words}", *lines)))


def run(
    units: list[str],
    nets: str,
    given: Mapping[str, Any],
    wanted: str,
    overrides: Mapping[str, int | str] | None = None,
    machine: str = "plasticine",
) -> Ran:
    """Run a section on both engines, which must agree on everything.

    Args:
        units: the units' text.
        nets: a line for each, `kind source -> sink [capacity n ...], sink ...`; `main` is left out
            of its ends, and a capacity not given is 64.
        given: inputs by name, as arrays.
        wanted: a line for each output, such as `y : f32[4]`, perhaps with a tier.
        overrides: numbers of the machine beside `TIMING`.
        machine: another than plasticine has its own numbers.
    """
    types = {"float32": "f32", "int32": "i32", "bool": "i1", "bfloat16": "bf16"}
    inputs = {name: np.ascontiguousarray(array) for name, array in given.items()}
    declared = [
        f"{name} : {types[str(a.dtype)]}{list(a.shape)} input tier dram"
        for name, a in inputs.items()
    ]
    for line in wanted.splitlines():
        if line.strip():
            what, _, tier = line.strip().partition(" tier ")
            declared.append(f"{what} output tier {tier or 'dram'}")
    formals = [line[: line.index("]") + 1] for line in declared]
    names = [line.split(" ")[0] for line in declared]
    text = "\n".join(
        [
            "rdu 1",
            f"machine {machine}",
            *(f"tensor {line}" for line in declared),
            f"section s({', '.join(formals)}) {{",
            *units,
            *(_net(line) for line in nets.splitlines() if line.strip()),
            "}",
            "host {",
            f"run s({', '.join(f'{name} = {name}' for name in names)})",
            "}",
        ]
    )
    program = parse(text)
    timing = TIMING if machine == "plasticine" else {}
    target = load_machine(machine, {**timing, **(overrides or {})})
    tensors = {
        t.name: inputs[t.name].astype(NUMPY[t.dtype]) for t in program.tensors if t.name in inputs
    }
    native = simulate(program, target, tensors, "native")
    python = simulate(program, target, tensors, "python")
    assert native.sections == python.sections
    for name, array in native.outputs.items():
        assert array.tobytes() == python.outputs[name].tobytes(), name
    for context in native.sections[0].contexts:
        assert context.accounted == context.lifetime, context
    return Ran(native.sections[0], native.outputs)


def _net(line: str) -> str:
    head, _, sinks = line.strip().partition(" -> ")
    kind, source = head.split(" ")
    to = "\n".join(f"to {_sink(sink.strip())}" for sink in sinks.split(", "))
    return f"net {source.replace('.', '_')} {kind} {_endpoint(source)} {{\n{to}\n}}"


def _sink(text: str) -> str:
    port, _, more = text.partition(" ")
    return f"{_endpoint(port)} {more if more.startswith('capacity') else f'capacity 64 {more}'}"


def _endpoint(port: str) -> str:
    return port if port.count(".") == 2 else port.replace(".", ".main.")
