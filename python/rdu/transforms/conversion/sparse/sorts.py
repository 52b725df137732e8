"""Graphs of sorts, and of slices that take the first of what is sorted.

All coordinates of the dimensions around are walked, and under each all of the one that is sorted,
so that zeros take part that are not stored. What a sort gives and several ops read, or only part of
which is a first part, is stored; a first part alone needs no more memory than it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rdu.mlir_ext import ir
from rdu.mlir_ext.sorting import SORT, positions_along, read_sort
from rdu.semantics.fibertree import Format
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.moves import SLICE, slices_of
from rdu.transforms.conversion.sparse.needs import need_of
from rdu.transforms.conversion.sparse.outside import Outside
from rdu.transforms.conversion.sparse.primitives import Stream, begin_graph
from rdu.transforms.conversion.sparse.walks import Slice, Walk, is_stored_anew

WALKABLE = ("dense", "compressed", "singleton")


class First(NamedTuple):
    """A slice that takes the first of what is sorted: the sort, which of its results, how many."""

    sort: ir.Operation
    number: int
    keep: int


def is_sort(operation: ir.Operation) -> bool:
    """Tell whether an op sorts."""
    return operation.name == SORT


def sort_problems(operation: ir.Operation, *, anew: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield message key and values of everything for which a sort has no graph.

    Args:
        operation: the sort.
        anew: whether its operand may be bound in a format that it is not stored in.
    """
    sort, (source, *beside) = read_sort(operation), operation.operands
    if sort is None:
        yield "compares", {}
        return
    wrong = False
    for what, value in (("operand 0", source), *_named(operation.results)):
        if need := need_of(value.type, WALKABLE):
            wrong = True
            yield "type", {"what": what, "have": value.type, "need": need}
    if [positions_along(value) for value in beside] not in ([], [sort.dimension]):
        have = ", ".join(str(value.type) for value in beside)
        yield "beside", {"have": have}
    kind: Any = source.type
    if wrong or anew or not is_encoded(kind):
        return
    form, order = format_of(kind), sorted_form(operation).order
    if is_stored_anew(form, order):
        yield "stores", {"have": f"{list(form.order)} and {list(order)}"}


def sorted_form(operation: ir.Operation) -> Format:
    """Return how the graphs of a sort write its results: the dimension that is sorted innermost."""
    sort, kind = read_sort(operation), operation.operands[0].type
    order = list(dict.fromkeys(format_of(kind).order if is_encoded(kind) else range(kind.rank)))
    along = -1 if sort is None else sort.dimension
    order = [*(d for d in order if d != along), *(d for d in order if d == along)]
    return Format.of(["compressed"] * len(order), order)


def first_of(operation: ir.Operation) -> First | None:
    """Return what a slice takes the first of; None if it takes something else, or is no slice."""
    if operation.name != SLICE or isinstance(operation.operands[0].owner, ir.Block):
        return None
    source, kind = operation.operands[0], operation.operands[0].type
    owner = source.owner.operation
    sort = read_sort(owner) if is_sort(owner) else None
    if sort is None or operation.results[0].type.rank != kind.rank:
        return None
    own = slices_of(operation)
    taken = own[sort.dimension]
    whole = [Slice(0, extent, 1) for extent in kind.shape]
    if taken.offset or taken.stride != 1:
        return None
    if any(each != whole[d] for d, each in enumerate(own) if d != sort.dimension):
        return None
    return First(owner, list(owner.results).index(source), taken.size)


def sort_of(operation: ir.Operation) -> ir.Operation | None:
    """Return the sort whose graph gives an op's result: itself, or of which that is the first."""
    first = first_of(operation)
    return operation if is_sort(operation) else first and first.sort


def write_sorted(
    sort: ir.Operation, number: int, keep: int | None, kind: Any
) -> tuple[ir.Value, int]:
    """Write a graph of a sort at the current insertion point; returns it, and its primitives.

    Args:
        sort: the op.
        number: which of its results: the values, or where they were.
        keep: how many are taken along the dimension that is sorted, all if None.
        kind: the type of the graph's result.
    """
    read, source = read_sort(sort), sort.operands[0]
    assert read is not None, "sorts were checked"
    order = list(sorted_form(sort).order)
    outside = Outside(source.type.element_type)
    graph, write = begin_graph(kind, order)
    outside.before = ir.InsertionPoint(graph)
    walk = Walk(write, outside, source, order)
    crds: list[Stream] = []
    for level in range(len(order)):
        crds.append(walk.every(level, crds))
    place, ordered, origin = write.sort(read.order, crds[-1], walk.values(), keep)
    write.finish([*crds[:-1], place], write.as_value(origin) if number else ordered)
    return graph.output, write.written


def _named(results: Any) -> Iterator[tuple[str, ir.Value]]:
    for number, value in enumerate(results):
        if number == 0 or any(True for _ in value.uses):
            yield f"result {number}", value
