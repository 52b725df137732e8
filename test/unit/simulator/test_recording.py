"""What is recorded of a run sums up: the critical path to its cycles, timelines to the accounts.

Both engines record the same; so do those of all sections of `test_engines_agree` and `traced`.
"""

from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_sections import RandomSection
from recorded import check_same

from rdu.configuration import read
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.recording.record import Record
from rdu.simulator.result import PARTS, SectionResult
from rdu.simulator.simulate import simulate
from rdu.targets import load_machine

ROOT = Path(__file__).resolve().parents[3]
WIDER = ("array", "halves", "lines", "streams", "two_steps", "two_writers")
"""Configurations of arrays, windows, streams and primitives."""


def check(result: SectionResult) -> None:
    """Assert that what was recorded of a section sums to its statistics."""
    assert result.critical_path is not None
    assert sum(share.cycles for share in result.critical_path) == result.cycles
    assert all(share.part in PARTS[share.entity] for share in result.critical_path)
    assert all(share.cycles > 0 for share in result.critical_path)
    timeline = result.timeline
    assert timeline is not None
    for context, states, cycles in zip(
        result.contexts, timeline.states, timeline.cycles, strict=True
    ):
        spent = dict(zip(states, cycles.sum(axis=0).tolist(), strict=True))
        for state in ("busy", "bank", "memory", "idle"):
            assert spent[state] == getattr(context, state), context.name
        for cause, waits in (
            ("starved", context.starved),
            ("backpressured", context.backpressured),
        ):
            booked = {n: c for n, c in spent.items() if n.startswith(cause) and c}
            assert booked == {f"{cause} {port}": c for port, c in waits.items()}, context.name
        assert (cycles.sum(axis=1)[:-1] == timeline.bucket).all()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**64 - 1), st.sampled_from((2, 7, 64, 1000)))
def test_on_random_sections(seed: int, buckets: int) -> None:
    made = RandomSection(Random(seed))
    section = made.section
    plain = PythonEngine().run(section, [t.copy() for t in made.arrays])
    record = Record(critical_path=True, buckets=buckets)
    outcome = PythonEngine().run(section, made.arrays, record=record)
    native = NativeEngine().run(section, made.arrays, record=record)
    if isinstance(outcome, SectionResult):
        check(outcome)
        check_same(native, outcome)
        assert replace(outcome, critical_path=None) == plain
        assert outcome.timeline is not None
        assert all(len(cycles) <= buckets for cycles in outcome.timeline.cycles)


@pytest.mark.parametrize("name", WIDER)
def test_on_wider_configurations(name: str) -> None:
    program = read(ROOT / f"test/unit/configuration/{name}.rdu")
    ours, theirs = (
        simulate(
            program,
            load_machine(program.machine),
            random_inputs(program, 0),
            engine,
            warn=lambda _: None,
            record=Record(critical_path=True, buckets=32),
        )
        for engine in ("native", "python")
    )
    for native, section in zip(ours.sections, theirs.sections, strict=True):
        check(section)
        check_same(native, section)


def test_a_coarser_timeline_is_a_finer_one_added_up() -> None:
    made = RandomSection(Random(5))
    section = made.section
    fine, coarse = (
        PythonEngine().run(section, [t.copy() for t in made.arrays], record=Record(buckets=n))
        for n in (4096, 16)
    )
    assert isinstance(fine, SectionResult)
    assert isinstance(coarse, SectionResult)
    assert fine.timeline is not None
    assert coarse.timeline is not None
    assert fine.timeline.bucket == 1
    size = coarse.timeline.bucket
    assert size > 1
    for small, large in zip(fine.timeline.cycles, coarse.timeline.cycles, strict=True):
        padded = np.concatenate((small, np.zeros((-len(small) % size, small.shape[1]), np.int64)))
        np.testing.assert_array_equal(padded.reshape(-1, size, small.shape[1]).sum(axis=1), large)


def test_nothing_is_recorded_unless_asked_for() -> None:
    made = RandomSection(Random(5))
    for engine in (PythonEngine(), NativeEngine()):
        outcome = engine.run(made.section, made.arrays)
        assert isinstance(outcome, SectionResult)
        assert (outcome.critical_path, outcome.timeline) == (None, None)


def test_progress_goes_on_from_section_to_section() -> None:
    program = read(ROOT / "test/unit/configuration/two_steps.rdu")
    told: list[tuple[int, int]] = []
    result = simulate(
        program,
        load_machine(program.machine),
        random_inputs(program, 0),
        "python",
        progress=lambda firings, cycles: told.append((firings, cycles)),
    )
    assert told == sorted(told)
    assert all(cycles <= result.cycles for _, cycles in told)
