"""Accesses to a scratchpad: reads, writes and updates of its words, bank by bank."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Action, Fabric
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.guard import check
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import Array, Token
from rdu.simulator.specification import Access, Sum


class Scratchpad(Action):
    """A read, write or update; `word` is what it delivers."""

    def __init__(self, chain: Chain, registers: Registers, access: Access, fabric: Fabric) -> None:
        super().__init__(chain, registers)
        self.access = access
        self.spec = fabric.spec.memories[access.target]
        self.memory = fabric.memories[access.target].reshape(-1)
        self.address = Sum(access.constant, access.coefficients, access.ports)
        self.reads = registers.spec.kind == "read"
        self.updates = registers.spec.kind == "update"
        self.live = self.addresses = self.word = registers.no_lanes

    def prepare(self) -> int:
        """Find the addresses of the live lanes."""
        registers, access = self.registers, self.access
        self.live = registers.live(access.ports)
        if not self.reads:
            self.live = self.live & registers[access.port][1]
        check(access.guards, registers, self.live)
        # Buffers rotate with the iterations of a level, `back` counts backwards from the current.
        current = self.chain.begun[access.buffer_level] - 1
        buffers = (current - registers.evaluate(access.back)) % self.spec.buffers
        self.addresses = buffers * self.spec.words + registers.evaluate(self.address)
        return 1

    def act(self, firing: Firing, time: int) -> int:
        """Read, write or update the words; the most hit bank tells the cost."""
        addresses, live = self.addresses[self.live], self.live
        self.word = np.zeros(len(live), self.memory.dtype)
        if self.updates:
            self._update()
            return self._cost(addresses)
        if self.reads:
            self.word[live] = self.memory[addresses]
        else:
            self.memory[addresses] = self.registers[self.access.port][0][live]
        return self._cost(np.unique(addresses))

    def values(self, output: int) -> Iterable[Token]:
        """Return the word read, or that before an update."""
        delivers = self.access.port if self.reads else self.access.old
        return [(self.word, self.live)] if output == delivers else super().values(output)

    def _update(self) -> None:
        """Combine lane after lane; lanes of one address see one another's results."""
        combine = OPS[self.access.mnemonic].evaluate
        operands = self.registers[self.access.port][0]
        for lane in np.flatnonzero(self.live):
            address = self.addresses[lane]
            self.word[lane] = self.memory[address]
            self.memory[address] = combine(self.word[lane], operands[lane])

    def _cost(self, addresses: Array) -> int:
        """Return the cycles of the most hit bank."""
        skewed = addresses + (addresses // self.spec.skew if self.spec.skew else 0)
        return int(np.bincount(skewed % self.spec.banks).max()) if len(addresses) else 1
