"""What a context does in a firing: the interface that its kinds of action share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tier import Tier
from rdu.simulator.python_engine.tokens import Array, Token
from rdu.simulator.recording.recorder import Recorder
from rdu.simulator.specification import ElaboratedSection


class Fabric(Protocol):
    """What a process sees of the rest of the section."""

    spec: ElaboratedSection
    channels: list[Channel[Token]]
    memories: list[Array]
    tensors: Sequence[Array]
    tiers: list[Tier]

    @property
    def recorder(self) -> Recorder | None:
        """Who is told what happens, if anybody."""
        ...

    def wake(self, process: int) -> None:
        """Give a process a turn."""


class Action:
    """An action on the registers of a firing; this one does nothing."""

    stays = True
    """Whether this firing is in flight until its retirement."""

    def __init__(self, chain: Chain, registers: Registers) -> None:
        self.chain = chain
        self.registers = registers

    def prepare(self) -> int:
        """Look at the registers before the firing starts; return its weight.

        Raises:
            FaultError: data leads out of range.
        """
        return 1

    def act(self, firing: Firing, time: int) -> int:
        """Do the action of a firing that starts at a time; return its cost in cycles."""
        return 1

    def values(self, output: int) -> Iterable[Token]:
        """Return what an output carries: one token, or several that leave one cycle apart."""
        register = self.registers.spec.outputs[output].register
        return [None if register < 0 else self.registers[register]]
