"""Coordinates as bit vectors: a word for each fiber, or for each chunk of one.

A fiber holds words of one width, lowest coordinates first; a word that has no coordinates is 0, and
a fiber without words is all zeros. A reference goes with a word (the child of its lowest
coordinate, the others follow) until words meet, and with a coordinate after that.

A **bit tree** is a word whose set bits have a fiber each one level below, themselves bit vectors:
coordinates split (`split`) and built level by level.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from rdu.semantics.sparse.fibers import (
    Tokens,
    align,
    each_fiber,
    fibers,
    group,
    is_absent,
    is_row,
    misaligned,
    ungroup,
    unzip,
)
from rdu.semantics.tokens import DONE, EMPTY


def build_bits(crds: Tokens) -> Tokens:
    """Make each fiber of coordinates one word. An empty fiber stays without, `N` stays.

    Tokens: p = fibers that are not empty, s(crds).
    """

    def word(fiber: Tokens) -> Tokens:
        if not fiber or is_absent(fiber):
            return fiber
        return [sum(1 << int(crd) for crd in set(fiber))]

    return each_fiber(word, crds)


def expand_bits(width: int, words: Tokens) -> Tokens:
    """Make words of `width` bits coordinates again: p = set bits (and `N`), s(words)."""

    def coordinates(fiber: Tokens) -> Tokens:
        if is_absent(fiber):
            return fiber
        return [n * width + bit for n, word in enumerate(fiber) for bit in _set_bits(word)]

    return each_fiber(coordinates, words)


def chunk_bits(width: int, extent: int, words: Tokens, refs: Tokens) -> tuple[Tokens, Tokens]:
    """Cut each word of `extent` bits into words of `width`, lowest first, zeros too.

    A chunk's reference is the word's, and as many more as bits are set below the chunk.

    Tokens of each output: p = ceil(extent / width) p(words), `N` stays one; s(words).
    """

    def chunks(fiber: Tokens) -> Tokens:
        cut: Tokens = []
        for word, ref in fiber:
            if word is EMPTY:
                cut.append((EMPTY, EMPTY))
                continue
            for low in range(0, extent, width):
                below = word & ((1 << low) - 1)
                cut.append(((word >> low) & ((1 << width) - 1), ref + below.bit_count()))
        return cut

    chunked, references = unzip(each_fiber(chunks, align(words, refs)), 2)
    return chunked, references


def intersect_bits(words: Sequence[Tokens], refs: Sequence[Tokens]) -> tuple[Tokens, list[Tokens]]:
    """Keep the bits that are set in all words, with the references of all.

    If a fiber is absent (`N`), so is the result. Words that come out 0 are sent: their place
    counts.

    Tokens: words p = those of the longest fiber, s(words[0]); references p = bits set (and `N`).
    """
    return _meet(words, refs, every=True)


def unite_bits(words: Sequence[Tokens], refs: Sequence[Tokens]) -> tuple[Tokens, list[Tokens]]:
    """Keep the bits that are set in any word, with `N` for references where a bit is not set.

    An absent fiber has no bit set; the result is absent if all fibers are.

    Tokens: words p = those of the longest fiber, s(words[0]); references p = bits set (and `N`).
    """
    return _meet(words, refs, every=False)


def drop_bits(outer: Tokens, inner: Tokens) -> tuple[Tokens, Tokens]:
    """Clear the bits of a bit tree whose fiber below holds no bit, and drop these fibers.

    Words that become 0 are sent, and absent ones stay. Streams of a level of words and, one deeper,
    of a fiber for each bit that they set.

    Tokens: outer p(outer), s(outer); inner: those of fibers that stay.
    """

    def places(fiber: Tokens) -> Tokens:
        if is_absent(fiber):
            return [(EMPTY, 0)]
        return [(n, bit) for n, word in enumerate(fiber) for bit in _set_bits(word)]

    kept = [
        token
        for token in group(each_fiber(places, outer), inner)
        if not is_row(token)
        or token[0][0] is EMPTY
        or any(word is not EMPTY and word for word in token[1])
    ]
    bits, below = ungroup(kept)
    cleared: Tokens = []
    for (old, left), end in fibers(outer, bits):
        if not is_absent(old):
            old = [sum(1 << bit for n, bit in left if n == place) for place in range(len(old))]
        cleared += [*old, end]
    return [*cleared, DONE], below


def _meet(
    words: Sequence[Tokens], refs: Sequence[Tokens], *, every: bool
) -> tuple[Tokens, list[Tokens]]:
    met: Tokens = []
    found: Tokens = []
    for sides, end in fibers(*map(align, words, refs)):
        absent = [is_absent(side) for side in sides]
        if any(absent) if every else all(absent):
            met.append(EMPTY)
            found.append((EMPTY,) * len(words))
        else:
            present = [[] if gone else side for gone, side in zip(absent, sides, strict=True)]
            for row in _rows(present):
                result, pairs = _combine(row, every=every)
                met.append(result)
                found += pairs
        met.append(end)
        found.append(end)
    return [*met, DONE], list(unzip([*found, DONE], len(words)))


def _rows(sides: Sequence[Tokens]) -> Iterator[list[tuple[int, Any]]]:
    """Walk the words of fibers side by side; a fiber without words has zeros."""
    longest = max(len(side) for side in sides)
    if any(len(side) not in (0, longest) for side in sides):
        raise misaligned(*(f"{len(side)} words" for side in sides))
    for n in range(longest):
        yield [side[n] if side else (0, EMPTY) for side in sides]


def _combine(row: list[tuple[int, Any]], *, every: bool) -> tuple[int, Tokens]:
    result = row[0][0]
    for word, _ in row[1:]:
        result = result & word if every else result | word
    return result, [tuple(_child(word, ref, bit) for word, ref in row) for bit in _set_bits(result)]


def _child(word: int, ref: Any, bit: int) -> Any:
    if not word >> bit & 1 or ref is EMPTY:
        return EMPTY
    return ref + (word & ((1 << bit) - 1)).bit_count()


def _set_bits(word: int) -> list[int]:
    return [bit for bit in range(word.bit_length()) if word >> bit & 1]
