"""Ops that have graphs of their own, which are not planned with others: moves, indices, sorts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse import matches, moves
from rdu.transforms.conversion.sparse.indirect import write_matches
from rdu.transforms.conversion.sparse.matches import is_matches, read_matches
from rdu.transforms.conversion.sparse.moves import is_move, write_move
from rdu.transforms.conversion.sparse.sorts import first_of, is_sort, sort_problems, write_sorted

Written = tuple[ir.Value, int]
"""What a graph computes, and its primitives."""


def is_alone(operation: ir.Operation) -> bool:
    """Tell whether an op has a graph of its own."""
    return is_move(operation) or is_matches(operation) or is_sort(operation)


def problems_of(operation: ir.Operation, *, anew: bool) -> Iterable[tuple[str, dict[str, Any]]]:
    """Return message key and values of everything for which an op has no graph."""
    if is_sort(operation):
        return sort_problems(operation, anew=anew)
    found = read_matches(operation)
    return moves.problems_of(operation) if found is None else matches.problems_of(found)


def write_alone(
    operation: ir.Operation, needed: Collection[ir.Value]
) -> Iterator[tuple[ir.Value, Written]]:
    """Write the graphs of an op at the current insertion point; yield each result with its graph.

    A sort is left to the slices that take the first of it, where nobody else who is needed reads
    it.
    """
    if not is_sort(operation):
        (value,) = operation.results
        yield value, _write(operation, value)
        return
    for number, value in enumerate(operation.results):
        uses = [use.owner.operation for use in value.uses]
        if any(first_of(use) is None for use in uses if _is_needed(use, needed)):
            yield value, write_sorted(operation, number, None, value.type)


def _write(operation: ir.Operation, value: ir.Value) -> Written:
    if first := first_of(operation):
        return write_sorted(*first, value.type)
    found = read_matches(operation)
    return write_move(operation) if found is None else write_matches(found)


def _is_needed(operation: ir.Operation, needed: Collection[ir.Value]) -> bool:
    results = list(operation.results)
    return not results or any(result in needed for result in results)
