"""Ops that only move elements, on tensors whose dimensions are cut into parts.

A dimension along which elements move is cut alike in all tensors of the op, at strides that divide
all that it moves by, so that whole outermost parts move. These are there though their extent be 1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from rdu.mlir_ext import ir, tensor
from rdu.mlir_ext.sorting import SORT, sorts_positions, write_sort
from rdu.transforms.linalg.views.strides import parts

CONCAT = "tensor.concat"
INSERT = "tensor.insert_slice"
PAD = "tensor.pad"
SLICE = "tensor.extract_slice"
MOVES = (CONCAT, INSERT, PAD, SLICE)
"""Ops that put parts of tensors together, or take them out."""


def is_move(operation: ir.Operation) -> bool:
    """Tell whether an op moves elements, be it by their values."""
    return operation.name in MOVES or sorts_positions(operation)


class Move:
    """An op that moves elements along some dimensions.

    Attributes:
        operation: the op.
        sources, results: the tensors that it takes, without positions, and gives.
        tensors: all of them, results last.
        is_known: whether offsets, sizes and strides are, and no tensor lacks a dimension.
    """

    def __init__(self, operation: ir.Operation) -> None:
        self.operation = operation
        sources = list(operation.operands)
        self.sources = sources[:1] if operation.name == SORT else sources
        self.results: list[ir.Value] = list(operation.results)
        self.tensors = [*self.sources, *self.results]
        kinds: list[Any] = [value.type for value in self.tensors]
        tensor_like = all(isinstance(kind, ir.RankedTensorType) for kind in kinds)
        self.is_known = tensor_like and len({kind.rank for kind in kinds}) == 1
        self.shapes: list[list[int]] = [list(kind.shape) for kind in kinds if self.is_known]

    def numbers(self, dimension: int) -> list[int] | None:
        """Return all that elements move by along a dimension; None if they do not move along it.

        A one among them is a dimension that cannot be cut: a stride.
        """
        extents = [shape[dimension] for shape in self.shapes]
        match self.operation.name:
            case "tensor.concat":
                return extents if self._along() == dimension else None
            case "tm_tensor.sort":
                return [*extents, 1] if self._along() == dimension else None
            case "tensor.pad":
                low, high = self._field("low")[dimension], self._field("high")[dimension]
                return [*extents, low, high] if low or high else None
            case _:
                names = ("offsets", "sizes", "strides")
                offset, size, stride = (self._field(name)[dimension] for name in names)
                whole = (offset, size, stride) == (0, extents[-1], 1) and len(set(extents)) == 1
                return None if whole else [*extents, offset, size, *([1] if stride > 1 else [])]

    def parts(self, dimension: int, extent: int, strides: Collection[int]) -> Iterator[int]:
        """Yield the extent of each part of a dimension of one of the tensors, outermost first."""
        top = max(strides, default=1)
        if self.numbers(dimension) is not None and extent == top:
            yield 1
        own = [stride for stride in strides if stride < extent]
        yield from (part for part, _ in parts(extent, own))

    def write(
        self, kinds: list[Any], given: Sequence[ir.Value], strides: Sequence[Collection[int]]
    ) -> list[ir.Value]:
        """Write the op on tensors that are cut; needs an insertion point.

        Args:
            kinds: the types of the results.
            given: the tensors.
            strides: where each dimension is cut.
        """
        extents = self.shapes[-1]
        counts = [
            len(list(self.parts(d, extent, own)))
            for d, (extent, own) in enumerate(zip(extents, strides, strict=True))
        ]
        if self.operation.name == SORT:
            return write_sort(self.operation, kinds, given[0], sum(counts[: self._along()]))
        (kind,) = kinds
        if self.operation.name == CONCAT:
            return [tensor.ConcatOp(kind, sum(counts[: self._along()]), given).result]
        tops = [max(own, default=1) for own in strides]
        if self.operation.name == PAD:
            return [self._pad(kind, given[0], counts, tops)]
        source: Any = given[0].type
        whole = list(kind.shape if self.operation.name == SLICE else source.shape)
        offsets, sizes, steps = [0] * len(whole), whole, [1] * len(whole)
        for dimension, count in enumerate(counts):
            place = sum(counts[:dimension])
            if count and self.numbers(dimension) is not None:
                offsets[place] = self._field("offsets")[dimension] // tops[dimension]
                sizes[place] = self._field("sizes")[dimension] // tops[dimension]
                steps[place] = self._field("strides")[dimension]
        none: list[ir.Value] = []
        fields = none, none, none, offsets, sizes, steps
        if self.operation.name == SLICE:
            return [tensor.ExtractSliceOp(kind, given[0], *fields).result]
        return [tensor.InsertSliceOp(given[0], given[1], *fields).result]

    def _pad(
        self, kind: Any, source: ir.Value, counts: Sequence[int], tops: Sequence[int]
    ) -> ir.Value:
        low, high = [0] * sum(counts), [0] * sum(counts)
        for dimension in range(len(counts)):
            if self.numbers(dimension) is not None:
                place = sum(counts[:dimension])
                low[place] = self._field("low")[dimension] // tops[dimension]
                high[place] = self._field("high")[dimension] // tops[dimension]
        made = tensor.PadOp(kind, source, [], [], low, high)
        (old,) = self.operation.regions[0].blocks
        index, at = ir.IndexType.get(), self.operation.location
        block = made.regions[0].blocks.append(*[index] * sum(counts), arg_locs=[at] * sum(counts))
        with ir.InsertionPoint(block):
            tensor.YieldOp(old.operations[len(old.operations) - 1].operands[0])
        return made.result

    def _along(self) -> int:
        name = "dimension" if self.operation.name == SORT else "dim"
        return ir.IntegerAttr(self.operation.attributes[name]).value

    def _field(self, name: str) -> list[int]:
        return list(ir.DenseI64ArrayAttr(self.operation.attributes[f"static_{name}"]))
