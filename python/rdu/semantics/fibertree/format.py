"""How a tensor is stored: a format for each level, and the dimension that each stores."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS: Mapping[str, str] = {
    "dense": "every coordinate, nothing stored",
    "compressed": "segments and coordinates",
    "singleton": "one coordinate for each parent",
    "bitvector": "a bit for each coordinate",
    "blocked": "every coordinate within a block, nothing stored",
}
"""What a level may be, and what it stores."""

_TEXT = re.compile(r"(?P<kind>[a-z]+)(?::(?P<length>[0-9]{1,9}))?")
_LETTERS: Mapping[str, str] = {"s": "compressed", "d": "dense"}


@dataclass(frozen=True, slots=True)
class LevelFormat:
    """The format of one level; `length` is the extent of a block if `kind` is `blocked`."""

    kind: str
    length: int = 1

    @classmethod
    def parse(cls, text: str) -> LevelFormat:
        """Read a level's format as `str` writes it; ValueError says what is wrong with it."""
        found = _TEXT.fullmatch(text)
        if found is None or found["kind"] not in KINDS:
            choice = " or ".join(f"'{kind}'" for kind in KINDS)
            raise ValueError(f"unknown level format '{text}': expected {choice}")
        length = found["length"]
        if (found["kind"] == "blocked") != (length is not None) or (length and not int(length)):
            raise ValueError(
                f"level format '{text}': expected a positive length for 'blocked' only"
            )
        return cls(found["kind"], int(length or 1))

    def __str__(self) -> str:
        """Render as `compressed` or `blocked:4`."""
        return f"{self.kind}:{self.length}" if self.kind == "blocked" else self.kind


@dataclass(frozen=True, slots=True)
class Format:
    """How the levels of a tree store the dimensions of a tensor.

    A dimension that is blocked has several levels: the outermost holds the number of a block, the
    blocked ones below it, from the outermost in, the coordinate within. Blocked compressed rows
    (BSR) of 2 by 3 are `dense, compressed, blocked:2, blocked:3` of the dimensions 0 1 0 1.

    Attributes:
        levels: the format of each level, outermost first.
        order: the dimension that each level stores, outermost first.
    """

    levels: tuple[LevelFormat, ...]
    order: tuple[int, ...]

    @classmethod
    def of(cls, levels: Sequence[str], order: Sequence[int] | None = None) -> Format:
        """Build a format from texts of levels; the dimensions are in order if none is given.

        Raises ValueError for an unknown level, and for an order that has not each dimension once,
        or more often where levels are blocked.
        """
        parsed = tuple(LevelFormat.parse(level) for level in levels)
        rank = sum(level.kind != "blocked" for level in parsed)
        order = tuple(range(len(parsed))) if order is None else tuple(int(d) for d in order)
        if len(order) != len(parsed):
            raise ValueError(f"{len(parsed)} levels of {len(order)} dimensions: expected as many")
        whole = [d for d, level in zip(order, parsed, strict=True) if level.kind != "blocked"]
        if sorted(whole) != list(range(rank)):
            dimensions = f"each of 0 to {rank - 1} once" if rank else "none"
            raise ValueError(f"stores the dimensions {whole}: expected {dimensions}")
        for number, (dimension, level) in enumerate(zip(order, parsed, strict=True)):
            if level.kind == "blocked" and dimension not in order[:number]:
                raise ValueError(
                    f"level {number} is blocked: expected a level of dimension {dimension} above it"
                )
        return cls(parsed, order)

    @classmethod
    def from_sam(cls, text: str) -> Format:
        """Read what SAM's graph files say of a tensor: `ds10` is CSC, `s` compressed, `d` dense.

        The digits are the dimension of each level; without digits these are in order. Raises
        ValueError for anything else.
        """
        found = re.fullmatch(r"(?P<levels>[sd]*)(?P<order>[0-9]*)", text)
        if found is None:
            raise ValueError(f"format '{text}': expected letters 's' and 'd', then digits")
        order = [int(digit) for digit in found["order"]] or None
        return cls.of([_LETTERS[letter] for letter in found["levels"]], order)

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return sum(level.kind != "blocked" for level in self.levels)

    def unique(self, level: int) -> bool:
        """Tell whether a level has a coordinate once a fiber.

        A compressed level with a singleton below it stores a coordinate for each point instead.
        """
        kinds = [format.kind for format in self.levels[level : level + 2]]
        return kinds != ["compressed", "singleton"]

    def without_single_blocks(self) -> Format:
        """Return the format without levels of blocks of one, which say nothing."""
        stored = list(zip(self.levels, self.order, strict=True))
        kept = [(level, d) for level, d in stored if level != LevelFormat("blocked", 1)]
        return Format(tuple(level for level, _ in kept), tuple(d for _, d in kept))

    def extents(self, shape: Sequence[int]) -> tuple[int, ...]:
        """Return what each level ranges over: a dimension's extent, its blocks, or a block's."""
        if len(shape) != self.rank:
            raise ValueError(f"{len(shape)} dimensions: expected {self.rank}, as the format has")
        return tuple(
            level.length if level.kind == "blocked" else -(-int(shape[d]) // self._within(number))
            for number, (level, d) in enumerate(zip(self.levels, self.order, strict=True))
        )

    def split(self, columns: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Turn the coordinates of points, an array for each dimension, into those of the levels."""
        split: list[NDArray[Any]] = []
        for number, (level, dimension) in enumerate(zip(self.levels, self.order, strict=True)):
            column, within = columns[dimension], self._within(number)
            column = column // within if within > 1 else column
            split.append(column % level.length if level.kind == "blocked" else column)
        return split

    def join(self, columns: Sequence[NDArray[Any]]) -> list[NDArray[Any]]:
        """Turn the coordinates of points in the levels into those in the dimensions.

        Padding of a last block that is not full is beyond the extent.
        """
        joined: dict[int, NDArray[Any]] = {}
        for number, dimension in enumerate(self.order):
            within = self._within(number)
            scaled = columns[number] * np.int64(within) if within > 1 else columns[number]
            joined[dimension] = joined[dimension] + scaled if dimension in joined else scaled
        return [joined[d] for d in range(self.rank)]

    def __str__(self) -> str:
        """Render as `dense, compressed of 1 0`; the dimensions only where they are not in order."""
        text = ", ".join(str(level) for level in self.levels) or "scalar"
        in_order = self.order == tuple(range(len(self.order)))
        return text if in_order else f"{text} of {' '.join(str(d) for d in self.order)}"

    def _within(self, number: int) -> int:
        """Return how many coordinates of its dimension one coordinate of a level stands for."""
        below = zip(self.levels[number + 1 :], self.order[number + 1 :], strict=True)
        return math.prod(level.length for level, d in below if d == self.order[number])


def bsr(rows: int, columns: int) -> Format:
    """Return the format of matrices of dense blocks in compressed rows."""
    blocks = [f"blocked:{rows}", f"blocked:{columns}"]
    return Format.of(["dense", "compressed", *blocks], [0, 1, 0, 1])


NAMED_FORMATS: Mapping[str, Format] = {
    "csr": Format.of(["dense", "compressed"]),
    "csc": Format.of(["dense", "compressed"], [1, 0]),
    "dcsr": Format.of(["compressed", "compressed"]),
    "dcsc": Format.of(["compressed", "compressed"], [1, 0]),
    "coo": Format.of(["compressed", "singleton"]),
    "bitmap": Format.of(["dense", "bitvector"]),
    "dense": Format.of(["dense", "dense"]),
}
"""The formats of matrices that have names elsewhere; `bsr` returns that of a size of block."""
