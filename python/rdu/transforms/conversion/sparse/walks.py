"""Walks of tensors that only move: whole levels, or the coordinates that are taken of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from rdu.dialects import sam
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.outside import Outside
from rdu.transforms.conversion.sparse.primitives import Primitives, Side, Stream


class Slice(NamedTuple):
    """Coordinates of a dimension: offset + stride * i, `size` of them."""

    offset: int
    size: int
    stride: int


class Walk:
    """A tensor on the way in, from its outermost level.

    Attributes:
        extents: the extent of each level.
        refs: references to the fibers of the next one.
        lacks: whether there may be none.
    """

    def __init__(
        self, write: Primitives, outside: Outside, tensor: ir.Value, order: Sequence[int]
    ) -> None:
        kind: Any = tensor.type
        written = "compressed" if _is_written(tensor) else "dense"
        form = format_of(kind) if is_encoded(kind) else Format.of([written] * len(order), order)
        if is_stored_anew(form, order):
            form = Format.of(["compressed"] * len(order), order)
        self._levels = [level.kind for level in form.levels]
        self.extents = [kind.shape[dimension] for dimension in order]
        self.refs, self.lacks = write.root(), False
        self._write, self._outside = write, outside
        self._bound = write.bind(tensor, self._levels, order)

    def look(self, level: int) -> Side:
        """Look the next level up."""
        return self._write.lookup(self._bound, level, self.refs)

    def enter(self, level: int) -> Stream:
        """Walk the next level; returns its coordinates."""
        side = self.look(level)
        self.refs = side.payload
        return side.crd

    def every(self, level: int, around: Sequence[Stream]) -> Stream:
        """Walk all coordinates of the next level, be they stored or not; returns them.

        Args:
            level: its number.
            around: the coordinates of the levels that have been walked.
        """
        if self._levels[level] == "dense" and not self.lacks:
            return self.enter(level)
        write = self._write
        bound = write.bind(self._outside.empty(self.extents[level]), ["dense"], [0])
        everything = write.lookup(bound, 0, repeated(write, around))
        sides = write.unite([everything, self.look(level)])
        self.refs, self.lacks = sides[1].payload, True
        return sides[0].crd

    def take(self, level: int, taken: Slice, around: Sequence[Stream]) -> Stream:
        """Walk what is taken of the next level; returns its coordinates i.

        Args:
            level: its number.
            taken: which coordinates of the level.
            around: the coordinates of the levels of the result that have been walked.
        """
        if taken == Slice(0, self.extents[level], 1):
            return self.enter(level)
        write = self._write
        bound = write.bind(self._outside.empty(taken.size), ["dense"], [0])
        given = write.lookup(bound, 0, repeated(write, around)).crd
        place = moved(write, self._outside, given, taken, around)
        self.refs = write.locate(self._bound, level, place, self.refs)
        if self.lacks or self._levels[level] != "dense":
            given, self.refs = write.crd_drop(given, self.refs)
            self.lacks = False
        return given

    def values(self) -> Stream:
        """Load the values under the last level."""
        return self._write.array(self._bound, self.refs)


def is_stored_anew(form: Format, order: Sequence[int]) -> bool:
    """Tell whether a tensor has to be stored anew to be walked level by level in an order."""
    return form.order != tuple(order) or any(each.kind == "singleton" for each in form.levels)


def _is_written(tensor: ir.Value) -> bool:
    """Tell whether a graph writes a tensor, which stores what it computes."""
    owner = tensor.owner
    return not isinstance(owner, ir.Block) and isinstance(owner.opview, sam.GraphOp)


def moved(
    write: Primitives, outside: Outside, crd: Stream, by: Slice, around: Sequence[Stream]
) -> Stream:
    """Return offset + stride * i for coordinates i that stand in levels."""
    if by.stride != 1:
        zero = write.bind(outside.empty(1), ["dense"], [0])
        inner = write.lookup(zero, 0, repeated(write, [*around, crd])).crd
        crd = write.flatten(crd, inner, by.stride)
    if by.offset:
        crd, _ = write.concat([crd], [crd], [by.offset])
    return crd


def repeated(write: Primitives, around: Sequence[Stream]) -> Stream:
    """Return a reference to the root for each coordinate of the levels around."""
    refs = write.root()
    for crd in around:
        refs = write.repeat(refs, crd)
    return refs
