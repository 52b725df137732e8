"""Structured ops of linalg as what they are: loops, an access map an operand, a scalar body."""

from dataclasses import dataclass

from rdu.mlir_ext import ir, linalg
from rdu.mlir_ext.linear import Linear, compose, linear_map
from rdu.semantics.reduction import REDUCTIONS


@dataclass(frozen=True)
class Structured:
    """A structured op on tensors, named or generic.

    Attributes:
        operation: the op; its operands are the inputs, then one initial tensor a result.
        maps: for each operand, the element that a point of the loops accesses.
        extents: the loops.
    """

    operation: ir.Operation
    maps: tuple[tuple[Linear, ...], ...]
    extents: tuple[int, ...]

    @property
    def body(self) -> ir.Block:
        """The scalar body, with one argument an operand."""
        return self.operation.regions[0].blocks[0]

    @property
    def yielded(self) -> list[ir.Value]:
        """The body's value for each result."""
        return list(self.body.operations[len(self.body.operations) - 1].operands)

    def operand(self, argument: ir.Value) -> int | None:
        """Return which operand a body's argument stands for; None if it is no argument."""
        for number, candidate in enumerate(self.body.arguments):
            if candidate == argument:
                return number
        return None

    def initial(self, result: int) -> int:
        """Return the operand that a result starts from."""
        return len(self.maps) - len(self.operation.results) + result


@dataclass(frozen=True)
class Space:
    """The iteration space of one result: its dimensions first, in order, then the reduced ones.

    Attributes:
        domain: the extents; a result of rank 0 has one dimension of extent 1.
        reduced: the dimensions that are reduced.
        loops: each loop of the op, in dimensions of the domain.
    """

    domain: tuple[int, ...]
    reduced: tuple[int, ...]
    loops: tuple[Linear, ...]

    @property
    def kept(self) -> list[int]:
        """The extents of the dimensions that are not reduced."""
        return list(self.domain[: len(self.domain) - len(self.reduced)])

    def rows(self, access: tuple[Linear, ...]) -> tuple[Linear, ...]:
        """Return an operand's map over the loops as a map over the domain."""
        return compose(access, self.loops, len(self.domain))


def read_structured(operation: ir.Operation) -> Structured | None:
    """Return an op of linalg as loops; None if it is not structured, or not by linear maps."""
    maps = linalg.get_indexing_maps(operation)
    if maps is None or not len(operation.results):
        return None
    maps = [ir.AffineMapAttr(each).value for each in ir.ArrayAttr(maps)]
    rows = [linear_map(each) for each in maps]
    if any(row is None for row in rows):
        return None
    known = tuple(row for row in rows if row is not None)
    extents = [0] * maps[0].n_dims
    for operand, access in zip(operation.operands, known, strict=True):
        for position, row in enumerate(access):
            if row.dimension is not None:
                extents[row.dimension] = operand.type.shape[position]
    return Structured(operation, known, tuple(extents)) if all(extents) else None


def result_space(op: Structured, result: int) -> Space | None:
    """Return the space of a result; None if its map is more than loops and zeros."""
    order: list[int | None] = []
    for row in op.maps[op.initial(result)]:
        order.append(row.dimension)
        if row.dimension is None and (row.constant or any(row.coefficients)):
            return None
    kept = [loop for loop in order if loop is not None]
    if len(set(kept)) != len(kept):
        return None
    order = order or [None]
    reduced = [loop for loop in range(len(op.extents)) if loop not in kept]
    dims = [*order, *reduced]
    loops = [
        Linear(tuple(int(dims.index(loop) == d) for d in range(len(dims))))
        for loop in range(len(op.extents))
    ]
    return Space(
        tuple(1 if loop is None else op.extents[loop] for loop in dims),
        tuple(range(len(order), len(dims))),
        tuple(loops),
    )


@dataclass(frozen=True)
class Reduction:
    """A result that combines `value` over loops by `combiner`, where `mask` is, if there is one."""

    combiner: str
    value: ir.Value
    mask: ir.Value | None = None


def read_reduction(op: Structured, result: int) -> Reduction | None:
    """Recognise `out = combiner(out, value)` where the value depends on no result."""
    return _reduction(op, op.yielded[result], op.body.arguments[op.initial(result)])


def read_masked(op: Structured, result: int) -> Reduction | None:
    """Recognise `out = mask ? combiner(out, value) : out`, and what `read_reduction` does."""
    yielded, out = op.yielded[result], op.body.arguments[op.initial(result)]
    if not _is_inside(op, yielded) or yielded.owner.operation.name != "arith.select":
        return _reduction(op, yielded, out)
    mask, combined, other = yielded.owner.operation.operands
    found = _reduction(op, combined, out) if other == out else None
    if found is None or any(number >= op.initial(0) for number in used_operands(op, mask)):
        return None
    return Reduction(found.combiner, found.value, mask)


def _reduction(op: Structured, yielded: ir.Value, out: ir.Value) -> Reduction | None:
    if not _is_inside(op, yielded):
        return None
    operation = yielded.owner.operation
    combiner = operation.name.partition(".")[2]
    if str(yielded.type) not in REDUCTIONS.get(combiner, {}) or out not in operation.operands:
        return None
    left, right = operation.operands
    value = right if left == out else left
    first = op.initial(0)
    independent = all(number < first for number in used_operands(op, value))
    return Reduction(combiner, value) if independent else None


def _is_inside(op: Structured, value: ir.Value) -> bool:
    """Tell whether an op of the body makes a value."""
    return op.operand(value) is None and value.owner.operation.parent == op.operation


def used_operands(op: Structured, value: ir.Value) -> list[int]:
    """Return the operands that a value of the body depends on, in order."""
    leaves = [value, *(v for each in body_slice(op, value) for v in each.operands)]
    numbers = {op.operand(leaf) for leaf in leaves}
    return sorted(number for number in numbers if number is not None)


def body_slice(op: Structured, value: ir.Value) -> list[ir.Operation]:
    """Return the body's ops that compute a value, in their order."""
    needed = {value}
    chosen: list[ir.Operation] = []
    for each in reversed([view.operation for view in op.body.operations]):
        if any(result in needed for result in each.results):
            chosen.append(each)
            needed.update(each.operands)
    return chosen[::-1]
