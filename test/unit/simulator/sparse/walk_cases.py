"""Random cases of the sparse primitives that walk tensors, join streams and compute values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import numpy as np
from primitive_cases import Case, Stream, like_each_other
from random_trees import DTYPES, Tokens, beside, coordinates, rising, under, value

from rdu.semantics import sparse
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.fibertree import BitvectorLevel, Level, build
from rdu.semantics.fibertree.coordinates import Coordinates
from rdu.semantics.fibertree.format import Format
from rdu.semantics.sparse import functions
from rdu.semantics.tokens import EMPTY, is_payload

LEVELS = ("dense", "compressed", "singleton", "bitvector")
WORD = 32


def stored_level(random: Random, kind: str) -> tuple[Level, int, dict[str, Any]]:
    """Return a level, how many fibers it has, and what says how it is stored on the fabric."""
    fibers, extent = random.randint(1, 5), random.choice((1, 7, 32, 33, 70))
    rows = [
        [random.randrange(extent)] if kind == "singleton" else rising(random, extent)
        for _ in range(fibers)
    ]
    points = [[row, crd] for row, crds in enumerate(rows) for crd in crds]
    columns = np.array(points, np.int64).reshape(-1, 2).T
    ones = np.ones(len(points), np.float32)
    form = Format.of(["dense", kind])
    level = build(Coordinates((fibers, extent), tuple(columns), ones), form).levels[1]
    return level, fibers, {"storage": kind, "extent": extent, "arrays": _arrays(level)}


def _arrays(level: Level) -> list[list[int]]:
    """Return the parts of a level as the fabric has them."""
    if not isinstance(level, BitvectorLevel):
        return [array.tolist() for array in level.arrays().values()]
    octets = np.zeros((len(level.mask), WORD // 8 * -(-level.extent // WORD)), np.uint8)
    octets[:, : level.mask.shape[1]] = level.mask
    return [level.segments.tolist(), octets.view(np.int32).reshape(-1).tolist()]


def references(random: Random, depth: int, fibers: int) -> Tokens:
    """Return references to fibers; some are absent."""
    crds = coordinates(random, depth)
    return [
        random.choice((EMPTY, *range(fibers))) if is_payload(token) else token for token in crds
    ]


def lookup(random: Random) -> Case:
    level, fibers, details = stored_level(random, random.choice(LEVELS))
    depth = random.randint(0, 2)
    refs = references(random, depth, fibers)
    if details["storage"] == "bitvector":
        crd, ref = sparse.lookup(level.bits, refs)
        crd, ref = sparse.chunk_bits(WORD, level.extent, crd, ref)
        crd = [t - (1 << WORD) if is_payload(t) and t >> (WORD - 1) else t for t in crd]
    else:
        crd, ref = sparse.lookup(level.fiber, refs)
    outputs = [Stream(crd, depth + 1), Stream(ref, depth + 1)]
    return Case("lookup", [Stream(refs, depth)], outputs, details)


def locate(random: Random) -> Case:
    level, fibers, details = stored_level(random, random.choice(LEVELS))
    depth = random.randint(0, 2)
    parents = references(random, depth, fibers)
    limit = level.extent + random.choice((0, 3))

    def fiber(parent: Any) -> list[Any]:
        return [EMPTY] if parent is EMPTY else rising(random, limit)

    crds = under(random, parents, 1, fiber)

    def find(parent: int, crd: int) -> Any:
        return dict(level.fiber(parent)).get(crd, EMPTY)

    outputs = [Stream(sparse.locate(find, crds, sparse.root()), depth + 1)]
    if random.random() < 0.3:
        return Case("locate", [Stream(crds, depth + 1), ROOT], outputs, details)
    if depth > 0:
        outputs = [Stream(sparse.locate(find, crds, parents), depth + 1)]
    else:
        # Whoever has no stops is the root to the rule; here it may be any one fiber, or none.
        held = sparse.repeat(parents, crds)
        found = [
            find(parent, crd) if is_payload(crd) and is_payload(parent) else parent
            for parent, crd in zip(held, crds, strict=True)
        ]
        outputs = [
            Stream([EMPTY if t is EMPTY else f for t, f in zip(crds, found, strict=True)], 1)
        ]
    inputs = [Stream(crds, depth + 1), Stream(parents, depth)]
    return Case("locate", inputs, outputs, details)


ROOT = Stream(sparse.root(), 0)
"""What stands for the root itself, and is no port."""


def array(random: Random) -> Case:
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    values = [value(random, dtype) for _ in range(5)]
    refs = references(random, depth, len(values))
    made = sparse.load(values.__getitem__, 0, refs)
    details = {"storage": "values", "arrays": [values], "dtype": dtype}
    return Case("array", [Stream(refs, depth)], [Stream(made, depth, dtype)], details)


def bounds(random: Random) -> Case:
    depth, segments = random.randint(0, 3), [random.randint(0, 99) for _ in range(6)]
    refs = references(random, depth, len(segments) - 1)
    ends = [(segments[n:], segments[n + 1 :]) for n in range(5)]
    made = [[ends[t][n][0] if is_payload(t) else t for t in refs] for n in range(2)]
    details = {"storage": "segments", "arrays": [segments]}
    return Case("bounds", [Stream(refs, depth)], [Stream(m, depth) for m in made], details)


def span(random: Random) -> Case:
    """Return a case of `range`: what a lookup gives of fibers that begin and end there."""
    depth = random.randint(0, 2)
    refs = references(random, depth, 5)
    firsts = [random.randint(0, 9) for _ in range(5)]
    ends = [first + random.choice((0, 1, 2, 7)) for first in firsts]
    inputs = [[side[t] if is_payload(t) else t for t in refs] for side in (firsts, ends)]
    _, made = sparse.lookup(lambda n: [(p, p) for p in range(firsts[n], ends[n])], refs)
    return Case("range", [Stream(tokens, depth) for tokens in inputs], [Stream(made, depth + 1)])


def fetch(random: Random) -> Case:
    depth, stored = random.randint(0, 3), [random.randint(0, 99) for _ in range(5)]
    refs = references(random, depth, len(stored))
    made = [stored[t] if is_payload(t) else t for t in refs]
    details = {"storage": "coordinates", "arrays": [stored]}
    return Case("fetch", [Stream(refs, depth)], [Stream(made, depth)], details)


def repeat_like(random: Random) -> Case:
    depth, dtype = random.randint(0, 2), random.choice(DTYPES)
    tokens = beside(random, coordinates(random, depth), dtype)
    like = under(random, tokens, 1, lambda _: rising(random, 9))
    made = sparse.repeat(tokens, like)
    inputs = [Stream(tokens, depth, dtype), Stream(like, depth + 1)]
    return Case("repeat_like", inputs, [Stream(made, depth + 1, dtype)])


Meet = Callable[[list[Tokens], list[Tokens]], tuple[Tokens, list[Tokens]]]


def joined(random: Random, kind: str, meet: Meet) -> Case:
    depth, dtype = random.randint(1, 3), random.choice(DTYPES)
    crds = like_each_other(random, depth, random.randint(2, 3))
    payloads = [beside(random, crd, dtype) for crd in crds]
    crd, out = meet(crds, payloads)
    inputs = [*(Stream(c, depth) for c in crds), *(Stream(p, depth, dtype) for p in payloads)]
    return Case(kind, inputs, [Stream(crd, depth), *(Stream(o, depth, dtype) for o in out)])


def skip(random: Random) -> Case:
    depth = random.randint(1, 3)
    crds = like_each_other(random, depth, random.randint(2, 3))
    inputs, outputs = ([Stream(s, depth) for s in side] for side in (crds, sparse.answers(crds)))
    return Case("skip", inputs, outputs)


def apply(random: Random) -> Case:
    depth, dtype = random.randint(0, 3), random.choice(DTYPES)
    name = random.choice(("add", "sub", "mul", "max", "lt", "eq", "ne", "select"))
    crds = coordinates(random, depth)
    values = [beside(random, crds, dtype) for _ in range(2)]
    inputs = [Stream(tokens, depth, dtype) for tokens in values]
    zero, *given = _typed(dtype, *values)
    if name == "select":
        mask = beside(random, crds, "i1")
        inputs = [Stream(mask, depth, "i1"), *inputs]
        given = [[np.False_ if token is EMPTY else token for token in mask], *given]
    made = sparse.combine(functions.binary(name, dtype), zero, *given)
    details = {"function": functions.operation(name, dtype), "dtype": inputs[0].dtype}
    outputs = [Stream(_plain(made), depth, functions.result(name, dtype))]
    return Case("apply", inputs, outputs, details)


def _typed(dtype: DType, *streams: Tokens) -> list[Any]:
    """Return a zero, and streams with values of a type."""
    kind = NUMPY[dtype].type
    return [kind(0), *([kind(t) if is_payload(t) else t for t in s] for s in streams)]


def _plain(tokens: Tokens) -> Tokens:
    return [token.item() if is_payload(token) else token for token in tokens]


def reduce(random: Random) -> Case:
    depth, dtype = random.randint(0, 2), random.choice(DTYPES)
    name = random.choice(("add", "mul", "max"))
    outer = coordinates(random, depth)
    values = beside(random, under(random, outer, 1, lambda _: rising(random, 9)), dtype)
    function, identity = functions.reduction(name, dtype)
    zero, typed = _typed(dtype, values)
    made = sparse.reduce(function, identity, zero, typed, outer)
    details = {"function": functions.operation(name, dtype), "dtype": dtype}
    inputs = [Stream(values, depth + 1, dtype), Stream(outer, depth)]
    return Case("reduce", inputs, [Stream(_plain(made), depth, dtype)], details)


def accumulate(random: Random) -> Case:
    depth, order, dtype = random.randint(0, 1), random.randint(1, 3), random.choice(DTYPES)
    reduced = coordinates(random, depth + 1)
    crds: list[Tokens] = []
    above = reduced
    for _ in range(order):
        above = under(random, above, 1, lambda crd: [EMPTY] if crd is EMPTY else rising(random, 4))
        crds.append(above)
    values = beside(random, above, dtype)
    function, identity = functions.reduction("add", dtype)
    zero, typed = _typed(dtype, values)
    out, total = sparse.accumulate(function, identity, zero, reduced, crds, typed)
    depths = range(depth + 1, depth + 1 + order)
    inputs = [
        Stream(reduced, depth + 1),
        *(Stream(crd, d + 1) for crd, d in zip(crds, depths, strict=True)),
        Stream(values, depth + 1 + order, dtype),
    ]
    outputs = [
        *(Stream(crd, d) for crd, d in zip(out, depths, strict=True)),
        Stream(_plain(total), depth + order, dtype),
    ]
    details = {"function": functions.operation("add", dtype), "dtype": dtype}
    return Case("accumulate", inputs, outputs, details)


def sort(random: Random) -> Case:
    depth, dtype = random.randint(1, 3), random.choice(DTYPES)
    descending, keep = random.random() < 0.5, random.choice((0, 0, 1, 2, 3))
    crds = coordinates(random, depth)
    values = beside(random, crds, dtype)
    zero, typed = _typed(dtype, values)
    made = sparse.sort(zero, crds, typed, descending=descending, keep=keep)
    inputs = [Stream(crds, depth), Stream(values, depth, dtype)]
    places, ordered, origins = made
    outputs = [
        Stream(places, depth),
        Stream(_plain(ordered), depth, dtype),
        Stream(origins, depth),
    ]
    function = "descending" if descending else "ascending"
    details = {"function": function, "dtype": dtype, "settings": (keep,)}
    return Case("sort", inputs, outputs, details)


WALK_CASES: Mapping[str, Callable[[Random], Case]] = {
    "lookup": lookup,
    "locate": locate,
    "bounds": bounds,
    "range": span,
    "fetch": fetch,
    "array": array,
    "repeat_like": repeat_like,
    "intersect": partial(joined, kind="intersect", meet=sparse.intersect),
    "skip": skip,
    "union": partial(joined, kind="union", meet=sparse.unite),
    "apply": apply,
    "reduce": reduce,
    "accumulate": accumulate,
    "sort": sort,
}
