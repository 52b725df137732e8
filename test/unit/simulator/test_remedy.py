"""Capacities that end a deadlock: they do, and none of them can be lowered alone."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from random_sections import RandomSection
from test_native_engine import ring
from token_sections import channel, context, fork_and_join, pop, push, random_section, section

from rdu.configuration import parse
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.deadlock import remedy
from rdu.simulator.deadlock.remedy import Arrays, Verdict, find_remedy
from rdu.simulator.deadlock.standstill import given_capacities
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.result import Deadlock, SectionResult
from rdu.simulator.simulate import EngineName, simulate
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine

NORMALISE = Path(__file__).parents[3] / "examples" / "configurations" / "normalise.rdu"
ENGINE = NativeEngine()

Engine = NativeEngine | PythonEngine


def finishes(
    spec: ElaboratedSection, arrays: Arrays, capacities: dict[int, int], engine: Engine
) -> bool:
    channels = tuple(replace(c, capacity=capacities[i]) for i, c in enumerate(spec.channels))
    copies = [array.copy() for array in arrays]
    return not isinstance(engine.run(replace(spec, channels=channels), copies), Deadlock)


def check_remedy(spec: ElaboratedSection, arrays: Arrays, engine: Engine) -> None:
    given_ = given_capacities(spec)
    if finishes(spec, arrays, given_, engine):
        return
    found = find_remedy(spec, arrays, engine, {})
    event(found.verdict.name)
    if found.verdict is Verdict.HOPELESS:
        assert not finishes(spec, arrays, dict.fromkeys(given_, -1), engine)
        return
    assert found.verdict is Verdict.LEAST
    enough = given_ | dict(found.raised)
    assert finishes(spec, arrays, enough, engine)
    for number, capacity in found.raised.items():
        assert capacity > given_[number]
        assert not finishes(spec, arrays, enough | {number: capacity - 1}, engine)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_remedies_of_control_tokens(seed: int) -> None:
    check_remedy(random_section(Random(seed)), [], ENGINE)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_remedies_with_memories_and_tensors(seed: int) -> None:
    made = RandomSection(Random(seed))
    spec = made.section
    channels = (replace(c, capacity=1) if c.kind != "control" else c for c in spec.channels)
    check_remedy(replace(spec, channels=tuple(channels)), made.arrays, PythonEngine())


def test_a_sum_beside_its_terms() -> None:
    found = find_remedy(fork_and_join(40, 4, level=0), [], ENGINE, {})
    assert (found.verdict, found.raised) == (Verdict.LEAST, {1: 40 - 6})


def test_room_is_spread_where_fifos_are_limited() -> None:
    """Two channels in a row hold what one of them may not."""
    trips = (40,)
    spec = section(
        (
            context("fork", trips, (), (push(0), push(1))),
            context("sum", trips, (pop(0),), (push(2, 0),)),
            context("on the way", trips, (pop(1),), (push(3),)),
            context("join", trips, (pop(3), pop(2, 0)), ()),
        ),
        (channel(0, 1, 4), channel(0, 2, 4), channel(1, 3, 4), channel(2, 3, 4)),
    )
    # Besides the FIFOs, the fork and the context on the way hold 6 tokens each.
    assert find_remedy(spec, [], ENGINE, {}).raised == {1: 12, 3: 40 - 12 - 12}
    assert find_remedy(spec, [], ENGINE, {3: 12}).raised == {1: 16, 3: 12}
    beyond = find_remedy(spec, [], ENGINE, {1: 13, 3: 13})
    assert (beyond.verdict, beyond.raised) == (Verdict.LEAST, {1: 12, 3: 16})


def test_no_room_helps_a_ring_without_tokens() -> None:
    found = find_remedy(ring(5, init=0), [], ENGINE, {})
    assert found.verdict is Verdict.HOPELESS
    assert {wait.reason for wait in found.waits} == {"empty"}


def test_runs_find_what_counts_do_not_tell() -> None:
    """Counts leave streams out; an engine that sees none finds the same capacities by runs."""
    spec = fork_and_join(40, 4, level=0)
    join = spec.contexts[2]
    pops = (join.inputs[0], replace(join.inputs[1], stream=True))
    unknown = replace(spec, contexts=(*spec.contexts[:2], replace(join, inputs=pops)))

    class Blindfold:
        """The engine, for which the mark on the port means nothing."""

        name = "native"

        def run(
            self, section: ElaboratedSection, tensors: list[NDArray[Any]]
        ) -> SectionResult | Deadlock:
            return ENGINE.run(replace(section, contexts=spec.contexts), tensors)

    found = find_remedy(unknown, [], Blindfold(), {})
    assert (found.verdict, found.raised) == (Verdict.LEAST, {1: 34})


def test_what_was_not_run_is_not_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = fork_and_join(40, 4, level=0)
    for runs, verdict in ((0, Verdict.COUNTED), (1, Verdict.SUFFICIENT), (2, Verdict.LEAST)):
        monkeypatch.setattr(remedy, "RUNS", runs)
        found = find_remedy(spec, [], ENGINE, {})
        assert (found.verdict, found.raised) == (verdict, {1: 34})


@pytest.mark.parametrize("engine", ["native", "python"])
def test_a_context_at_rest_may_be_the_one_that_all_wait_for(engine: EngineName) -> None:
    """The writer of a FIFO rests before a pass without end: a vector is there, but no buffer."""
    program = parse(re.sub(r"(buffers|capacity|init) 64", r"\1 8", NORMALISE.read_text()))
    machine = load_machine("plasticine", {"fifo.vector": "64"})
    with pytest.raises(RduError) as caught:
        simulate(program, machine, random_inputs(program, 0), engine, warn=lambda _: None)
    assert caught.value.exit_code is ExitCode.DEADLOCK
    assert "a circular wait of 5 contexts" in str(caught.value)
    assert "hint: capacity" in str(caught.value)
    assert "none of them can be lowered alone" in str(caught.value)
