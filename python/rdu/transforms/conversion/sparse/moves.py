"""Graphs of ops that only move elements: concatenations, slices, insertions, padding with zeros.

They are walked level by level. The fibers of a concatenation are put behind each other at its
level, with all that is under them; around it, coordinates are united. A slice finds the coordinates
that it takes and drops those that are not there. What is inserted into zeros has its coordinates
raised; what is inserted into another tensor along one dimension stands between two slices of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.needs import need_of
from rdu.transforms.conversion.sparse.outside import Outside
from rdu.transforms.conversion.sparse.primitives import Primitives, Stream, begin_graph
from rdu.transforms.conversion.sparse.splats import constant_of, splat_of
from rdu.transforms.conversion.sparse.walks import Slice, Walk, moved

CONCAT = "tensor.concat"
INSERT = "tensor.insert_slice"
PAD = "tensor.pad"
SLICE = "tensor.extract_slice"
MOVES = (CONCAT, INSERT, PAD, SLICE)

Write = Callable[[Primitives, Outside, ir.Operation, Sequence[int]], list[Stream]]


def is_move(operation: ir.Operation) -> bool:
    """Tell whether an op only moves elements."""
    return operation.name in MOVES


def problems_of(operation: ir.Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield message key and values of everything for which an op has no graph."""
    result: Any = operation.results[0].type
    named = [(f"operand {number}", value.type) for number, value in enumerate(operation.operands)]
    wrong = [
        (what, kind, need)
        for what, kind in [*named, ("result 0", result)]
        if (need := need_of(kind))
    ]
    source: Any = operation.operands[0].type
    if not wrong and result.rank < source.rank:
        wrong = [("result 0", result, f"{source.rank} dimensions, as there are")]
    elif not wrong and result.rank > source.rank:
        wrong = [("operand 0", source, f"{result.rank} dimensions, as there are")]
    for what, kind, need in wrong:
        yield "type", {"what": what, "have": kind, "need": need}
    if wrong:
        return
    orders = {form.order: None for form in _forms(operation)}
    if len(orders) > 1:
        yield "stores", {"have": " and ".join(str(list(order)) for order in orders)}
    if operation.name == PAD and _padding(operation) != 0:
        padding = _padding(operation)
        yield "pads", {"have": "what is no constant" if padding is None else padding}
    if (
        operation.name == PAD
        and min(cuts := _numbers(operation, "low") + _numbers(operation, "high")) < 0
    ):
        yield "cuts", {"have": min(cuts)}
    if operation.name == INSERT and splat_of(operation.operands[1]) != 0:
        partial = _partial(operation)
        if len(partial) > 1 or any(each.stride != 1 for each in partial.values()):
            yield "inserts", {"have": ", ".join(map(str, partial))}


def written_form(operation: ir.Operation) -> Format:
    """Return how the graph of an op writes its result."""
    kind: Any = operation.results[0].type
    forms = _forms(operation)
    order = list(forms[0].order if forms else range(kind.rank))
    return Format.of(["compressed"] * kind.rank, order)


def write_move(operation: ir.Operation) -> tuple[ir.Value, int]:
    """Write the graph of an op at the current insertion point; returns it, and its primitives."""
    kind: Any = operation.results[0].type
    order = list(written_form(operation).order)
    outside = Outside(kind.element_type)
    graph, write = begin_graph(kind, order)
    outside.before = ir.InsertionPoint(graph)
    streams = _WRITERS[operation.name](write, outside, operation, order)
    write.finish(streams[:-1], streams[-1])
    return graph.output, write.written


def _forms(operation: ir.Operation) -> list[Format]:
    """Return how the tensors of an op are stored that have an encoding that will do."""
    result: Any = operation.results[0].type
    kinds: list[Any] = [value.type for value in (*operation.operands, *operation.results)]
    encoded = [kind for kind in kinds if is_encoded(kind) and kind.rank == result.rank]
    return [format_of(kind) for kind in encoded if need_of(kind) is None]


def _numbers(operation: ir.Operation, name: str) -> list[int]:
    return list(ir.DenseI64ArrayAttr(operation.attributes[f"static_{name}"]))


