"""The values of constant tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


def array_of(elements: Any, shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
    """Return `dense` elements as an array of a shape and type."""
    if elements.is_splat:
        return np.full(shape, elements.get_splat_value().value, dtype)
    return np.array(elements).astype(dtype).reshape(shape)
