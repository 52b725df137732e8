"""Scatters: `tm_tensor.scatter`, as torch-mlir writes what is stored at positions that are values.

Its indices are a matrix, a row for each update, with a column for each dimension that they name.
What a column is made of is read from the ops that put it together: values of a tensor, or, where
torch-mlir made one row of all dimensions of an index tensor, the position along one of these.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from rdu.mlir_ext import arith, ir, tensor
from rdu.mlir_ext.elements import number_of
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.splats import splat_of
from rdu.transforms.linalg.indices.matching import (
    Combine,
    Match,
    Row,
    elementwise,
    filled,
    positions,
    write_matching,
)

SCATTER = "tm_tensor.scatter"

_COMBINERS = ("arith.addf", "arith.addi")
"""What a scatter may do with a value and what is there, but for replacing it."""


class _Read(NamedTuple):
    """What a column is, or the updates: a tensor and where it is accessed, or one of the loops."""

    tensor: ir.Value | None
    rows: tuple[Row, ...]


class Scatter:
    """A scatter, read from its op and those that make its indices and updates.

    Attributes:
        wrong: message key and values of what is not supported, None if nothing is.
    """

    def __init__(self, operation: ir.Operation) -> None:
        self._operation = operation
        self.wrong: tuple[str, dict[str, Any]] | None = None
        updates, indices, initial = operation.operands
        shape: Any = initial.type
        named = list(ir.DenseI64ArrayAttr(operation.attributes["dimension_map"]))
        self._adds = False
        self._read_region()
        if self.wrong:
            return
        digits = _Digits.of(updates)
        parts = _columns(indices, len(named)) if digits else None
        if digits and parts:
            self._extents = list(digits.extents)
            self._updates = digits.read(updates)
            columns = [digits.read(part) for part in parts]
        else:
            kind: Any = indices.type
            self._extents = [kind.shape[0]]
            self._updates = None
            columns = [self._column(indices, number) for number in range(len(named))]
        rows: list[Row] = [None] * len(shape.shape)
        self._matches: list[Match] = []
        for dimension, column in zip(named, columns, strict=True):
            self._enter(dimension, column, shape.shape[dimension], rows)
            if self.wrong:
                return
        window = [d for d in range(len(shape.shape)) if d not in named]
        for dimension in window:
            rows[dimension] = len(self._extents)
            self._extents.append(shape.shape[dimension])
        if self._updates is None:
            own: list[Row] = [0, *(rows[d] for d in window)]
            if len(updates.type.shape) == len(rows) + 1:
                own = [0, *(None if d in named else rows[d] for d in range(len(rows)))]
            self._updates = _Read(updates, tuple(own))
        self._rows = rows

    def write(self) -> ir.Value:
        """Write the scatter at the current insertion point."""
        initial = self._operation.operands[2]
        kind: Any = self._operation.results[0].type
        assert self._updates is not None
        if splat_of(initial) == 0:
            return self._onto(filled(kind, 0), self._updates)
        if self._adds:
            added = self._onto(filled(kind, 0), self._updates)
            return elementwise(kind, [initial, added], _added)
        one = filled(ir.RankedTensorType.get([], kind.element_type), 1)
        places = self._onto(filled(kind, 0), _Read(one, ()))
        values = self._onto(filled(kind, 0), self._updates)
        return elementwise(kind, [places, values, initial], _chosen)

    def _onto(self, zeros: ir.Value, updates: _Read) -> ir.Value:
        assert updates.tensor is not None
        read = updates.tensor, updates.rows
        combine: Combine = _added if self._adds else _first
        return write_matching(self._extents, self._matches, read, (zeros, self._rows), combine)

    def _enter(self, dimension: int, column: _Read | None, extent: int, rows: list[Row]) -> None:
        """Let a column be the loop of a dimension of the result."""
        if column is None:
            self.wrong = "index", {}
            return
        if column.tensor is None:
            (loop,) = column.rows
            assert loop is not None
            if self._extents[loop] > extent:
                self.wrong = "index", {}
            elif self._extents[loop] < extent:  # a part of the dimension: compared like values
                column = _Read(positions(self._extents[loop]), (loop,))
            else:
                rows[dimension] = loop
                return
        if self.wrong:
            return
        assert column.tensor is not None
        if extent == 1:
            self.wrong = "single", {}
            return
        rows[dimension] = len(self._extents)
        self._matches.append(Match(len(self._extents), column.tensor, column.rows))
        self._extents.append(extent)

    def _column(self, indices: ir.Value, number: int) -> _Read:
        """Return a column as a slice of the matrix, which is one there if it was put together."""
        kind: Any = indices.type
        owner = indices.owner
        joined = not isinstance(owner, ir.Block) and owner.operation.name == "tensor.concat"
        if kind.shape[1] == 1:
            return _Read(indices, (0, None))
        if joined and all(part.type.shape[1] == 1 for part in owner.operation.operands):
            return _Read(owner.operation.operands[number], (0, None))
        none: list[ir.Value] = []
        part = ir.RankedTensorType.get([kind.shape[0], 1], kind.element_type)
        with ir.InsertionPoint(self._operation), self._operation.location:
            cut = tensor.ExtractSliceOp(
                part, indices, none, none, none, [0, number], [kind.shape[0], 1], [1, 1]
            )
        return _Read(cut.result, (0, None))

    def _read_region(self) -> None:
        """Read what becomes of a value and of what is there: the first, or their sum."""
        (block,) = self._operation.regions[0].blocks
        (yielded,) = block.operations[len(block.operations) - 1].operands
        if yielded == block.arguments[0]:
            return
        owner = yielded.owner
        both = {block.arguments[0], block.arguments[1]}
        if not isinstance(owner, ir.Block) and owner.operation.name in _COMBINERS:
            self._adds = set(owner.operation.operands) == both
        if not self._adds:
            have = "what is there" if isinstance(owner, ir.Block) else owner.operation.name
            self.wrong = "combines", {"have": have}


class _Digits:
    """An op over one loop that runs through all points of an index tensor, row by row.

    Attributes:
        extents: the shape of the index tensor.
    """

    def __init__(self, op: Structured, extents: Sequence[int]) -> None:
        self._op, self.extents = op, extents

    @classmethod
    def of(cls, updates: ir.Value) -> _Digits | None:
        """Return the op that makes updates, if it is one."""
        if isinstance(updates.owner, ir.Block):
            return None
        op = read_structured(updates.owner.operation)
        if op is None or len(op.extents) != 1:
            return None
        inside = [view.operation for view in op.body.operations]
        found = [each for each in inside if each.name == "tensor.extract"]
        if not found:
            return None
        kind: Any = found[0].operands[0].type
        made = cls(op, list(kind.shape))
        return made if all(made._is_whole(each) for each in found) else None

    def read(self, value: ir.Value) -> _Read | None:
        """Return what one of the op's results is, over loops along the index tensor."""
        owner = value.owner
        if isinstance(owner, ir.Block) or owner.operation != self._op.operation:
            return None
        result: Any = ir.OpResult(value)
        read = self._op.yielded[result.result_number]
        every = tuple(range(len(self.extents)))
        while not isinstance(read.owner, ir.Block) and read.owner.operation.name == (
            "arith.index_cast"
        ):
            read = read.owner.operation.operands[0]
        if not isinstance(read.owner, ir.Block) and read.owner.operation.name == "tensor.extract":
            return _Read(self._cut(read.owner.operation.operands[0]), every)
        digit = self._digit(read)
        if digit is not None:
            return _Read(None, (digit,))
        if splat_of(read) is None:
            return None
        scalar = ir.RankedTensorType.get([], read.type)
        with ir.InsertionPoint(self._op.operation), self._op.operation.location:
            return _Read(filled(scalar, splat_of(read) or 0.0), ())

    def _cut(self, source: ir.Value) -> ir.Value:
        """Return the part of a tensor that the op reads, which is as large as the index tensor."""
        kind: Any = source.type
        if list(kind.shape) == list(self.extents):
            return source
        none: list[ir.Value] = []
        part = ir.RankedTensorType.get(list(self.extents), kind.element_type)
        starts, steps = [0] * len(self.extents), [1] * len(self.extents)
        with ir.InsertionPoint(self._op.operation), self._op.operation.location:
            cut = tensor.ExtractSliceOp(part, source, none, none, none, starts, self.extents, steps)
        return cut.result

    def _is_whole(self, extract: ir.Operation) -> bool:
        kind: Any = extract.operands[0].type
        positions = enumerate(list(extract.operands)[1:])
        is_alike = all(a <= b for a, b in zip(self.extents, kind.shape, strict=True))
        return is_alike and all(self._is_at(value, place) for place, value in positions)

    def _digit(self, value: ir.Value) -> int | None:
        """Return along which dimension a value of the body is the position, None if it is none."""
        places = range(len(self.extents))
        return next((place for place in places if self._is_at(value, place)), None)

    def _is_at(self, value: ir.Value, place: int) -> bool:
        """Tell whether a value of the body is the position along a dimension."""
        if self.extents[place] == 1 and splat_of(value) == 0:
            return True
        divisor = math.prod(self.extents[place + 1 :])
        return _is_digit(value, divisor, self.extents[place], self._op.extents[0])


