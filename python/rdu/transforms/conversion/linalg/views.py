"""Tensors that need no computation: what a tensor of the linalg level is in terms of others.

Transpositions, broadcasts and reshapes only say where an element comes from, so they become part
of the access maps of their readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, compose, identity_rows


@dataclass(frozen=True)
class View:
    """A tensor whose element `i` is element `rows(i)` of `source`."""

    source: ir.Value
    rows: tuple[Linear, ...]

    def at(self, rows: Sequence[Linear], dims: int) -> "View":
        """Return the view whose element `j`, of `dims` dimensions, is this one's `rows(j)`."""
        return View(self.source, compose(self.rows, rows, dims))


@dataclass(frozen=True)
class Splat:
    """A tensor with one scalar everywhere."""

    value: ir.Value

    def at(self, rows: Sequence[Linear], dims: int) -> "Splat":
        """Return the tensor read at other elements: the same."""
        return self


@dataclass(frozen=True)
class Unwritten:
    """A tensor without values yet, such as `tensor.empty`."""

    def at(self, rows: Sequence[Linear], dims: int) -> "Unwritten":
        """Return the tensor read at other elements: the same."""
        return self


Content = View | Splat | Unwritten
"""Where the elements of a tensor come from."""


def whole(value: ir.Value) -> View:
    """Return a tensor as a view of itself."""
    return View(value, identity_rows(len(list(value.type.shape))))


def of_rank(value: ir.Value, rank: int) -> View:
    """Return a computed tensor as one of `rank`: of rank 0 it is the only element of shape 1."""
    view = whole(value)
    return view if rank else view.at([Linear(())], 0)


def expand_rows(shape: Sequence[int], groups: Sequence[Sequence[int]]) -> tuple[Linear, ...]:
    """Return, for `tensor.expand_shape`, the source element of each element of the result.

    Args:
        shape: the result's shape.
        groups: for each source dimension, those of the result that it is split into.
    """
    rows: list[Linear] = []
    for group in groups:
        coefficients, stride = [0] * len(shape), 1
        for dimension in reversed(group):
            if shape[dimension] > 1:
                coefficients[dimension] = stride
                stride *= shape[dimension]
        rows.append(Linear(tuple(coefficients)))
    return tuple(rows)


def collapse_rows(
    shape: Sequence[int], groups: Sequence[Sequence[int]]
) -> tuple[Linear, ...] | None:
    """Return, for `tensor.collapse_shape`, the source element of each element of the result.

    Args:
        shape: the source's shape.
        groups: for each result dimension, those of the source that are merged into it.

    Returns:
        None if that is no affine map: two merged dimensions have an extent above 1.
    """
    dims, zero = len(groups), Linear((0,) * len(groups))
    rows = [zero] * len(shape)
    for position, group in enumerate(groups):
        long = [dimension for dimension in group if shape[dimension] > 1]
        if len(long) > 1:
            return None
        for dimension in long:
            rows[dimension] = identity_rows(dims)[position]
    return tuple(rows)
