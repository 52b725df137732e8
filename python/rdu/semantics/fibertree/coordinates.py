"""Tensors as lists of points: what files and other libraries give, in any order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.fibertree.levels import index_dtype

Zeros = Literal["keep", "drop"]
"""What becomes of zeros that are stored: SAM keeps them, as what a graph computes with."""

_MOST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True, eq=False, slots=True)
class Coordinates:
    """Points of a tensor with their values; a tensor without dimensions is the sum of its points.

    Attributes:
        shape: the tensor's extents.
        columns: the points' coordinates, an array of integers for each dimension.
        values: one for each point; points may be in any order and occur more than once.
    """

    shape: tuple[int, ...]
    columns: tuple[NDArray[Any], ...]
    values: NDArray[Any]

    @classmethod
    def of(cls, shape: Sequence[int], columns: Sequence[Any], values: Any) -> Coordinates:
        """Check and take points; columns become int32 where the extents allow.

        Raises ValueError if lengths differ or a coordinate is no integer or outside the shape.
        """
        shape = tuple(int(extent) for extent in shape)
        taken = np.asarray(values)
        if len(columns) != len(shape):
            raise ValueError(f"{len(columns)} columns of coordinates for {len(shape)} dimensions")
        narrow: list[NDArray[Any]] = []
        for d, (column, extent) in enumerate(zip(columns, shape, strict=True)):
            array = np.asarray(column)
            if array.shape != taken.shape or array.ndim != 1:
                raise ValueError(f"dimension {d} has {array.size} coordinates for {taken.size}")
            if array.size and array.dtype.kind not in "iu":
                raise ValueError(f"dimension {d} has coordinates of type {array.dtype}")
            if array.size and not 0 <= int(array.min()) <= int(array.max()) < extent:
                worst = int(array.min()) if int(array.min()) < 0 else int(array.max())
                raise ValueError(f"coordinate {worst} of dimension {d}: expected 0 to {extent - 1}")
            narrow.append(array.astype(index_dtype(extent), copy=False))
        return cls(shape, tuple(narrow), taken)

    @classmethod
    def from_dense(cls, array: NDArray[Any]) -> Coordinates:
        """Take the elements of an array that are not zero."""
        if array.ndim == 0:
            return cls((), (), array.reshape(1))
        columns = np.nonzero(array)
        return cls.of(array.shape, columns, array[columns])

    @property
    def size(self) -> int:
        """The number of points."""
        return len(self.values)

    def without_zeros(self) -> Coordinates:
        """Return the points whose values are not zero; minus zero is zero, NaN is not."""
        return self._select(np.flatnonzero(self.values)) if self.shape else self

    def reshaped(self, shape: Sequence[int]) -> Coordinates:
        """Return the same values, in row-major order, as points of another shape.

        Raises ValueError if it has another number of elements.
        """
        if math.prod(shape) != math.prod(self.shape):
            raise ValueError(f"shape {list(shape)} for the elements of {list(self.shape)}")
        if not self.shape or not shape:
            zeros = [np.zeros(self.size, np.int64) for _ in shape]
            return Coordinates.of(shape, zeros, self.values)
        wide = [np.asarray(column, np.int64) for column in self.columns]
        flat: Any = np.ravel_multi_index(wide, self.shape)
        columns = cast("tuple[Any, ...]", np.unravel_index(flat, tuple(shape)))
        return Coordinates.of(shape, columns, self.values)

    def arranged(self, order: Sequence[int]) -> Coordinates:
        """Return the points sorted by the dimensions `order`, the values of equal ones summed.

        Equal points are summed in the order in which they come, in f64 or i64, and rounded once.
        Raises ValueError if a sum of integers does not fit their type.
        """
        return self.sorted_by([self.columns[d] for d in order], [self.shape[d] for d in order])

    def sorted_by(self, keys: Sequence[NDArray[Any]], extents: Sequence[int]) -> Coordinates:
        """Return the points sorted by columns of keys below `extents`, summed as by `arranged`."""
        permutation = _sorting(keys, extents)
        points = self if permutation is None else self._select(permutation)
        return points._summed()  # pyright: ignore[reportPrivateUsage] - of this very class

    def to_dense(self) -> NDArray[Any]:
        """Return the tensor as an array, equal points summed."""
        points = self.arranged(range(len(self.shape)))
        array = np.zeros(self.shape, dtype=self.values.dtype)
        array[points.columns] = points.values if self.shape else points.values[0]
        return array

    def _select(self, which: NDArray[Any]) -> Coordinates:
        columns = tuple(column[which] for column in self.columns)
        return Coordinates(self.shape, columns, self.values[which])

    def _summed(self) -> Coordinates:
        if not self.shape and not self.size:
            return Coordinates((), (), np.zeros(1, dtype=self.values.dtype))
        starts = np.flatnonzero(group_starts(self.columns)) if self.shape else np.arange(1)
        if len(starts) == self.size:
            return self
        columns = tuple(column[starts] for column in self.columns)
        return Coordinates(self.shape, columns, _sums(self.values, starts))


def group_starts(columns: Sequence[NDArray[Any]]) -> NDArray[np.bool_]:
    """Tell for each point whether it differs from the one before it, in sorted columns."""
    starts = np.zeros(len(columns[0]), dtype=np.bool_)
    starts[:1] = True
    for column in columns:
        starts[1:] |= column[1:] != column[:-1]
    return starts


def _sorting(keys: Sequence[NDArray[Any]], extents: Sequence[int]) -> NDArray[Any] | None:
    """Return the stable permutation that sorts points by columns, None if they are sorted.

    Columns whose extents multiply to a number of 64 bits are sorted as one number, which is fast.
    """
    if not keys:
        return None
    product = 1
    for extent in extents:
        product *= extent
    if product > _MOST:
        return np.lexsort(tuple(reversed(keys)))
    number = keys[0].astype(index_dtype(product))
    for key, extent in zip(keys[1:], extents[1:], strict=True):
        number *= extent
        number += key.astype(number.dtype, copy=False)
    if bool(np.all(number[1:] >= number[:-1])):
        return None
    return _stable_argsort(number, product)


def _stable_argsort(number: NDArray[Any], bound: int) -> NDArray[Any]:
    """Sort numbers below `bound` together with their places if a word holds both: twice as fast."""
    places = max(number.size - 1, 1).bit_length()
    if (bound - 1).bit_length() + places > 64:
        return np.argsort(number, kind="stable")
    packed = number.astype(np.uint64) << np.uint64(places)
    packed |= np.arange(number.size, dtype=np.uint64)
    packed.sort()
    packed &= np.uint64((1 << places) - 1)
    return packed.view(np.int64)


def _sums(values: NDArray[Any], starts: NDArray[Any]) -> NDArray[Any]:
    if values.dtype == np.bool_:
        return np.logical_or.reduceat(values, starts)
    if not np.issubdtype(values.dtype, np.integer):
        return np.add.reduceat(values, starts, dtype=np.float64).astype(values.dtype)
    sums = np.add.reduceat(values, starts, dtype=np.int64)
    limits = np.iinfo(values.dtype)
    if int(sums.min()) < limits.min or int(sums.max()) > limits.max:
        worst = max((int(sums.min()), int(sums.max())), key=abs)
        raise ValueError(f"values of equal coordinates sum to {worst}, beyond {values.dtype}")
    return sums.astype(values.dtype)
