"""Counters at work: to which iterations a firing belongs, and what the counters are in it."""

from __future__ import annotations

from collections.abc import Sequence

from rdu.simulator.specification import Level, Sum


class Chain:
    """Where a context's firing stands among the iterations of its counters.

    Level 0 is one pass, level i one iteration of counter i - 1. A firing whose `depth` is less than
    the number of counters is empty: the levels inside have no iteration.

    Attributes:
        first: the outermost level of which the firing is the first of an iteration.
        last: the outermost level of which it is the last.
        depth: the innermost level of which it belongs to an iteration.
        index: the iteration of each counter, from 0.
        trips: how many it has; -1 where only a stop tells.
        begun: how many iterations of each level have begun since the section's start.
    """

    def __init__(self, levels: Sequence[Level]) -> None:
        self.levels = levels
        self.first = 0
        self.last = self.depth = len(levels)
        self.index = [0] * len(levels)
        self.start = [level.start for level in levels]
        self.stop = [level.stop for level in levels]
        self.trips = [-1] * len(levels)
        self.begun = [0] * (len(levels) + 1)

    @property
    def is_empty(self) -> bool:
        """Whether the firing is empty."""
        return self.depth < len(self.levels)

    def enter(self, counter: int, start: int, stop: int) -> bool:
        """Begin with a counter's iterations; False if it has none."""
        level = self.levels[counter]
        self.index[counter] = 0
        self.start[counter], self.stop[counter] = start, stop
        self.trips[counter] = -1 if level.until else max(0, -(-(stop - start) // level.stride))
        return self.trips[counter] != 0

    def stand(self, depth: int, last: int | None = None) -> None:
        """Settle to which levels the firing belongs; `last` where the counters do not tell."""
        self.depth = depth
        for level in range(self.first, depth + 1):
            self.begun[level] += 1
        if last is None:
            last = depth
            while last and self.is_last(last):
                last -= 1
        self.last = last

    def step(self) -> None:
        """Go on to the next firing."""
        self.first = self.last
        if self.first:
            self.index[self.first - 1] += 1

    def is_first(self, level: int) -> bool:
        """Whether the firing belongs to the first iteration of a level's counter."""
        return self.index[level - 1] == 0

    def is_last(self, level: int) -> bool:
        """Whether the firing belongs to the last iteration of a level's counter."""
        return self.index[level - 1] == self.trips[level - 1] - 1

    def counter(self, number: int) -> int:
        """Return a counter's value on lane 0: inside an empty counter, its written start."""
        level = self.levels[number]
        if number > self.depth:
            return level.start
        return self.start[number] + self.index[number] * level.stride

    def evaluate(self, value: Sum) -> int:
        """Return the value of an affine expression of the counters on lane 0."""
        terms = enumerate(value.coefficients)
        return value.constant + sum(c * self.counter(i) for i, c in terms if c)
