"""Random cases of the sparse primitives of bit vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from primitive_cases import Case, Stream, like_each_other
from random_trees import Tokens, coordinates, rising, under

from rdu.semantics import sparse
from rdu.semantics.tokens import EMPTY, Stop, is_payload

WIDTHS = (1, 3, 8, 31, 32)


def word(random: Random, width: int) -> int:
    """Return a word with some bits set, or none."""
    return sum(1 << bit for bit in rising(random, width))


def signed(tokens: Tokens) -> Tokens:
    """Return words as the i32 that they are on the fabric."""
    return [t - (1 << 32) if is_payload(t) and t >> 31 else t for t in tokens]


def words(random: Random, depth: int, width: int, count: int | None = None) -> Tokens:
    """Return a stream of words, some fibers of which are absent."""
    outer = coordinates(random, depth - 1, absent=False)

    def fiber(_: Any) -> list[Any]:
        if random.random() < 0.15:
            return [EMPTY]
        number = random.randint(0, 3) if count is None else count
        return [word(random, width) for _ in range(number)]

    return under(random, outer, 1, fiber)


def bv_build(random: Random) -> Case:
    depth = random.randint(1, 3)
    crds = coordinates(random, depth, random.choice(WIDTHS))
    output = Stream(signed(sparse.build_bits(crds)), depth)
    return Case("bv_build", [Stream(crds, depth)], [output])


def bv_expand(random: Random) -> Case:
    depth, width = random.randint(1, 3), random.choice(WIDTHS)
    tokens = words(random, depth, width)
    output = Stream(sparse.expand_bits(width, tokens), depth)
    return Case("bv_expand", [Stream(signed(tokens), depth)], [output], {"settings": (width,)})


def bv_chunk(random: Random) -> Case:
    depth, width, extent = random.randint(1, 3), random.choice(WIDTHS), random.choice(WIDTHS)
    tokens = words(random, depth, extent, 1)
    refs = [random.randint(0, 50) if is_payload(token) else token for token in tokens]
    cut, starts = sparse.chunk_bits(width, extent, tokens, refs)
    return Case(
        "bv_chunk",
        [Stream(signed(tokens), depth), Stream(refs, depth)],
        [Stream(signed(cut), depth), Stream(starts, depth)],
        {"settings": (width, extent)},
    )


def bv_intersect(random: Random) -> Case:
    return _meet(random, "bv_intersect", sparse.intersect_bits)


def bv_union(random: Random) -> Case:
    return _meet(random, "bv_union", sparse.unite_bits)


def _meet(random: Random, kind: str, meet: Callable[..., tuple[Tokens, list[Tokens]]]) -> Case:
    depth, ways, width = random.randint(1, 3), random.randint(2, 3), random.choice((4, 32))
    sides = [_words(random, crds, width) for crds in like_each_other(random, depth, ways, width)]
    for side, other in zip(sides[1:], sides, strict=False):
        assert len([t for t in side if isinstance(t, Stop)]) == len(
            [t for t in other if isinstance(t, Stop)]
        )
    refs = [
        [random.choice((EMPTY, random.randint(0, 50))) if is_payload(t) else t for t in side]
        for side in sides
    ]
    met, out = meet(sides, refs)
    inputs = [*(Stream(signed(s), depth) for s in sides), *(Stream(r, depth) for r in refs)]
    outputs = [Stream(signed(met), depth), *(Stream(r, depth) for r in out)]
    return Case(kind, inputs, outputs)


def _words(random: Random, crds: Tokens, width: int) -> Tokens:
    """Return two words for each fiber that holds something, that of its coordinates first."""
    built = sparse.build_bits(crds)
    doubled: Tokens = []
    for token in built:
        doubled += [token, word(random, width)] if is_payload(token) else [token]
    return doubled


def bv_drop(random: Random) -> Case:
    depth, width = random.randint(1, 2), random.choice((3, 32))
    outer = words(random, depth, width)
    places: Tokens = []
    for token in outer:
        bits = token.bit_count() if is_payload(token) else 1
        places += [token] * bits
    scarce = random.choice((0.2, 0.6))

    def fiber(bit: Any) -> list[Any]:
        if random.random() < 0.1 or (bit is EMPTY and random.random() < 0.5):
            return [EMPTY]
        count = random.randint(0, 3)
        return [0 if random.random() < scarce else word(random, width) for _ in range(count)]

    inner = under(random, places, 1, fiber)
    made = sparse.drop_bits(outer, inner)
    return Case(
        "bv_drop",
        [Stream(signed(outer), depth), Stream(signed(inner), depth + 1)],
        [Stream(signed(made[0]), depth), Stream(signed(made[1]), depth + 1)],
    )


BIT_CASES: Mapping[str, Callable[[Random], Case]] = {
    "bv_build": bv_build,
    "bv_expand": bv_expand,
    "bv_chunk": bv_chunk,
    "bv_intersect": bv_intersect,
    "bv_union": bv_union,
    "bv_drop": bv_drop,
}
