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
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rdu.configuration.model import Context, Endpoint, Load, Program, Section, Sparse, Unit, Write

Arrays = dict[str, NDArray[Any]]

_NUMBER = re.compile(r"(.*\.)coordinates([0-9]+)")
"""How the compiler names the coordinates of a level: after the tensor, with the level's number."""


class Level(NamedTuple):
    """The tensors that a level is stored in; a singleton one has no segments."""

    segments: str | None
    coordinates: str


def random_levels(program: Program, seed: int) -> Arrays:
    """Return segments and coordinates for the levels that primitives read from inputs and weights.

    Levels are those that a primitive reads as `compressed` or `singleton`, from a tier or out of
    memories that a tensor is loaded into. Each has a generator of its own from the seed and the
    name of its coordinates.
    """
    sizes = {
        tensor.name: tensor.shape[0]
        for tensor in program.tensors
        if tensor.role in ("input", "weight") and tensor.dtype == "i32" and len(tensor.shape) == 1
    }
    every = dict.fromkeys(levels_of(program))
    found = [each for each in every if {*each} - {None} <= sizes.keys()]
    points = {level.coordinates for level in found if level.segments is None}
    made: Arrays = {}
    for segments, coordinates in found:
        room = sizes[coordinates]
        made.setdefault(coordinates, np.zeros(room, np.int32))
        if segments is None:
            continue
        next_segments, next_coordinates = _next(coordinates)
        fibers = sizes[segments] - 1
        count = min(room, sizes.get(next_segments, room + 1) - 1)
        repeats = next_coordinates in points
        generator = np.random.default_rng([seed, zlib.crc32(coordinates.encode())])
        made[segments], rising = _fibers(generator, fibers, count if fibers else 0)
        if not repeats:
            made[coordinates][: rising.size] = rising
    return made


def levels_of(program: Program) -> Iterator[Level]:
    """Yield the compressed and singleton levels that the primitives of a program's runs read."""
    for run in program.host:
        section = program.section(run.section)
        for unit, context in section.contexts():
            action = context.action
            storage = action.storage if isinstance(action, Sparse) else None
            if storage is None or storage.kind not in ("compressed", "singleton"):
                continue
            formals = [_formal(section, unit, str(part)) for part in storage.parts]
            tensors = [run.bindings.get(formal or "") for formal in formals]
            *segments, coordinates = tensors
            if coordinates is not None and None not in segments:
                yield Level(segments[0] if segments else None, coordinates)


def _formal(section: Section, unit: Unit, part: str) -> str | None:
    """Return the formal that is a part of a storage, or that fills the memory that is one."""
    if all(memory.name != part for memory in unit.memories):
        return part
    contexts = {(unit.name, context.name): context for unit, context in section.contexts()}
    for context in unit.contexts:
        action = context.action
        if isinstance(action, Write) and action.memory == part:
            source = _source(section, Endpoint(unit.name, context.name, action.port))
            return _loaded(contexts, source) if source else None
    return None


def _source(section: Section, sink: Endpoint) -> Endpoint | None:
    return next((net.source for net in section.nets if any(s.to == sink for s in net.sinks)), None)


def _loaded(contexts: Mapping[tuple[str, str], Context], source: Endpoint) -> str | None:
    action = contexts[source.unit, source.context].action
    return action.tensor if isinstance(action, Load) else None


def _next(coordinates: str) -> tuple[str, str]:
    """Return what the parts of the level below are called, nothing if names are of another kind.

    How many segments it has tells a level without coordinates, which has a word all the same, from
    one with one.
    """
    named = _NUMBER.fullmatch(coordinates)
    if named is None:
        return "", ""
    stem, number = named[1], int(named[2]) + 1
    return f"{stem}segments{number}", f"{stem}coordinates{number}"


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
