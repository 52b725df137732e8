"""Iteration domains, and the elements that affine accesses reach over all of their points.

A domain is one `range` a counter, outermost first. A value over a domain of n counters is an array
of n axes that broadcasts to the domain's shape: an axis along which it does not vary has extent 1.
A value that does not vary at all may be a 0-d array.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from math import prod
from typing import Protocol

import numpy as np

from rdu.semantics.dtypes import Array

Domain = tuple[range, ...]

POINTS_AT_ONCE = 1 << 22
"""Points to evaluate together: arrays of this size still fit a processor's outer cache."""


class Row(Protocol):
    """One coordinate of an access: `constant + sum(coefficients[d] * counter[d])`."""

    @property
    def coefficients(self) -> Sequence[int]:
        """One factor a counter."""
        ...

    @property
    def constant(self) -> int:
        """The coordinate where all counters are 0."""
        ...


def shape(domain: Domain) -> tuple[int, ...]:
    """Return the number of points along each counter."""
    return tuple(len(counter) for counter in domain)


def parts(domain: Domain, *, nested: int = 1, multiple: int = 1) -> list[Domain]:
    """Cut a domain along its first counter into parts that are not too large, in order.

    Args:
        domain: what to cut.
        nested: points that will be evaluated for each point of the domain.
        multiple: cut after a multiple of this many values.
    """
    if not domain:
        return [domain]
    outer, rest = domain[0], domain[1:]
    size = POINTS_AT_ONCE // (prod(shape(rest)) * nested)
    size = max(multiple, size // multiple * multiple)
    return [(outer[at : at + size], *rest) for at in range(0, len(outer), size)]


def points(domain: Domain, dims: Sequence[int]) -> Iterator[Domain]:
    """Yield the domain with some of its counters fixed, at each of their values in order."""
    for values in product(*(domain[dim] for dim in dims)):
        fixed = dict(zip(dims, values, strict=True))
        yield tuple(
            range(fixed[dim], fixed[dim] + 1) if dim in fixed else counter
            for dim, counter in enumerate(domain)
        )


def coordinates(domain: Domain, dim: int) -> Array:
    """Return the values of one counter, int64, along its axis."""
    axes = [1] * len(domain)
    axes[dim] = len(domain[dim])
    return np.arange(domain[dim].start, domain[dim].stop, domain[dim].step).reshape(axes)


def last_domain(domain: Domain, level: int) -> Domain:
    """Keep the last value only of the counters from `level` on."""
    return domain[:level] + tuple(counter[-1:] for counter in domain[level:])


def last(values: Array, level: int) -> Array:
    """Keep the last element only along the axes from `level` on."""
    if not values.ndim:
        return values
    return values[(slice(None),) * level + (slice(-1, None),) * (values.ndim - level)]


def first(values: Array, level: int) -> Array:
    """Keep the first element only along the axes from `level` on."""
    if not values.ndim:
        return values
    return values[(slice(None),) * level + (slice(0, 1),) * (values.ndim - level)]


def read(array: Array, rows: Sequence[Row], domain: Domain) -> Array:
    """Return the element of `array` that each point of the domain accesses.

    Args:
        array: shape with one axis a row.
        rows: the coordinates of the element.
        domain: the points.

    Returns:
        A value over the domain; a view of `array` wherever strides can express the access.
    """
    view = _view(array, rows, domain)
    return array[_indices(rows, domain)] if view is None else view


def write(array: Array, rows: Sequence[Row], domain: Domain, values: Array) -> None:
    """Store a value over the domain; of points that share an element the last one wins.

    Args:
        array: C-contiguous, shape with one axis a row; changed.
        rows: the coordinates of the element.
        domain: the points.
        values: a value over the domain.
    """
    view = _view(array, rows, domain)
    if view is None:
        spread = np.broadcast_arrays(*_indices(rows, domain), np.empty(shape(domain)))
        words = np.ravel_multi_index([index.ravel() for index in spread[:-1]], array.shape)
        array.reshape(-1)[words] = np.broadcast_to(values, shape(domain)).ravel()
        return
    if values.ndim:
        kept = (slice(-1, None) if extent == 1 else slice(None) for extent in view.shape)
        values = values[tuple(kept)]
    view[...] = values


def _view(array: Array, rows: Sequence[Row], domain: Domain) -> Array | None:
    """Return the accessed elements as a view, None if counters combine or recur in the rows."""
    index: list[int | slice] = []
    used: list[int] = []
    for row in rows:
        at, varying = row.constant, -1
        for dim, (coefficient, counter) in enumerate(zip(row.coefficients, domain, strict=True)):
            at += coefficient * counter.start
            if coefficient and len(counter) > 1:
                if varying >= 0 or dim in used or coefficient < 0:
                    return None
                varying = dim
        if varying < 0:
            index.append(at)
            continue
        step = row.coefficients[varying] * domain[varying].step
        index.append(slice(at, at + step * (len(domain[varying]) - 1) + 1, step))
        used.append(varying)
    view = array[(..., *index)].transpose(np.argsort(used, kind="stable"))
    return view[(..., *(slice(None) if dim in used else None for dim in range(len(domain))))]


def _indices(rows: Sequence[Row], domain: Domain) -> tuple[Array, ...]:
    """Return the index along each axis of the array, as values over the domain."""
    indices: list[Array] = []
    for row in rows:
        index = np.full((1,) * len(domain), row.constant)
        for dim, coefficient in enumerate(row.coefficients):
            if coefficient:
                index = index + coefficient * coordinates(domain, dim)
        indices.append(index)
    return tuple(indices)
