"""How streams nest: which of them have the same fibers, and what is around them.

Two streams of one nesting have the same number of tokens and the same stops, whatever the data is.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Nesting:
    """The fibers of a stream; `parent` is the level above, None for a single token."""

    number: int
    depth: int
    parent: Nesting | None

    @property
    def ancestors(self) -> list[Nesting]:
        """The nesting itself and all above it, innermost first."""
        found: list[Nesting] = []
        level: Nesting | None = self
        while level is not None:
            found.append(level)
            level = level.parent
        return found


class Nestings:
    """The nestings of a graph, made as they are met; equal causes make one nesting.

    Each level belongs to an index variable, and levels that are joined belong to the same one.
    """

    def __init__(self) -> None:
        self._made: dict[Hashable, Nesting] = {}
        self._variables: list[int] = []
        self.root = self.below(None, "root")

    def below(
        self, parent: Nesting | None, *cause: Hashable, like: Nesting | None = None
    ) -> Nesting:
        """Return the nesting under `parent` that a cause makes, of the variable of `like`."""
        key = (parent.number if parent else -1, *cause)
        if key not in self._made:
            number, depth = len(self._made), parent.depth + 1 if parent else 0
            self._made[key] = Nesting(number, depth, parent)
            self._variables.append(like.number if like else number)
        return self._made[key]

    def unite(self, one: Nesting, other: Nesting) -> None:
        """Say that two levels are of one index variable."""
        first, second = sorted((self.variable(one), self.variable(other)))
        self._variables[second] = first

    def variable(self, nesting: Nesting) -> int:
        """Return the number of the index variable of a level."""
        number = nesting.number
        while self._variables[number] != number:
            number = self._variables[number]
        return number
