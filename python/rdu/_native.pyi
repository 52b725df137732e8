"""
The native simulator engine; rdu.simulator.native_engine is its interface.
"""

from collections.abc import Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray


class ContextAccount:
    """Where the cycles of a context went."""

    @property
    def firings(self) -> int: ...

    @property
    def bank(self) -> int: ...

    @property
    def starved(self) -> list[int]:
        """Cycles by input port."""

    @property
    def backpressured(self) -> list[int]:
        """Cycles by output port."""

    @property
    def memory(self) -> int: ...

    @property
    def idle(self) -> int: ...

    @property
    def lifetime(self) -> int: ...

class ChannelTraffic:
    """What a channel carried and holds."""

    @property
    def tokens(self) -> int: ...

    @property
    def high_water(self) -> int: ...

    @property
    def fill(self) -> int: ...

class BlockedContext:
    """A context that waits for a channel."""

    @property
    def context(self) -> int: ...

    @property
    def channel(self) -> int: ...

    @property
    def full(self) -> bool:
        """For room, rather than for a token."""

class Outcome:
    """The end of a run, or its deadlock."""

    @property
    def deadlocked(self) -> bool: ...

    @property
    def time(self) -> int: ...

    @property
    def contexts(self) -> list[ContextAccount]: ...

    @property
    def channels(self) -> list[ChannelTraffic]: ...

    @property
    def blocked(self) -> list[BlockedContext]: ...

    @property
    def loaded_bytes(self) -> int: ...

    @property
    def stored_bytes(self) -> int: ...

def run(section: object, tensors: Sequence[object]) -> Outcome:
    """
    Run an elaborated section on flat arrays, one a tensor, which stores change in place.
    """

def evaluate(opcode: int, out: Annotated[NDArray[numpy.uint32], dict(shape=(None,), order='C', device='cpu')], operands: Sequence[Annotated[NDArray[numpy.uint32], dict(shape=(None,), order='C', device='cpu', writable=False)]]) -> None:
    """Apply a scalar operation to arrays of 32-bit words."""

def operations() -> list[tuple[str, int, int]]:
    """Every operation as (mnemonic, opcode, arity)."""