def slices_of(operation: ir.Operation) -> list[Slice]:
    """Return what a slice takes of each dimension, or an insertion gives."""
    numbers = (_numbers(operation, name) for name in ("offsets", "sizes", "strides"))
    return [Slice(*each) for each in zip(*numbers, strict=True)]


def _partial(operation: ir.Operation) -> dict[int, Slice]:
    """Return the dimensions of its result that an insertion gives only a part of."""
    kind: Any = operation.results[0].type
    pairs = enumerate(zip(slices_of(operation), kind.shape, strict=True))
    return {place: each for place, (each, extent) in pairs if each != Slice(0, extent, 1)}


def _padding(operation: ir.Operation) -> float | None:
    (block,) = operation.regions[0].blocks
    (yielded,) = block.operations[len(block.operations) - 1].operands
    return constant_of(yielded)


def _concatenation(
    write: Primitives, outside: Outside, operation: ir.Operation, order: Sequence[int]
) -> list[Stream]:
    place = order.index(ir.IntegerAttr(operation.attributes["dim"]).value)
    walks = [Walk(write, outside, value, order) for value in operation.operands]
    parts = [(walk, Slice(0, walk.extents[place], 1)) for walk in walks]
    return _joined(write, parts, place)


def _slice(
    write: Primitives, outside: Outside, operation: ir.Operation, order: Sequence[int]
) -> list[Stream]:
    walk, slices = Walk(write, outside, operation.operands[0], order), slices_of(operation)
    streams: list[Stream] = []
    for level, dimension in enumerate(order):
        streams.append(walk.take(level, slices[dimension], streams))
    return [*streams, walk.values()]


def _insertion(
    write: Primitives, outside: Outside, operation: ir.Operation, order: Sequence[int]
) -> list[Stream]:
    source, target = operation.operands[0], operation.operands[1]
    partial = _partial(operation)
    if splat_of(target) == 0 or not partial:
        return _raised(write, outside, source, slices_of(operation), order)
    ((dimension, each),) = partial.items()
    place, end = order.index(dimension), each.offset + each.size
    extent = Walk(write, outside, target, order).extents[place]
    pieces = [
        (target, Slice(0, each.offset, 1)),
        (source, Slice(0, each.size, 1)),
        (target, Slice(end, extent - end, 1)),
    ]
    parts = [(Walk(write, outside, value, order), part) for value, part in pieces if part.size]
    return _joined(write, parts, place)


def _pad(
    write: Primitives, outside: Outside, operation: ir.Operation, order: Sequence[int]
) -> list[Stream]:
    slices = [Slice(low, 0, 1) for low in _numbers(operation, "low")]
    return _raised(write, outside, operation.operands[0], slices, order)


_WRITERS: Mapping[str, Write] = {
    CONCAT: _concatenation,
    INSERT: _insertion,
    PAD: _pad,
    SLICE: _slice,
}


def _joined(write: Primitives, parts: Sequence[tuple[Walk, Slice]], place: int) -> list[Stream]:
    """Return coordinates and values of parts of tensors put behind each other at a level."""
    walks = [walk for walk, _ in parts]
    around: list[Stream] = []
    for level in range(place):
        sides = write.unite([walk.look(level) for walk in walks])
        for walk, side in zip(walks, sides, strict=True):
            walk.refs, walk.lacks = side.payload, len(walks) > 1
        around.append(sides[0].crd)
    crds = [walk.take(place, part, around) for walk, part in parts]
    inner = range(place + 1, len(walks[0].extents))
    under = [[walk.enter(level) for walk in walks] for level in inner]
    under.append([walk.values() for walk in walks])
    if len(walks) == 1:
        return [*around, crds[0], *(streams[0] for streams in under)]
    offsets = list(accumulate((part.size for _, part in parts[:-1]), initial=0))
    joined = [write.concat(crds, streams, offsets) for streams in under]
    return [*around, joined[0][0], *(payload for _, payload in joined)]


def _raised(
    write: Primitives,
    outside: Outside,
    source: ir.Value,
    slices: Sequence[Slice],
    order: Sequence[int],
) -> list[Stream]:
    """Return coordinates and values of a tensor in the midst of zeros."""
    walk = Walk(write, outside, source, order)
    crds: list[Stream] = []
    for level, dimension in enumerate(order):
        crds.append(moved(write, outside, walk.enter(level), slices[dimension], crds))
    return [*crds, walk.values()]
