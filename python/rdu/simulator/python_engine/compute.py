"""Computations: the operations of a firing in order, reductions with their states."""

from __future__ import annotations

import numpy as np

from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Action
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import Array, Value
from rdu.simulator.specification import Step


def evaluate(step: Step, registers: Registers) -> Value:
    """Return an operation's result, live where all of its operands are."""
    values = [registers[r] for r in step.operands]
    mask = registers.all_lanes
    for _, live in values:
        mask = mask & live
    return OPS[step.mnemonic].evaluate(*(value for value, _ in values)), mask


class Compute(Action):
    """The stages of a pipelined PCU; `states` are those of its reductions, by result."""

    def __init__(self, chain: Chain, registers: Registers) -> None:
        super().__init__(chain, registers)
        steps = [step for step in registers.spec.steps if step.over >= 0]
        self.states = {step.result: self._identity(step) for step in steps}

    def act(self, firing: Firing, time: int) -> int:
        """Evaluate the operations in order."""
        for step in self.registers.spec.steps:
            reduced = self._reduce(step) if step.over >= 0 else evaluate(step, self.registers)
            self.registers[step.result] = reduced
        return 1

    def _reduce(self, step: Step) -> Value:
        ((value, mask),) = (self.registers[r] for r in step.operands)
        combine = OPS[step.mnemonic].evaluate
        state = self.states[step.result]
        if self.chain.first < step.over <= self.chain.depth + 1:
            state = self._identity(step) if step.init < 0 else self.registers[step.init][0]
        if self.chain.is_empty:
            pass
        elif step.tree:
            total, live = reduce_lanes(step.mnemonic, value, mask)
            state = combine(state, np.full_like(state, total)) if live else state
        else:
            state = np.where(mask, combine(state, value), state)
        self.states[step.result] = state
        return state, self.registers.all_lanes if step.tree else self.registers.outside(step.over)

    def _identity(self, step: Step) -> Array:
        start = identity(step.mnemonic, self.registers.spec.registers[step.result])
        return np.full(len(self.registers.lanes), start)
