"""Reductions of whole arrays: in the fabric's order to the bit, or in any order but fast.

For the element types that models are compiled to (`DTYPES`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rdu.semantics.dtypes import Array, canonical, name_of
from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS

_UFUNCS: dict[str, np.ufunc] = {
    "addf": np.add,
    "mulf": np.multiply,
    "maximumf": np.maximum,
    "minimumf": np.minimum,
    "addi": np.add,
    "muli": np.multiply,
    "maxsi": np.maximum,
    "minsi": np.minimum,
    "andi": np.bitwise_and,
    "ori": np.bitwise_or,
    "xori": np.bitwise_xor,
}
"""NumPy's function for each reduction: the same but for the NaN it gives, and the ties below."""

_ZEROS_ORDERED = frozenset(("maximumf", "minimumf"))
"""Reductions to which -0 is less than +0; NumPy takes either."""


def fold(
    name: str,
    values: Array,
    axes: Sequence[int],
    start: Array,
    lanes: tuple[int, int] | None = None,
) -> Array:
    """Reduce along some axes in the order of the fabric.

    The state begins at `start` and takes the values one by one, the last of the axes fastest. When
    lanes run along one of the axes, each vector of neighbours is first reduced by the lane tree.

    Args:
        name: a reduction, for example `addf`.
        values: of the reduction's type.
        axes: increasing.
        start: of the same type; 0-d, or of extent 1 along `axes` and else broadcasting to values.
        lanes: an axis and the number of neighbours along it that form a vector.

    Returns:
        The final states, of extent 1 along `axes`.
    """
    kept = [1 if axis in axes else extent for axis, extent in enumerate(values.shape)]
    if lanes is not None and lanes[0] in axes and lanes[1] > 1:
        values = _reduce_vectors(name, values, *lanes)
    steps = np.moveaxis(values, axes, range(len(axes)))
    trips = int(np.prod(steps.shape[: len(axes)]))
    sequence = np.ascontiguousarray(steps).reshape(trips, *kept)
    state = np.broadcast_to(start, np.broadcast_shapes(kept, start.shape))
    combine = OPS[name].evaluate if name in _ZEROS_ORDERED else _UFUNCS[name]
    with np.errstate(all="ignore"):
        for value in sequence:
            state = combine(state, value)
    return _canonical(state)


def _reduce_vectors(name: str, values: Array, axis: int, lanes: int) -> Array:
    """Replace each vector of `lanes` neighbours along an axis by its tree reduction."""
    extent = values.shape[axis]
    vectors = -(-extent // lanes)
    lane_last = np.moveaxis(values, axis, -1)
    padding = [(0, 0)] * (values.ndim - 1) + [(0, vectors * lanes - extent)]
    padded = np.pad(lane_last, padding).reshape(*lane_last.shape[:-1], vectors, lanes)
    live = (np.arange(vectors * lanes, dtype=np.int64) < extent).reshape(vectors, lanes)
    total, _ = reduce_lanes(name, padded, np.broadcast_to(live, padded.shape))
    return np.moveaxis(total, -1, axis)


def fold_in_any_order(name: str, values: Array, axes: Sequence[int]) -> Array:
    """Reduce along some axes, from the identity, in whatever order is fastest.

    Args:
        name: a reduction, for example `addf`.
        values: of the reduction's type.
        axes: which axes to reduce.

    Returns:
        The reduced values, without those axes. Integers are exact modulo 2**32.
    """
    start = identity(name, name_of(values.dtype))
    ufunc = _UFUNCS[name]
    with np.errstate(all="ignore"):
        total = np.asarray(
            ufunc.reduce(values, axis=tuple(axes), dtype=values.dtype, initial=start[()])
        )
    return _canonical(total)


def _canonical(values: Array) -> Array:
    return canonical(values) if values.dtype == np.float32 else values
