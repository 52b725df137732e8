"""A kernel's schedule, as `pattern-schedule` writes it on the IR and conversions read it."""

from __future__ import annotations

from dataclasses import dataclass

from rdu.analysis.kernels import Kernel
from rdu.mlir_ext import ir

LANES = "pattern.lanes"
UNROLL = "pattern.unroll"
GRAINS = "pattern.grains"
TILE = "pattern.tile"


@dataclass(frozen=True, slots=True)
class Schedule:
    """For each counter of a kernel: lanes of the vector, copies, and what copies keep together."""

    lanes: tuple[int, ...]
    unroll: tuple[int, ...]
    grains: tuple[int, ...]


def schedule_of(kernel: Kernel) -> Schedule:
    """Return the schedule written on a kernel; one lane and one copy where there is none."""
    ones = (1,) * len(kernel.extents)
    lanes = _entries(kernel.op, LANES) or ones
    return Schedule(
        lanes, _entries(kernel.op, UNROLL) or ones, _entries(kernel.op, GRAINS) or lanes
    )


def write_schedule(kernel: Kernel, schedule: Schedule) -> None:
    """Write a schedule on a kernel's op."""
    attributes = kernel.op.attributes
    with kernel.op.location:
        attributes[LANES] = ir.DenseI64ArrayAttr.get(list(schedule.lanes))
        attributes[UNROLL] = ir.DenseI64ArrayAttr.get(list(schedule.unroll))
        attributes[GRAINS] = ir.DenseI64ArrayAttr.get(list(schedule.grains))


def tile_rows(function: ir.OpView) -> int:
    """Return how many rows of the leading dimension one iteration of the tile loop takes, or 0."""
    attributes = function.attributes
    return ir.IntegerAttr(attributes[TILE]).value if TILE in attributes else 0


def write_tile_rows(function: ir.OpView, rows: int) -> None:
    """Write the rows of a tile on a function."""
    with function.location:
        kind = ir.IntegerType.get_signless(64)
        function.attributes[TILE] = ir.IntegerAttr.get(kind, rows)


def _entries(op: ir.OpView, name: str) -> tuple[int, ...] | None:
    attributes = op.attributes
    return tuple(ir.DenseI64ArrayAttr(attributes[name])) if name in attributes else None
