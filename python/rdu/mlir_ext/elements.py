"""The values of constant tensors."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rdu.mlir_ext import ir

NOT_IN_THE_TEXT = "has values that are not in the text: expected 'dense' elements"
"""What is wrong with a constant that has other elements, such as `dense_resource`."""


def number_of(kind: ir.Type, number: float) -> ir.Attribute:
    """Return a number as an attribute of a type of integers, cut to one, or of floats."""
    if isinstance(kind, ir.IntegerType):
        return ir.IntegerAttr.get(kind, int(number))
    return ir.FloatAttr.get(kind, number)


def array_of(elements: Any, shape: Sequence[int], dtype: DTypeLike) -> NDArray[Any]:
    """Return `dense` elements as an array of a shape and type."""
    if elements.is_splat:
        return np.full(shape, elements.get_splat_value().value, dtype)
    return np.array(elements).astype(dtype).reshape(shape)
