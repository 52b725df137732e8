"""What is said before a run, and of a deadlock after it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from token_sections import channel, context, fork_and_join, pop, push, section

from rdu.simulator.deadlock import standstill
from rdu.simulator.deadlock.foresight import foresee
from rdu.simulator.deadlock.places import Places
from rdu.simulator.deadlock.remedy import Remedy, Verdict, find_remedy
from rdu.simulator.deadlock.report import deadlock_error
from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.result import Deadlock
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import ExitCode, SourceLocation
from rdu.targets import load_machine


def places(spec: ElaboratedSection, **fifo: int) -> Places:
    """Return places that number the channels by line."""
    overrides = {f"fifo.{kind}": depth for kind, depth in fifo.items()}
    return Places(
        file="x.rdu",
        channels=tuple(SourceLocation("x.rdu", n + 1, 5) for n in range(len(spec.channels))),
        kinds=tuple(channel.kind for channel in spec.channels),
        machine=load_machine("plasticine", overrides),
    )


def report(spec: ElaboratedSection, remedy: Remedy) -> str:
    outcome = NativeEngine().run(spec, [])
    assert isinstance(outcome, Deadlock)
    failure = deadlock_error(spec, outcome, remedy, places(spec, control=64))
    assert failure.exit_code is ExitCode.DEADLOCK
    return failure.render()


def test_a_warning_names_the_channel_and_the_room_it_needs() -> None:
    spec = fork_and_join(40, 4, level=0)
    (warning,) = foresee(spec, places(spec, control=16))
    assert warning.render().splitlines() == [
        "x.rdu:2:5: warning: section 'tokens' is going to deadlock: expected capacity 34 on "
        "'0 -> 2', got 4",
        "x.rdu:2:5: note: 'fork' stops after 10 firings: no room on '0 -> 2'",
        "x.rdu:3:5: note: 'join' stops after 0 firings: no token on '1 -> 2'",
        "x.rdu:1:5: note: 'middle' stops after 10 firings: no token on '0 -> 1'",
        "x.rdu:2:5: note: machine 'plasticine' has control FIFOs of 16 tokens only, not of 34",
        "hint: capacity 34 instead of 4 on '0 -> 2'",
    ]


def test_a_circle_without_tokens_is_said_to_be_hopeless() -> None:
    spec = fork_and_join(5, 4)
    backwards = replace(spec.channels[1], source=2, sink=0, name="2 -> 0")
    fork, middle, join = spec.contexts
    contexts = (
        replace(fork, inputs=join.inputs[:1], outputs=fork.outputs[:1], registers=("i1", "i32")),
        middle,
        replace(join, inputs=join.inputs[1:], outputs=fork.outputs[1:]),
    )
    spec = replace(
        spec, contexts=contexts, channels=(spec.channels[0], backwards, spec.channels[2])
    )
    (warning,) = foresee(spec, places(spec))
    assert "expected a token on '2 -> 0' to start with, got none" in warning.message
    assert "no capacities help: each of" in warning.render()
    said = report(spec, find_remedy(spec, [], NativeEngine(), {}))
    assert "a circular wait of 3 contexts" in said
    assert "no capacities help" in said
    assert "hint" not in said


def test_where_the_room_was_not_found_the_warning_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = fork_and_join(10**6, 4, level=0)
    monkeypatch.setattr(standstill, "STEPS", 8)
    (warning,) = foresee(spec, places(spec))
    assert warning.message.endswith("expected more room on '0 -> 2', got 4")
    assert warning.hint is None


def test_a_slow_channel_is_noted() -> None:
    spec = fork_and_join(1000, 4)
    (note,) = foresee(spec, places(spec))
    assert note.render().splitlines() == [
        "x.rdu:2:5: note: channel '0 -> 2' holds section 'tokens' back: expected capacity 9, got 4",
        "note: at least 1485 cycles, where no context fires above 1000 times",
    ]


def test_nothing_is_said_of_a_section_at_full_rate() -> None:
    spec = fork_and_join(1000, 16)
    assert foresee(spec, places(spec)) == []


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (Verdict.LEAST, "none of them can be lowered alone"),
        (Verdict.SUFFICIENT, "lower ones may do"),
        (Verdict.COUNTED, "it was not run again"),
    ],
)
def test_a_report_claims_what_was_run(verdict: Verdict, said: str) -> None:
    text = report(fork_and_join(40, 4, level=0), Remedy(verdict, {1: 34}))
    assert said in text
    assert text.endswith("hint: capacity 34 instead of 4 on '0 -> 2'")


def test_a_report_shows_the_wait_that_counts() -> None:
    """The middle has tokens for the tap that find no room, but may fire: it lacks a token."""
    tokens = 40
    spec = section(
        (
            context("fork", (tokens,), (), (push(0), push(1))),
            context("middle", (tokens,), (pop(0),), (push(2, 0), push(3))),
            context("join", (tokens,), (pop(1), pop(2, 0)), (push(4),)),
            context("tap", (tokens,), (pop(3), pop(4)), ()),
        ),
        (
            channel(0, 1, 16),
            channel(0, 2, 1),
            channel(1, 2, 16),
            channel(1, 3, 2),
            channel(2, 3, 16),
        ),
    )
    text = report(spec, Remedy(Verdict.UNKNOWN, {}))
    assert text.splitlines()[1:] == [
        "x.rdu:2:5: note: 'fork' waits for room on '0 -> 2' holding 1 of 1",
        "x.rdu:3:5: note: 'join' waits for a token on '1 -> 2' holding 0 of 16",
        "x.rdu:1:5: note: 'middle' waits for a token on '0 -> 1' holding 0 of 16",
        "note: capacities that let it finish were not found in reasonable time",
    ]
