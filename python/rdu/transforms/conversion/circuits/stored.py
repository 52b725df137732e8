"""A tensor as the primitives of the fabric see it: which formal holds which part, and how much."""

from __future__ import annotations

from dataclasses import dataclass

from rdu.codegen.sparse import WORD_BITS
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format

STORED = "rdu.stored"
"""Attribute that says how much of a tensor is stored: positions at each level, then values."""

INDEX = "i32"
"""The element type of coordinates, references and segments."""

WORD_BYTES = 4
"""Of a coordinate, a reference, a segment and a value."""

MOST = 2**31 - 1
"""The most positions that references can tell apart."""


@dataclass(frozen=True, slots=True)
class Part:
    """A formal tensor that holds a part of a tensor: its name, element type and elements."""

    name: str
    element: str
    elements: int


@dataclass(frozen=True, slots=True)
class Storage:
    """What a primitive reads or writes: the kind, and an extent or the parts that are formals."""

    kind: str
    extent: int | None = None
    parts: tuple[Part, ...] = ()

    @property
    def words(self) -> tuple[str | int, ...]:
        """The parts as they stand in an `rdu.sparse`."""
        extent = () if self.extent is None else (self.extent,)
        return (*extent, *(part.name for part in self.parts))


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in a format, in parts that are named after it.

    Attributes:
        name: what its parts are named after: `B.segments0`, `B.coordinates0`, `B.values`.
        shape: the extent of each dimension.
        form: how its levels store them.
        element: of its values.
        role: as of the program's tensors.
        positions: how many positions each level has room for.
        location: where the program says so.
    """

    name: str
    shape: tuple[int, ...]
    form: Format
    element: str
    role: str
    positions: tuple[int, ...]
    location: ir.Location

    def level(self, number: int) -> Storage:
        """Return how a level is stored; a part without elements has a word that is not used."""
        kind, extent = self.form.levels[number].kind, self.form.extents(self.shape)[number]
        parents = self.positions[number - 1] if number else 1
        segments = Part(f"{self.name}.segments{number}", INDEX, parents + 1)
        crds = Part(f"{self.name}.coordinates{number}", INDEX, max(1, self.positions[number]))
        match kind:
            case "dense" | "blocked":
                return Storage("dense", extent)
            case "compressed":
                return Storage(kind, parts=(segments, crds))
            case "singleton":
                return Storage(kind, parts=(crds,))
            case _:
                count = parents * -(-extent // WORD_BITS)
                words = Part(f"{self.name}.words{number}", INDEX, max(1, count))
                return Storage("bitvector", extent, (segments, words))

    @property
    def values(self) -> Storage:
        """How the values are stored."""
        elements = max(1, self.positions[-1]) if self.positions else 1
        return Storage("values", parts=(Part(f"{self.name}.values", self.element, elements),))


def dense_bound(form: Format, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the most positions that each level may have: as if everything were stored."""
    bound: list[int] = []
    parents = 1
    for level, extent in zip(form.levels, form.extents(shape), strict=True):
        parents *= 1 if level.kind == "singleton" else extent
        bound.append(parents)
    return tuple(bound)
