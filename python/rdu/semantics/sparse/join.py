"""Merging fibers of several tensors by their coordinates."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rdu.semantics.sparse.fibers import Tokens, align, fibers, is_absent, unzip
from rdu.semantics.tokens import DONE, EMPTY


def intersect(crds: Sequence[Tokens], payloads: Sequence[Tokens]) -> tuple[Tokens, list[Tokens]]:
    """Keep the coordinates that all streams have, with the payloads of all.

    An intersection without coordinates keeps its stop. If a fiber is absent (`N`), so is the
    result, whatever the other fibers hold.

    Args:
        crds: two or more streams of coordinates, equally deep.
        payloads: for each of them its references, or values.

    Tokens of each output: p = shared coordinates, and 1 for each absent fiber; s(crds[0]).
    """
    width = len(crds) + 1
    merged: Tokens = []
    for sides, end in fibers(*map(align, crds, payloads)):
        if any(map(is_absent, sides)):
            merged.append((EMPTY,) * width)
        else:
            tables = [_table(side) for side in sides]
            shared = [c for c in tables[0] if all(c in table for table in tables)]
            merged += [(c, *(table[c] for table in tables)) for c in shared]
        merged.append(end)
    crd, *out = unzip([*merged, DONE], width)
    return crd, out


def unite(crds: Sequence[Tokens], payloads: Sequence[Tokens]) -> tuple[Tokens, list[Tokens]]:
    """Keep the coordinates that any stream has, with `N` for the payloads of those that have not.

    An absent fiber adds nothing; the result is absent only if all of them are.

    Args:
        crds: two or more streams of coordinates, equally deep.
        payloads: for each of them its references, or values.

    Tokens of each output: p = different coordinates, and 1 where all fibers are absent; s(crds[0]).
    """
    width = len(crds) + 1
    merged: Tokens = []
    for sides, end in fibers(*map(align, crds, payloads)):
        tables = [{} if is_absent(side) else _table(side) for side in sides]
        every = sorted(set[Any]().union(*tables))
        merged += [(c, *(table.get(c, EMPTY) for table in tables)) for c in every]
        if all(map(is_absent, sides)):
            merged.append((EMPTY,) * width)
        merged.append(end)
    crd, *out = unzip([*merged, DONE], width)
    return crd, out


def answers(crds: Sequence[Tokens]) -> list[Tokens]:
    """Return for each stream where the walk that sends it may go on, seen from each of its tokens.

    That is the greatest coordinate that an intersection sees on its streams as it takes the token;
    `N`, for behind the fiber, if one of them has no coordinate left, or never had one.

    Tokens of each: p, s of that stream.
    """
    told: list[Tokens] = [[] for _ in crds]
    for sides, end in fibers(*crds):
        left = [list(side) for side in sides]
        while any(left):
            values = [n for n, side in enumerate(left) if side and side[0] is not EMPTY]
            taken, answer = values or [n for n, side in enumerate(left) if side], EMPTY
            if len(values) == len(left):
                answer = max(side[0] for side in left)
                taken = [n for n in values if left[n][0] < answer] or values
            for n in taken:
                del left[n][0]
                told[n].append(answer)
        for stream in told:
            stream.append(end)
    return [[*stream, DONE] for stream in told]


def leap(crds: Sequence[Tokens], payloads: Sequence[Tokens]) -> list[tuple[Tokens, Tokens]]:
    """Return what lookups still send when an intersection tells them at once where to leap to.

    With skip signals a lookup that is behind goes on at the first coordinate that is not, and
    abandons its fiber when another one has ended. That changes time alone: what is left intersects
    to the same. This is the most that it can save; late signals save less.

    Tokens of each pair: p = coordinates on which the lookup lands, s(crds[0]).
    """
    left: list[Tokens] = [[] for _ in crds]
    for sides, end in fibers(*map(align, crds, payloads)):
        landed = sides if any(map(is_absent, sides)) else _leap(sides)
        for stream, tokens in zip(left, landed, strict=True):
            stream += [*tokens, end]
    return [(crd, ref) for crd, ref in (unzip([*stream, DONE], 2) for stream in left)]


def _leap(sides: Sequence[Tokens]) -> list[Tokens]:
    at = [0] * len(sides)
    landed: list[Tokens] = [[] for _ in sides]
    while all(i < len(side) for i, side in zip(at, sides, strict=True)):
        heads = [side[i] for i, side in zip(at, sides, strict=True)]
        last = max(crd for crd, _ in heads)
        for number, (head, tokens) in enumerate(zip(heads, landed, strict=True)):
            if not tokens or tokens[-1] is not head:
                tokens.append(head)
            while at[number] < len(sides[number]) and sides[number][at[number]][0] < last:
                at[number] += 1
        if all(crd == last for crd, _ in heads):
            at = [i + 1 for i in at]
    return landed


def _table(side: Tokens) -> dict[Any, Any]:
    """Return payloads by coordinate; ValueError unless coordinates rise."""
    for (before, _), (after, _) in pairwise(side):
        if before >= after:
            raise ValueError(f"coordinates of a fiber do not rise: {after} follows {before}")
    return dict(side)
