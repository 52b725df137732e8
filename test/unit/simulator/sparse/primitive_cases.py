"""Random cases of the sparse primitives that make streams of streams: inputs and what they give."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from random_trees import DTYPES, Tokens, beside, coordinates, rising, under, value

from rdu.configuration.sparse import COMPARISONS
from rdu.semantics import sparse
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.fibers import group, ungroup
from rdu.semantics.tokens import EMPTY, is_payload


@dataclass(frozen=True, slots=True)
class Stream:
    """Tokens, how deep they are, and the element type of payloads; of vectors, which are tuples."""

    tokens: Tokens
    depth: int
    dtype: DType = "i32"
    lanes: int = 1


@dataclass(frozen=True, slots=True)
class Case:
    """A primitive at work.

    Attributes:
        kind: its word.
        inputs, outputs: its streams in order.
        details: fields of its `SparseSpec`.
    """

    kind: str
    inputs: list[Stream]
    outputs: list[Stream]
    details: dict[str, Any] = field(default_factory=dict[str, Any])


def mask(random: Random) -> Case:
    depth, dtype = random.randint(0, 2), random.choice(DTYPES)
    outer = coordinates(random, depth)
    crds = under(random, outer, 1, lambda crd: [EMPTY] if crd is EMPTY else rising(random, 12))
    payloads = beside(random, crds, dtype)
    name, offset = random.choice(COMPARISONS), random.randint(-4, 4)
    compare = getattr(operator, name)
    made = sparse.mask(lambda i, j: compare(j, i + offset), outer, crds, payloads)
    inputs = [Stream(outer, depth), Stream(crds, depth + 1), Stream(payloads, depth + 1, dtype)]
    outputs = [Stream(made[0], depth + 1), Stream(made[1], depth + 1, dtype)]
    return Case("mask", inputs, outputs, {"function": name, "settings": (offset,)})


def crd_drop(random: Random) -> Case:
    depth, gap, dtype = random.randint(0, 2), random.randint(0, 3), random.choice(DTYPES)
    outer = coordinates(random, depth)
    scarce = random.choice((0.2, 0.6))

    def fiber(crd: Any) -> list[Any]:
        if crd is EMPTY or random.random() < scarce:
            return [EMPTY] * random.choice((gap == 0, 1, 2))
        return [value(random, dtype) for _ in range(random.randint(gap == 0, 3))]

    inner = under(random, outer, gap, fiber)
    made = sparse.drop_coordinates(outer, inner, gap)
    inputs = [Stream(outer, depth), Stream(inner, depth + gap, dtype)]
    outputs = [Stream(made[0], depth), Stream(made[1], depth + gap, dtype)]
    return Case("crd_drop", inputs, outputs, {"settings": (gap,)})


def val_drop(random: Random) -> Case:
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    crds = coordinates(random, depth)
    values = beside(random, crds, dtype)
    made = sparse.drop_values(0, crds, values)
    inputs = [Stream(crds, depth), Stream(values, depth, dtype)]
    outputs = [Stream(made[0], depth), Stream(made[1], depth, dtype)]
    return Case("val_drop", inputs, outputs, {"dtype": dtype})


def of_one(random: Random, kind: str, made: Callable[[Tokens], Tokens], drops: int = 0) -> Case:
    """Return the case of a primitive of one stream, which carries anything."""
    depth, dtype = random.randint(drops, 3), random.choice(DTYPES)
    stream = beside(random, coordinates(random, depth), dtype)
    given = "i32" if kind == "number" else dtype
    output = Stream(made(stream), depth - drops, given)
    return Case(kind, [Stream(stream, depth, dtype)], [output])


def stop_drop(random: Random) -> Case:
    levels = random.randint(1, 3)
    case = of_one(random, "stop_drop", lambda s: sparse.drop_stops(levels, s), levels)
    return Case(case.kind, case.inputs, case.outputs, {"settings": (levels,)})


def fiber_drop(random: Random) -> Case:
    return of_one(random, "fiber_drop", sparse.drop_empty_fibers)


def number(random: Random) -> Case:
    return of_one(random, "number", sparse.number)


def as_crd(random: Random) -> Case:
    depth, extent, wrap = random.randint(0, 3), random.randint(1, 9), random.randint(0, 1)
    like = coordinates(random, depth)
    least = -extent if wrap else 0
    values = [random.randint(least, extent - 1) if is_payload(token) else token for token in like]
    made = sparse.as_coordinates(extent, values, wrap=bool(wrap))
    details = {"settings": (extent, wrap)}
    return Case("as_crd", [Stream(values, depth)], [Stream(made, depth)], details)


def split(random: Random) -> Case:
    depth, dtype = random.randint(1, 3), random.choice(DTYPES)
    factor, whole = random.randint(1, 6), random.randint(0, 1)
    crds = coordinates(random, depth, 20)
    payloads = beside(random, crds, dtype)
    outer, crd, payload = sparse.split(factor, crds, payloads, local=not whole)
    inputs = [Stream(crds, depth), Stream(payloads, depth, dtype)]
    outputs = [Stream(outer, depth), Stream(crd, depth + 1), Stream(payload, depth + 1, dtype)]
    return Case("split", inputs, outputs, {"settings": (factor, whole)})


def flatten(random: Random) -> Case:
    depth, factor = random.randint(0, 2), random.randint(1, 12)
    outer = coordinates(random, depth)

    def fiber(crd: Any) -> list[Any]:
        absent = random.random() < (0.8 if crd is EMPTY else 0.1)
        return [EMPTY] if absent else rising(random, 12)

    inner = under(random, outer, 1, fiber)
    made = sparse.flatten(factor, outer, inner)
    inputs = [Stream(outer, depth), Stream(inner, depth + 1)]
    return Case("flatten", inputs, [Stream(made, depth)], {"settings": (factor,)})


def concat(random: Random) -> Case:
    depth, gap, dtype = random.randint(1, 2), random.randint(0, 2), random.choice(DTYPES)
    crds = like_each_other(random, depth, random.randint(1, 3))
    offsets = [random.randint(0, 20) for _ in crds]

    def fiber(crd: Any) -> list[Any]:
        if crd is EMPTY:
            return [EMPTY]
        return [value(random, dtype) for _ in range(random.randint(gap == 0, 3))]

    payloads = [under(random, crd, gap, fiber) for crd in crds]
    made = sparse.concatenate(offsets, crds, payloads, gap)
    inputs = [
        *(Stream(crd, depth) for crd in crds),
        *(Stream(payload, depth + gap, dtype) for payload in payloads),
    ]
    outputs = [Stream(made[0], depth), Stream(made[1], depth + gap, dtype)]
    return Case("concat", inputs, outputs, {"settings": (gap, *offsets)})


def like_each_other(random: Random, depth: int, count: int, extent: int = 12) -> list[Tokens]:
    """Return streams of coordinates with the same stops; some fibers are absent."""
    outer = coordinates(random, depth - 1, absent=False)
    scarce = random.choice((0.1, 0.6))

    def fiber(_: Any) -> list[Any]:
        return [EMPTY] if random.random() < scarce else rising(random, extent)

    return [under(random, outer, 1, fiber) for _ in range(count)]


def fork(random: Random) -> Case:
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    ways, chunk = random.randint(1, 3), random.randint(1, 3)
    stream = beside(random, coordinates(random, depth), dtype)
    made = sparse.fork(ways, chunk, stream)
    outputs = [Stream(branch, depth, dtype) for branch in made]
    return Case("fork", [Stream(stream, depth, dtype)], outputs, {"settings": (chunk,)})


def join(random: Random) -> Case:
    depth, gap, dtype = random.randint(0, 2), random.randint(0, 2), random.choice(DTYPES)
    ways, chunk = random.randint(1, 3), random.randint(1, 3)
    like = coordinates(random, depth)

    def fiber(_: Any) -> list[Any]:
        return [value(random, dtype) for _ in range(random.randint(gap == 0, 3))]

    whole = under(random, like, gap, fiber)
    shares = sparse.fork(ways, chunk, group(like, whole, gap))
    branches = [ungroup(share, gap)[1] for share in shares]
    assert sparse.join(chunk, branches, like, gap) == whole
    inputs = [Stream(like, depth), *(Stream(b, depth + gap, dtype) for b in branches)]
    outputs = [Stream(whole, depth + gap, dtype)]
    return Case("join", inputs, outputs, {"settings": (chunk, gap)})


CASES: Mapping[str, Callable[[Random], Case]] = {
    "mask": mask,
    "crd_drop": crd_drop,
    "val_drop": val_drop,
    "stop_drop": stop_drop,
    "fiber_drop": fiber_drop,
    "number": number,
    "as_crd": as_crd,
    "split": split,
    "flatten": flatten,
    "concat": concat,
    "fork": fork,
    "join": join,
}
