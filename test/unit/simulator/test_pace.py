"""Channels that cost throughput: the bounds hold, and are met by the room that they ask for."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from random_sections import RandomSection
from token_sections import channel, context, fork_and_join, pop, push, random_section, section

from rdu.simulator.deadlock.pace import Brake, brakes
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.result import SectionResult
from rdu.simulator.specification import ElaboratedSection


def cycles(spec: ElaboratedSection) -> int:
    outcome = NativeEngine().run(spec, [])
    assert isinstance(outcome, SectionResult)
    return outcome.cycles


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64 - 1), st.booleans())
def test_the_bounds_hold(seed: int, tokens_only: bool) -> None:
    if tokens_only:
        spec, arrays = random_section(Random(seed)), []
    else:
        made = RandomSection(Random(seed))
        spec, arrays = made.section, made.arrays
    outcome = PythonEngine().run(spec, arrays)
    if not isinstance(outcome, SectionResult):
        return
    found = brakes(spec)
    event("brakes" if found else "none")
    assert all(brake.cycles <= outcome.cycles for brake in found)


@pytest.mark.parametrize("latency", [1, 3, 8])
def test_a_channel_needs_a_token_for_each_cycle_of_its_way(latency: int) -> None:
    """c tokens in l + 1 cycles: from c = l + 1 on, one a cycle."""
    tokens = 1000
    contexts = context("a", (tokens,), (), (push(0),)), context("b", (tokens,), (pop(0),), ())
    for capacity in range(1, latency + 3):
        spec = section(contexts, (channel(0, 1, capacity, latency=latency),))
        if capacity > latency:
            assert brakes(spec) == []
            assert cycles(spec) < tokens + 30
            continue
        least = (tokens - 1) // capacity * (latency + 1)
        assert brakes(spec) == [Brake(0, latency + 1, least)]
        assert least <= cycles(spec) <= least + 30


@pytest.mark.parametrize("depth", [1, 4, 9])
@pytest.mark.parametrize("latency", [1, 5])
def test_the_short_side_of_a_fork_needs_the_other_sides_latency(depth: int, latency: int) -> None:
    """The long way is two depths and latencies; one depth of tokens waits inside of the fork."""
    tokens, enough = 1000, depth + 2 * latency + 1
    for capacity in (1, 2, enough - 1, enough, enough + 1):
        spec = fork_and_join(tokens, capacity, depth=depth, latency=latency)
        if capacity >= enough:
            assert brakes(spec) == []
            assert cycles(spec) < tokens + 60
            continue
        (brake,) = brakes(spec)
        assert (brake.channel, brake.enough) == (1, enough)
        assert brake.cycles <= cycles(spec)
        if capacity > latency:
            way = 2 * depth + 2 * latency
            assert brake.cycles == (tokens - 1) // (depth + capacity) * (way + 1)
            assert cycles(spec) <= brake.cycles + 2 * (way + 1) + depth


def test_there_are_no_notes_where_a_context_takes_longer() -> None:
    """Half rate on a channel is no loss where each token takes two firings."""
    trips = (500, 2)
    contexts = context("a", trips, (), (push(0, 1),)), context("b", trips, (pop(0, 1),), ())
    assert brakes(section(contexts, (channel(0, 1, 1),))) == []
