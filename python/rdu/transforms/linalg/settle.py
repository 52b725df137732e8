"""Ops that make, measure or convert tensors without computing, as what is left of them to compute.

Texts of MLIR's sparse compiler have them: room is allocated in extents that are asked for, formats
are converted, and a tensor is loaded once all is written to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rdu.mlir_ext import arith, ir, tensor
from rdu.transforms.conversion.sparse.splats import constant_of
from rdu.transforms.linalg.indices.matching import elementwise

_Settle = Callable[[ir.Operation], ir.Value | None]


def settled(operation: ir.Operation) -> bool:
    """Replace an op by a constant, an empty tensor, a copy or its operand, if it is such an op."""
    settle = _SETTLED.get(operation.name)
    if settle is None:
        return False
    with ir.InsertionPoint(operation), operation.location:
        value = settle(operation)
    if value is None:
        return False
    operation.results[0].replace_all_uses_with(value)
    operation.erase()
    return True


def _extent(operation: ir.Operation) -> ir.Value | None:
    """Return the extent of a dimension that is known."""
    source, place = operation.operands
    kind: Any = source.type
    number = _number(place)
    if number is None or not isinstance(kind, ir.RankedTensorType) or kind.is_dynamic_dim(number):
        return None
    index = ir.IndexType.get()
    return arith.ConstantOp(index, ir.IntegerAttr.get(index, kind.shape[number])).result


def _empty(operation: ir.Operation) -> ir.Value | None:
    """Return a tensor without values of extents that are known; a copy is what it copies."""
    kind: Any = operation.results[0].type
    dynamic = [d for d in range(kind.rank) if kind.is_dynamic_dim(d)]
    given = list(operation.operands)
    if operation.name == "bufferization.alloc_tensor":
        sizes = list(ir.DenseI32ArrayAttr(operation.attributes["operandSegmentSizes"]))
        if sizes[1]:
            return given[sizes[0]]
    elif not given:
        return None
    extents, numbers = list(kind.shape), [_number(value) for value in given[: len(dynamic)]]
    if None in numbers:
        return None
    for place, number in zip(dynamic, numbers, strict=True):
        extents[place] = number
    return tensor.EmptyOp(extents, kind.element_type, encoding=kind.encoding).result


def _copied(operation: ir.Operation) -> ir.Value | None:
    """Return a copy of a tensor in another format."""
    source, target = operation.operands[0], operation.results[0].type
    kind: Any = source.type
    if not kind.has_static_shape:
        return None
    made = ir.RankedTensorType.get(kind.shape, kind.element_type, target.encoding)
    if made == kind:
        return source
    return elementwise(made, [source], _itself)


def _itself(value: ir.Value) -> ir.Value:
    return value


def _joined(operation: ir.Operation) -> ir.Value:
    """Return tensors behind each other."""
    place = ir.IntegerAttr(operation.attributes["dimension"]).value
    dim = ir.IntegerAttr.get(ir.IntegerType.get_signless(64), place)
    kinds, operands = [operation.results[0].type], list(operation.operands)
    made = ir.Operation.create("tensor.concat", kinds, operands, attributes={"dim": dim})
    return made.results[0]


def _same(operation: ir.Operation) -> ir.Value:
    return operation.operands[0]


_SETTLED: Mapping[str, _Settle] = {
    "bufferization.alloc_tensor": _empty,
    "sparse_tensor.concatenate": _joined,
    "sparse_tensor.convert": _copied,
    "sparse_tensor.load": _same,
    "tensor.dim": _extent,
    "tensor.empty": _empty,
}


def _number(value: ir.Value) -> int | None:
    number = constant_of(value)
    return None if number is None else int(number)
