"""Token counts say before a run exactly whether it deadlocks."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from random_sections import RandomSection
from token_sections import channel, context, fork_and_join, pop, push, random_section, section

from rdu.simulator.deadlock import standstill as module
from rdu.simulator.deadlock.counts import parts
from rdu.simulator.deadlock.standstill import UnsettledError, given_capacities, standstill
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.python_engine.engine import PythonEngine
from rdu.simulator.result import Blocked, Deadlock
from rdu.simulator.specification import ElaboratedSection


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
        outcome = PythonEngine().run(spec, [array.copy() for array in made.arrays])
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


def test_counting_gives_up_after_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    (part,) = parts(fork_and_join(10**9, 16))
    assert part.round[0] == 1
    long = replace(part, round=dict.fromkeys(part.round, 10**9))
    monkeypatch.setattr(module, "STEPS", 5)
    with pytest.raises(UnsettledError):
        standstill(long, {0: 16, 1: 16, 2: 16})


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(1, 40))
def test_skipping_what_repeats_changes_nothing(seed: int, times: int) -> None:
    """Rounds are made longer here, which gives them something to repeat."""
    spec = random_section(Random(seed))
    capacities = given_capacities(spec)
    found: list[object] = []
    for stride in (2, 10**9):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(module, "STRIDE", stride)
            patch.setattr(module, "STEPS", 10**7)
            longer = (
                replace(part, round={c: n * times for c, n in part.round.items()})
                for part in parts(spec)
            )
            found.append([standstill(part, capacities) for part in longer])
    assert found[0] == found[1]


@pytest.mark.parametrize(("room", "finishes"), [(4, True), (3, False)])
def test_a_long_pass_is_counted_to_its_end(room: int, finishes: bool) -> None:
    """A million rows, of which the last circle is short of room; a token goes round once a pass.

    In front of the join wait the 10 tokens of a row, 6 of them in the fork's firings in flight.
    """
    trips = (10**6, 10)
    spec = section(
        (
            context("fork", trips, (), (push(0, 2), push(1, 2), push(3, 0))),
            context("sum", trips, (pop(0, 2),), (push(2, 1),)),
            context("join", trips, (pop(1, 2), pop(2, 1)), (push(4, 0),)),
            context("end", (1,), (pop(3, 0), pop(4, 0)), ()),
        ),
        (
            channel(0, 1, 4),
            channel(0, 2, room),
            channel(1, 2, 4),
            channel(0, 3, 1),
            channel(2, 3, 1),
        ),
    )
    (part,) = parts(spec)
    assert part.round[0] == 10**7
    assert (standstill(part, given_capacities(spec)) is None) == finishes
