"""Made-up levels of sparse tensors: segments and coordinates that go together.

Extents of compressed levels are not in a configuration. A level of C coordinates in F fibers has an
extent of C / F at least, so coordinates below that, rounded up, suit whatever the extent is, and
results have room for what becomes of them. Fibers differ by one coordinate in length at most, and
which ones are shorter, and what they lack, is random. Of a list of points, whose coordinates repeat
as often as the extents let them, all points are made the first.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Program
from rdu.runtime.levels_read import levels_of

Arrays = dict[str, NDArray[Any]]

_NUMBER = re.compile(r"(.*\.)(?:segments|coordinates)([0-9]+)")
"""How the compiler names the parts of a level: after the tensor, with the level's number."""


def random_levels(program: Program, seed: int) -> Arrays:
    """Return segments and coordinates for the levels that primitives read from inputs and weights.

    Levels are those that a primitive reads as `compressed` or `singleton`, from a tier or out of
    memories that a tensor is loaded into, or that are asked for by bursts. Each has a generator of
    its own from the seed and the name of its last part.
    """
    sizes = {
        tensor.name: tensor.shape[0]
        for tensor in program.tensors
        if tensor.role in ("input", "weight") and len(tensor.shape) == 1
    }
    indices = {name for name in sizes if program.tensor(name).dtype == "i32"}
    every = dict.fromkeys(levels_of(program))
    found = [each for each in every if {*each} - {None} <= indices]
    points = {level.coordinates for level in found if level.segments is None}
    made: Arrays = {}
    for segments, coordinates in found:
        if coordinates is not None:
            made.setdefault(coordinates, np.zeros(sizes[coordinates], np.int32))
        if segments is None:
            continue
        named = coordinates or segments
        below = _below(named)
        rooms = [sizes[coordinates]] if coordinates else []
        if below.segments in sizes:
            rooms.append(sizes[below.segments] - 1)
        elif not rooms and below.values in sizes:
            rooms.append(sizes[below.values])
        fibers = sizes[segments] - 1
        generator = np.random.default_rng([seed, zlib.crc32(named.encode())])
        count = min(rooms, default=0) if fibers else 0
        made[segments], rising = _fibers(generator, fibers, count)
        if coordinates is not None and below.coordinates not in points:
            made[coordinates][: rising.size] = rising
    return made


class _Below(NamedTuple):
    """What the parts of the level below are called, and values of the tensor."""

    segments: str = ""
    coordinates: str = ""
    values: str = ""


def _below(named: str) -> _Below:
    """Return what is below the level of a part, nothing if names are of another kind.

    How many segments it has tells a level without coordinates, which has a word all the same, from
    one with one.
    """
    found = _NUMBER.fullmatch(named)
    if found is None:
        return _Below()
    stem, number = found[1], int(found[2]) + 1
    return _Below(f"{stem}segments{number}", f"{stem}coordinates{number}", f"{stem}values")


def _fibers(
    generator: np.random.Generator, fibers: int, count: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return segments of so many fibers, and coordinates that rise in each of them."""
    if not fibers:
        return np.zeros(1, np.int32), np.zeros(0, np.int32)
    longest = -(-count // fibers)
    lengths = np.full(fibers, longest)
    short = generator.permutation(fibers)[: fibers * longest - count]
    lengths[short] -= 1
    lacking = np.full(fibers, longest)
    lacking[short] = generator.integers(0, max(1, longest), short.size)
    segments = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(count) - np.repeat(segments[:-1], lengths)
    coordinates = within + (within >= np.repeat(lacking, lengths))
    return segments.astype(np.int32), coordinates.astype(np.int32)
