"""A stored tensor: levels and values, and what they stand for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.fibertree.coordinates import Coordinates
from rdu.semantics.fibertree.format import Format
from rdu.semantics.fibertree.levels import Level


@dataclass(frozen=True, eq=False, slots=True)
class Fibertree:
    """A tensor as a tree of fibers.

    Attributes:
        shape: the tensor's extents.
        format: how the levels store them.
        levels: outermost first.
        values: one for each position of the innermost level.
    """

    shape: tuple[int, ...]
    format: Format
    levels: tuple[Level, ...]
    values: NDArray[Any]

    @property
    def zero(self) -> Any:
        """What is read where nothing is stored: a zero of the values' type."""
        return self.values.dtype.type(0)

    @property
    def stored(self) -> int:
        """The number of values, zeros that are stored and padding included."""
        return len(self.values)

    @property
    def positions(self) -> tuple[int, ...]:
        """How many positions each level has, outermost first."""
        found: list[int] = []
        for level in self.levels:
            fibers = found[-1] if found else 1
            found.append(int(level.lengths(fibers).sum()))
        return tuple(found)

    @property
    def nbytes(self) -> int:
        """The bytes that levels and values take."""
        arrays = (array for level in self.levels for array in level.arrays().values())
        return self.values.nbytes + sum(array.nbytes for array in arrays)

    def coordinates(self) -> Coordinates:
        """Return the coordinates of every value stored, in the order in which they are stored.

        Dense and blocked levels store all their coordinates, whatever the values are; the padding
        of a last block that is not full is left out.
        """
        fibers = 1
        columns: list[NDArray[Any]] = []
        for level in self.levels:
            lengths, crds = level.lengths(fibers), level.stored(fibers)
            columns = [np.repeat(column, lengths) for column in columns]
            columns.append(crds)
            fibers = len(crds)
        joined, values = self.format.join(columns), self.values
        if any(level.kind == "blocked" for level in self.format.levels):
            sides = [column < extent for column, extent in zip(joined, self.shape, strict=True)]
            inside = np.logical_and.reduce(sides)
            joined = [column[inside] for column in joined]
            values = values[inside]
        return Coordinates(self.shape, tuple(joined), values)

    def to_dense(self) -> NDArray[Any]:
        """Return the tensor as an array; stored zeros and absent ones look the same."""
        return self.coordinates().to_dense()
