"""Executable meaning of the `spatial` dialect: program order, and reductions to the bit.

A memory is one array that persists, whatever its number of buffers. An outer controller loops; an
inner one evaluates each of its operations over all its counters at once, the outer ones fixed.
"""

from math import prod
from typing import Any

import numpy as np

from rdu.dialects.spatial.accesses import LoadOp, ReadOp, StoreOp, WriteOp
from rdu.dialects.spatial.controllers import ControllerOp, YieldOp
from rdu.dialects.spatial.levels import operand_level, value_levels
from rdu.dialects.spatial.memories import DramOp, FifoOp, LutOp, RegOp, SramOp
from rdu.dialects.spatial.queue import Queue
from rdu.dialects.spatial.values import IndexOp, PopOp, PushOp, ReduceOp
from rdu.mlir_ext import ir
from rdu.mlir_ext.frame import SCALARS, Frame, Instruction
from rdu.mlir_ext.linear import Linear, verified_rows
from rdu.mlir_ext.meaning import semantics
from rdu.semantics.domain import (
    Domain,
    coordinates,
    first,
    last,
    last_domain,
    parts,
    points,
    read,
    shape,
    write,
)
from rdu.semantics.dtypes import Array, name_of, numpy_type
from rdu.semantics.fold import fold
from rdu.semantics.reduction import identity

# -- memories ---------------------------------------------------------------------------------


@semantics(DramOp)
def declare_dram(op: DramOp, frame: Frame) -> Array:
    """Take the tensor that the caller bound, or make one of zeros."""
    if op.name.value not in frame.tensors:
        frame.tensors[op.name.value] = _zeros(op.result.type.tensor)
    return frame.tensors[op.name.value]


@semantics(SramOp)
def declare_sram(op: SramOp, frame: Frame) -> Array:
    """Make the memory the first time."""
    return frame.once((op.operation, "memory"), lambda: _zeros(op.result.type.tensor))


@semantics(RegOp)
def declare_reg(op: RegOp, frame: Frame) -> Array:
    """Make the register the first time, an array without axes."""
    return frame.once(
        (op.operation, "memory"), lambda: np.zeros((), numpy_type(op.result.type.element))
    )


@semantics(LutOp)
def declare_lut(op: LutOp, frame: Frame) -> Array:
    """Make the table."""
    tensor = op.result.type.tensor
    return frame.once(
        (op.operation, "memory"),
        lambda: np.array(op.values).astype(numpy_type(tensor.element_type)).reshape(tensor.shape),
    )


@semantics(FifoOp)
def declare_fifo(op: FifoOp, frame: Frame) -> Queue:
    """Make the queue the first time, empty; its depth does not bound it."""
    return frame.once(
        (op.operation, "memory"), lambda: Queue(op.name.value, numpy_type(op.result.type.element))
    )


# -- transfers --------------------------------------------------------------------------------


@semantics(LoadOp)
def run_load(op: LoadOp, frame: Frame, dram: Array, sram: Array) -> None:
    """Copy the tile."""
    sram[...] = dram[_tile(op, frame, sram)]


@semantics(StoreOp)
def run_store(op: StoreOp, frame: Frame, sram: Array, dram: Array) -> None:
    """Copy the tile."""
    dram[_tile(op, frame, sram)] = sram


def _tile(op: LoadOp | StoreOp, frame: Frame, sram: Array) -> tuple[slice, ...]:
    point = [counter.start for counter in frame.domain]
    starts = [row.range(point, point)[0] for row in _rows(op, frame, op.offsets)]
    sizes = zip(starts, sram.shape, strict=True)
    return tuple(slice(start, start + size) for start, size in sizes)


# -- controllers ------------------------------------------------------------------------------


@semantics(ControllerOp)
def run_controller(op: ControllerOp, frame: Frame) -> None:
    """Run the body on every iteration, in program order."""
    key = op.operation
    domain, inner = frame.once((key, "shape"), lambda: (_own_domain(op), op.is_inner))
    block = op.body.blocks[0]
    if not inner:
        for point in points(domain, range(len(domain))):
            frame.child(frame.domain + point).run(block)
        return
    code = frame.once((key, "code"), lambda: _with_levels(op, frame))
    base = len(frame.domain)
    carried: dict[Any, Array] = {}
    pieces = parts(domain, multiple=op.lanes[0] if domain else 1)
    for piece in pieces:
        body = frame.child(frame.domain + piece, carried)
        done = piece is pieces[-1]
        for instruction, level in code:
            if level or done:
                _execute(instruction, body, base + level)


