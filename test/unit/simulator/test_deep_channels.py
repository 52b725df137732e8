"""Channels so deep that the native engine's rings start smaller, grow with use and forget slots."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_fabric import with_deep_channels
from random_sections import RandomSection
from test_engines_agree import run_both

from rdu.simulator.result import SectionResult
from rdu.simulator.specification import (
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    Output,
    TierSpec,
)

NAMES = ("producer", "consumer")


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_the_engines_agree_on_deep_channels(seed: int) -> None:
    random = Random(seed)
    made = RandomSection(random, longest=300)
    run_both(with_deep_channels(made.section, random), made.arrays)


@pytest.mark.parametrize("capacity", [300, 3000, 5000, 10_000])
def test_a_deep_channel_fills_up_before_a_slow_consumer(capacity: int) -> None:
    """A consumer that passes itself a token fires every d + l = 4 cycles.

    The first token arrives at d + l = 4. The channel fills up, since its producer fires every
    cycle until it does, unless all tokens have left before; the consumer never waits again.
    """
    firings = 9000
    outcome = run_both(_section(firings, capacity, slow="consumer"), [])
    assert isinstance(outcome, SectionResult)
    assert outcome.cycles == 4 + 4 * (firings - 1) + 1
    deep = next(c for c in outcome.channels if c.name == "producer -> consumer")
    # By the time the last of n tokens leaves, n / 4 are popped.
    assert deep.high_water == min(capacity, firings - (firings + 3 - 4) // 4)


@pytest.mark.parametrize("capacity", [300, 3000, 5000, 10_000])
def test_a_deep_channel_stays_empty_behind_a_slow_producer(capacity: int) -> None:
    """The producer fires every 4 cycles; the consumer pops a token 4 cycles later."""
    firings = 9000
    outcome = run_both(_section(firings, capacity, slow="producer"), [])
    assert isinstance(outcome, SectionResult)
    assert outcome.cycles == 4 * (firings - 1) + 4 + 1
    assert [c.high_water for c in outcome.channels] == [1, 1]


def _section(firings: int, capacity: int, *, slow: str) -> ElaboratedSection:
    """Return a producer and a consumer, one of which passes itself a token."""
    takes: dict[str, list[Input]] = {name: [] for name in NAMES}
    gives: dict[str, list[Output]] = {name: [] for name in NAMES}
    takes["consumer"].append(Input("from", 0, 1, "control", None))
    gives["producer"].append(Output("to", (0,), 1, "control", None, -1))
    takes[slow].append(Input("token", 1, 1, "control", None))
    gives[slow].append(Output("next", (1,), 1, "control", None, -1))
    contexts = tuple(
        ContextSpec(
            name=name,
            kind="compute",
            levels=(Level(0, firings, 1, 1, firings),),
            vector_level=0,
            repeat=1,
            depth=1,
            inputs=tuple(takes[name]),
            outputs=tuple(gives[name]),
            constants=(),
            steps=(),
            registers=("i1",) * len(takes[name]) + ("i32",),
            access=None,
            source=None,
        )
        for name in NAMES
    )
    own = NAMES.index(slow)
    channels = (
        ChannelSpec("producer -> consumer", "control", capacity, 0, 3, 0, 1),
        ChannelSpec(f"{slow} -> {slow}", "control", 2, 1, 3, own, own),
    )
    tier = TierSpec("dram", 1, 64, 1, 1, 1)
    return ElaboratedSection("deep", 4, 16, contexts, channels, (), (), (tier,))
