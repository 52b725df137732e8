"""SciPy's sparse arrays and matrices as fibertrees, and back."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]

from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.points import refuse, store_points
from rdu.semantics.fibertree import (
    NAMED_FORMATS,
    Coordinates,
    Fibertree,
    Format,
    Zeros,
    bsr,
)

_SPARSE: Any = scipy.sparse  # SciPy brings no types

ScipyLayout = Literal["coo", "csr", "csc", "bsr", "dia", "lil", "dok"]


def from_scipy(
    array: Any,
    form: Format | None = None,
    *,
    element: Element | None = None,
    zeros: Zeros = "keep",
) -> Fibertree:
    """Store a SciPy array or matrix of any layout.

    Without a format, CSR, CSC and BSR keep theirs, and of any other all levels are compressed.
    Equal coordinates are summed. Integers become i32 and other values f32 unless an element type is
    given. Raises RduError for values that are complex or do not fit, a format that does not, and
    arrays that are no tensor: indices out of range, pointers that fall, lengths that differ.
    """
    try:
        points = _sound(array).tocoo()
        columns = points.coords if hasattr(points, "coords") else (points.row, points.col)
        taken = Coordinates.of(array.shape, columns, cast(np.asarray(points.data), element))
    except ValueError as problem:
        raise refuse(problem) from None
    return store_points(taken, form or _own_format(array), zeros=zeros)


def _sound(array: Any) -> Any:
    """Return an array whose pointers and indices are checked; ValueError if they are wrong.

    SciPy trusts them, and would read rows that are none.
    """
    if array.format not in ("csr", "csc", "bsr"):
        return array
    for name in ("indptr", "indices"):
        dtype = np.asarray(getattr(array, name)).dtype
        if dtype.kind not in "iu":
            raise ValueError(f"{name} of type {dtype}: expected integers")
    # Of the same arrays, since the check cuts off what is beyond the last pointer.
    own = type(array)((array.data, array.indices, array.indptr), shape=array.shape)
    own.check_format(full_check=True)
    return own


def _own_format(array: Any) -> Format | None:
    if array.format == "bsr":
        return bsr(*map(int, array.blocksize))
    return NAMED_FORMATS[array.format] if array.format in ("csr", "csc") else None


def to_scipy(tree: Fibertree, layout: ScipyLayout = "csr") -> Any:
    """Return a SciPy array of a tree's tensor; all that is stored stays so, zeros included.

    Raises RduError if the layout does not hold tensors of so many dimensions.
    """
    points = tree.coordinates()
    try:
        array = _SPARSE.coo_array((points.values, points.columns), shape=points.shape)
        return array.asformat(layout)
    except ValueError as problem:
        raise refuse(problem) from None
