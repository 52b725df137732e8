"""What the native engine refuses, and how it stops."""

from __future__ import annotations

import _thread
import threading
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from random_sections import RandomSection
from test_engines_agree import run_both
from token_sections import channel, context, pop, push, section

from rdu.simulator.native_engine import NativeEngine
from rdu.simulator.result import Blocked, Deadlock, SectionResult
from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    Output,
    Sum,
    TierSpec,
)


def storing_section() -> RandomSection:
    """Return a random section that stores to its last tensor."""
    return next(
        made
        for made in map(RandomSection, map(Random, range(100)))
        if made.contexts[-1].kind == "store"
    )


def ring(firings: int, *, init: int) -> ElaboratedSection:
    """Return two contexts that pass control tokens round in a ring of two channels."""
    contexts = tuple(
        ContextSpec(
            name=name,
            kind="compute",
            levels=(Level(0, firings, 1, 1, firings),),
            vector_level=0,
            repeat=1,
            depth=2,
            inputs=(Input("from", other, 1, "control", None),),
            outputs=(Output("to", (number,), 1, "control", None, -1),),
            constants=(),
            steps=(),
            registers=("i1", "i32"),
            access=None,
            source=None,
        )
        for number, (name, other) in enumerate((("a", 1), ("b", 0)))
    )
    channels = (
        ChannelSpec("a -> b", "control", 2, 0, 1, 0, 1),
        ChannelSpec("b -> a", "control", 2, init, 1, 1, 0),
    )
    tier = TierSpec("dram", 1, 64, 1, 1, 1)
    return ElaboratedSection("ring", 16, 16, contexts, channels, (), (), (tier,))


def test_a_ring_without_tokens_deadlocks() -> None:
    outcome = run_both(ring(5, init=0), [])
    assert outcome == Deadlock(0, (Blocked(0, 1, "empty"), Blocked(1, 0, "empty")), (0, 0))


def test_the_oldest_firing_in_flight_says_what_is_full() -> None:
    """Firing 1 has left a token on channel 0, but none on channel 1; firing 2 none on either."""
    spec = section(
        (
            context("fork", (5,), (), (push(0), push(1)), depth=3),
            context("sink", (5,), (pop(0), pop(1), pop(2)), (push(2),)),
        ),
        (channel(0, 1, 2), channel(0, 1, 1), channel(1, 1, 1)),
    )
    outcome = run_both(spec, [])
    assert outcome == Deadlock(4, (Blocked(0, 1, "full"), Blocked(1, 2, "empty")), (2, 1, 0))


def test_a_ring_with_a_token_turns() -> None:
    outcome = run_both(ring(5, init=1), [])
    assert isinstance(outcome, SectionResult)
    assert outcome.cycles == 4 * 2 * (2 + 1) + (2 + 1) + 2


def test_an_array_of_the_wrong_size_is_refused() -> None:
    made = storing_section()
    made.arrays[-1] = made.arrays[-1][:-1].copy()
    with pytest.raises(ValueError, match=r"tensor 't\d+': expected \d+ elements of"):
        NativeEngine().run(made.section, made.arrays)


def test_an_array_of_the_wrong_type_is_refused() -> None:
    made = storing_section()
    made.arrays[-1] = made.arrays[-1].astype(np.float64)
    with pytest.raises(ValueError, match=r"tensor 't\d+': expected \d+ elements of"):
        NativeEngine().run(made.section, made.arrays)


def test_a_store_to_a_read_only_array_is_refused() -> None:
    made = storing_section()
    for array in made.arrays:
        array.setflags(write=False)
    with pytest.raises(ValueError, match="stores to a read-only array"):
        NativeEngine().run(made.section, made.arrays)


def test_an_address_outside_of_a_tensor_is_refused() -> None:
    made = storing_section()
    context = made.contexts[-1]
    assert context.access is not None
    access = replace(context.access, constant=-1, coefficients=(0, 0, 0))
    made.contexts[-1] = replace(context, access=access)
    with pytest.raises(ValueError, match="accesses words -1 to -1 of"):
        NativeEngine().run(made.section, made.arrays)


def test_a_run_can_be_interrupted() -> None:
    endless = ring(10**12, init=1)
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        NativeEngine().run(endless, [])
    timer.join()


def test_progress_is_told_now_and_then() -> None:
    told: list[tuple[int, int]] = []

    def tell(firings: int, cycle: int) -> None:
        told.append((firings, cycle))

    NativeEngine().run(ring(3 * 10**6, init=1), [], progress=tell)
    assert told
    for firings, cycle in told:
        assert 0 < firings <= 2 * 3 * 10**6
        # Each firing waits for the other context's.
        assert abs(cycle - firings * (2 + 1)) <= 2 * 10**5


def test_progress_may_stop_a_run() -> None:
    def stop(_firings: int, _cycle: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        NativeEngine().run(ring(10**12, init=1), [], progress=stop)


def test_contexts_that_data_rules_can_be_interrupted() -> None:
    section = ring(10**12, init=1)
    twisted = replace(section.contexts[0], repeat=-1)
    endless = replace(section, contexts=(twisted, section.contexts[1]))
    timer = threading.Timer(0.2, _thread.interrupt_main)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        NativeEngine().run(endless, [])
    timer.join()


def test_an_address_that_nothing_guards_is_refused() -> None:
    made = storing_section()
    context = made.contexts[-1]
    assert context.access is not None
    access = replace(context.access, constant=-1, coefficients=(0, 0, 0), back=Sum(1))
    made.contexts[-1] = replace(context, access=access)
    with pytest.raises(ValueError, match="accesses word -1 of"):
        NativeEngine().run(made.section, made.arrays)
