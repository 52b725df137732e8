"""How many coordinates loops are expected to have, for values spread evenly over their tensors."""

from __future__ import annotations

import math
from collections.abc import Mapping

from rdu.analysis.sparse.expression import Access
from rdu.analysis.sparse.meeting import Intersect, Meeting, Merge, Walk, walked
from rdu.analysis.sparse.nest import Nest
from rdu.semantics.fibertree import LevelFormat


def shares_of(nest: Nest, access: Access) -> dict[str, float]:
    """Return for each level's variable the share of coordinates present under one that is.

    With values present independently of each other with probability d, something is stored under a
    coordinate above n values with probability 1 - (1 - d)^n.
    """
    density = min(nest.statement.tensors[access.tensor].density, 1.0)
    extents = nest.statement.extents
    levels = nest.levels[access]
    shares: dict[str, float] = {}
    above = 1.0
    for number, level in enumerate(levels):
        below = math.prod(extents[inner.variable] for inner in levels[number + 1 :])
        here = 1.0 if _is_dense(level.format) else 1 - (1 - density) ** below
        shares[level.variable] = min(here / above, 1.0) if above else 0.0
        above = here if not _is_dense(level.format) else above
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
        return self.chances[access] * self._shares[access][name]

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


def _is_dense(level: LevelFormat) -> bool:
    return level.kind in ("dense", "blocked")
