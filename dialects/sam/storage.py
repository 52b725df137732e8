"""Tensors as trees of fibers: the storage that `sam.bind` describes, built from NumPy arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Level:
    """One level of the tree.

    Attributes:
        extent: the size of the dimension that it stores.
        segments: where each fiber starts in `crds`, with the end last; None for a dense level,
            whose fibers hold every coordinate.
        crds: the coordinates stored, fiber after fiber.
    """

    extent: int
    segments: tuple[int, ...] | None = None
    crds: tuple[int, ...] = ()

    def fiber(self, ref: int) -> list[tuple[int, int]]:
        """Return the (coordinate, child reference) pairs of a fiber, in coordinate order."""
        if self.segments is None:
            return [(c, ref * self.extent + c) for c in range(self.extent)]
        span = range(self.segments[ref], self.segments[ref + 1])
        return [(self.crds[position], position) for position in span]

    def bits(self, ref: int) -> list[tuple[int, int]]:
        """Return a fiber as one (bit vector, reference of its first child) pair."""
        pairs = self.fiber(ref)
        first = self.segments[ref] if self.segments is not None else ref * self.extent
        return [(sum(1 << crd for crd, _ in pairs), first)]


@dataclass(frozen=True)
class Fibertree:
    """A stored tensor: its levels, outermost first, the values at the leaves, and a zero."""

    levels: tuple[Level, ...]
    values: tuple[Any, ...]
    zero: Any = 0


def store(array: np.ndarray[Any, Any], formats: Sequence[str], order: Sequence[int]) -> Fibertree:
    """Store an array, one format for each level; `order[l]` is the dimension of level l.

    A level that is not dense stores the coordinates under which some value is not zero.
    """
    ordered = np.transpose(array, order)
    fibers = [ordered]
    levels: list[Level] = []
    for name, extent in zip(formats, ordered.shape, strict=True):
        chosen = [_present(fiber, name) for fiber in fibers]
        fibers = [fiber[c] for fiber, crds in zip(fibers, chosen, strict=True) for c in crds]
        if name == "dense":
            levels.append(Level(extent))
        else:
            ends = np.cumsum([0, *(len(crds) for crds in chosen)])
            flat = tuple(c for crds in chosen for c in crds)
            levels.append(Level(extent, tuple(int(e) for e in ends), flat))
    return Fibertree(tuple(levels), tuple(fiber[()] for fiber in fibers), array.dtype.type(0))


def _present(fiber: np.ndarray[Any, Any], name: str) -> list[int]:
    if name == "dense":
        return list(range(len(fiber)))
    return [c for c in range(len(fiber)) if np.any(fiber[c])]
