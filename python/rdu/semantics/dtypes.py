"""The element types of the fabric and the one NaN that its operations produce."""

from __future__ import annotations

from typing import Any, Literal

import ml_dtypes
import numpy as np
import numpy.typing as npt

DType = Literal["f32", "bf16", "i32", "i1"]
Array = npt.NDArray[Any]

DTYPES: tuple[DType, ...] = ("f32", "i32", "i1")
"""The element types of dense models; sparse graphs and configurations may have bf16 as well."""

NUMPY: dict[DType, np.dtype[Any]] = {
    "f32": np.dtype(np.float32),
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "i32": np.dtype(np.int32),
    "i1": np.dtype(np.bool_),
}
"""NumPy's type of each element type. On a lane each takes one 32-bit word: an i1 the word 0 or 1, a
bf16 the f32 of the same value."""

CANONICAL_NAN_BITS = 0x7FC00000
CANONICAL_NAN = np.uint32(CANONICAL_NAN_BITS).view(np.float32)
"""The quiet NaN that every f32 operation returns instead of any other NaN."""


def canonical(values: Array) -> Array:
    """Replace every NaN of an f32 array by the canonical one."""
    return np.where(np.isnan(values), CANONICAL_NAN, values)


def to_bf16(values: Array) -> Array:
    """Round f32 values to bf16, to nearest even; every NaN becomes the canonical one, 0x7FC0."""
    return canonical(values).astype(NUMPY["bf16"])


def numpy_type(name: object) -> np.dtype[Any]:
    """Return NumPy's type of an element type given by its text; KeyError if it is none of ours."""
    return NUMPY[str(name)]  # pyright: ignore[reportArgumentType]


def name_of(dtype: np.dtype[Any]) -> DType:
    """Return the element type that a NumPy type stands for; KeyError if there is none."""
    for name, known in NUMPY.items():
        if known == dtype:
            return name
    raise KeyError(str(dtype))
