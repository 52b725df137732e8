"""Index tensors of i64 as the same tensors of i32."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from rdu.mlir_ext import arith, ir, linalg
from rdu.transforms.conversion.linalg.structured import read_structured
from rdu.transforms.linalg.indices.matching import elementwise, positions

_MOVED = (
    "tensor.collapse_shape",
    "tensor.concat",
    "tensor.empty",
    "tensor.expand_shape",
    "tensor.extract_slice",
    "tensor.insert_slice",
)
_CASTS = ("arith.extsi", "arith.trunci", "arith.index_cast")
_MOST = 2**31


class Narrowing:
    """Writes tensors of i64 anew as tensors of i32, each once, beside the ops that make them.

    What comes from tensors of i32, or positions, and only moves is made of these. What is computed
    is converted, for `linalg-narrow-positions` to find that it fits.
    """

    def __init__(self) -> None:
        self._made: dict[ir.Value, ir.Value | None] = {}

    def of(self, value: ir.Value) -> ir.Value | None:
        """Return a tensor of i32 with the same values; None if it is an argument of i64."""
        kind: Any = value.type
        if str(kind.element_type) == "i32":
            return value
        if value not in self._made:
            self._made[value] = self._write(value)
        return self._made[value]

    def _write(self, value: ir.Value) -> ir.Value | None:
        if isinstance(value.owner, ir.Block) or str(value.type.element_type) != "i64":
            return None
        operation = value.owner.operation
        with ir.InsertionPoint(operation), operation.location:
            made = self._anew(operation)
        if made is not None:
            return made
        with ir.InsertionPoint.after(operation), operation.location:
            kind = _narrow(value.type)
            return elementwise(kind, [value], partial(arith.trunci, kind.element_type))

    def _anew(self, operation: ir.Operation) -> ir.Value | None:
        """Write an op anew; returns None for one that computes."""
        if operation.name == "arith.constant":
            return _constant(operation)
        if operation.name == "linalg.generic":
            return self._copied(operation)
        if operation.name == "linalg.fill":
            return self._filled(operation)
        return self._moved(operation) if operation.name in _MOVED else None

    def _moved(self, operation: ir.Operation) -> ir.Value | None:
        given = [self.of(operand) for operand in operation.operands]
        if any(each is None for each in given):
            return None
        named = {name: operation.attributes[name] for name in operation.attributes}
        kind = _narrow(operation.results[0].type)
        made = ir.Operation.create(operation.name, results=[kind], operands=given, attributes=named)
        return made.results[0]

    def _filled(self, operation: ir.Operation) -> ir.Value | None:
        number = _number(operation.operands[0])
        if number is None:
            return None
        kind = _narrow(operation.results[0].type)
        held = ir.IntegerAttr.get(kind.element_type, number)
        return arith.ConstantOp(kind, ir.DenseElementsAttr.get_splat(kind, held)).result

    def _copied(self, operation: ir.Operation) -> ir.Value | None:
        """Write a copy, which may convert to i64, or the positions along one loop."""
        op = read_structured(operation)
        if op is None or len(operation.results) != 1:
            return None
        read = op.yielded[0]
        while not isinstance(read.owner, ir.Block) and read.owner.operation.name in _CASTS:
            read = read.owner.operation.operands[0]
        if not isinstance(read.owner, ir.Block):
            if read.owner.operation.name != "linalg.index" or len(op.extents) != 1:
                return None
            return positions(op.extents[0])
        number = op.operand(read)
        if number is None or number >= op.initial(0):
            return None
        source = self.of(operation.operands[number])
        if source is None:
            return None
        kind = _narrow(operation.results[0].type)
        maps = ir.ArrayAttr(linalg.get_indexing_maps(operation))
        started = ir.Operation.create("tensor.empty", results=[kind]).results[0]
        made = linalg.GenericOp(
            [kind],
            [source],
            [started],
            ir.ArrayAttr.get([maps[number], maps[op.initial(0)]]),
            operation.attributes["iterator_types"],
        )
        types = [kind.element_type] * 2
        block = made.regions[0].blocks.append(*types, arg_locs=[operation.location] * 2)
        with ir.InsertionPoint(block):
            linalg.YieldOp([block.arguments[0]])
        return made.operation.results[0]


def _narrow(kind: Any) -> Any:
    return ir.RankedTensorType.get(kind.shape, ir.IntegerType.get_signless(32))


def _number(value: ir.Value) -> int | None:
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.constant":
        return None
    number: int = ir.IntegerAttr(owner.operation.attributes["value"]).value
    return number if -_MOST <= number < _MOST else None


def _constant(operation: ir.Operation) -> ir.Value | None:
    elements: Any = operation.attributes["value"]
    if not isinstance(elements, ir.DenseElementsAttr):
        return None
    kind = _narrow(operation.results[0].type)
    array = np.array(elements).reshape(list(kind.shape))
    if array.size and not -_MOST <= array.min() <= array.max() < _MOST:
        return None
    held = ir.DenseElementsAttr.get(
        array.astype(np.int32), type=kind.element_type, shape=list(kind.shape)
    )
    return arith.ConstantOp(kind, held).result
