"""The two engines agree on every bit, every cycle and every number that a run reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from random_irregular import irregular, surrounded
from random_sections import RandomSection
from random_streams import RandomStreams
from recorded import RECORD, check_same

from rdu.configuration import parse
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.result import Deadlock, Fault, SectionResult
from rdu.simulator.simulate import simulate
from rdu.simulator.specification import ElaboratedSection
from rdu.targets import load_machine

ROOT = Path(__file__).resolve().parents[3]

Arrays = Sequence[NDArray[Any]]
Kind = Callable[[Random], tuple[ElaboratedSection, Arrays]]


def run_both(section: ElaboratedSection, tensors: Arrays) -> SectionResult | Deadlock | Fault:
    """Run a section on both engines; assert that all is equal and return the outcome.

    The native engine runs it twice: at full speed, and recording what the other one records.
    """
    ours, theirs, recorded = ([t.copy() for t in tensors] for _ in range(3))
    native = NativeEngine().run(section, ours)
    python = PythonEngine().run(section, theirs, record=RECORD)
    check_same(NativeEngine().run(section, recorded, record=RECORD), python)
    if isinstance(python, SectionResult):
        python = replace(python, critical_path=None, timeline=None)
    assert native == python
    if not isinstance(native, Fault):  # of which there is no result: engines stop behind it
        for spec, a, b in zip(section.tensors, ours, theirs, strict=True):
            assert a.tobytes() == b.tobytes(), spec.name
    return native


def plain(random: Random) -> tuple[ElaboratedSection, Arrays]:
    """Return a section whose firings are known before."""
    made = RandomSection(random)
    return made.section, made.arrays


def long_loops(random: Random) -> tuple[ElaboratedSection, Arrays]:
    """Return one with long inner loops, whose firings the native engine makes in bursts."""
    made = RandomSection(random, longest=70)
    return made.section, made.arrays


def twisted(random: Random) -> tuple[ElaboratedSection, Arrays]:
    """Return a section in which data decides about ports, loops and addresses."""
    made, section = irregular(random)
    return section, made.arrays


def streams(random: Random) -> tuple[ElaboratedSection, Arrays]:
    """Return a section of streams and their primitives."""
    made = RandomStreams(random)
    return surrounded(made.section, random), made.arrays


KINDS = (plain, long_loops, twisted, streams)


def agree(kind: Kind, seed: int) -> None:
    """Run a random section on both engines; every account sums to its lifetime."""
    section, arrays = kind(Random(seed))
    outcome = run_both(section, arrays)
    event(type(outcome).__name__)
    if isinstance(outcome, SectionResult):
        for context in outcome.contexts:
            assert context.accounted == context.lifetime
            assert context.idle >= 0


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_on_random_sections(kind: Kind, seed: int) -> None:
    agree(kind, seed)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=3000, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_on_many_random_sections(kind: Kind, seed: int) -> None:
    agree(kind, seed)


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
