"""Tensors in NumPy's files: an array as `.npy`, a sparse matrix as SciPy's `save_npz` writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse  # pyright: ignore[reportMissingTypeStubs]
from numpy.typing import NDArray

from rdu.frontends.sparse.elements import Element, cast
from rdu.frontends.sparse.points import store_points
from rdu.frontends.sparse.scipy_arrays import from_scipy
from rdu.semantics.fibertree import Coordinates, Fibertree, Format
from rdu.support.diagnostics import RduError, error
from rdu.support.foreign_files import foreign_file

_SPARSE: Any = scipy.sparse  # SciPy brings no types

SUFFIXES = (".npy", ".npz")


def load_numpy(
    path: Path, form: Format | None = None, *, element: Element | None = None
) -> Fibertree | NDArray[Any]:
    """Read a tensor; an array without a format stays one, a matrix of SciPy's keeps its own.

    Integers become i32 and other values f32 unless an element type is given.

    Raises UsageError if the file cannot be opened, and RduError if it is damaged or something else,
    a value is no real number or does not fit, or the format does not.
    """
    if path.suffix == ".npz":
        with foreign_file(path, ".npz file of a sparse matrix of SciPy's") as file:
            return from_scipy(_checked(_SPARSE.load_npz(file)), form, element=element)
    with foreign_file(path, ".npy file") as file:
        loaded: Any = np.load(file)
        if not hasattr(loaded, "dtype"):
            raise RduError(error("holds several arrays: expected one"))
        array = cast(loaded, element)
        return array if form is None else store_points(Coordinates.from_dense(array), form)


def _checked(array: Any) -> Any:
    """Return an array whose indices all are in it; SciPy looks at them only if told to."""
    if hasattr(array, "check_format"):
        array.check_format(full_check=True)
    return array
