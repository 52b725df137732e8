"""Every sparse primitive on random streams: its tokens are those of `rdu.semantics.sparse`.

Both engines run it, on channels of any capacity; all that they report is the same.
"""

from __future__ import annotations

from random import Random

import pytest
from every_case import EVERY, place
from hypothesis import event, given, settings
from hypothesis import strategies as st
from primitive_cases import Case
from stream_bench import Bench
from vector_cases import VECTOR_CASES

from rdu.configuration.sparse import FORMS
from rdu.simulator.result import Deadlock


@pytest.mark.parametrize("kind", EVERY)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_streams_are_those_of_the_rules(kind: str, seed: int) -> None:
    random = Random(seed)
    check(EVERY[kind](random), random)


@pytest.mark.parametrize("kind", VECTOR_CASES)
@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_lanes_are_those_of_scalars(kind: str, seed: int) -> None:
    random = Random(seed)
    check(VECTOR_CASES[kind](random), random)


def check(case: Case, random: Random) -> None:
    bench = Bench(random.choice((None, random, random)))
    outputs = place(bench, case, case.inputs)
    for wire, stream in zip(outputs, case.outputs, strict=True):
        bench.check(wire, stream.tokens, stream.depth)
    run = bench.run_and_check()
    event(type(run.outcome).__name__)
    if not isinstance(run.outcome, Deadlock):
        for number, stream in enumerate(case.outputs):
            assert run.tokens(f"{case.kind}.out{number}") == stream.tokens


def test_every_primitive_is_tried() -> None:
    writers = {"scatter", "write_fibers", "write_values"}
    assert set(EVERY) | writers | {"skip_lookup"} == set(FORMS)


def test_every_primitive_that_takes_vectors_is_tried_on_them() -> None:
    writers = {"scatter", "write_values"}
    wide = {word for word, form in FORMS.items() if form.vectors}
    assert set(VECTOR_CASES) | writers == wide
