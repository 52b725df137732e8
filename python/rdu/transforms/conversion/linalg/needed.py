"""Which values the results of a function depend on: the rest is neither converted nor refused."""

from collections.abc import Iterator, Sequence

from rdu.mlir_ext import ir
from rdu.mlir_ext.sorting import sorts_positions
from rdu.transforms.conversion.linalg.structured import (
    Structured,
    body_slice,
    read_structured,
    used_operands,
)

PURE = frozenset(("arith", "linalg", "math", "tensor", "tm_tensor"))
"""The dialects whose ops on tensors are not needed if their results are not."""


def needed_values(operations: Sequence[ir.Operation]) -> set[ir.Value]:
    """Return the values that a function's ops need, given all of them in order."""
    needed: set[ir.Value] = set()
    for operation in reversed(operations):
        dialect = operation.name.partition(".")[0]
        if dialect not in PURE or any(result in needed for result in operation.results):
            needed.update(_needed_by(operation, needed))
    return needed


def body_operations(op: Structured, needed: set[ir.Value]) -> list[ir.Operation]:
    """Return the ops of a body that compute needed results, and those that compute nothing."""
    kept: list[ir.Operation] = []
    for number, result in enumerate(op.operation.results):
        if result in needed:
            kept.extend(body_slice(op, op.yielded[number]))
    inside = [view.operation for view in op.body.operations][:-1]
    return [each for each in inside if each in kept or not len(each.results)]


def _needed_by(operation: ir.Operation, needed: set[ir.Value]) -> Iterator[ir.Value]:
    op = read_structured(operation) if operation.name.startswith("linalg.") else None
    if sorts_positions(operation):
        yield operation.operands[0]  # where it was is no tensor's to say
        return
    if op is None:
        yield from _operands(operation)
        return
    for number, result in enumerate(operation.results):
        if result in needed:
            yield from (operation.operands[used] for used in used_operands(op, op.yielded[number]))
            yield op.yielded[number]
    for each in body_operations(op, needed):
        yield from each.operands


def _operands(operation: ir.Operation) -> Iterator[ir.Value]:
    """Yield the operands of an op and of all in it."""
    yield from operation.operands
    for region in operation.regions:
        for block in region.blocks:
            for each in block.operations:
                yield from _operands(each.operation)