@semantics(YieldOp)
def run_yield(_op: YieldOp, _frame: Frame) -> tuple[()]:
    """Give nothing."""
    return ()


def _execute(instruction: Instruction, body: Frame, axes: int) -> None:
    """Run one op of an inner controller over the first `axes` counters."""
    operands = [body[value] for value in instruction.operands]
    at = body
    if axes < len(body.domain):
        at = body.at(last_domain(body.domain, axes))
        operands = [
            last(value, axes) if isinstance(name.type, SCALARS) else value
            for value, name in zip(operands, instruction.operands, strict=True)
        ]
    at.execute(instruction, *operands)


def _with_levels(op: ControllerOp, frame: Frame) -> list[tuple[Instruction, int]]:
    levels, innermost = value_levels(op), len(op.names)
    code = frame.instructions(op.body.blocks[0])
    return [(step, operand_level(step.op, levels, innermost)) for step in code]


def _own_domain(op: ControllerOp) -> Domain:
    return tuple(map(range, op.starts, op.stops, op.steps))


# -- what stands in an inner controller -------------------------------------------------------


@semantics(ReadOp)
def run_read(op: ReadOp, frame: Frame, memory: Array) -> Array:
    """Read at every point."""
    return read(memory, _rows(op, frame, op.map), frame.domain)


@semantics(WriteOp)
def run_write(op: WriteOp, frame: Frame, value: Array, memory: Array) -> None:
    """Write at every point, in order."""
    write(memory, _rows(op, frame, op.map), frame.domain, value)


@semantics(PopOp)
def run_pop(op: PopOp, frame: Frame, queue: Queue) -> Array:
    """Take one element for each iteration of the outer `level` counters, in order."""
    level = len(frame.domain) - len(op.operation.parent.opview.names) + op.level.value
    axes = shape(frame.domain)[:level] + (1,) * (len(frame.domain) - level)
    if op.level.value:
        return queue.pop(prod(axes), op).reshape(axes)
    if op.operation not in frame.carried:
        frame.carried[op.operation] = queue.pop(1, op).reshape(axes)
    return frame.carried[op.operation]


@semantics(PushOp)
def run_push(_op: PushOp, frame: Frame, value: Array, queue: Queue) -> None:
    """Append the value of every point, in order."""
    queue.push(np.broadcast_to(value, shape(frame.domain)))


@semantics(ReduceOp)
def run_reduce(op: ReduceOp, frame: Frame, value: Array, init: Array | None = None) -> Array:
    """Combine in the fabric's order; the state of the first counter goes on from part to part."""
    controller = op.operation.parent.opview
    base = len(frame.domain) - len(controller.names)
    axes = range(base + op.over.value, len(frame.domain))
    spread = np.broadcast_to(value, _spread(value, frame.domain, axes.start))
    start = frame.carried.get(op.operation)
    if start is None:
        neutral = identity(op.combiner.value, name_of(value.dtype))
        start = neutral if init is None else first(init, axes.start)
    total = fold(op.combiner.value, spread, list(axes), start, _vector(controller, base))
    if op.over.value == 0:
        frame.carried[op.operation] = total
    return total


def _spread(value: Array, domain: Domain, axis: int) -> tuple[int, ...]:
    """Return a value's shape with the full extents from an axis on."""
    return (value.shape or (1,) * len(domain))[:axis] + shape(domain)[axis:]


def _vector(controller: ControllerOp, base: int) -> tuple[int, int] | None:
    """Return the axis along which lanes run and their number."""
    wide = [(base + axis, lanes) for axis, lanes in enumerate(controller.lanes) if lanes > 1]
    return wide[0] if wide else None


@semantics(IndexOp)
def run_index(op: IndexOp, frame: Frame) -> Array:
    """Give the counter's values."""
    return coordinates(frame.domain, op.dim.value).astype(np.int32)


def _rows(op: Any, frame: Frame, attribute: ir.AffineMapAttr) -> tuple[Linear, ...]:
    access = ir.AffineMapAttr(attribute).value
    return frame.once((op.operation, "rows"), lambda: verified_rows(access))


def _zeros(tensor: ir.RankedTensorType) -> Array:
    return np.zeros(list(tensor.shape), numpy_type(tensor.element_type))
