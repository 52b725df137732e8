"""Meaning of upstream's structured ops: all of `linalg`, by their maps and bodies.

An op's loops are a domain, its body runs over all of it at once. A body that only adds up (or takes
the maximum, or any reduction that the fabric has) reduces in NumPy's order; any other one that
carries a value from iteration to iteration runs in a loop over the reduced dimensions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.interpreter.affine import Access, access_of
from rdu.interpreter.scalars import PRODUCT
from rdu.mlir_ext import ir, linalg
from rdu.mlir_ext.frame import Frame, Instruction
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.meaning import semantics
from rdu.semantics.domain import Domain, coordinates, parts, points, shape
from rdu.semantics.dtypes import Array
from rdu.semantics.fold import fold_in_any_order
from rdu.semantics.reduction import REDUCTIONS
from rdu.semantics.scalar import OPS
from rdu.support.diagnostics import RduError, error

_UNSTRUCTURED = frozenset(("linalg.index", "linalg.yield"))


def _structured_ops() -> set[str]:
    """Return the names of upstream's `linalg` ops that have maps and a body."""
    members = (getattr(linalg, name) for name in dir(linalg))
    names = {str(getattr(member, "OPERATION_NAME", "")) for member in members}
    return {name for name in names if name.startswith("linalg.")} - _UNSTRUCTURED


@dataclass(frozen=True, slots=True)
class _Loops:
    """A structured op taken apart: its loops, how each operand is accessed, and what it carries.

    `combine` is the instruction that combines what is carried with a value that does not depend on
    it, if that is all that the body does with it.
    """

    domain: Domain
    accesses: tuple[Access, ...]
    reduced: tuple[int, ...]
    block: ir.Block
    combine: Instruction | None


@semantics(*sorted(_structured_ops()))
def evaluate_structured(op: Any, frame: Frame, *operands: Array) -> tuple[Array, ...]:
    """Run the body at every point of the loops and return the tensors written."""
    loops = frame.once((op.operation, "loops"), lambda: _loops(op, frame))
    count = len(op.operation.results)
    inputs = operands[: len(operands) - count]
    outputs = tuple(np.array(array) for array in operands[len(operands) - count :])
    for part in parts(loops.domain):
        if not loops.reduced:
            _step(loops, frame, part, inputs, outputs)
        elif loops.combine is not None:
            _reduce(loops, loops.combine, frame, part, inputs, outputs[0])
        else:
            for point in points(part, loops.reduced):
                _step(loops, frame, point, inputs, outputs)
    return outputs


@semantics("linalg.index")
def evaluate_index(op: Any, frame: Frame) -> Array:
    """Give the coordinates of the points, as `index`."""
    return coordinates(frame.domain, op.dim.value)


def _step(
    loops: _Loops,
    frame: Frame,
    domain: Domain,
    inputs: tuple[Array, ...],
    outputs: tuple[Array, ...],
) -> None:
    """Run the body over points none of which reads what another one writes."""
    arrays = (*inputs, *outputs)
    pairs = zip(arrays, loops.accesses, strict=True)
    values = [access.read(array, domain) for array, access in pairs]
    written = frame.child(domain).run(loops.block, *values)
    targets = zip(outputs, loops.accesses[len(inputs) :], written, strict=True)
    for array, access, value in targets:
        access.write(array, domain, value)


def _reduce(
    loops: _Loops,
    combine: Instruction,
    frame: Frame,
    domain: Domain,
    inputs: tuple[Array, ...],
    output: Array,
) -> None:
    """Run the body but for its last op over the domain, reduce, and combine with the output."""
    inner = frame.child(domain)
    for argument, array, access in zip(loops.block.arguments, inputs, loops.accesses, strict=False):
        inner[argument] = access.read(array, domain)
    for instruction in frame.instructions(loops.block):
        if instruction is combine:
            break
        inner.execute(instruction, *(inner[operand] for operand in instruction.operands))
    carried = loops.block.arguments[len(inputs)]
    (other,) = (operand for operand in combine.operands if operand != carried)
    name = combine.op.operation.name.partition(".")[2]
    values = np.broadcast_to(inner[other], shape(domain))
    total = fold_in_any_order(name, values, loops.reduced)
    if frame.absorbing and combine.op.operation.name == PRODUCT:
        total = np.where((values == 0).any(loops.reduced), total.dtype.type(0), total)
    total = total.reshape(
        [1 if dim in loops.reduced else len(counter) for dim, counter in enumerate(domain)]
    )
    kept = tuple(c[:1] if dim in loops.reduced else c for dim, c in enumerate(domain))
    access = loops.accesses[-1]
    access.write(output, kept, OPS[name].evaluate(access.read(output, kept), total))


def _loops(op: Any, frame: Frame) -> _Loops:
    maps = linalg.get_indexing_maps(op.operation)
    place = source_location(op.operation.location)
    if maps is None:
        raise RduError(error(f"'{op.operation.name}' has no executable meaning", place))
    maps = [ir.AffineMapAttr(attribute).value for attribute in maps]
    operands = list(op.operation.operands)
    extents: dict[int, int] = {}
    for operand, access in zip(operands, maps, strict=True):
        for position, expression in enumerate(access.results):
            if isinstance(expression, ir.AffineDimExpr):
                extents.setdefault(expression.position, operand.type.shape[position])
    if len(extents) < maps[0].n_dims:
        raise RduError(error(f"'{op.operation.name}' has loops without known extents", place))
    outputs = maps[len(maps) - len(op.operation.results) :]
    kept = {
        expression.position
        for access in outputs
        for expression in access.results
        if isinstance(expression, ir.AffineDimExpr)
    }
    block = op.operation.regions[0].blocks[0]
    return _Loops(
        tuple(range(extents[dim]) for dim in range(maps[0].n_dims)),
        tuple(map(access_of, maps)),
        tuple(dim for dim in range(maps[0].n_dims) if dim not in kept),
        block,
        _combining(block, frame) if len(outputs) == 1 else None,
    )


def _combining(block: ir.Block, frame: Frame) -> Instruction | None:
    """Return the op before the terminator if it alone uses the carried value, as a reduction."""
    *body, end = frame.instructions(block)
    carried = block.arguments[len(block.arguments) - 1]
    users = [step for step in (*body, end) if carried in step.operands]
    if len(users) != 1 or users[0] is end or not body or users[0] is not body[-1]:
        return None
    last = users[0]
    element = str(carried.type)
    reduces = element in REDUCTIONS.get(last.op.operation.name.partition(".")[2], {})
    distinct = last.operands.count(carried) == 1
    return last if reduces and distinct and end.operands == last.results else None
