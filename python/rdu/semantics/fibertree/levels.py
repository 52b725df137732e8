"""The levels of a fibertree: what each format stores, and how its fibers are read.

The children of a fiber are consecutive in every format, so a level answers two questions: where
the children of a parent start, and which coordinates they have. `fibers` below is the number of
parents, which a level that stores nothing for each of them cannot know.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[Any]
"""An array of int32 or int64."""


def index_dtype(largest: int) -> np.dtype[Any]:
    """Return the smaller of int32 and int64 that holds a number."""
    return np.dtype(np.int32 if largest <= np.iinfo(np.int32).max else np.int64)


@dataclass(frozen=True, eq=False, slots=True)
class Level(ABC):
    """One level of a tree.

    Attributes:
        extent: how many coordinates there are, stored or not.
    """

    extent: int

    @abstractmethod
    def first(self, ref: int) -> int:
        """Return the reference of a fiber's first child, if it has children."""

    @abstractmethod
    def coordinates(self, ref: int) -> Integers:
        """Return the coordinates of a fiber, in order."""

    @abstractmethod
    def lengths(self, fibers: int) -> Integers:
        """Return how many children each fiber has."""

    @abstractmethod
    def stored(self, fibers: int) -> Integers:
        """Return the coordinates of all fibers, one after the other."""

    @abstractmethod
    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what the level keeps in memory, by name."""

    def fiber(self, ref: int) -> list[tuple[int, int]]:
        """Return the (coordinate, child reference) pairs of a fiber, in coordinate order."""
        crds: list[int] = self.coordinates(ref).tolist()
        first = self.first(ref)
        return list(zip(crds, range(first, first + len(crds)), strict=True))

    def bits(self, ref: int) -> list[tuple[int, int]]:
        """Return a fiber as one (bit vector, reference of its first child) pair."""
        present = np.zeros(self.extent, dtype=np.bool_)
        present[self.coordinates(ref)] = True
        packed = np.packbits(present, bitorder="little").tobytes()
        return [(int.from_bytes(packed, "little"), self.first(ref))]


@dataclass(frozen=True, eq=False, slots=True)
class DenseLevel(Level):
    """A level that has every coordinate, of a dimension or of a block, and stores nothing."""

    def first(self, ref: int) -> int:
        """Return the reference of a fiber's first child."""
        return ref * self.extent

    def coordinates(self, ref: int) -> Integers:
        """Return every coordinate."""
        return np.arange(self.extent)

    def lengths(self, fibers: int) -> Integers:
        """Return the extent for each fiber."""
        return np.full(fibers, self.extent)

    def stored(self, fibers: int) -> Integers:
        """Return every coordinate of every fiber."""
        return np.tile(np.arange(self.extent, dtype=index_dtype(self.extent)), fibers)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return nothing."""
        return {}


@dataclass(frozen=True, eq=False, slots=True)
class CompressedLevel(Level):
    """A level that stores the coordinates present.

    Attributes:
        segments: where each fiber starts in `crds`, with the end last; one more than fibers.
        crds: the coordinates, fiber after fiber.
    """

    segments: Integers
    crds: Integers

    def first(self, ref: int) -> int:
        """Return the reference of a fiber's first child."""
        return int(self.segments[ref])

    def coordinates(self, ref: int) -> Integers:
        """Return the coordinates stored for a fiber."""
        return self.crds[self.segments[ref] : self.segments[ref + 1]]

    def lengths(self, fibers: int) -> Integers:
        """Return how many coordinates each fiber stores."""
        return np.diff(self.segments[: fibers + 1])

    def stored(self, fibers: int) -> Integers:
        """Return the coordinates stored."""
        return self.crds

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return segments and coordinates."""
        return {"segments": self.segments, "crds": self.crds}


@dataclass(frozen=True, eq=False, slots=True)
class SingletonLevel(Level):
    """A level whose fibers hold one coordinate each.

    Attributes:
        crds: the coordinate of each fiber.
    """

    crds: Integers

    def first(self, ref: int) -> int:
        """Return the parent's own reference."""
        return ref

    def coordinates(self, ref: int) -> Integers:
        """Return the one coordinate of a fiber."""
        return self.crds[ref : ref + 1]

    def lengths(self, fibers: int) -> Integers:
        """Return 1 for each fiber."""
        return np.ones(fibers, dtype=np.int64)

    def stored(self, fibers: int) -> Integers:
        """Return the coordinates."""
        return self.crds

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the coordinates."""
        return {"crds": self.crds}


@dataclass(frozen=True, eq=False, slots=True)
class BitvectorLevel(Level):
    """A level that stores a bit for each coordinate.

    Attributes:
        mask: a row of bytes for each fiber; coordinate `c` is bit `c % 8` of byte `c // 8`.
        segments: how many bits are set before each fiber, with the number of all last.
    """

    mask: NDArray[np.uint8]
    segments: Integers

    def first(self, ref: int) -> int:
        """Return the reference of a fiber's first child: the bits set before it."""
        return int(self.segments[ref])

    def coordinates(self, ref: int) -> Integers:
        """Return the places of the bits set."""
        return np.flatnonzero(np.unpackbits(self.mask[ref], bitorder="little"))

    def lengths(self, fibers: int) -> Integers:
        """Return how many bits each fiber has set."""
        return np.diff(self.segments[: fibers + 1])

    def stored(self, fibers: int) -> Integers:
        """Return the places of all bits set; takes eight bytes of memory for each of them."""
        width = self.mask.shape[1]
        octets = np.flatnonzero(self.mask[:fibers])
        which, bit = np.nonzero(
            np.unpackbits(self.mask.reshape(-1)[octets, None], axis=1, bitorder="little")
        )
        crds = (octets % max(width, 1))[which] * 8 + bit
        return crds.astype(index_dtype(self.extent))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return bits and counts."""
        return {"mask": self.mask, "segments": self.segments}

    def bits(self, ref: int) -> list[tuple[int, int]]:
        """Return a fiber as one (bit vector, reference of its first child) pair."""
        return [(int.from_bytes(self.mask[ref].tobytes(), "little"), self.first(ref))]
