"""Primitives whose tensors lie in a tier that serves bursts: what they ask for, and when."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
import pytest
from every_case import EVERY, place
from hypothesis import event, given, settings
from hypothesis import strategies as st
from primitive_cases import Stream
from random_trees import DTYPES, beside, coordinates, rising, under
from stream_bench import Bench, Tokens
from traced_engines import Run
from vector_cases import array, vectors

from rdu.semantics import sparse
from rdu.semantics.dtypes import NUMPY
from rdu.semantics.tokens import DONE, EMPTY, Stop, is_payload
from rdu.simulator.result import Deadlock
from rdu.simulator.specification import TierSpec

WORDS = 16
LATENCY = 40
DRAM = TierSpec("dram", 1, 64, 1, 1, LATENCY)
RESPONSE = 1 + LATENCY
seeds = st.integers(0, 2**64 - 1)


def tiers(random: Random) -> TierSpec:
    """Return a tier with bursts of one word and more, several channels, rows."""
    burst, channels = random.choice((4, 8, 16, 64)), random.choice((1, 2, 3))
    rows = random.choice(((0, 1, 0), (2, 2, 17)))
    rate = random.choice((1, 3)), random.choice((1, 2))
    return TierSpec("dram", channels, burst, *rate, random.choice((1, 9, 60)), *rows)


LOADS = {**{kind: EVERY[kind] for kind in ("array", "bounds", "fetch")}, "vectors": array}


@pytest.mark.parametrize("kind", LOADS)
@settings(max_examples=80, deadline=None)
@given(seed=seeds)
def test_loads_are_those_of_the_rules(kind: str, seed: int) -> None:
    random = Random(seed)
    case = LOADS[kind](random)
    case.details["requests"] = True
    bench = Bench(random.choice((None, random)), 1, tiers(random), random.choice((1, 2, 5, 16)))
    outputs = place(bench, case, case.inputs)
    for wire, stream in zip(outputs, case.outputs, strict=True):
        bench.check(wire, stream.tokens, stream.depth)
    run = bench.run_and_check()
    event(type(run.outcome).__name__)


@settings(max_examples=80, deadline=None)
@given(seeds)
def test_values_written_are_those_of_the_rules(seed: int) -> None:
    random = Random(seed)
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    crds = coordinates(random, depth)
    values = beside(random, crds, dtype)
    scatters = random.random() < 0.5
    if scatters:
        crds = beside(random, crds, "i32")
        values = beside(random, crds, dtype)
        known = sparse.store(0, crds, values)
        words = [known.get(n, 0) for n in range(10)]
        inputs = [Stream(crds, depth), Stream(values, depth, dtype)]
    else:
        words = sparse.write_values(0, values, crds)
        inputs = [Stream(values, depth, dtype), Stream(crds, depth)]
    kind = "scatter" if scatters else "write_values"
    check_written(random, kind, inputs, [words], storage="values", dtype=dtype)


@settings(max_examples=80, deadline=None)
@given(seeds)
def test_vectors_written_are_those_of_the_rules(seed: int) -> None:
    random = Random(seed)
    depth, dtype, lanes = random.randint(0, 3), random.choice(DTYPES), random.choice((2, 3, 5, 8))
    crds = coordinates(random, depth)
    scatters = random.random() < 0.5
    if scatters:
        crds = beside(random, crds, "i32")
    values = vectors(random, crds, dtype, lanes)
    of_values = Stream(values, depth, dtype, lanes)
    zero = (0,) * lanes
    if scatters:
        known = sparse.store(zero, crds, values)
        stored = [known.get(n, zero) for n in range(10)]
        inputs = [Stream(crds, depth), of_values]
    else:
        stored = sparse.write_values(zero, values, crds)
        inputs = [of_values, Stream(crds, depth)]
    words = [word for vector in stored for word in vector]
    kind = "scatter" if scatters else "write_values"
    check_written(random, kind, inputs, [words], storage="values", dtype=dtype, lanes=lanes)


@settings(max_examples=80, deadline=None)
@given(seeds)
def test_fibers_written_are_those_of_the_rules(seed: int) -> None:
    random = Random(seed)
    depth = random.randint(0, 2)
    outer = coordinates(random, depth)
    crds = under(random, outer, 1, lambda c: [EMPTY] if c is EMPTY else rising(random, 20))
    inputs = [Stream(crds, depth + 1), Stream(outer, depth)]
    stored = sparse.write_fibers(crds, outer)
    check_written(random, "write_fibers", inputs, stored, storage="compressed")


def check_written(
    random: Random,
    kind: str,
    inputs: Sequence[Stream],
    stored: Sequence[Sequence[Any]],
    **details: Any,
) -> None:
    """Run a writer that asks for bursts; `stored` is what its tensors have to hold."""
    bench = Bench(random.choice((None, random)), 1, tiers(random), random.choice((1, 2, 5, 16)))
    wires = [
        bench.source(stream.tokens, stream.depth, stream.dtype)
        if stream.lanes == 1
        else bench.vectors(stream.tokens, stream.depth, stream.dtype, stream.lanes)
        for stream in inputs
    ]
    dtype = details.get("dtype", "i32")
    tensors = tuple(bench.tensor([0] * (len(words) + 1), dtype) for words in stored)
    bench.test(kind, wires, tensors=tensors, requests=True, **details)
    run = bench.run()
    if isinstance(run.outcome, Deadlock):
        return
    for number, words in zip(tensors, stored, strict=True):
        expected = np.array([*words, 0]).astype(NUMPY[dtype])
        np.testing.assert_array_equal(run.arrays[number], expected)


# -- times -----------------------------------------------------------------------------------------


def load(refs: Tokens, outstanding: int = 16, tier: TierSpec = DRAM) -> tuple[Run, list[int]]:
    """Load values at references; return the run, and when each reference arrives."""
    bench = Bench(tier=tier, outstanding=outstanding)
    stream = bench.source([*refs, Stop(0), DONE], 1)
    tensors = (bench.tensor(range(200)),)
    (out,) = bench.test(
        "array", [stream], ["i32"], storage="values", tensors=tensors, requests=True
    )
    bench.check(out, [*refs, Stop(0), DONE], 1)
    run = bench.run_and_check()
    channel = bench.contexts[stream.context].outputs[stream.port].channels[0]
    pushes = next(pushes for (_, number), pushes in run.pushes.items() if number == channel)
    return run, [time + 1 for time, _ in pushes]


def bursts(refs: Tokens) -> int:
    """Return how often the burst of references changes."""
    homes = [ref // WORDS for ref in refs if is_payload(ref)]
    return sum(a != b for a, b in zip(homes, [-1, *homes], strict=False))


def test_references_in_order_ask_for_each_burst_once() -> None:
    """The latency is waited for once; then a token leaves each cycle."""
    refs = list(range(100))
    run, arrivals = load(refs)
    assert [time for time, _ in run.left("array.out0")] == [
        arrivals[0] + RESPONSE + n for n in range(len(refs) + 2)
    ]
    assert run.result.tiers[0].bursts == bursts(refs) == 7
    assert run.result.tiers[0].loaded_bytes == 7 * 64


def test_references_at_a_stride_are_limited_by_what_is_outstanding() -> None:
    """With B bursts in flight, B words leave in a response's time."""
    refs = [WORDS * n for n in range(12)]
    run, arrivals = load(refs, outstanding=3)
    left = [time for time, _ in run.left("array.out0")]
    first = arrivals[0] + RESPONSE
    assert left[:12] == [first + n % 3 + RESPONSE * (n // 3) for n in range(12)]
    assert run.result.tiers[0].bursts == 12
    assert run.context("array").memory == 3 * (RESPONSE - 3)


def test_the_last_burst_is_kept_and_no_other() -> None:
    refs = [0, 5, 16, 3, 3, 17]
    run, _ = load(refs)
    assert run.result.tiers[0].bursts == bursts(refs) == 4


def test_tokens_in_flight_are_no_more_than_the_words_of_the_bursts() -> None:
    """References to one word wait for room where nobody takes what they load."""
    bench = Bench(outstanding=2, tier=TierSpec("dram", 1, 8, 1, 1, LATENCY))
    stream = bench.source([*[0] * 9, Stop(0), DONE], 1)
    tensors = (bench.tensor([7]),)
    (out,) = bench.test(
        "array", [stream], ["i32"], storage="values", tensors=tensors, requests=True
    )
    bench.check(out, [*[7] * 9, Stop(0), DONE], 1)
    run = bench.run_and_check()
    channel = bench.contexts[stream.context].outputs[stream.port].channels[0]
    arrived = next(p for (_, number), p in run.pushes.items() if number == channel)[0][0] + 1
    # 2 bursts of 2 words: the fifth waits for the retirement of the first.
    left = [time for time, _ in run.left("array.out0")]
    assert left[:9] == [arrived + RESPONSE + n for n in range(9)]
    assert run.result.tiers[0].bursts == 1
    assert run.context("array").memory == RESPONSE - 4


def test_neighbours_in_two_bursts_ask_for_both() -> None:
    bench = Bench(tier=DRAM)
    stream = bench.source([14, 15, 16, Stop(0), DONE], 1)
    tensors = (bench.tensor(range(40)),)
    outs = bench.test(
        "bounds", [stream], ["i32"] * 2, storage="segments", tensors=tensors, requests=True
    )
    for n, out in enumerate(outs):
        bench.check(out, [14 + n, 15 + n, 16 + n, Stop(0), DONE], 1)
    run = bench.run_and_check()
    assert run.result.tiers[0].bursts == 2


def test_stores_gather_the_words_of_a_burst() -> None:
    """A burst goes when a word of another one comes, and the last one with done."""
    bench = Bench(tier=DRAM)
    values = [3 * n for n in range(40)]
    stream = bench.source([*values, Stop(0), DONE], 1)
    target = bench.tensor([0] * 40)
    bench.test("write_values", [stream, stream], storage="values", tensors=(target,), requests=True)
    run = bench.run()
    assert run.arrays[target].tolist() == values
    assert run.result.tiers[0].bursts == 3
    assert run.result.tiers[0].stored_bytes == 3 * 64
    channel = bench.contexts[stream.context].outputs[stream.port].channels[0]
    done = next(p for (_, number), p in run.pushes.items() if number == channel)[-1][0] + 1
    assert run.context("write_values").lifetime == done + RESPONSE


def test_a_store_that_comes_back_to_a_burst_asks_again() -> None:
    bench = Bench(tier=DRAM)
    refs = bench.source([0, 1, 16, 2, 2, Stop(0), DONE], 1)
    values = bench.source([5, 6, 7, 8, 9, Stop(0), DONE], 1)
    target = bench.tensor([0] * 20)
    bench.test("scatter", [refs, values], storage="values", tensors=(target,), requests=True)
    run = bench.run()
    assert run.arrays[target].tolist() == [5, 6, 9, *[0] * 13, 7, 0, 0, 0]
    assert run.result.tiers[0].bursts == 3


@pytest.mark.parametrize(("lanes", "asked"), [(2, 1), (5, 3), (8, 4)])
def test_a_vector_asks_for_each_burst_that_its_lanes_lie_in(lanes: int, asked: int) -> None:
    """Of 5 lanes the fourth vector begins in one burst and ends in the next one."""
    bench = Bench(tier=DRAM)
    count = 8
    refs = bench.source([*range(count), Stop(0), DONE], 1)
    stored = bench.tensor(range(count * lanes))
    details = {"storage": "values", "tensors": (stored,), "lanes": lanes, "requests": True}
    (out,) = bench.test("array", [refs], ["i32"], [lanes], **details)
    made = [tuple(range(n * lanes, (n + 1) * lanes)) for n in range(count)]
    bench.check(out, [*made, Stop(0), DONE], 1)
    run = bench.run_and_check()
    assert run.result.tiers[0].loaded_bytes == 64 * asked


def test_a_vector_that_is_stored_may_end_a_burst_and_begin_one() -> None:
    """Of 20 vectors of 5 lanes, 100 words lie in 7 bursts, each of which is stored once."""
    bench = Bench(tier=DRAM)
    lanes, count = 5, 20
    made = [tuple(range(n * lanes, (n + 1) * lanes)) for n in range(count)]
    values = bench.vectors([*made, Stop(0), DONE], 1, "i32", lanes)
    crds = bench.source([*range(count), Stop(0), DONE], 1)
    target = bench.tensor([0] * (count * lanes))
    details = {"storage": "values", "tensors": (target,), "lanes": lanes, "requests": True}
    bench.test("write_values", [values, crds], **details)
    run = bench.run()
    assert run.arrays[target].tolist() == list(range(count * lanes))
    assert run.result.tiers[0].stored_bytes == 7 * 64
