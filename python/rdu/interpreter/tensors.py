"""Meanings of upstream's ops on whole tensors: `tensor` and `func`."""

from __future__ import annotations

from typing import Any

import numpy as np

from rdu.interpreter.signature import ARRAY_TYPES
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.meaning import semantics
from rdu.semantics.dtypes import Array


@semantics("func.return", "linalg.yield")
def evaluate_return(_op: Any, _frame: Frame, *operands: Array) -> tuple[Array, ...]:
    """Give the operands."""
    return operands


@semantics("tensor.empty")
def evaluate_empty(op: Any, _frame: Frame) -> Array:
    """Give zeros, so that a run that reads them can be repeated."""
    kind = op.result.type
    return np.zeros(kind.shape, ARRAY_TYPES[str(kind.element_type)])


@semantics("tensor.expand_shape", "tensor.collapse_shape", "tensor.cast")
def evaluate_reshape(op: Any, _frame: Frame, source: Array) -> Array:
    """Give the same elements in the result's shape."""
    return source.reshape(op.result.type.shape)
