"""Meanings of upstream's ops on whole tensors: `tensor`, and the ends of functions and bodies."""

from __future__ import annotations

from typing import Any

import numpy as np

from rdu.interpreter.signature import ARRAY_TYPES
from rdu.mlir_ext import ir
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.meaning import semantics
from rdu.mlir_ext.sorting import DESCENDING, SORT, read_sort
from rdu.semantics.dtypes import Array
from rdu.semantics.sparse import in_order
from rdu.support.diagnostics import RduError, error


@semantics("func.return", "linalg.yield", "tensor.yield")
def evaluate_return(_op: Any, _frame: Frame, *operands: Array) -> tuple[Array, ...]:
    """Give the operands."""
    return operands


@semantics("tensor.empty")
def evaluate_empty(op: Any, _frame: Frame) -> Array:
    """Give zeros, so that a run that reads them can be repeated."""
    return np.zeros(_shape(op), ARRAY_TYPES[str(op.operation.results[0].type.element_type)])


@semantics("tensor.splat")
def evaluate_splat(op: Any, _frame: Frame, value: Array) -> Array:
    """Give the value everywhere."""
    return np.full(_shape(op), value)


@semantics("tensor.from_elements")
def evaluate_from_elements(op: Any, _frame: Frame, *values: Array) -> Array:
    """Give the values in order."""
    return np.stack(values).reshape(_shape(op))


@semantics("tensor.expand_shape", "tensor.collapse_shape", "tensor.cast")
def evaluate_reshape(op: Any, _frame: Frame, source: Array, *_sizes: Array) -> Array:
    """Give the same elements in the result's shape."""
    return source.reshape(_shape(op))


@semantics("tensor.extract")
def evaluate_extract(_op: Any, _frame: Frame, source: Array, *indices: Array) -> Array:
    """Read one element at every point."""
    return source[indices]


@semantics("tensor.extract_slice")
def evaluate_extract_slice(op: Any, _frame: Frame, source: Array) -> Array:
    """Give a part of the tensor, without dimensions that the result's type drops."""
    return source[_slices(op)].reshape(_shape(op))


@semantics("tensor.insert_slice")
def evaluate_insert_slice(op: Any, _frame: Frame, source: Array, target: Array) -> Array:
    """Give the target with a part replaced."""
    result, slices = target.copy(), _slices(op)
    result[slices] = source.reshape(result[slices].shape)
    return result


@semantics("tensor.concat")
def evaluate_concat(op: Any, _frame: Frame, *sources: Array) -> Array:
    """Give the tensors one after another."""
    return np.concatenate(sources, axis=op.operation.attributes["dim"].value)


@semantics(SORT)
def evaluate_sort(op: Any, _frame: Frame, *operands: Array) -> tuple[Array, ...]:
    """Sort the first operand, stably, and all others along with it."""
    sort = read_sort(op.operation)
    if sort is None:
        place = source_location(op.operation.location)
        raise RduError(error(f"'{SORT}' compares in a way that is not known", place))

    def places(values: Array) -> Array:
        return np.array(in_order(values.tolist(), descending=sort.order == DESCENDING))

    order = np.apply_along_axis(places, sort.dimension, operands[0])
    return tuple(np.take_along_axis(each, order, sort.dimension) for each in operands)


@semantics("tensor.pad")
def evaluate_pad(op: Any, frame: Frame, source: Array) -> Array:
    """Give the tensor with the body's value around it."""
    low = _static(op, "static_low")
    domain = tuple(map(range, _shape(op)))
    block = op.operation.regions[0].blocks[0]
    inner = frame.child(domain)
    indices = [
        np.arange(len(counter)).reshape([-1 if d == dim else 1 for d in range(len(domain))])
        for dim, counter in enumerate(domain)
    ]
    (value,) = inner.run(block, *indices)
    result = np.array(np.broadcast_to(value, _shape(op)))
    result[tuple(slice(at, at + n) for at, n in zip(low, source.shape, strict=True))] = source
    return result


def _slices(op: Any) -> tuple[slice, ...]:
    fields = ("static_offsets", "static_sizes", "static_strides")
    numbers = zip(*(_static(op, field) for field in fields), strict=True)
    return tuple(slice(at, at + (size - 1) * step + 1, step) for at, size, step in numbers)


def _static(op: Any, name: str) -> list[int]:
    """Return the numbers of an attribute; raises RduError where one is known at run time only."""
    numbers = [int(number) for number in op.operation.attributes[name]]
    if ir.ShapedType.get_dynamic_size() in numbers:
        place = source_location(op.operation.location)
        message = f"'{op.operation.name}' has dynamic {name.removeprefix('static_')}"
        raise RduError(error(f"{message}: expected constants", place))
    return numbers


def _shape(op: Any) -> list[int]:
    return list(op.operation.results[0].type.shape)
