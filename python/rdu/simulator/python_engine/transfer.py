"""Loads and stores: which bursts a firing requests, and what their service moves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rdu.simulator.python_engine.action import Action, Fabric
from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.guard import check
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import Array, Token
from rdu.simulator.specification import Access, Sum


class Transfer(Action):
    """A load or store of process `number`; a load's word fills as its bursts are served."""

    def __init__(
        self, number: int, chain: Chain, registers: Registers, access: Access, fabric: Fabric
    ) -> None:
        super().__init__(chain, registers)
        self.number = number
        self.access = access
        self.fabric = fabric
        self.tensor = fabric.spec.tensors[access.target]
        self.tier = fabric.tiers[self.tensor.tier]
        self.data = fabric.tensors[access.target]
        self.address = Sum(access.constant, access.coefficients, access.ports)
        self.loads = registers.spec.kind == "load"
        self.live = self.addresses = self.homes = self.bursts = self.word = registers.no_lanes

    def prepare(self) -> int:
        """Find the distinct bursts of the live lanes, in order of their first lane."""
        registers, access = self.registers, self.access
        self.live = registers.live(access.ports)
        if not self.loads:
            self.live = self.live & registers[access.port][1]
        check(access.guards, registers, self.live)
        self.addresses = registers.evaluate(self.address)
        start, size = self.tensor.address, self.tensor.element_bytes
        self.homes = (start + size * self.addresses) // self.tier.spec.burst_bytes
        live = self.homes[self.live]
        _, order = np.unique(live, return_index=True)
        self.bursts = live[np.sort(order)]
        return len(self.bursts)

    def act(self, firing: Firing, time: int) -> int:
        """Request each burst; its lanes are read or written when it is served."""
        if self.loads:
            self.word = np.zeros(len(self.live), self.data.dtype)
            self.tier.loaded += len(self.bursts)
        else:
            self.word = self.registers[self.access.port][0]
            self.tier.stored += len(self.bursts)
        firing.responses = len(self.bursts)
        for burst in self.bursts:
            self._request(firing, time, int(burst), self.live & (self.homes == burst))
        return 1

    def values(self, output: int) -> Iterable[Token]:
        """Return the word that is being loaded."""
        if self.loads and output == self.access.port:
            return [(self.word, self.live)]
        return super().values(output)

    def _request(self, firing: Firing, time: int, burst: int, lanes: Array) -> None:
        addresses, word = self.addresses[lanes], self.word

        def serve(response: int) -> None:
            if self.loads:
                word[lanes] = self.data[addresses]
            else:
                self.data[addresses] = word[lanes]
            firing.answered(response, firing)
            firing.responses -= 1
            self.fabric.wake(self.number)

        self.tier.request(time, self.number, burst, serve)
