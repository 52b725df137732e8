"""Which primitives run together: what a graph keeps is stored by a section before it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from rdu.mlir_ext import ir
from rdu.transforms.conversion.circuits.primitives import WRITERS


class Stage(NamedTuple):
    """The ops of a section, in the order of the graph; only the last one writes the result."""

    operations: list[Any]


def split(block: ir.Block) -> list[Stage]:
    """Split a graph at the tensors that it stores on the way.

    A tensor that is stored is complete when its streams are done, so whatever reads it runs in a
    later section. Streams do not outlive a section: primitives that two of them need are in both.
    Stores that nobody reads are left out.
    """
    operations = list(block.operations)
    makers = _makers(operations)
    depth: dict[ir.Operation, int] = {}
    for op in operations:
        before = (depth[maker] + _stores(maker) for maker in makers[op.operation])
        depth[op.operation] = max(before, default=0)
    writers = [op.operation for op in operations if op.operation.name in WRITERS]
    wanted = _reach(writers, makers, across=True)
    last = max(depth[writer] for writer in writers)
    stages: list[Stage] = []
    for number in range(last + 1):
        targets = [op for op in wanted if _stores(op) and depth[op] == number]
        needed = _reach(writers if number == last else targets, makers, across=False)
        stages.append(Stage([op for op in operations if op.operation in needed]))
    return stages


Makers = Mapping[ir.Operation, list[ir.Operation]]


def _reach(targets: Iterable[ir.Operation], makers: Makers, *, across: bool) -> set[ir.Operation]:
    """Return some ops and all that they depend on; `across` tensors that are stored, or not."""
    found: set[ir.Operation] = set()
    pending = list(targets)
    while pending:
        op = pending.pop()
        if op in found:
            continue
        found.add(op)
        pending += [maker for maker in makers[op] if across or not _stores(maker)]
    return found


def _makers(operations: Sequence[Any]) -> dict[ir.Operation, list[ir.Operation]]:
    """Return for each op the ops among them that make its operands."""
    maker = {result: op.operation for op in operations for result in op.operation.results}
    return {
        op.operation: [maker[value] for value in op.operation.operands if value in maker]
        for op in operations
    }


def _stores(op: ir.Operation) -> bool:
    return op.name == "sam.store"
