"""Executable meaning of the `pattern` dialect."""

from math import prod
from typing import Any

import numpy as np

from rdu.dialects.pattern.ops import (
    PATTERNS,
    IndexOp,
    MapOp,
    ReadOp,
    ReduceOp,
    YieldOp,
    ZipOp,
    enclosing_extents,
)
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.linear import Linear, verified_rows
from rdu.mlir_ext.meaning import semantics
from rdu.semantics.domain import coordinates, parts, read, shape
from rdu.semantics.dtypes import Array, numpy_type
from rdu.semantics.fold import fold_in_any_order
from rdu.semantics.scalar import OPS


@semantics(MapOp, ZipOp)
def evaluate_map(op: MapOp | ZipOp, frame: Frame) -> Array:
    """Evaluate the body over the domain; of a nested map, over the enclosing one as well."""
    outer = shape(frame.domain)
    block = op.body.blocks[0]
    result = np.empty((*outer, *op.extents), numpy_type(op.result.type.element_type))
    for part in _parts(op, frame):
        (value,) = frame.child(frame.domain + part).run(block)
        rows = slice(part[0].start, part[0].stop)
        result[(slice(None),) * len(outer) + (rows,)] = value
    return result


@semantics(ReduceOp)
def evaluate_reduce(op: ReduceOp, frame: Frame) -> Array:
    """Evaluate the body over the domain and combine it, in any order."""
    base, dims, name = len(frame.domain), list(op.dims), op.combiner.value
    totals: list[Array] = []
    for part in _parts(op, frame):
        (value,) = frame.child(frame.domain + part).run(op.body.blocks[0])
        outer = value.shape[:base] or (1,) * base
        spread = np.broadcast_to(value, outer + shape(part))
        totals.append(fold_in_any_order(name, spread, [base + d for d in dims]))
    if 0 not in dims:
        return np.concatenate(totals)
    total = totals[0]
    for another in totals[1:]:
        total = OPS[name].evaluate(total, another)
    return total


@semantics(ReadOp)
def evaluate_read(op: ReadOp, frame: Frame, source: Array) -> Array:
    """Read at every point; a tensor made inside a pattern has an element for each outer point."""
    rows = frame.once((op.operation, "rows"), lambda: verified_rows(op.affine_map))
    outer = [
        Linear(tuple(int(d == i) for d in range(len(frame.domain))), -frame.domain[i].start)
        for i in range(source.ndim - len(rows))
    ]
    return read(source, [*outer, *rows], frame.domain)


@semantics(IndexOp)
def evaluate_index(op: IndexOp, frame: Frame) -> Array:
    """Give the coordinates of the points."""
    return coordinates(frame.domain, op.dim.value).astype(np.int32)


@semantics(YieldOp)
def evaluate_yield(_op: YieldOp, _frame: Frame, value: Array) -> tuple[Array]:
    """Give the body's value."""
    return (value,)


def _parts(op: Any, frame: Frame) -> list[tuple[range, ...]]:
    """Cut an outermost op's domain so that a part is not too large; leave a nested one's whole."""
    domain = tuple(map(range, op.extents))
    if enclosing_extents(op) is not None:
        return [domain]
    return parts(domain, nested=frame.once((op.operation, "nested"), lambda: _nested_points(op)))


def _nested_points(op: Any) -> int:
    """Count the points of the largest domain nested in an op's body, 1 if there is none."""
    nested = (o for o in op.body.blocks[0].operations if o.operation.name in PATTERNS)
    return max((prod(o.extents) * _nested_points(o) for o in nested), default=1)
