"""Top-level patterns seen as kernels: a nest of counters, parallel ones first, with its reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdu.dialects.pattern import ReadOp, ReduceOp
from rdu.dialects.pattern.ops import PATTERNS
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, verified_rows


@dataclass(frozen=True, slots=True)
class Site:
    """One `pattern.read` of a kernel; `rows` select the element from the kernel's counters."""

    op: ReadOp
    tensor: ir.Value
    rows: tuple[Linear, ...]

    def counters(self) -> set[int]:
        """Counters that the element depends on."""
        return {i for row in self.rows for i, c in enumerate(row.coefficients) if c}


@dataclass(frozen=True, slots=True)
class Kernel:
    """A top-level pattern; its counters are the parallel dimensions, then the reduced ones.

    `reduction` is the op itself or the one nested in it, None if nothing is reduced; `position`
    maps each dimension of the pattern's points to a counter.
    """

    op: ir.OpView
    parallel: tuple[int, ...]
    reduced: tuple[int, ...]
    reduction: ReduceOp | None
    position: tuple[int, ...]
    sites: tuple[Site, ...]

    @property
    def extents(self) -> tuple[int, ...]:
        """Extents of all counters."""
        return self.parallel + self.reduced

    @property
    def result(self) -> ir.Value:
        """The tensor that it computes."""
        return self.op.result


def top_level_patterns(function: ir.OpView) -> list[ir.OpView]:
    """Return the patterns in a function's body, in order."""
    body = function.regions[0].blocks[0]
    return [op for op in body.operations if op.operation.name in PATTERNS]


def returned_tensors(function: ir.OpView) -> list[ir.Value]:
    """Return what a function returns; of a tensor collapsed on the way out, the tensor itself."""
    values = list(function.regions[0].blocks[0].operations[-1].operands)
    return [_uncollapsed(value) for value in values]


def _uncollapsed(value: ir.Value) -> ir.Value:
    collapses = isinstance(value, ir.OpResult) and value.owner.name == "tensor.collapse_shape"
    return value.owner.operands[0] if collapses else value


def kernel_of(op: ir.OpView) -> Kernel:
    """Describe a top-level pattern that holds at most one reduction (see `reductions`)."""
    own = tuple(op.extents)
    if isinstance(op, ReduceOp):
        dims = list(op.dims)
        kept = [d for d in range(len(own)) if d not in dims]
        position = tuple((kept + dims).index(d) for d in range(len(own)))
        parallel, reduced = tuple(own[d] for d in kept), tuple(own[d] for d in dims)
        reduction = op
    else:
        nested = reductions(op)
        reduction = nested[0] if nested else None
        parallel = own
        reduced = tuple(reduction.extents) if reduction is not None else ()
        position = tuple(range(len(parallel) + len(reduced)))
    sites = tuple(
        Site(read, read.source, _rows(read, position, len(parallel) + len(reduced)))
        for read in _reads(op)
    )
    return Kernel(op, parallel, reduced, reduction, position, sites)


def reductions(op: ir.OpView) -> list[ReduceOp]:
    """Return the reductions directly in a map's body."""
    return [o for o in op.body.blocks[0].operations if isinstance(o, ReduceOp)]


def _reads(op: ir.OpView) -> Iterator[ReadOp]:
    for inner in op.body.blocks[0].operations:
        if isinstance(inner, ReadOp):
            yield inner
        elif inner.operation.name in PATTERNS:
            yield from _reads(inner)


def _rows(read: ReadOp, position: tuple[int, ...], counters: int) -> tuple[Linear, ...]:
    placed: list[Linear] = []
    for row in verified_rows(read.affine_map):
        coefficients = [0] * counters
        for dimension, coefficient in enumerate(row.coefficients):
            coefficients[position[dimension]] = coefficient
        placed.append(Linear(tuple(coefficients), row.constant))
    return tuple(placed)
