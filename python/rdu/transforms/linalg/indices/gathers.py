"""Gathers: ops that extract elements of a tensor at positions that are loops or values."""

from __future__ import annotations

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear
from rdu.mlir_ext.sorting import positions_along
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.splats import constant_of, counts, made_by, splat_of
from rdu.transforms.linalg.indices.matching import (
    Match,
    Row,
    filled,
    positions,
    write_matching,
)

EXTRACT = "tensor.extract"
_CASTS = ("arith.index_cast", "arith.extsi")


def extracts(operation: ir.Operation) -> list[ir.Operation]:
    """Return the ops in the body of an op of linalg that extract elements of tensors."""
    if not operation.name.startswith("linalg.") or not len(operation.regions):
        return []
    blocks = operation.regions[0].blocks
    inside = [view.operation for block in blocks for view in block.operations]
    return [each for each in inside if each.name == EXTRACT]


class Gather:
    """An op that does nothing but extract, read from its body.

    Attributes:
        is_single: whether a dimension of extent 1 is accessed by values.
        wrong: the op at which it is something else, None if it is a gather by values.
    """

    def __init__(self, operation: ir.Operation) -> None:
        self._operation = operation
        self._rows: list[Row] = []
        self._matches: list[Match] = []
        self.wrong: ir.Operation | None = None
        self.is_single = False
        op = read_structured(operation)
        if op is None or len(operation.results) != 1 or op.operand(op.yielded[0]) is not None:
            self.wrong = operation
            return
        extract = op.yielded[0].owner.operation
        if extract.name != EXTRACT:
            self.wrong = operation
            return
        self._table: ir.Value = extract.operands[0]
        self._extents = list(op.extents)
        for dimension, position in enumerate(list(extract.operands)[1:]):
            self._read(op, dimension, position)
        if self.wrong is None and not self._matches:
            self.wrong = extract
        self._kept = [row.dimension for row in op.maps[op.initial(0)]]

    def write(self) -> ir.Value:
        """Write the gather at the current insertion point."""
        initial = filled(self._operation.results[0].type, 0)
        return write_matching(
            self._extents,
            self._matches,
            (self._table, self._rows),
            (initial, self._kept),
            lambda x, _: x,
        )

    def _read(self, op: Structured, dimension: int, position: ir.Value) -> None:
        """Read the position along a dimension of the table."""
        kind: Any = self._table.type
        extent: int = kind.shape[dimension]
        value, wraps = _unwrapped(_cast_from(position), extent)
        value = _cast_from(value)
        number = op.operand(value)
        if number is not None and number < op.initial(0):
            if extent == 1 and splat_of(op.operation.operands[number]) == 0:
                self._rows.append(None)
                return
            self.is_single |= extent == 1
            index = op.operation.operands[number]
            maps = op.maps[number]
            if any(row.dimension is None and row != Linear((0,) * len(op.extents)) for row in maps):
                self.wrong = op.operation
                return
            rows = tuple(row.dimension for row in maps)
            if rows[:1] != (None,) and _counts(index) == extent:
                self._rows.append(rows[0])
                return
            loop = len(self._extents)
            self._extents.append(extent)
            self._matches.append(Match(loop, index, rows, wraps))
            self._rows.append(loop)
            return
        owner = value.owner
        if isinstance(owner, ir.Block):
            self.wrong = op.operation
        elif owner.operation.name == "linalg.index" and not wraps:
            self._along(ir.IntegerAttr(owner.operation.attributes["dim"]).value, extent)
        elif extent == 1 and constant_of(value) == 0:
            self._rows.append(None)
        else:
            self.wrong = owner.operation

    def _along(self, loop: int, extent: int) -> None:
        """Access a dimension of the table by a loop, which may run along a part of it only."""
        if self._extents[loop] == extent:
            self._rows.append(loop)
            return
        self._rows.append(len(self._extents))
        with ir.InsertionPoint(self._operation), self._operation.location:
            index = positions(self._extents[loop])
        self._matches.append(Match(len(self._extents), index, (loop,)))
        self._extents.append(extent)


def _cast_from(value: ir.Value) -> ir.Value:
    while not isinstance(value.owner, ir.Block) and value.owner.operation.name in _CASTS:
        value = value.owner.operation.operands[0]
    return value


def _counts(vector: ir.Value) -> int | None:
    """Return of how many positions a tensor is the vector, written as a constant or not."""
    kind: Any = vector.type
    is_it = kind.rank == 1 and positions_along(vector) == 0
    return kind.shape[0] if is_it else counts(vector)


def _unwrapped(value: ir.Value, extent: int) -> tuple[ir.Value, bool]:
    """Return x of `x < 0 ? x + extent : x`, and whether a value is that."""
    choice = made_by(value, "arith.select")
    if choice is None:
        return value, False
    condition, wrapped, read = choice.operands
    compare, added = made_by(condition, "arith.cmpi"), made_by(wrapped, "arith.addi")
    if compare is None or added is None:
        return value, False
    is_less = ir.IntegerAttr(compare.attributes["predicate"]).value == 2
    zero, end = constant_of(compare.operands[1]), constant_of(added.operands[1])
    is_it = compare.operands[0] == read == added.operands[0] and (zero, end) == (0, extent)
    return (read, True) if is_less and is_it else (value, False)
