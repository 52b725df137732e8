"""Bodies of patterns: what they hold, inlining one into another, their canonical form."""

from collections.abc import Iterator, Sequence
from typing import Any

from rdu.dialects.pattern import IndexOp, ReadOp, ReduceOp, YieldOp
from rdu.dialects.pattern.ops import PATTERNS
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, affine_map, compose, identity_rows, verified_rows


def body_of(pattern: ir.OpView) -> ir.Block:
    """Return a pattern's body."""
    return pattern.operation.regions[0].blocks[0]


def operations(block: ir.Block) -> list[ir.Operation]:
    """Return the ops of a block."""
    return [view.operation for view in block.operations]


def reads_of(pattern: ir.OpView) -> list[Any]:
    """Return the reads in a pattern's body and in those nested there, in order."""
    found: list[Any] = []
    for operation in operations(body_of(pattern)):
        if operation.name == "pattern.read":
            found.append(operation.opview)
        elif operation.name in PATTERNS:
            found.extend(reads_of(operation.opview))
    return found


def nested_in(pattern: ir.OpView) -> list[ir.Operation]:
    """Return the patterns directly in a pattern's body."""
    return [each for each in operations(body_of(pattern)) if each.name in PATTERNS]


class Inliner:
    """Copies a pattern's body to the current insertion point, in another iteration space.

    Args:
        point: each dimension of the pattern, in dimensions of the new space.
        dims: the number of dimensions of the new space.
    """

    def __init__(self, point: Sequence[Linear], dims: int) -> None:
        self._point, self._dims = tuple(point), dims
        self._copies: dict[ir.Value, ir.Value] = {}

    def copy(self, block: ir.Block) -> ir.Value:
        """Copy a body; returns the value that it yields."""
        *body, last = operations(block)
        for operation in body:
            with operation.location:
                self._copies[operation.results[0]] = self._copy(operation)
        return self._copied(last.operands[0])

    def _copied(self, value: ir.Value) -> ir.Value:
        return self._copies.get(value, value)

    def _copy(self, operation: ir.Operation) -> ir.Value:
        if operation.name == "pattern.read":
            rows = compose(verified_rows(operation.opview.affine_map), self._point, self._dims)
            source = self._copied(operation.operands[0])
            return ReadOp(source, affine_map(rows, self._dims), operation.results[0].type).result
        if operation.name == "pattern.index":
            return _coordinate(self._point[int(operation.opview.dim.value)])
        if operation.name == "pattern.reduce":
            return self._copy_reduce(operation.opview)
        copy = operation.clone(ip=ir.InsertionPoint.current).operation
        for position, operand in enumerate(operation.operands):
            copy.operands[position] = self._copied(operand)
        return copy.results[0]

    def _copy_reduce(self, reduce: Any) -> ir.Value:
        own = len(reduce.extents)
        dims = self._dims + own
        inner = Inliner(widened(self._point, self._dims, own), dims)
        inner._copies = dict(self._copies)
        return nest_reduce(reduce, reduce.extents, inner)


def widened(point: Sequence[Linear], dims: int, own: int) -> tuple[Linear, ...]:
    """Return a point of `dims` dimensions followed by `own` new dimensions, as they are."""
    old = [Linear((*row.coefficients, *(0,) * own), row.constant) for row in point]
    return (*old, *identity_rows(dims + own)[dims:])


def nest_reduce(reduce: Any, extents: Sequence[int], inliner: Inliner) -> ir.Value:
    """Write a reduction over all of `extents` with the body of `reduce`; returns its scalar."""
    block = body_of(reduce)
    element = operations(block)[-1].operands[0].type
    nested = ReduceOp(reduce.combiner, list(range(len(extents))), list(extents), element)
    with ir.InsertionPoint(nested.operation.regions[0].blocks.append()):
        YieldOp(inliner.copy(block))
    return nested.result


def _coordinate(row: Linear) -> ir.Value:
    """Write the value of a linear expression of the current point, as an i32."""
    kind = ir.IntegerType.get_signless(32)
    total: ir.Value | None = None
    for dimension, coefficient in enumerate(row.coefficients):
        if not coefficient:
            continue
        term = IndexOp(dimension, kind).result
        if coefficient != 1:
            term = _scalar("arith.muli", kind, term, _constant(kind, coefficient))
        total = term if total is None else _scalar("arith.addi", kind, total, term)
    if total is None:
        return _constant(kind, row.constant)
    return (
        _scalar("arith.addi", kind, total, _constant(kind, row.constant)) if row.constant else total
    )


def _constant(kind: ir.Type, value: int) -> ir.Value:
    attribute = ir.IntegerAttr.get(kind, value)
    return ir.Operation.create(
        "arith.constant", results=[kind], attributes={"value": attribute}
    ).results[0]


def _scalar(name: str, kind: ir.Type, *operands: ir.Value) -> ir.Value:
    return ir.Operation.create(name, results=[kind], operands=list(operands)).results[0]


def tidy(pattern: ir.OpView) -> None:
    """Bring a body into canonical form, nested ones first.

    Reads come first in order of use, equal reads and indices are one, nothing is unused.
    """
    block = body_of(pattern)
    for nested in nested_in(pattern):
        tidy(nested.opview)
    _share(block)
    for operation in reversed(operations(block)[:-1]):
        if not any(True for _ in operation.results[0].uses):
            operation.erase()
    first = operations(block)[0]
    reads = [operation for operation in operations(block) if operation.name == "pattern.read"]
    for read in _by_use(block, reads):
        if read != first:
            read.move_before(first)
        else:
            first = operations(block)[operations(block).index(read) + 1]


def _share(block: ir.Block) -> None:
    seen: dict[tuple[Any, ...], ir.Operation] = {}
    for operation in operations(block):
        if operation.name not in ("pattern.read", "pattern.index"):
            continue
        operands, attributes = tuple(operation.operands), operation.opview.attributes
        key = (
            operation.name,
            operands,
            *(str(attributes[n]) for n in ("map", "dim") if n in attributes),
        )
        if key in seen:
            operation.results[0].replace_all_uses_with(seen[key].results[0])
            operation.erase()
        else:
            seen[key] = operation


def _by_use(block: ir.Block, reads: Sequence[ir.Operation]) -> Iterator[ir.Operation]:
    """Yield a block's reads in the order in which its other ops, and those in them, use them."""
    waiting = {read.results[0]: read for read in reads}

    def used(operation: ir.Operation) -> Iterator[ir.Operation]:
        for operand in operation.operands:
            if operand in waiting:
                yield waiting.pop(operand)
        for region in operation.regions:
            for inner in region.blocks:
                for each in operations(inner):
                    yield from used(each)

    for operation in operations(block):
        yield from used(operation)
