"""The pass `pattern-fuse`."""

from collections.abc import Sequence
from typing import Any

from rdu.dialects.pattern import MapOp
from rdu.dialects.pattern.ops import PATTERNS, enclosing_extents
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear, identity_rows, verified_rows
from rdu.mlir_ext.locations import fused_location
from rdu.mlir_ext.passes import Pass, register
from rdu.transforms.pattern.bodies import (
    Inliner,
    body_of,
    nest_reduce,
    nested_in,
    operations,
    reads_of,
    tidy,
    widened,
)


@register
class PatternFuse(Pass):
    """Fuse patterns with the patterns that they read.

    Accepts any patterns. A producer moves into its reader's body when no element is then computed
    twice: one read is its only use, and different points of the reader read different elements. A
    producer that only copies or repeats values moves into all its readers. A reduction moves into
    the body of a map as a nested reduction, and a map holds one reduction at most, so a matrix
    product, its bias and its activation become one map.

    Guarantees that there is no zip and no pattern that nobody reads, and bodies in canonical form:
    reads first in order of use, equal ones shared, nothing unused. Leaves alone what is returned
    and patterns that hold a map or several reductions.
    """

    name = "pattern-fuse"
    level_in = "pattern"
    level_out = "pattern"
    anchor = "func.func"
    statistics = {  # noqa: RUF012
        "fused": "number of maps moved into a reader",
        "nested": "number of reductions nested in a map",
    }

    def run(self, module: Any, options: Any) -> None:
        """Fuse in the order of the function's ops, so a reader meets producers that are fused."""
        for block in module.body.blocks:
            _erase_unused(block)  # or they would count as readers
            for operation in operations(block):
                if operation.name in PATTERNS:
                    self._fuse(operation)
            _erase_unused(block)

    def _fuse(self, operation: ir.Operation) -> None:
        """Fuse a pattern with all that it reads and may fuse with."""
        pattern = _as_map(operation) if operation.name == "pattern.zip" else operation
        tidy(pattern.opview)
        while self._fuse_one(pattern.opview):
            tidy(pattern.opview)

    def _fuse_one(self, reader: Any) -> bool:
        """Move one producer into a reader; returns whether there was one."""
        for read in reads_of(reader):
            producer = _producer(read, reader)
            if producer is None or not _fits(producer, read, reader):
                continue
            self.count("nested" if producer.operation.name == "pattern.reduce" else "fused")
            locations = [producer.location, reader.location]
            reader.operation.location = fused_location(locations)
            _inline(producer, read)
            return True
        return False


def _as_map(zipped: ir.Operation) -> ir.Operation:
    """Replace a zip by the map that it is; returns the map."""
    with ir.InsertionPoint(zipped), zipped.location:
        pattern = MapOp(zipped.opview.domain, zipped.results[0].type)
        dims = len(zipped.opview.extents)
        with ir.InsertionPoint(pattern.operation.regions[0].blocks.append()):
            value = Inliner(identity_rows(dims), dims).copy(body_of(zipped.opview))
            ir.Operation.create("pattern.yield", operands=[value])
    zipped.results[0].replace_all_uses_with(pattern.result)
    zipped.erase()
    return pattern.operation


def _producer(read: Any, reader: Any) -> Any | None:
    """Return the pattern, beside the reader, whose result is read; None if there is none."""
    owner = read.source.owner
    if isinstance(owner, ir.Block) or owner.operation.name not in PATTERNS:
        return None
    return owner.operation.opview if owner.operation.block == reader.operation.block else None


def _fits(producer: Any, read: Any, reader: Any) -> bool:
    """Whether a producer may move to where its result is read."""
    reductions = _reductions(producer)
    if reductions is None or _reductions(reader) is None:
        return False
    if reductions == 0 and _is_free(producer):
        return True
    if len(list(producer.result.uses)) != 1 or not _reads_once(read):
        return False
    at_top = read.operation.parent == reader.operation and reader.operation.name == "pattern.map"
    return reductions == 0 or (at_top and _reductions(reader) == 0)


def _reductions(pattern: Any) -> int | None:
    """Return how many reductions a pattern holds, itself included; None if it is not simple."""
    nested = nested_in(pattern)
    own = int(pattern.operation.name == "pattern.reduce")
    simple = all(each.name == "pattern.reduce" and not nested_in(each.opview) for each in nested)
    return own + len(nested) if simple and own + len(nested) <= 1 else None


def _is_free(pattern: Any) -> bool:
    """Whether a body computes nothing: it yields an element or a constant."""
    return all(
        each.name in ("pattern.read", "pattern.yield", "arith.constant")
        for each in operations(body_of(pattern))
    )


def _reads_once(read: Any) -> bool:
    """Whether different points read different elements."""
    extents = enclosing_extents(read) or []
    known = {d for d, extent in enumerate(extents) if extent == 1}
    for row in verified_rows(read.affine_map):
        known |= _determined(row, extents)
    return len(known) == len(extents)


def _determined(row: Linear, extents: Sequence[int]) -> set[int]:
    """Return the dimensions that an expression's value determines, as digits of a mixed radix."""
    terms = [(abs(c), d) for d, c in enumerate(row.coefficients) if c and extents[d] > 1]
    span = 0
    for coefficient, dimension in sorted(terms):
        if coefficient <= span:
            return set()
        span += coefficient * (extents[dimension] - 1)
    return {dimension for _, dimension in terms}


def _inline(producer: Any, read: Any) -> None:
    """Replace a read by the body of the pattern that computes what it reads."""
    dims, rows = read.affine_map.n_dims, verified_rows(read.affine_map)
    with ir.InsertionPoint(read.operation), producer.location:
        if producer.operation.name == "pattern.reduce":
            value = _nested(producer, rows, dims)
        else:
            value = Inliner(rows, dims).copy(body_of(producer))
    read.result.replace_all_uses_with(value)
    read.operation.erase()
    if not any(True for _ in producer.result.uses):
        producer.operation.erase()  # or what it reads would seem to have another reader


def _nested(reduce: Any, rows: Sequence[Linear], dims: int) -> ir.Value:
    """Write a reduction's element at `rows` as a nested reduction."""
    reduced = list(reduce.dims)
    wide = widened(rows, dims, len(reduced))
    kept, own = iter(wide[: len(rows)]), iter(wide[len(rows) :])
    point = [next(own if d in reduced else kept) for d in range(len(reduce.extents))]
    extents = [reduce.extents[d] for d in reduced]
    return nest_reduce(reduce, extents, Inliner(point, dims + len(reduced)))


def _erase_unused(block: ir.Block) -> None:
    for operation in reversed(operations(block)):
        unused = not any(list(result.uses) for result in operation.results)
        if unused and (operation.name in PATTERNS or operation.name == "arith.constant"):
            operation.erase()
