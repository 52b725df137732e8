"""Where the dimensions of a function's tensors are cut, so that reshapes change nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rdu.mlir_ext import ir
from rdu.transforms.conversion.linalg.structured import read_structured
from rdu.transforms.linalg.views.levels import read_levels, result_type
from rdu.transforms.linalg.views.moves import Move, is_move
from rdu.transforms.linalg.views.strides import divided, fits, joined

RESHAPES = ("tensor.collapse_shape", "tensor.expand_shape")
"""Ops that join dimensions or divide them."""

Place = tuple[ir.Value, int]
"""A dimension of a tensor."""


class Cuts:
    """Finds the coarsest cuts that agree.

    Dimensions over which one loop runs are cut alike, and so are both sides of a reshape, and those
    along which an op moves whole parts. Blocks in which a tensor is stored are cut apart.

    Args:
        operations: the ops to agree, in order: structured ones, reshapes and moves.
        refuse: called with an op, a message key and its values where cuts do not agree.
    """

    def __init__(self, operations: Sequence[ir.Operation], refuse: Callable[..., None]) -> None:
        self._strides: dict[Place, set[int]] = {}
        self._refuse = refuse
        self._changed = True
        self._wrong: set[ir.Operation] = set()
        for operation in operations:
            for value in (*operation.operands, *operation.results):
                self._enter(operation, value)
        while self._changed:
            self._changed = False
            for operation in operations:
                self._agree(operation)

    def of(self, value: ir.Value) -> list[set[int]]:
        """Return the strides at which each dimension of a tensor is cut."""
        kind: Any = value.type
        return [self._strides.get((value, d), set()) for d in range(len(kind.shape))]

    def _enter(self, operation: ir.Operation, value: ir.Value) -> None:
        if not isinstance(value.type, ir.RankedTensorType):
            return
        kind: Any = result_type(value)
        if kind.encoding is None:
            return
        try:
            levels = read_levels(kind)
        except ValueError as problem:
            self._say(operation, "encoding", have=kind, problem=problem)
            return
        for level in levels:
            if 1 < level.block < kind.shape[level.dimension]:
                self._strides.setdefault((value, level.dimension), set()).add(level.block)

    def _agree(self, operation: ir.Operation) -> None:
        if operation.name in RESHAPES:
            self._reshape(operation)
            return
        if is_move(operation):
            self._move(Move(operation))
            return
        op = read_structured(operation)
        if op is None:
            return
        places: dict[int, list[Place]] = {}
        for value, rows in zip(operation.operands, op.maps, strict=True):
            for dimension, row in enumerate(rows):
                if row.dimension is not None:
                    places.setdefault(row.dimension, []).append((value, dimension))
        for number, result in enumerate(operation.results):
            for dimension, row in enumerate(op.maps[op.initial(number)]):
                if row.dimension is not None:
                    places[row.dimension].append((result, dimension))
        for loop, alike in places.items():
            strides = set[int]().union(*(self._strides.get(place, set()) for place in alike))
            if not fits(op.extents[loop], strides):
                self._say(operation, "cuts", extent=op.extents[loop], have=_listed(strides))
                continue
            for place in alike:
                self._set(place, strides)

    def _reshape(self, operation: ir.Operation) -> None:
        """Agree on the dimensions that are one on one side and several on the other."""
        source, result = operation.operands[0], operation.results[0]
        one, several = (
            (result, source) if operation.name == "tensor.collapse_shape" else (source, result)
        )
        shape: list[int] = list(_shape(several))
        for joint, group in enumerate(_groups(operation)):
            extents = [shape[d] for d in group]
            own = [self._strides.get((several, d), set()) for d in group]
            strides = self._strides.get((one, joint), set()) | joined(extents, own)
            apart = divided(extents, strides)
            if apart is None or not fits(_shape(one)[joint], strides):
                self._say(operation, "cuts", extent=_shape(one)[joint], have=_listed(strides))
                continue
            self._set((one, joint), strides)
            for dimension, found in zip(group, apart, strict=True):
                self._set((several, dimension), found)

    def _move(self, move: Move) -> None:
        """Agree on where each dimension is cut in all tensors of a move."""
        for dimension in range(len(move.shapes[0])):
            strides = set[int]().union(*(self.of(value)[dimension] for value in move.tensors))
            extents = [shape[dimension] for shape in move.shapes]
            numbers = move.numbers(dimension) or extents
            most = max(extents)
            if not fits(most, strides) or any(n % stride for n in numbers for stride in strides):
                self._say(move.operation, "cuts", extent=most, have=_listed(strides))
                continue
            for value, extent in zip(move.tensors, extents, strict=True):
                self._set((value, dimension), {stride for stride in strides if stride < extent})

    def _set(self, place: Place, strides: set[int]) -> None:
        if self._strides.get(place, set()) != strides:
            self._strides[place] = set(strides)
            self._changed = True

    def _say(self, operation: ir.Operation, key: str, **values: Any) -> None:
        if operation not in self._wrong:
            self._wrong.add(operation)
            self._refuse(operation, key, **values)


def _groups(operation: ir.Operation) -> list[list[int]]:
    every: Iterable[Any] = ir.ArrayAttr(operation.attributes["reassociation"])
    return [[ir.IntegerAttr(number).value for number in group] for group in every]


def _shape(value: ir.Value) -> list[int]:
    kind: Any = value.type
    return list(kind.shape)


def _listed(strides: Iterable[int]) -> str:
    return ", ".join(map(str, sorted(strides)))
