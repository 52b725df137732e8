"""Token counts say before a run exactly whether it deadlocks."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from random_sections import RandomSection
from token_sections import channel, context, fork_and_join, pop, push, random_section, section

from rdu.simulator import counts
from rdu.simulator.counts import (
    UnsettledError,
    counts_are_static,
    firings,
    given_capacities,
    parts,
    standstill,
)
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.result import Blocked, Deadlock
from rdu.simulator.specification import ElaboratedSection, Level, When


def stands_still(spec: ElaboratedSection) -> bool:
    capacities = given_capacities(spec)
    return any(standstill(part, capacities) for part in parts(spec))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**64 - 1))
def test_counts_tell_a_deadlock_of_control_tokens(seed: int) -> None:
    spec = random_section(Random(seed))
    outcome = NativeEngine().run(spec, [])
    event(type(outcome).__name__)
    assert stands_still(spec) == isinstance(outcome, Deadlock)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**64 - 1), st.booleans())
def test_a_standstill_by_counts_is_a_deadlock(seed: int, tight: bool) -> None:
    """Of memories and tensors too, whose loads may have fewer firings in flight than counted."""
    made = RandomSection(Random(seed))
    spec = made.section
    if tight:
        channels = (replace(c, capacity=1) if c.kind != "control" else c for c in spec.channels)
        spec = replace(spec, channels=tuple(channels))
    if stands_still(spec):
        event("stands still")
        outcome = NativeEngine().run(spec, [array.copy() for array in made.arrays])
        assert isinstance(outcome, Deadlock)


@pytest.mark.parametrize("tokens", [10, 40, 1000])
def test_a_join_that_waits_for_a_sum_needs_room_for_what_is_summed(tokens: int) -> None:
    """Beside the tokens in its FIFO, as many wait inside of the fork as it has firings in flight.

    The fork's last firing starts when firing `tokens - 6` has retired: that one's token has room.
    """
    depth = 6
    (part,) = parts(fork_and_join(tokens, 1, level=0, depth=depth))
    assert standstill(part, {0: 16, 1: tokens - depth, 2: 16}) is None
    stopped = standstill(part, {0: 16, 1: tokens - depth - 1, 2: 16})
    assert stopped is not None
    assert set(stopped.cycle) == {
        Blocked(0, 1, "full"),
        Blocked(1, 0, "empty"),
        Blocked(2, 2, "empty"),
    }
    assert stopped.fired == {0: tokens - 1, 1: tokens - 1, 2: 0}


def test_one_round_stands_for_all() -> None:
    """A million rows, each a fork with a sum: counting is done after the first."""
    rows, columns = 10**6, 10
    trips = (rows, columns)
    spec = section(
        (
            context("fork", trips, (), (push(0, 2), push(1, 2))),
            context("sum", trips, (pop(0, 2),), (push(2, 1),)),
            context("join", trips, (pop(1, 2), pop(2, 1)), ()),
        ),
        (channel(0, 1, 4), channel(0, 2, 4), channel(1, 2, 4)),
    )
    (part,) = parts(spec)
    assert part.round == {0: columns, 1: columns, 2: columns}
    assert standstill(part, {0: 4, 1: 4, 2: 4}) is None
    assert standstill(part, {0: 4, 1: 3, 2: 4}) is not None


def test_a_tree_has_no_parts() -> None:
    spec = section(
        (
            context("a", (5,), (), (push(0), push(1))),
            context("b", (5,), (pop(0),), ()),
            context("c", (5,), (pop(1),), ()),
        ),
        (channel(0, 1, 1), channel(0, 2, 1)),
    )
    assert parts(spec) == ()


def test_circles_that_share_no_channel_are_parts_of_their_own() -> None:
    contexts = (
        context("a", (5,), (pop(1),), (push(0), push(2))),
        context("b", (5,), (pop(0),), (push(1),)),
        context("c", (5,), (pop(2), pop(4)), (push(3),)),
        context("d", (5,), (pop(3),), (push(4),)),
    )
    channels = (
        channel(0, 1, 2),
        channel(1, 0, 2, init=1),
        channel(0, 2, 2),
        channel(2, 3, 2),
        channel(3, 2, 2, init=1),
    )
    found = parts(section(contexts, channels))
    assert [[link.channel for link in part.links] for part in found] == [[0, 1], [3, 4]]


def test_counting_gives_up_after_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    (part,) = parts(fork_and_join(10**9, 16))
    assert part.round[0] == 1
    long = replace(part, round=dict.fromkeys(part.round, 10**9))
    monkeypatch.setattr(counts, "STEPS", 100)
    with pytest.raises(UnsettledError):
        standstill(long, {0: 16, 1: 16, 2: 16})


def test_what_data_decides_is_left_out() -> None:
    """Channels at contexts without static counts count as if they always had tokens and room."""
    spec = fork_and_join(40, 1, level=0)
    middle = spec.contexts[1]
    unknown = (
        replace(middle, kind="filter"),
        replace(middle, repeat=-1),
        replace(middle, levels=(Level(0, 0, 1, 1, -1),)),
        replace(middle, inputs=(replace(middle.inputs[0], stream=True),)),
        replace(middle, outputs=(replace(middle.outputs[0], when=When("first", 1)),)),
    )
    assert stands_still(spec)
    for context_ in unknown:
        assert not counts_are_static(context_)
        assert firings(context_) == 0
        contexts = (spec.contexts[0], context_, spec.contexts[2])
        assert parts(replace(spec, contexts=contexts)) == ()
