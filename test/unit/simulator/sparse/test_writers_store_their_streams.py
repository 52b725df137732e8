"""Writers on random streams: they store what `rdu.semantics.sparse` says, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
from every_case import source
from hypothesis import given, settings
from hypothesis import strategies as st
from primitive_cases import Stream
from random_trees import DTYPES, beside, coordinates, rising, under
from stream_bench import Bench
from vector_cases import vectors

from rdu.semantics import sparse
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.tokens import EMPTY, is_payload
from rdu.simulator.result import Deadlock

seeds = st.integers(0, 2**64 - 1)


def run_writer(
    kind: str,
    inputs: Sequence[Stream],
    stored: Sequence[Sequence[Any]],
    dtype: DType,
    random: Random,
    **details: Any,
) -> None:
    """Run a writer; `stored` is what its tensors must hold, behind which they have a word more."""
    bench = Bench(random.choice((None, random, random)))
    wires = [source(bench, stream) for stream in inputs]
    tensors = tuple(bench.tensor([0] * (len(words) + 1), dtype) for words in stored)
    bench.test(kind, wires, tensors=tensors, dtype=dtype, **details)
    run = bench.run()
    if isinstance(run.outcome, Deadlock):
        return
    assert run.result.contexts
    for number, words in zip(tensors, stored, strict=True):
        expected = np.array([*words, 0]).astype(NUMPY[dtype])
        np.testing.assert_array_equal(run.arrays[number], expected)


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from((2, 3, 7)))
def test_scatter_of_vectors(seed: int, lanes: int) -> None:
    random = Random(seed)
    depth, dtype = random.randint(0, 2), random.choice(DTYPES)
    refs = [t % 10 if is_payload(t) else t for t in coordinates(random, depth)]
    values = vectors(random, refs, dtype, lanes)
    stored = {r: v for r, v in zip(refs, values, strict=True) if is_payload(r)}
    words = [word for n in range(10) for word in stored.get(n, (0,) * lanes)]
    inputs = [Stream(refs, depth), Stream(values, depth, dtype, lanes)]
    run_writer("scatter", inputs, [words], dtype, random, storage="values", lanes=lanes)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_scatter(seed: int) -> None:
    random = Random(seed)
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    refs = beside(random, coordinates(random, depth), "i32")
    values = beside(random, refs, dtype)
    stored = sparse.store(0, refs, values)
    words = [stored.get(n, 0) for n in range(10)]
    inputs = [Stream(refs, depth), Stream(values, depth, dtype)]
    run_writer("scatter", inputs, [words], dtype, random, storage="values")


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_write_values(seed: int) -> None:
    random = Random(seed)
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    crds = coordinates(random, depth)
    values = beside(random, crds, dtype)
    words = sparse.write_values(0, values, crds)
    inputs = [Stream(values, depth, dtype), Stream(crds, depth)]
    run_writer("write_values", inputs, [words], dtype, random, storage="values")


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_write_fibers(seed: int) -> None:
    random = Random(seed)
    depth = random.randint(0, 2)
    outer = coordinates(random, depth)

    def fiber(crd: Any) -> list[Any]:
        return [EMPTY] if crd is EMPTY else rising(random, 20)

    crds = under(random, outer, 1, fiber)
    segments, stored = sparse.write_fibers(crds, outer)
    assert len(segments) == sum(map(is_payload, outer)) + 1
    inputs = [Stream(crds, depth + 1), Stream(outer, depth)]
    run_writer("write_fibers", inputs, [segments, stored], "i32", random, storage="compressed")