def _is_digit(value: ir.Value, divisor: int, modulus: int, count: int) -> bool:
    """Tell whether a value is (i / divisor) % modulus of the only loop i, of so many points.

    A remainder that changes nothing may be missing, or one of all points be there.
    """
    stripped, of = _over(value, "arith.remsi")
    found, of = (value, count) if stripped is None else (stripped, of)
    by = 1
    while True:
        inner, step = _over(found, "arith.divsi")
        if inner is None:
            break
        found, by = inner, by * step
    inner, step = _over(found, "arith.remsi")
    found = inner if inner is not None and step == count else found
    owner = found.owner
    is_loop = not isinstance(owner, ir.Block) and owner.operation.name == "linalg.index"
    is_whole = of == modulus or (of == count and divisor * modulus == count)
    return is_loop and is_whole and by == divisor


def _over(value: ir.Value, name: str) -> tuple[ir.Value | None, int]:
    """Return x and n of an op of x and the constant n, None if a value is not that."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != name:
        return None, 0
    left, right = owner.operation.operands
    number = splat_of(right)
    return (None, 0) if number is None else (left, int(number))


def _columns(indices: ir.Value, count: int) -> list[ir.Value] | None:
    """Return the columns of a matrix that was put together by insertions, None if it was not."""
    found: dict[int, ir.Value] = {}
    while not isinstance(indices.owner, ir.Block):
        operation = indices.owner.operation
        if operation.name != "tensor.insert_slice":
            break
        offsets = list(ir.DenseI64ArrayAttr(operation.attributes["static_offsets"]))
        kind: Any = operation.operands[0].type
        if kind.rank != 2 or kind.shape[1] != 1 or offsets[0]:
            return None
        found.setdefault(offsets[1], operation.operands[0])
        indices = operation.operands[1]
    if count == 1 and not found:
        return [indices]
    return [found[n] for n in range(count)] if sorted(found) == list(range(count)) else None


def _first(value: ir.Value, _: ir.Value) -> ir.Value:
    return value


def _added(value: ir.Value, old: ir.Value) -> ir.Value:
    is_float = isinstance(value.type, ir.FloatType)
    return arith.addf(old, value) if is_float else arith.addi(old, value)


def _chosen(place: ir.Value, value: ir.Value, old: ir.Value) -> ir.Value:
    """Return the value where something was stored, else what was there."""
    zero = arith.ConstantOp(place.type, number_of(place.type, 0)).result
    if isinstance(place.type, ir.FloatType):
        stored = arith.cmpf(arith.CmpFPredicate.UNE, place, zero)
    else:
        stored = arith.cmpi(arith.CmpIPredicate.ne, place, zero)
    return arith.select(stored, value, old)
