"""Levels made of others: one split in two, two flattened to one, several put behind each other."""

from collections.abc import Sequence
from itertools import groupby

from rdu.semantics.sparse.fibers import (
    Tokens,
    align,
    each_fiber,
    families,
    fibers,
    group,
    is_absent,
    is_row,
    ungroup,
    unzip,
)
from rdu.semantics.tokens import DONE, EMPTY


def split(
    factor: int, crds: Tokens, payloads: Tokens, *, local: bool = True
) -> tuple[Tokens, Tokens, Tokens]:
    """Split a level in two: chunks of `factor` coordinates, and the coordinates inside each.

    With 4, `0 1 4 6 9 S0 D` gives the chunks `0 1 2 S0 D` and in them `0 1 S0 0 2 S0 1 S1 D`, or
    the whole coordinates `0 1 S0 4 6 S0 9 S1 D` if not `local`. Chunks without coordinates do not
    come. An empty fiber gives no chunk, an absent one an absent chunk.

    Returns:
        The chunks, as deep as `crds`; coordinates and payloads, one deeper.

    Tokens: outer p = chunks that hold something, s(crds); inner p(crds), s = s(crds) + chunks that
    no stop follows.
    """

    def chunks(fiber: Tokens) -> Tokens:
        if is_absent(fiber):
            return [(EMPTY, fiber)]
        runs = groupby(fiber, key=lambda pair: pair[0] // factor)
        return [
            (chunk, [(crd % factor if local else crd, payload) for crd, payload in run])
            for chunk, run in runs
        ]

    outer, inner = ungroup(each_fiber(chunks, align(crds, payloads)))
    crd, payload = unzip(inner, 2)
    return outer, crd, payload


def flatten(factor: int, outer: Tokens, inner: Tokens) -> Tokens:
    """Make one level of two: coordinates outer * factor + inner.

    The inverse of `split`, and the coordinates of a blocked level. An empty inner fiber leaves
    nothing, an absent one neither, nor what is under an absent coordinate. Payloads of the inner
    level lose a level of stops (`drop_stops`). Tokens: p(inner) but for `N`, s(outer).
    """
    flat: Tokens = []
    for parent, children, end in families(outer, inner):
        flat += [parent * factor + crd for crd in children if EMPTY not in (parent, crd)]
        if end is not None:
            flat.append(end)
    return [*flat, DONE]


def concatenate(
    offsets: Sequence[int], crds: Sequence[Tokens], payloads: Sequence[Tokens], gap: int = 0
) -> tuple[Tokens, Tokens]:
    """Put the fibers of several streams behind each other, coordinates raised by an offset each.

    Args:
        offsets: what is added to the coordinates of each stream: the extents of those before it.
        crds: one or more streams of coordinates, equally deep.
        payloads: for each of them a stream `gap` levels deeper: coordinates, or values.
        gap: how much deeper. References would be into different tensors: load first.

    An absent fiber adds nothing; the result is absent if all of them are.

    Returns:
        Coordinates and payloads. Tokens: p = the sum of theirs, but for `N`; s(crds[0]).
    """
    grouped = [
        _raised(offset, group(crd, payload, gap))
        for offset, crd, payload in zip(offsets, crds, payloads, strict=True)
    ]
    joined: Tokens = []
    for sides, end in fibers(*grouped):
        present = [pair for side in sides for pair in side if pair[0] is not EMPTY]
        absent = all(map(is_absent, sides))
        joined += [*(sides[0] if absent else present), end]
    return ungroup([*joined, DONE], gap)


def _raised(offset: int, grouped: Tokens) -> Tokens:
    return [
        (token[0] + offset, token[1]) if is_row(token) and token[0] is not EMPTY else token
        for token in grouped
    ]
