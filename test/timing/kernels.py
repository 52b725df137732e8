"""The hand-written configurations of `examples/configurations`, run on data and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from kernel_references import KERNELS, Array, Arrays

from rdu.configuration import Program, parse
from rdu.semantics.dtypes import NUMPY
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import EngineName, RunResult, simulate
from rdu.targets import load_machine

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "configurations"

TOLERANCE = 2e-5
"""Largest difference from a result in double precision, over the largest magnitude."""


@dataclass(frozen=True, slots=True)
class Case:
    """A run of an example on a changed machine, or with a changed text.

    Attributes:
        edits: pattern and replacement of regular expressions, in order; each must match.
        is_long: too long for the Python engine.
    """

    kernel: str
    overrides: Mapping[str, int | str] = field(default_factory=dict[str, int | str])
    edits: tuple[tuple[str, str], ...] = ()
    is_long: bool = False

    @property
    def program(self) -> Program:
        """The program, with its changes."""
        text = (EXAMPLES / f"{self.kernel}.rdu").read_text()
        for pattern, replacement in self.edits:
            text, count = re.subn(pattern, replacement, text)
            assert count, pattern
        return parse(text, self.kernel)


def number(old: int, new: int) -> tuple[str, str]:
    """Return the edit that puts one number in the place of another, everywhere."""
    return rf"\b{old}\b", str(new)


def buffers(memory: str, count: int) -> tuple[tuple[str, str], ...]:
    """Return the edits that give a memory, alone on its PMU `<memory>s`, other buffers."""
    return (
        (rf"(memory {memory} : .* buffers )\d+", rf"\g<1>{count}"),
        (rf"(to {memory}s\.read\.full capacity )\d+", rf"\g<1>{count}"),
        (rf"(to {memory}s\.write\.free capacity )\d+ init \d+", rf"\g<1>{count} init {count}"),
    )


def run_case(case: Case, engine: EngineName, given: Arrays | None = None) -> RunResult:
    """Run a case, on the data of `inputs` unless given others; check results and accounts."""
    program, kernel = case.program, KERNELS[case.kernel]
    target = load_machine(program.machine, {"ag.outstanding": 64, **case.overrides})
    given = inputs(case) if given is None else given
    result = simulate(program, target, given, engine, case.kernel)
    for section in result.sections:
        for context in section.contexts:
            assert context.accounted == context.lifetime, context.name
    for name, want in kernel.outputs({n: in_double(array) for n, array in given.items()}).items():
        have = in_double(result.outputs[name])
        if name in kernel.unordered:
            have, want = np.sort(have), np.sort(want)
        assert np.abs(have - want).max() <= TOLERANCE * np.abs(want).max(), name
    return result


def run_both(case: Case, given: Arrays | None = None) -> RunResult:
    """Run a case on both engines, which must agree, or on the native one alone if it is long."""
    native = run_case(case, "native", given)
    if not case.is_long:
        python = run_case(case, "python", given)
        assert python.sections == native.sections
        for name, array in python.outputs.items():
            assert array.tobytes() == native.outputs[name].tobytes(), name
    return native


def section(case: Case, given: Arrays | None = None) -> SectionResult:
    """Run a case as `run_both` does; return its only section."""
    return run_both(case, given).sections[0]


def inputs(case: Case) -> Arrays:
    """Return the data that a case runs on, the same every time."""
    program = case.program
    rng = np.random.default_rng(0)
    given = {t.name: t for t in program.tensors if t.role in ("input", "weight")}
    special = KERNELS[case.kernel].data(rng, {t.name: t.shape for t in program.tensors})
    drawn = {
        name: special[name] if name in special else rng.standard_normal(tensor.shape)
        for name, tensor in given.items()
    }
    return {name: array.astype(NUMPY[given[name].dtype]) for name, array in drawn.items()}


def in_double(array: Array) -> Array:
    """Return integers and truth values as they are, other numbers in double precision."""
    return array if array.dtype.kind in "bi" else array.astype(np.float64)
