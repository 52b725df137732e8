"""What the ops of the `sam` dialect compute that know values: tensors, results, arithmetic."""

from collections.abc import Callable, Sequence
from functools import partial, wraps
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from rdu.dialects.sam import compute, drop, graph, reductions, sort, values
from rdu.dialects.sam.primitive import element_in, lanes_of
from rdu.dialects.sam.streams import TensorType, level_formats, storage_order
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.meaning import semantics
from rdu.semantics import sparse
from rdu.semantics.dtypes import NUMPY, Array, numpy_type
from rdu.semantics.fibertree import Fibertree, Format, store
from rdu.semantics.scalar import OPS
from rdu.semantics.sparse import Tokens, functions
from rdu.semantics.tokens import EMPTY, is_payload
from rdu.support.diagnostics import RduError, error

Meaning = TypeVar("Meaning", bound=Callable[..., Any])


def primitive(*operations: Any) -> Callable[[Meaning], Meaning]:
    """Register the meaning of primitives; the ValueError of streams gets the op's place."""

    def register(meaning: Meaning) -> Meaning:
        @wraps(meaning)
        def located(op: Any, *arguments: Any) -> Any:
            try:
                return meaning(op, *arguments)
            except ValueError as problem:
                place = source_location(op.operation.location)
                raise RduError(error(f"'{op.operation.name}' {problem}", place)) from problem

        semantics(*operations)(located)
        return meaning

    return register


