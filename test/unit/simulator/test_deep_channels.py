"""Channels so deep that the native engine's rings start smaller, grow with use and forget slots."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from random_fabric import with_deep_channels
from random_sections import RandomSection
from test_engines_agree import run_both


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_the_engines_agree_on_deep_channels(seed: int) -> None:
    random = Random(seed)
    made = RandomSection(random, longest=400)
    run_both(with_deep_channels(made.section, random), made.arrays)
