"""Intersections that tell lookups where to go on: the same results, whatever is in flight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from primitive_cases import like_each_other
from random_trees import Tokens
from stream_bench import Bench, Wire
from traced_engines import Run

from rdu.semantics import sparse
from rdu.semantics.tokens import EMPTY, is_payload
from rdu.simulator.result import Deadlock

Fibers = list[list[int]]


class Loop(Bench):
    """A bench with walks that an intersection answers."""

    def answer(self, wire: Wire, lookup: int, ahead: int) -> None:
        """Lead answers back to a lookup that may send so many tokens before the first."""
        context = self.contexts[lookup]
        port = len(context.inputs)
        inputs = (*context.inputs, self.connect(wire, lookup, port))
        assert context.sparse is not None
        spec = replace(context.sparse, inputs=(*context.sparse.inputs, port))
        self.contexts[lookup] = replace(context, inputs=inputs, sparse=spec)
        channel = self.channels[-1]
        room = -1 if channel.capacity < 0 else max(channel.capacity, ahead)
        self.channels[-1] = replace(channel, capacity=room, init=ahead)


def intersection(
    refs: Sequence[Tokens],
    depth: int,
    levels: Sequence[Fibers | int],
    told: Sequence[int],
    random: Random | None = None,
    join_depth: int = 1,
) -> Run:
    """Run an intersection of walks, and check what comes out.

    Args:
        refs: references of each side, `depth` deep.
        levels: the fibers of each side; a number is the extent of a dense level.
        told: how many tokens each side may be ahead, 0 where it is a plain lookup.
        random: draws capacities and latencies.
        join_depth: depth of the intersection, if not drawn.
    """
    bench = Loop(random)
    walks: list[list[Wire]] = []
    streams: list[tuple[Tokens, Tokens]] = []
    for stream, level, ahead in zip(refs, levels, told, strict=True):
        kind, source = "skip_lookup" if ahead else "lookup", bench.source(stream, depth)
        if isinstance(level, int):
            details: dict[str, Any] = {"storage": "dense", "extent": level}
            fibers = [list(range(level))] * 6
        else:
            fibers = level
            starts = [sum(map(len, fibers[:n])) for n in range(len(fibers) + 1)]
            parts = starts, [crd for fiber in fibers for crd in fiber]
            details = {"storage": "compressed", "tensors": tuple(map(bench.tensor, parts))}
        walks.append(bench.test(kind, [source], ["i32", "i32"], **details))
        at = [sum(map(len, fibers[:n])) for n in range(len(fibers))]
        streams.append(
            sparse.lookup(
                lambda ref, fibers=fibers, at=at: [
                    (crd, at[ref] + n) for n, crd in enumerate(fibers[ref])
                ],
                stream,
            )
        )
    wires = [walk[part] for part in (0, 1) for walk in walks]
    bench.depth = join_depth
    made = bench.test("intersect", wires, ["i32"] * (1 + len(walks)))
    if any(told):
        answers = bench.test("skip", [walk[0] for walk in walks], ["i32"] * len(walks))
        for walk, answer, ahead in zip(walks, answers, told, strict=True):
            if ahead:
                bench.answer(answer, walk[0].context, ahead)
    crd, out = sparse.intersect(*zip(*streams, strict=True))
    for wire, tokens in zip(made, (crd, *out), strict=False):
        bench.check(wire, tokens, depth + 1)
    run = bench.run_and_check()
    if not isinstance(run.outcome, Deadlock):
        for n, tokens in enumerate((crd, *out)):
            assert run.tokens(f"intersect.out{n}") == tokens
    return run


def long(random: Random, extent: int) -> list[int]:
    """Return a fiber of any density, or a range."""
    if random.random() < 0.2:
        return list(range(random.randrange(extent), extent))
    density = random.choice((0.0, 0.03, 0.3, 1.0))
    return [crd for crd in range(extent) if random.random() < density]


def sides(random: Random) -> tuple[list[Tokens], int, list[Fibers | int]]:
    """Return references that agree, their depth, and levels: absent and empty fibers, all sizes."""
    depth, width, extent = random.randint(0, 2), random.randint(2, 4), random.choice((1, 3, 40))
    if depth == 0:
        refs = [[random.choice((0, 1, 2, 3, 4, 5, EMPTY)), sparse.root()[-1]] for _ in range(width)]
    else:
        shape = like_each_other(random, depth, 1)[0]
        draw = partial_draw(random)
        refs = [[draw() if is_payload(t) else t for t in shape] for _ in range(width)]
    levels: list[Fibers | int] = [
        random.choice((extent, [long(random, extent) for _ in range(6)])) for _ in range(width)
    ]
    return refs, depth, levels


def partial_draw(random: Random) -> Any:
    """Return what draws a reference; a few are absent."""
    return lambda: EMPTY if random.random() < 0.1 else random.randrange(6)


@settings(max_examples=150, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_results_are_those_without_skips(seed: int) -> None:
    """Any latencies, capacities and depths, any number ahead; both engines agree on everything."""
    random = Random(seed)
    refs, depth, levels = sides(random)
    told = [random.choice((0, 1, 2, 3, 8)) for _ in refs]
    run = intersection(refs, depth, levels, told, random)
    event(type(run.outcome).__name__)
    # With streams of their own on all sides nothing can stand still.
    assert not isinstance(run.outcome, Deadlock)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**64 - 1))
def test_what_walks_send_is_no_question_of_time(seed: int) -> None:
    """On other channels, with other depths, the same tokens move."""
    random = Random(seed)
    refs, depth, levels = sides(random)
    told = [random.choice((1, 2, 3, 8)) for _ in refs]
    moved = [
        [
            [token for _, token in pushes]
            for (name, _), pushes in sorted(run.pushes.items())
            if name.startswith("skip_")
        ]
        for run in (
            intersection(refs, depth, levels, told),
            intersection(refs, depth, levels, told, random),
            intersection(refs, depth, levels, told, join_depth=4),
        )
    ]
    assert moved[0] == moved[1] == moved[2]


ROW = list(range(10_000))


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        ("one against all", [ROW], [[5_000]]),
        ("nothing against all", [ROW], [[]]),
        ("ranges apart", [ROW[:5_000]], [ROW[5_000:]]),
        ("one at each end", [ROW], [[0, 9_999]]),
    ],
)
def test_skewed_fibers(name: str, left: Fibers, right: Fibers) -> None:
    """Ten thousand cycles become a few."""
    plain = intersection([sparse.root()] * 2, 0, [left, right], [0, 0])
    skips = intersection([sparse.root()] * 2, 0, [left, right], [4, 4])
    assert plain.context("intersect").firings > 5_000
    assert skips.context("intersect").firings < 20, name
    assert skips.context("skip_lookup").firings < 20
