"""The two engines agree on every bit, every cycle and every number that a run reports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from hypothesis import event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from random_sections import RandomSection

from rdu.configuration import parse
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine import PythonEngine
from rdu.simulator.result import Deadlock, SectionResult
from rdu.simulator.simulate import simulate
from rdu.simulator.specification import ElaboratedSection
from rdu.targets import load_machine

ROOT = Path(__file__).resolve().parents[3]

Arrays = Sequence[NDArray[Any]]


def run_both(section: ElaboratedSection, tensors: Arrays) -> SectionResult | Deadlock:
    """Run a section on both engines; assert that all is equal and return the outcome."""
    ours, theirs = [t.copy() for t in tensors], [t.copy() for t in tensors]
    native = NativeEngine().run(section, ours)
    python = PythonEngine().run(section, theirs)
    assert native == python
    for spec, a, b in zip(section.tensors, ours, theirs, strict=True):
        assert a.tobytes() == b.tobytes(), spec.name
    return native


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_on_random_sections(seed: int) -> None:
    made = RandomSection(Random(seed))
    outcome = run_both(made.section, made.arrays)
    event(type(outcome).__name__)
    if isinstance(outcome, SectionResult):
        for context in outcome.contexts:
            assert context.accounted == context.lifetime
            assert context.idle >= 0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_on_long_loops(seed: int) -> None:
    """The native engine makes firings of long inner loops in bursts."""
    made = RandomSection(Random(seed), longest=70)
    run_both(made.section, made.arrays)


def test_on_the_gemm() -> None:
    program = parse((ROOT / "examples/configurations/gemm.rdu").read_text())
    random = np.random.default_rng(1)
    tensors = {
        t.name: random.standard_normal(t.shape, np.float32)
        for t in program.tensors
        if t.role != "output"
    }
    machine = load_machine("plasticine")
    native, python = (simulate(program, machine, tensors, name) for name in ("native", "python"))
    assert native.sections == python.sections
    assert native.outputs["c"].tobytes() == python.outputs["c"].tobytes()
    expected = tensors["a"] @ tensors["b"].T
    assert np.abs(native.outputs["c"] - expected).max() <= 1e-5 * np.abs(expected).max()
