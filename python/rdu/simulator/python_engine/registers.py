"""The registers of a context: inputs, counters, constants and results, with their masks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rdu.semantics.dtypes import NUMPY
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.tokens import Array, Value, spread, truth
from rdu.simulator.specification import ContextSpec, Sum

COMPUTING = ("compute", "systolic")


class Registers:
    """Values on all lanes; `mask` is the chain's in this firing.

    Attributes:
        held: the token that each input holds, None for a control token.
    """

    def __init__(self, spec: ContextSpec, lanes: int) -> None:
        self.spec = spec
        self.lanes = np.arange(lanes, dtype=np.int64)
        self.all_lanes = np.ones(lanes, bool)
        self.no_lanes = np.zeros(lanes, bool)
        self.mask = self.vector_mask = self.all_lanes
        self.values: list[Value] = [
            (np.zeros(lanes, NUMPY[dtype]), self.no_lanes) for dtype in spec.registers
        ]
        for register, value in spec.constants:
            self.values[register] = spread(value, spec.registers[register], lanes)
        self.held: list[Value | None] = list(self.values[: len(spec.inputs)])

    def __getitem__(self, register: int) -> Value:
        return self.values[register]

    def __setitem__(self, register: int, value: Value) -> None:
        self.values[register] = value

    def load(self, chain: Chain) -> None:
        """Take the mask, the counters and the held tokens of a firing."""
        spec = self.spec
        self.mask = self._masks(chain)
        for i in range(len(spec.levels)):
            values = np.full(len(self.lanes), chain.counter(i))
            if i == spec.vector_level - 1:
                values += self.lanes * spec.levels[i].step
            self.values[len(spec.inputs) + i] = values.astype(np.int32), self.mask
        for i, token in enumerate(self.held):
            if token is not None:
                self.values[i] = token[0], token[1] & self.mask

    def _masks(self, chain: Chain) -> Array:
        """Return the chain's mask; set that of the vector counter."""
        vector = self.spec.vector_level
        if vector == 0:
            lane_0 = self.spec.kind not in COMPUTING
            self.vector_mask = self.lanes == 0 if lane_0 else self.all_lanes
        elif vector <= chain.depth:
            offsets = self.lanes * self.spec.levels[vector - 1].step
            last = chain.stop[vector - 1] - chain.counter(vector - 1)
            self.vector_mask = (offsets < last) & (offsets < self.spec.levels[vector - 1].stride)
        else:
            self.vector_mask = self.no_lanes
        return self.no_lanes if chain.is_empty else self.vector_mask

    def outside(self, level: int) -> Array:
        """Return the mask of the counters outside a level: all lanes without the vector counter."""
        return self.vector_mask if self.spec.vector_level < level else self.all_lanes

    def is_true(self, register: int) -> bool:
        """Return an i1 value: an input's as it is held, any other's first live lane."""
        held = self.held[register] if register < len(self.held) else None
        return truth(held or self.values[register])

    def evaluate(self, value: Sum) -> Array:
        """Return an affine expression of counters and inputs on every lane, as 64-bit integers."""
        base = len(self.spec.inputs)
        terms = [(base + i, c) for i, c in enumerate(value.coefficients) if c]
        total = np.full(len(self.lanes), value.constant, np.int64)
        for register, coefficient in (*terms, *value.ports):
            total += coefficient * self.values[register][0].astype(np.int64)
        return total

    def live(self, ports: Sequence[tuple[int, int]]) -> Array:
        """Return the lanes that are live in the chain and in the ports of an expression."""
        mask = self.mask
        for register, _ in ports:
            mask = mask & self.values[register][1]
        return mask