@primitive(graph.GraphOp)
def compute_graph(op: Any, frame: Frame) -> Array:
    """Run the primitives in order and put the values where the coordinates say."""
    written: dict[Any, Tokens] = {}
    (tokens,) = frame.child(frame.domain, written).run(op.body.blocks[0])
    kind = op.output.type
    shape: list[int] = kind.shape
    order: list[int] = op.written_order
    dtype = numpy_type(kind.element_type)
    levels = [sparse.root(), *(written[level] for level in range(kind.rank))]
    lanes = lanes_of(op.body.blocks[0].operations[-1].values)
    extents = [shape[dimension] for dimension in order]
    if lanes > 1:
        extents[-1] = -(-extents[-1] // lanes)
    dense = [writer.dense is not None for writer in op.writers]
    points: list[Array] = []
    for number, (outer, crds) in enumerate(pairwise(levels)):
        segments, stored = sparse.write_fibers(crds, outer)
        if dense[number] and any(np.diff(segments) != extents[number]):
            raise ValueError(f"writes level {number} as dense: expected every coordinate")
        points = [np.repeat(column, np.diff(segments)) for column in points]
        points.append(np.array(stored, np.int64))
    stored = sparse.write_values(_zero(dtype, lanes), tokens, levels[-1])
    place = np.zeros([*extents, lanes] if lanes > 1 else extents, dtype)
    _check_points(points, place.shape[: kind.rank])
    values = np.array(stored, dtype).reshape(len(stored), *place.shape[kind.rank :])
    place[tuple(points)] = values if kind.rank else values[0]
    if lanes > 1:
        place = place.reshape(*extents[:-1], -1)[..., : shape[order[-1]]]
    return place.transpose([order.index(dimension) for dimension in range(kind.rank)]).copy()


@primitive(graph.BindOp)
def bind(op: Any, _frame: Frame, array: Array) -> Fibertree:
    """Store the array in the declared format."""
    return _stored(op.bound.type, array)


@primitive(graph.RootOp)
def root(_op: Any, _frame: Frame) -> Tokens:
    """Give `0 D`."""
    return sparse.root()


@primitive(graph.FiberWriteOp)
def fiber_write(op: Any, frame: Frame, crd: Tokens) -> None:
    """Leave the coordinates for the graph to assemble."""
    frame.carried[op.level.value] = crd


@primitive(graph.YieldOp)
def give(_op: Any, _frame: Frame, tokens: Tokens) -> tuple[Tokens]:
    """Give the graph's values."""
    return (tokens,)


@primitive(values.ArrayOp)
def array(op: Any, _frame: Frame, tensor: Fibertree, refs: Tokens) -> Tokens:
    """Load the values at references."""
    lanes = lanes_of(op.values)
    values = tensor.values if lanes == 1 else tensor.values.reshape(-1, lanes)
    return sparse.load(values.__getitem__, _zero(tensor.values.dtype, lanes), refs)


@primitive(values.AsCrdOp)
def as_crd(op: Any, _frame: Frame, tokens: Tokens) -> Tokens:
    """Take values for coordinates."""
    wrap = op.wrap is not None and op.wrap.value
    return sparse.as_coordinates(op.below.value, tokens, wrap=wrap)


@primitive(values.StoreOp)
def store_values(op: Any, _frame: Frame, refs: Tokens, tokens: Tokens) -> Fibertree:
    """Store values in a tensor of zeros."""
    kind = op.tensor.type
    form = Format.of(level_formats(kind), storage_order(kind))
    extents: list[int] = kind.shape.shape
    tree = _stored(kind, np.zeros(extents, NUMPY[element_in(op.values)]))
    for ref, value in sparse.store(tree.zero, refs, tokens).items():
        if not 0 <= ref < tree.stored:
            raise ValueError(f"stores at {ref} of {form}: expected 0 to {tree.stored - 1}")
        tree.values[ref] = value
    return tree


@primitive(compute.AluOp)
def alu(op: Any, _frame: Frame, lhs: Tokens, rhs: Tokens) -> Tokens:
    """Combine values."""
    element, lanes = element_in(op.lhs), lanes_of(op.values)
    function = functions.binary(op.function.value, element)
    return sparse.combine(function, _zero(NUMPY[element], lanes), lhs, rhs)


@primitive(compute.UnaryOp)
def unary(op: Any, _frame: Frame, tokens: Tokens) -> Tokens:
    """Apply a function to values."""
    element, name = element_in(op.operand), op.function.value
    if op.constant is None:
        function = functions.unary(name, element)
    else:
        second = NUMPY[element].type(op.constant.value)
        function = partial(_with_constant, functions.binary(name, element), second)
    return sparse.combine(function, _zero(NUMPY[element], lanes_of(op.values)), tokens)


@primitive(compute.SelectOp)
def select(op: Any, _frame: Frame, mask: Tokens, *values: Tokens) -> Tokens:
    """Choose values."""
    element, lanes = NUMPY[element_in(op.values)], lanes_of(op.values)
    absent = _zero(NUMPY["i1"], lanes_of(op.mask))
    mask = [absent if token is EMPTY else token for token in mask]
    constants = (op.chosen_constant, op.other_constant)
    given = [None if each is None else np.asarray(each.value, element) for each in constants]

    def choose(mask: Array, *rest: Array) -> Array:
        left = iter(rest)
        operands = [next(left) if number is None else number for number in given]
        return OPS[functions.SELECT].evaluate(mask, *operands)

    return sparse.combine(choose, _zero(element, lanes), mask, *values)


@primitive(reductions.FoldOp)
def fold(op: Any, _frame: Frame, tokens: Tokens) -> Tokens:
    """Reduce lanes."""
    element = element_in(op.vectors)
    function = functions.fold(op.function.value, element)
    return sparse.combine(function, _zero(NUMPY[element], lanes_of(op.vectors)), tokens)


@primitive(reductions.ReduceOp)
def reduce(op: Any, _frame: Frame, tokens: Tokens, outer: Tokens) -> Tokens:
    """Reduce innermost fibers."""
    element = element_in(op.values)
    function, identity = functions.reduction(op.function.value, element)
    lanes = lanes_of(op.values)
    zero, start = _zero(NUMPY[element], lanes), _spread(identity, lanes)
    return sparse.reduce(function, start, zero, tokens, outer)


@primitive(reductions.AccumulateOp)
def accumulate(op: Any, _frame: Frame, reduced: Tokens, *rest: Tokens) -> tuple[Tokens, ...]:
    """Merge fibers."""
    element = element_in(op.values)
    function, identity = functions.reduction(op.function.value, element)
    *crds, tokens = rest
    lanes = lanes_of(op.values)
    zero, start = _zero(NUMPY[element], lanes), _spread(identity, lanes)
    merged, total = sparse.accumulate(function, start, zero, reduced, crds, tokens)
    return *merged, total


@primitive(sort.SortOp)
def sort_fibers(op: Any, _frame: Frame, crds: Tokens, tokens: Tokens) -> tuple[Tokens, ...]:
    """Put values in order."""
    keep = 0 if op.keep is None else op.keep.value
    zero = NUMPY[element_in(op.values)].type(0)
    descending = op.order.value == "descending"
    return sparse.sort(zero, crds, tokens, descending=descending, keep=keep)


@primitive(sort.AsValueOp)
def as_value(_op: Any, _frame: Frame, crds: Tokens) -> Tokens:
    """Take coordinates for values."""
    return [np.int32(token) if is_payload(token) else token for token in crds]


@primitive(drop.ValDropOp)
def val_drop(op: Any, _frame: Frame, crds: Tokens, tokens: Tokens) -> tuple[Tokens, Tokens]:
    """Drop zeros."""
    return sparse.drop_values(NUMPY[element_in(op.values)].type(0), crds, tokens)


def _spread(value: Any, lanes: int) -> Any:
    """Return a number, or a vector of it."""
    return value if lanes == 1 else np.full(lanes, value)


def _zero(dtype: np.dtype[Any], lanes: int) -> Any:
    return _spread(dtype.type(0), lanes)


def _with_constant(function: functions.Function, constant: Any, tokens: Array) -> Array:
    return function(tokens, np.asarray(constant))


def _stored(kind: TensorType, dense: Array) -> Fibertree:
    return store(dense, level_formats(kind), storage_order(kind))


def _check_points(points: Sequence[Array], extents: Sequence[int]) -> None:
    """Refuse coordinates outside of the result, and values for one place."""
    for level, (column, extent) in enumerate(zip(points, extents, strict=True)):
        if wrong := [crd for crd in column.tolist() if not 0 <= crd < extent]:
            raise ValueError(
                f"writes coordinate {wrong[0]} of level {level}: expected 0 to {extent - 1}"
            )
    if points and len(np.unique(np.stack(points), axis=1).T) < len(points[0]):
        raise ValueError("writes several values to one place: accumulate them first")
