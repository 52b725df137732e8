"""Systolic arrays: outer products summed up in place, drained tile by tile."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Action
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.compute import evaluate
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import Token
from rdu.simulator.specification import Array as ArraySpec


class Systolic(Action):
    """An output-stationary array; its flight counts tiles.

    Element (i, j) sums up `a[i] * b[j]` in f32, firing after firing, where both lanes are live.
    """

    def __init__(self, chain: Chain, registers: Registers, spec: ArraySpec) -> None:
        super().__init__(chain, registers)
        self.spec = spec
        self.sums = np.zeros((spec.rows, spec.columns), np.float32)
        self.live = np.zeros((spec.rows, spec.columns), bool)

    @property
    def tile(self) -> int:
        """The level whose iterations are tiles; an empty firing outside counts as one."""
        return min(self.spec.over - 1, self.chain.depth)

    @property
    def stays(self) -> bool:
        """Whether a tile ends: it stays in flight, its other firings do not."""
        return self.chain.last <= self.tile

    def prepare(self) -> int:
        """Weigh a tile's first firing as the tile, others as nothing."""
        return int(self.chain.first <= self.tile)

    def act(self, firing: Firing, time: int) -> int:
        """Add an outer product; a tile starts from zero and is over when it has drained."""
        if self.chain.first <= self.tile:
            self.sums[:], self.live[:] = 0, False
        if not self.chain.is_empty:
            self._multiply()
        firing.weight = 1
        if self.tile == self.spec.over - 1:
            firing.free = firing.ready + self.spec.vectors - 1
        return 1

    def _multiply(self) -> None:
        (a, a_live), (b, b_live) = self.registers[self.spec.a], self.registers[self.spec.b]
        rows, columns = self.sums.shape
        live = np.outer(a_live[:rows], b_live[:columns])
        left, right = a[:rows, None].astype(np.float32), b[None, :columns].astype(np.float32)
        # The product of two bf16 is exact in f32.
        products = OPS["mulf"].evaluate(left, right)
        self.sums = np.where(live, OPS["addf"].evaluate(self.sums, products), self.sums)
        self.live |= live

    def values(self, output: int) -> Iterator[Token]:
        """Yield the tile's vectors, row-major, each after the tail operations."""
        register = self.registers.spec.outputs[output].register
        lanes, width = len(self.registers.lanes), self.spec.lanes
        for vector in range(self.spec.vectors):
            taken = slice(vector * width, (vector + 1) * width)
            sums, live = self.sums.reshape(-1)[taken], self.live.reshape(-1)[taken]
            room = (0, lanes - len(sums))
            self.registers[self.spec.result] = np.pad(sums, room), np.pad(live, room)
            for step in self.registers.spec.steps:
                self.registers[step.result] = evaluate(step, self.registers)
            yield None if register < 0 else self.registers[register]
