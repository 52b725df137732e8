"""How many coordinates loops are expected to have, for values spread evenly over their tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rdu.analysis.sparse.expression import Access
from rdu.analysis.sparse.meeting import Intersect, Meeting, Merge, Walk, walked
from rdu.analysis.sparse.nest import Nest


@dataclass(frozen=True, slots=True)
class Share:
    """What a loop finds in the levels of an access that it enters, under what is present above.

    Attributes:
        present: the share of the loop's coordinates at which all of the levels have something.
        walked: the coordinates that a walk of the levels comes by, for each of the loop's.
    """

    present: float
    walked: float


def shares_of(nest: Nest, access: Access) -> dict[str, Share]:
    """Return what the loop of each variable finds in an access.

    With values present independently of each other with probability d, something is stored under a
    coordinate above n values with probability 1 - (1 - d)^n.
    """
    levels, extents = nest.levels[access], nest.statement.extents
    each = _level_shares(nest, access)
    shares: dict[str, Share] = {}
    for name, (first, *others) in nest.entered(access).items():
        present = walked = each[first]
        for number in others:
            level = levels[number]
            walked += present * (1 if level.dense else each[number] * extents[level.variable])
            present *= each[number]
        shares[name] = Share(present, walked)
    return shares


def _level_shares(nest: Nest, access: Access) -> list[float]:
    """Return for each level the share of its coordinates present under one that is."""
    density = min(nest.statement.tensors[access.tensor].density, 1.0)
    extents = nest.statement.extents
    levels = nest.levels[access]
    shares: list[float] = []
    above = 1.0
    for number, level in enumerate(levels):
        below = math.prod(extents[inner.variable] for inner in levels[number + 1 :])
        here = 1.0 if level.dense else 1 - (1 - density) ** below
        shares.append(min(here / above, 1.0) if above else 0.0)
        above = here if not level.dense else above
    return shares


class Presence:
    """The chance that each access is present, loop by loop.

    Attributes:
        chances: of each access, under a coordinate of the loops entered so far.
    """

    def __init__(self, nest: Nest, chances: Mapping[Access, float] | None = None) -> None:
        self._nest = nest
        self._shares = {access: shares_of(nest, access) for access in nest.levels}
        self.chances = dict(chances or dict.fromkeys(nest.levels, 1.0))

    def inside(self) -> Presence:
        """Return a copy, for loops inside."""
        return Presence(self._nest, self.chances)

    def share(self, access: Access, name: str) -> float:
        """Return the share of a variable's coordinates that a walk of an access finds."""
        return self.chances[access] * self._shares[access][name].present

    def walked(self, access: Access, name: str) -> float:
        """Return how many coordinates a walk of an access comes by for each of a variable's."""
        return self.chances[access] * self._shares[access][name].walked

    def enter(self, meeting: Meeting, name: str) -> float:
        """Enter a loop; returns the share of its variable's coordinates that it has."""
        shared = 1.0 if meeting.driver is None else self._share(meeting.driver, name)
        for access in (*walked(meeting.driver), *meeting.beside):
            own = self.share(access, name)
            restricts = meeting.driver is not None and access not in meeting.beside
            self.chances[access] = min(own / shared, 1.0) if restricts and shared else own
        return shared

    def _share(self, merge: Merge, name: str) -> float:
        if isinstance(merge, Walk):
            return self.share(merge.access, name)
        shares = [self._share(part, name) for part in merge.parts]
        if isinstance(merge, Intersect):
            return math.prod(shares)
        return 1 - math.prod(1 - share for share in shares)
