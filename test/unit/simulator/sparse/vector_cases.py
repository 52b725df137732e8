"""Random cases of the sparse primitives on vectors: each lane is what scalars would be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import numpy as np
from primitive_cases import Case, Stream
from random_trees import DTYPES, Tokens, beside, coordinates, rising, under, value
from walk_cases import Meet, like_each_other

from rdu.semantics import sparse
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.reduction import reduce_lanes
from rdu.semantics.sparse import functions
from rdu.semantics.sparse.fibers import group, ungroup
from rdu.semantics.tokens import EMPTY, is_payload


def draw(random: Random) -> tuple[int, DType]:
    return random.choice((2, 3, 5, 7, 8)), random.choice(DTYPES)


def vectors(random: Random, like: Tokens, dtype: DType, lanes: int) -> Tokens:
    """Return vectors in the shape of a stream, absent where it is."""

    def vector() -> tuple[Any, ...]:
        return tuple(value(random, dtype) for _ in range(lanes))

    return [vector() if is_payload(token) else token for token in like]


def by_lane(
    dtype: DType, lanes: int, rule: Callable[..., tuple[Tokens, ...]], *streams: Tokens
) -> list[Tokens]:
    """Return what a rule of scalars gives on each lane, together as vectors in the last stream."""
    kind = NUMPY[dtype].type
    given = [
        [[kind(_lane(t, n)) if is_payload(t) else t for t in stream] for stream in streams]
        for n in range(lanes)
    ]
    made = [rule(*each) for each in given]
    last = [
        tuple(token.item() for token in row) if is_payload(row[0]) else row[0]
        for row in zip(*(each[-1] for each in made), strict=True)
    ]
    return [*made[0][:-1], last]


def _lane(token: Any, lane: int) -> Any:
    return token[lane] if isinstance(token, tuple) else token


def array(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 3)
    stored = [tuple(value(random, dtype) for _ in range(lanes)) for _ in range(4)]
    crds = coordinates(random, depth)
    refs = [random.randrange(4) if is_payload(token) else token for token in crds]
    made = [stored[t] if is_payload(t) else (0,) * lanes if t is EMPTY else t for t in refs]
    flat = [x for vector in stored for x in vector]
    details = {"storage": "values", "arrays": [flat], "dtype": dtype, "lanes": lanes}
    return Case("array", [Stream(refs, depth)], [Stream(made, depth, dtype, lanes)], details)


def apply(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 3)
    name = random.choice(("add", "sub", "mul", "max"))
    crds = coordinates(random, depth, absent=False)
    first = vectors(random, crds, dtype, lanes)
    is_wide = random.random() < 0.5
    second = vectors(random, crds, dtype, lanes) if is_wide else beside(random, crds, dtype)
    zero = NUMPY[dtype].type(0)
    given = [Stream(first, depth, dtype, lanes), Stream(second, depth, dtype, lanes * is_wide or 1)]
    if random.random() < 0.5:
        given.reverse()

    def rule(*streams: Tokens) -> tuple[Tokens]:
        return (sparse.combine(functions.binary(name, dtype), zero, *streams),)

    (made,) = by_lane(dtype, lanes, rule, *(stream.tokens for stream in given))
    details = {"function": functions.operation(name, dtype), "dtype": dtype, "lanes": lanes}
    return Case("apply", given, [Stream(made, depth, dtype, lanes)], details)


def reduce(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 2)
    name = random.choice(("add", "mul", "max"))
    outer = coordinates(random, depth)
    values = vectors(random, under(random, outer, 1, lambda _: rising(random, 9)), dtype, lanes)
    function, identity = functions.reduction(name, dtype)

    def rule(lane: Tokens) -> tuple[Tokens]:
        return (sparse.reduce(function, identity, NUMPY[dtype].type(0), lane, outer),)

    (made,) = by_lane(dtype, lanes, rule, values)
    details = {"function": functions.operation(name, dtype), "dtype": dtype, "lanes": lanes}
    inputs = [Stream(values, depth + 1, dtype, lanes), Stream(outer, depth)]
    return Case("reduce", inputs, [Stream(made, depth, dtype, lanes)], details)


def fold(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 3)
    name = functions.operation(random.choice(("add", "mul", "max")), dtype)
    values = vectors(random, coordinates(random, depth, absent=False), dtype, lanes)

    def folded(vector: tuple[Any, ...]) -> Any:
        return reduce_lanes(name, np.array(vector, NUMPY[dtype]), np.ones(lanes, bool))[0].item()

    made = [folded(token) if is_payload(token) else token for token in values]
    details = {"function": name, "dtype": dtype, "lanes": lanes}
    return Case(
        "fold", [Stream(values, depth, dtype, lanes)], [Stream(made, depth, dtype)], details
    )


def accumulate(random: Random) -> Case:
    (lanes, dtype), depth, order = draw(random), random.randint(0, 1), random.randint(1, 3)
    reduced = coordinates(random, depth + 1, absent=False)
    crds: list[Tokens] = []
    above = reduced
    for _ in range(order):
        above = under(random, above, 1, lambda _: rising(random, 4))
        crds.append(above)
    values = vectors(random, above, dtype, lanes)
    function, identity = functions.reduction("add", dtype)

    def rule(lane: Tokens) -> tuple[Tokens, ...]:
        zero = NUMPY[dtype].type(0)
        out, total = sparse.accumulate(function, identity, zero, reduced, crds, lane)
        return *out, total

    made = by_lane(dtype, lanes, rule, values)
    depths = range(depth + 1, depth + 1 + order)
    inputs = [
        Stream(reduced, depth + 1),
        *(Stream(crd, d + 1) for crd, d in zip(crds, depths, strict=True)),
        Stream(values, depth + 1 + order, dtype, lanes),
    ]
    outputs = [
        *(Stream(crd, d) for crd, d in zip(made[:-1], depths, strict=True)),
        Stream(made[-1], depth + order, dtype, lanes),
    ]
    details = {"function": functions.operation("add", dtype), "dtype": dtype, "lanes": lanes}
    return Case("accumulate", inputs, outputs, details)


def repeat_like(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 2)
    tokens = vectors(random, coordinates(random, depth, absent=False), dtype, lanes)
    like = under(random, tokens, 1, lambda _: rising(random, 9))
    made = sparse.repeat(tokens, like)
    inputs = [Stream(tokens, depth, dtype, lanes), Stream(like, depth + 1)]
    return Case("repeat_like", inputs, [Stream(made, depth + 1, dtype, lanes)])


def joined(random: Random, kind: str, meet: Meet) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(1, 3)
    crds = [
        [token for token in crd if token is not EMPTY]
        for crd in like_each_other(random, depth, random.randint(2, 3))
    ]
    payloads = [vectors(random, crd, dtype, lanes) for crd in crds]
    crd, out = meet(crds, payloads)
    sides = zip((*crds, *payloads), [1] * len(crds) + [lanes] * len(crds), strict=True)
    inputs = [Stream(each, depth, dtype if n > 1 else "i32", n) for each, n in sides]
    outputs = [Stream(crd, depth), *(Stream(each, depth, dtype, lanes) for each in out)]
    return Case(kind, inputs, outputs)


def crd_drop(random: Random) -> Case:
    (lanes, dtype), depth, gap = draw(random), random.randint(0, 2), random.randint(0, 3)
    outer = coordinates(random, depth)
    shape = under(random, outer, gap, lambda _: rising(random, 4, least=gap == 0))
    inner = vectors(random, shape, dtype, lanes)
    made = sparse.drop_coordinates(outer, inner, gap)
    inputs = [Stream(outer, depth), Stream(inner, depth + gap, dtype, lanes)]
    outputs = [Stream(made[0], depth), Stream(made[1], depth + gap, dtype, lanes)]
    return Case("crd_drop", inputs, outputs, {"settings": (gap,)})


def mask(random: Random) -> Case:
    (lanes, dtype), depth, offset = draw(random), random.randint(0, 2), random.randint(-4, 4)
    outer = coordinates(random, depth, absent=False)
    crds = under(random, outer, 1, lambda _: rising(random, 12))
    payloads = vectors(random, crds, dtype, lanes)
    made = sparse.mask(lambda i, j: j >= i + offset, outer, crds, payloads)
    inputs = [
        Stream(outer, depth),
        Stream(crds, depth + 1),
        Stream(payloads, depth + 1, dtype, lanes),
    ]
    outputs = [Stream(made[0], depth + 1), Stream(made[1], depth + 1, dtype, lanes)]
    return Case("mask", inputs, outputs, {"function": "ge", "settings": (offset,)})


def split(random: Random) -> Case:
    (lanes, dtype), depth, factor = draw(random), random.randint(1, 3), random.randint(1, 6)
    crds = coordinates(random, depth, 20, absent=False)
    payloads = vectors(random, crds, dtype, lanes)
    outer, crd, payload = sparse.split(factor, crds, payloads)
    inputs = [Stream(crds, depth), Stream(payloads, depth, dtype, lanes)]
    outputs = [
        Stream(outer, depth),
        Stream(crd, depth + 1),
        Stream(payload, depth + 1, dtype, lanes),
    ]
    return Case("split", inputs, outputs, {"settings": (factor, 0)})


def stop_drop(random: Random) -> Case:
    (lanes, dtype), levels = draw(random), random.randint(1, 3)
    depth = random.randint(levels, 3)
    tokens = vectors(random, coordinates(random, depth, absent=False), dtype, lanes)
    output = Stream(sparse.drop_stops(levels, tokens), depth - levels, dtype, lanes)
    return Case(
        "stop_drop", [Stream(tokens, depth, dtype, lanes)], [output], {"settings": (levels,)}
    )


def fiber_drop(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 3)
    tokens = vectors(random, coordinates(random, depth, absent=False), dtype, lanes)
    output = Stream(sparse.drop_empty_fibers(tokens), depth, dtype, lanes)
    return Case("fiber_drop", [Stream(tokens, depth, dtype, lanes)], [output])


def fork(random: Random) -> Case:
    (lanes, dtype), depth = draw(random), random.randint(0, 3)
    ways, chunk = random.randint(1, 3), random.randint(1, 3)
    tokens = vectors(random, coordinates(random, depth, absent=False), dtype, lanes)
    outputs = [Stream(b, depth, dtype, lanes) for b in sparse.fork(ways, chunk, tokens)]
    return Case("fork", [Stream(tokens, depth, dtype, lanes)], outputs, {"settings": (chunk,)})


def join(random: Random) -> Case:
    (lanes, dtype), depth, gap = draw(random), random.randint(0, 2), random.randint(0, 2)
    ways, chunk = random.randint(1, 3), random.randint(1, 3)
    like = coordinates(random, depth)
    shape = under(random, like, gap, lambda _: rising(random, 4, least=gap == 0))
    whole = vectors(random, shape, dtype, lanes)
    marked = group(like, [n if is_payload(t) else t for n, t in enumerate(whole)], gap)
    shares = [ungroup(share, gap)[1] for share in sparse.fork(ways, chunk, marked)]
    branches = [[whole[t] if is_payload(t) else t for t in share] for share in shares]
    inputs = [Stream(like, depth), *(Stream(b, depth + gap, dtype, lanes) for b in branches)]
    outputs = [Stream(whole, depth + gap, dtype, lanes)]
    return Case("join", inputs, outputs, {"settings": (chunk, gap)})


VECTOR_CASES: Mapping[str, Callable[[Random], Case]] = {
    "accumulate": accumulate,
    "apply": apply,
    "array": array,
    "crd_drop": crd_drop,
    "fiber_drop": fiber_drop,
    "fold": fold,
    "fork": fork,
    "intersect": partial(joined, kind="intersect", meet=sparse.intersect),
    "join": join,
    "mask": mask,
    "reduce": reduce,
    "repeat_like": repeat_like,
    "split": split,
    "stop_drop": stop_drop,
    "union": partial(joined, kind="union", meet=sparse.unite),
}
