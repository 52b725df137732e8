"""N-buffering: how many tiles the memories of a pipelined controller hold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rdu.dialects import spatial
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import ops_of
from rdu.mlir_ext.passes import Pass, option, register

_TRANSFERS = spatial.LoadOp | spatial.StoreOp
_STAGES = spatial.ControllerOp | _TRANSFERS
_Effects = tuple[dict[ir.Value, None], dict[ir.Value, None]]
"""Memories and queues that a stage writes, and those that it reads."""


@register
class Buffer(Pass):
    """Give memories inside a pipelined controller enough buffers to overlap its iterations.

    Accepts any module. A memory that one stage of a pipelined outer controller writes and another
    reads gets as many buffers as the stages are apart, plus one; and when its tiles are so short
    that the tokens between writer and reader take longer than a tile, as many more as the round
    trip needs; but never more than there are tiles. Stages are numbered by the longest path of
    memories between them. Memories used elsewhere keep what they have. Values do not change.
    """

    name = "spatial-buffer"
    level_in = "spatial"
    level_out = "spatial"
    statistics = {"buffers": "buffers added"}  # noqa: RUF012

    @dataclass(frozen=True)
    class Options:
        """The delay that buffers must cover."""

        latency: int = option(
            12, help="cycles from a buffer's last access to the other side's first", min=1
        )

    def run(self, module: ir.OpView, options: Options) -> None:
        """Buffer the memories of every pipelined outer controller."""
        for controller in ops_of(module, spatial.ControllerOp):
            if controller.schedule.value == "pipelined" and not controller.is_inner:
                self._buffer(controller, options.latency)

    def _buffer(self, controller: ir.OpView, latency: int) -> None:
        stages = [o for o in controller.body.blocks[0].operations if isinstance(o, _STAGES)]
        effects = [(_written(stage), _read(stage)) for stage in stages]
        number = _stage_numbers(effects)
        for memory in _memories(stages):
            writers = [i for i, (written, _) in enumerate(effects) if memory in written]
            readers = [i for i, (_, read) in enumerate(effects) if memory in read]
            if not writers or not readers:
                continue
            apart = max(number[r] for r in readers) - min(number[w] for w in writers)
            firings = [_firings(stages[i], memory) for i in (*writers, *readers)]
            trip = -(-(sum(sorted(firings)[-2:]) - 2 + 2 * latency) // max(firings))
            need = min(max(apart + 1, trip, 2), math.prod(controller.trips))
            declaration = memory.owner.opview
            have = declaration.buffers.value
            if need > have:
                with declaration.location:
                    kind = ir.IntegerType.get_signless(64)
                    declaration.attributes["buffers"] = ir.IntegerAttr.get(kind, need)
                self.count("buffers", need - have)


def _stage_numbers(effects: Sequence[_Effects]) -> list[int]:
    """Give each stage the length of the longest path of memories that leads to it.

    A queue hands on elements one by one, so the stages on its two sides work on the same tile.
    """
    numbers: list[int] = []
    for i, (_, read) in enumerate(effects):
        shared = [(j, effects[j][0].keys() & read.keys()) for j in range(i)]
        steps = [
            numbers[j] + any(isinstance(m.type, spatial.Sram) for m in values)
            for j, values in shared
            if values
        ]
        numbers.append(max(steps, default=0))
    return numbers


def _memories(stages: Sequence[ir.OpView]) -> list[ir.Value]:
    """Scratchpads that stages use, in order of use."""
    used = {m: None for s in stages for m in _written(s) | _read(s)}
    return [m for m in used if isinstance(m.type, spatial.Sram)]


def _written(stage: ir.OpView) -> dict[ir.Value, None]:
    """Memories and queues that a stage writes, at any depth."""
    if isinstance(stage, spatial.LoadOp):
        return {stage.sram: None}
    if isinstance(stage, spatial.WriteOp):
        return {stage.memory: None}
    if isinstance(stage, spatial.PushOp):
        return {stage.fifo: None}
    return {m: None for inner in _inside(stage) for m in _written(inner)}


def _read(stage: ir.OpView) -> dict[ir.Value, None]:
    """Memories and queues that a stage reads, at any depth."""
    if isinstance(stage, spatial.StoreOp):
        return {stage.sram: None}
    if isinstance(stage, spatial.ReadOp):
        return {stage.memory: None}
    if isinstance(stage, spatial.PopOp):
        return {stage.fifo: None}
    return {m: None for inner in _inside(stage) for m in _read(inner)}


def _inside(stage: ir.OpView) -> list[ir.OpView]:
    if not isinstance(stage, spatial.ControllerOp):
        return []
    return list(stage.body.blocks[0].operations)


def _firings(stage: ir.OpView, memory: ir.Value) -> int:
    """Estimate the firings that a stage's side of a memory takes for one tile."""
    shape = list(memory.type.tensor.shape)
    if not isinstance(stage, spatial.ControllerOp):
        return math.prod(shape[:-1]) * -(-(shape[-1] if shape else 1) // 16)
    trips = zip(stage.trips, stage.lanes, strict=True)
    reductions = [o for o in _inside(stage) if isinstance(o, spatial.ReduceOp)]
    innermost = len(stage.names)
    if memory in _written(stage) and reductions:
        innermost = min(r.over.value for r in reductions)
    return math.prod(-(-t // n) for i, (t, n) in enumerate(trips) if i < innermost)
