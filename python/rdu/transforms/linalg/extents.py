"""Extents of tensors from the structured ops that they meet in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from rdu.mlir_ext import ir
from rdu.transforms.conversion.linalg.structured import Structured, read_structured

Extents: TypeAlias = list[int | None]
"""The extent of each dimension of a tensor, None where it is not known."""


@dataclass(frozen=True)
class Clash:
    """A loop of a structured op that has several extents, by operand."""

    operation: ir.Operation
    loop: int
    extents: Mapping[int, int]

    def __str__(self) -> str:
        """Return `6 by operand 0, 5 by operand 1`."""
        return ", ".join(f"{extent} by operand {n}" for n, extent in self.extents.items())


def infer_extents(
    given: Mapping[ir.Value, Extents], operations: Sequence[ir.Operation]
) -> tuple[dict[ir.Value, Extents], list[Clash]]:
    """Return the extents of all tensors of structured ops, and the loops that do not agree.

    Args:
        given: those of a function's arguments.
        operations: the function's ops, in order; types of results that are static count as given.
    """
    known = {value: list(extents) for value, extents in given.items()}
    ops = [op for each in operations if (op := read_structured(each)) is not None]
    for op in ops:
        for value in op.operation.operands:
            known.setdefault(value, extents_of(value.type))
        for number, result in enumerate(op.operation.results):
            known[result] = known[op.operation.operands[op.initial(number)]]
    while sum(_spread(op, known) for op in ops):  # all of them, round after round
        pass
    clashes = [
        Clash(op.operation, loop, found)
        for op in ops
        for loop in range(len(op.extents))
        if len(set((found := _found(op, loop, known)).values())) > 1
    ]
    return known, clashes


def extents_of(kind: Any) -> Extents:
    """Return what a type says of the extents; nothing for a scalar."""
    if not isinstance(kind, ir.RankedTensorType):
        return []
    shape: list[int] = kind.shape
    return [None if kind.is_dynamic_dim(d) else extent for d, extent in enumerate(shape)]


def _spread(op: Structured, known: Mapping[ir.Value, Extents]) -> bool:
    """Give dimensions the extents of their loops; tell whether any was new."""
    new = False
    for number, position, loop in _accesses(op):
        extents = known[op.operation.operands[number]]
        if extents[position] is None:
            found = next(iter(_found(op, loop, known).values()), None)
            extents[position], new = found, new or found is not None
    return new


def _found(op: Structured, loop: int, known: Mapping[ir.Value, Extents]) -> dict[int, int]:
    """Return the extents that a loop has, by operand."""
    extents: dict[int, int] = {}
    for number, position, own in _accesses(op):
        extent = known[op.operation.operands[number]][position]
        if own == loop and extent is not None:
            extents.setdefault(number, extent)
    return extents


def _accesses(op: Structured) -> Iterator[tuple[int, int, int]]:
    """Yield operand, dimension and loop of all dimensions that are accessed by one loop."""
    for number, rows in enumerate(op.maps):
        for position, row in enumerate(rows):
            if row.dimension is not None:
                yield number, position, row.dimension
