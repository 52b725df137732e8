"""Writing a function's ops again, on tensors whose dimensions are cut and without views."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import arith, ir, linalg
from rdu.mlir_ext.linear import Linear, affine_map
from rdu.transforms.conversion.linalg.structured import Structured, read_structured, used_operands
from rdu.transforms.conversion.sparse.encodings import DROPS
from rdu.transforms.linalg.views.bodies import clone_body
from rdu.transforms.linalg.views.cuts import RESHAPES, Cuts
from rdu.transforms.linalg.views.levels import FORMAT, cut_type, empty, result_type
from rdu.transforms.linalg.views.moves import INSERT, Move, is_move
from rdu.transforms.linalg.views.strides import parts


@dataclass(frozen=True, slots=True)
class View:
    """A tensor seen through permutations and broadcasts.

    Attributes:
        tensor: what is stored.
        dimensions: for each dimension of it, the one of the view that runs along it; None for one
            of extent 1.
        rank: of the view.
    """

    tensor: ir.Value
    dimensions: tuple[int | None, ...]
    rank: int

    @property
    def plain(self) -> bool:
        """Whether the view is the tensor itself."""
        return self.dimensions == tuple(range(self.rank))


class Rebuilder:
    """Writes ops again, each in front of the one that it stands for.

    Args:
        cuts: where dimensions are cut.
        needed: the values that results of the function depend on.

    Attributes:
        dissolved: how many reshapes, permutations and broadcasts are no ops any more.
    """

    def __init__(self, cuts: Cuts, needed: set[ir.Value]) -> None:
        self._cuts, self._needed = cuts, needed
        self._views: dict[ir.Value, View] = {}
        self.dissolved = 0

    def argument(self, argument: Any) -> None:
        """Add an argument to the block that has the dimensions of another one, cut."""
        block: Any = argument.owner
        tensor_like = isinstance(argument.type, ir.RankedTensorType)
        kind: Any = self._type(argument) if tensor_like else argument.type
        added = block.add_argument(kind, argument.location)
        if tensor_like:
            self._enter(argument, added, kind)
        else:
            argument.replace_all_uses_with(added)

    def write(self, operation: ir.Operation) -> None:
        """Write an op again, if its results are needed and it is not a view."""
        if not any(result in self._needed for result in operation.results):
            return
        with ir.InsertionPoint(operation), operation.location:
            if operation.name in RESHAPES:
                self._views[operation.results[0]] = self._views[operation.operands[0]]
                self.dissolved += 1
            elif operation.name == "tensor.empty":
                self._made(operation, empty(self._type(operation.results[0])))
            elif operation.name == "linalg.fill":
                started = empty(self._type(operation.results[0]))
                self._made(operation, linalg.fill(operation.operands[0], outs=[started]))
            elif operation.name == "arith.constant":
                self._constant(operation)
            elif is_move(operation):
                self._move(Move(operation))
            else:
                self._structured(operation)

    def returned(self, value: ir.Value) -> ir.Value:
        """Return the tensor to return for a value: a copy, if nothing computes it."""
        view = self._views.get(value)
        if view is None:
            return value
        argument = isinstance(view.tensor.owner, ir.Block)
        return self._copy(view, self._type(value)) if argument or not view.plain else view.tensor

    def _structured(self, operation: ir.Operation) -> None:
        op = read_structured(operation)
        if op is None:
            raise TypeError(f"'{operation.name}' is not structured, which was checked")
        source = _copied(op)
        if source is not None and self._dissolves(op, source):
            self.dissolved += 1
            return
        loops = _Loops(op, self._cuts)
        kept = _results(op, self._needed)
        inputs = list(range(op.initial(0)))
        initials = [op.initial(number) for number in kept]
        views = [self._views.get(operation.operands[number]) for number in inputs]
        given = [
            operation.operands[n] if v is None else v.tensor
            for n, v in zip(inputs, views, strict=True)
        ]
        started = [self._initial(op, n, self._type(operation.results[n])) for n in kept]
        rows: list[Sequence[int | None]] = [
            loops.rows(op, number) for number in (*inputs, *initials)
        ]
        for number, view in zip(inputs, views, strict=True):
            if view is not None:
                rows[number] = [None if d is None else rows[number][d] for d in view.dimensions]
        for number, view in zip(inputs, views, strict=True):  # loops that only a broadcast has
            own = loops.rows(op, number)
            if view is not None and not set(own) <= {loop for each in rows for loop in each}:
                given[number] = self._copy(view, self._type(operation.operands[number]))
                rows[number] = own
        made = linalg.GenericOp(
            [each.type for each in started],
            given,
            started,
            ir.ArrayAttr.get([ir.AffineMapAttr.get(_map(each, loops.count)) for each in rows]),
            ir.ArrayAttr.get([_iterator(kind) for kind in loops.kinds(op, initials)]),
        )
        clone_body(op, kept, made.regions[0])
        if FORMAT in operation.attributes:
            made.operation.attributes[DROPS] = ir.UnitAttr.get()
        for number, result in zip(kept, made.operation.results, strict=True):
            self._enter(operation.results[number], result, result.type)

    def _dissolves(self, op: Structured, source: int) -> bool:
        """Make a copy a view of what it copies, unless it is stored in a way of its own."""
        operand, result = op.operation.operands[source], op.operation.results[0]
        kind: Any = result_type(result)
        view = self._views.get(operand)
        if view is None or kind.encoding is not None:
            return False
        loops = _Loops(op, self._cuts)
        places = loops.rows(op, op.initial(0))
        read = loops.rows(op, source)
        if len(set(places)) != len(places) or not set(read) <= set(places):
            return False
        dimensions = tuple(None if d is None else places.index(read[d]) for d in view.dimensions)
        self._views[result] = View(view.tensor, dimensions, len(places))
        return True

    def _initial(self, op: Structured, result: int, kind: Any) -> ir.Value:
        """Return what a result of some type starts from; anything, if the op does not read it."""
        value = op.operation.operands[op.initial(result)]
        view = self._views.get(value)
        if view is None:
            return empty(kind)
        start = view.tensor if view.plain else self._copy(view, self._type(value))
        if start.type == kind:
            return start
        filled = start.owner.operation
        made = empty(kind)
        return (
            linalg.fill(filled.operands[0], outs=[made]) if filled.name == "linalg.fill" else made
        )

    def _move(self, move: Move) -> None:
        """Write a move of whole parts, which have a dimension though there be only one."""
        every = [self._cuts.of(value) for value in move.tensors]
        strides = [set[int]().union(*alike) for alike in zip(*every, strict=True)]
        given: list[ir.Value] = []
        for value, shape in zip(move.sources, move.shapes, strict=False):
            view = self._views[value]
            kept, extents = _kept(move, shape, strides)
            if view.plain and len(kept) == len(extents):
                given.append(view.tensor)
                continue
            kind: Any = view.tensor.type
            wide = ir.RankedTensorType.get(extents, kind.element_type)
            places = tuple(None if d is None else kept[d] for d in view.dimensions)
            given.append(self._copy(View(view.tensor, places, len(extents)), wide))
        kept, extents = _kept(move, move.shapes[-1], strides)
        kinds: list[Any] = [self._type(result) for result in move.results]
        if move.operation.name == INSERT:
            kinds = [given[1].type]
        elif len(kept) < len(extents):
            kinds = [ir.RankedTensorType.get(extents, kind.element_type) for kind in kinds]
        ranks = {place: number for number, place in enumerate(kept)}
        dimensions = tuple(ranks.get(place) for place in range(len(extents)))
        for result, made in zip(move.results, move.write(kinds, given, strides), strict=True):
            self._views[result] = View(made, dimensions, len(kept))

    def _copy(self, view: View, kind: Any) -> ir.Value:
        started = empty(ir.RankedTensorType.get(kind.shape, kind.element_type))
        rows = [list(view.dimensions), list(range(view.rank))]
        made = linalg.GenericOp(
            [started.type],
            [view.tensor],
            [started],
            ir.ArrayAttr.get([ir.AffineMapAttr.get(_map(each, view.rank)) for each in rows]),
            ir.ArrayAttr.get([_iterator("parallel")] * view.rank),
        )
        block = made.regions[0].blocks.append(
            *[kind.element_type] * 2, arg_locs=[made.operation.location] * 2
        )
        with ir.InsertionPoint(block):
            linalg.YieldOp([block.arguments[0]])
        return made.operation.results[0]

    def _constant(self, operation: ir.Operation) -> None:
        result = operation.results[0]
        if not isinstance(result.type, ir.RankedTensorType):
            return
        kind: Any = self._type(result)
        elements: Any = operation.attributes["value"]
        if elements.is_splat:
            held = ir.DenseElementsAttr.get_splat(kind, elements.get_splat_value())
        else:
            array = np.array(elements).reshape(list(kind.shape))
            held = ir.DenseElementsAttr.get(array, type=kind.element_type, shape=list(kind.shape))
        self._made(operation, arith.ConstantOp(kind, held).result)

    def _made(self, operation: ir.Operation, value: ir.Value) -> None:
        self._enter(operation.results[0], value, value.type)

    def _enter(self, old: ir.Value, new: ir.Value, kind: Any) -> None:
        rank = len(kind.shape)
        self._views[old] = View(new, tuple(range(rank)), rank)

    def _type(self, value: ir.Value) -> ir.Type:
        return cut_type(result_type(value), self._cuts.of(value))


class _Loops:
    """The loops of an op, each cut as the dimensions that it runs along."""

    def __init__(self, op: Structured, cuts: Cuts) -> None:
        self.count = 0
        self._parts: list[list[int]] = [[] for _ in op.extents]
        known: set[int] = set()
        for value, rows in zip(op.operation.operands, op.maps, strict=True):
            strides = cuts.of(value) if rows else []
            for row, own in zip(rows, strides, strict=True):
                if row.dimension is not None and row.dimension not in known:
                    known.add(row.dimension)
                    self._add(row.dimension, len(parts(op.extents[row.dimension], own)))

    def rows(self, op: Structured, number: int) -> list[int]:
        """Return the loop that runs along each dimension of an operand."""
        loops = (row.dimension for row in op.maps[number])
        return [each for loop in loops if loop is not None for each in self._parts[loop]]

    def kinds(self, op: Structured, initials: Sequence[int]) -> list[str]:
        """Return which loops are parallel: those that results have."""
        parallel = {loop for number in initials for loop in self.rows(op, number)}
        return ["parallel" if n in parallel else "reduction" for n in range(self.count)]

    def _add(self, loop: int, count: int) -> None:
        self._parts[loop] = list(range(self.count, self.count + count))
        self.count += count


def _results(op: Structured, needed: set[ir.Value]) -> list[int]:
    """Return the results of an op that are needed, and those that are to compute these."""
    kept = {n for n, result in enumerate(op.operation.results) if result in needed}
    first = op.initial(0)
    while True:
        used = {u - first for n in kept for u in used_operands(op, op.yielded[n]) if u >= first}
        if used <= kept:
            return sorted(kept)
        kept |= used


def _copied(op: Structured) -> int | None:
    """Return which operand an op copies, if it does nothing else."""
    if len(op.operation.results) != 1:
        return None
    number = op.operand(op.yielded[0])
    return number if number is not None and number < op.initial(0) else None


def _kept(
    move: Move, shape: Sequence[int], strides: Sequence[set[int]]
) -> tuple[list[int], list[int]]:
    """Return which parts of a tensor's dimensions are there without a move, and all extents."""
    kept: list[int] = []
    extents: list[int] = []
    for dimension, (extent, own) in enumerate(zip(shape, strides, strict=True)):
        for part in move.parts(dimension, extent, own):
            kept += [len(extents)] if part > 1 else []
            extents.append(part)
    return kept, extents


def _map(loops: Sequence[int | None], count: int) -> ir.AffineMap:
    return affine_map(
        [Linear(tuple(int(d == loop) for d in range(count))) for loop in loops], count
    )


def _iterator(kind: str) -> ir.Attribute:
    return ir.Attribute.parse(f"#linalg.iterator_type<{kind}>")
