"""How one dimension is cut into several: the strides of its parts, and what these amount to.

A dimension of extent 12 that is cut at the strides 4 and 2 has the parts 3, 2 and 2, outermost
first: coordinate 7 is 1, 1, 1 of them. A dimension of extent 1 has no parts.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from itertools import pairwise


def fits(extent: int, strides: Collection[int]) -> bool:
    """Tell whether a dimension can be cut at all of some strides: each divides the next."""
    return all(outer % inner == 0 for inner, outer in pairwise([*sorted(strides), extent]))


def parts(extent: int, strides: Collection[int]) -> list[tuple[int, int]]:
    """Return the extent and the stride of each part, outermost first."""
    steps = [1, *sorted(strides), extent]
    pairs = [(outer // inner, inner) for inner, outer in pairwise(steps) if outer > inner]
    return pairs[::-1]


def joined(extents: Sequence[int], strides: Sequence[Collection[int]]) -> set[int]:
    """Return where the dimension is cut that several make together, outermost first."""
    found: set[int] = set()
    for position, own in enumerate(strides):
        below = math.prod(extents[position + 1 :])
        found |= {below * stride for stride in own}
        found.add(below)
    return {stride for stride in found if 1 < stride < math.prod(extents)}


def divided(extents: Sequence[int], strides: Collection[int]) -> list[set[int]] | None:
    """Return where each of several dimensions is cut if the one that they make is.

    None if a stride lies within one of them that it does not divide.
    """
    found: list[set[int]] = [set() for _ in extents]
    for stride in strides:
        below = math.prod(extents)
        for position, extent in enumerate(extents):
            above, below = below, below // extent
            if below < stride < above:
                if stride % below or extent % (stride // below):
                    return None
                found[position].add(stride // below)
    return found
