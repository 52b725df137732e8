"""The values of each fiber in order, and where they were."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from rdu.semantics.sparse.fibers import Tokens, align, is_row, misaligned, unzip
from rdu.semantics.tokens import DONE, EMPTY


def sort(
    zero: Any, crds: Tokens, values: Tokens, *, descending: bool, keep: int = 0
) -> tuple[Tokens, ...]:
    """Put the values of each fiber in order, together with their coordinates.

    What is not in the stream takes no part: a zero that a tensor does not store is none of the
    values, unless a union with all coordinates brings it in, as a value `N`. An absent coordinate
    has no value, and comes last: without a place, with a zero. An empty fiber stays empty.

    Args:
        zero: what a value `N` stands for, and leaves as.
        crds: coordinates, at least one deep.
        values: a value for each.
        descending: whether the greatest comes first.
        keep: how many of each fiber are sent, from the first on; 0 for all.

    Returns:
        The place of each in its fiber, 0 the first; the values; the coordinates that they had.

    Tokens: p = the least of `keep` and p(crds), fiber by fiber; s(crds).
    """
    ordered: Tokens = []
    fiber: list[tuple[Any, Any]] = []
    for token in align(crds, values):
        if is_row(token):
            crd, value = token
            fiber.append((crd, zero if value is EMPTY else value))
            continue
        if token is DONE and fiber:
            raise misaligned(DONE, fiber[-1][0])
        ordered += _entries(zero, fiber, descending=descending)[: keep or None]
        ordered.append(token)
        fiber = []
    return unzip(ordered, 3)


def in_order(values: Sequence[Any], *, descending: bool) -> list[int]:
    """Return the positions of values in order: equal ones as they come, NaN as the greatest.

    So do PyTorch's stable sorts. The two zeros of floats are equal.
    """
    keys = np.array([float(value) for value in values])
    if not descending:
        return np.argsort(keys, kind="stable").tolist()
    return (len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]).tolist()


def _entries(zero: Any, fiber: list[tuple[Any, Any]], *, descending: bool) -> Tokens:
    """Return place, value and coordinate of what is in a fiber, in order."""
    present = [entry for entry in fiber if entry[0] is not EMPTY]
    places = in_order([value for _, value in present], descending=descending)
    there = [(place, present[at][1], present[at][0]) for place, at in enumerate(places)]
    return there + [(EMPTY, zero, EMPTY)] * (len(fiber) - len(present))
