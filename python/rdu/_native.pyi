"""
The native simulator engine; rdu.simulator.native_engine is its interface.
"""

from collections.abc import Callable, Sequence
from typing import Annotated

import numpy
from numpy.typing import NDArray


class ContextAccount:
    """Where the cycles of a context went."""

    @property
    def firings(self) -> int: ...

    @property
    def busy(self) -> int: ...

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
    def stops(self) -> int: ...

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

class TierTraffic:
    """What a memory tier moved."""

    @property
    def loaded_bytes(self) -> int: ...

    @property
    def stored_bytes(self) -> int: ...

    @property
    def bursts(self) -> int: ...

    @property
    def row_hits(self) -> int: ...

    @property
    def row_misses(self) -> int: ...

class LinkTraffic:
    """What a link of the dynamic network moved."""

    @property
    def packets(self) -> int: ...

    @property
    def waited(self) -> int: ...

class Fault:
    """A firing that its data forbids."""

    @property
    def time(self) -> int: ...

    @property
    def context(self) -> int: ...

    @property
    def kind(self) -> str: ...

    @property
    def position(self) -> int: ...

    @property
    def value(self) -> int: ...

    @property
    def expected(self) -> int: ...

class Timeline:
    """Where the cycles of contexts went over time."""

    @property
    def bucket(self) -> int:
        """Cycles of a bucket."""

    @property
    def cycles(self) -> list[list[int]]:
        """By context: cycles by bucket and state."""

class Outcome:
    """The end of a run, its deadlock or fault."""

    @property
    def deadlocked(self) -> bool: ...

    @property
    def fault(self) -> Fault | None: ...

    @property
    def time(self) -> int: ...

    @property
    def contexts(self) -> list[ContextAccount]: ...

    @property
    def channels(self) -> list[ChannelTraffic]: ...

    @property
    def tiers(self) -> list[TierTraffic]: ...

    @property
    def links(self) -> list[LinkTraffic]: ...

    @property
    def blocked(self) -> list[BlockedContext]: ...

    @property
    def critical_path(self) -> list[int] | None:
        """
        Cycles by slot: parts of all contexts, then of all channels, then of all tiers.
        """

    @property
    def timeline(self) -> Timeline | None: ...

def run(section: object, tensors: Sequence[object], progress: Callable[[int, int], None] | None = None, critical_path: bool = False, buckets: int = 0) -> Outcome:
    """
    Run an elaborated section on flat arrays, one a tensor, which stores change in place.

    `progress` is called now and then with the firings so far and the latest cycle. The rest
    is what to record: the critical path, and timelines of so many buckets at most.
    """

def evaluate(opcode: int, out: Annotated[NDArray[numpy.uint32], dict(shape=(None,), order='C', device='cpu')], operands: Sequence[Annotated[NDArray[numpy.uint32], dict(shape=(None,), order='C', device='cpu', writable=False)]], narrow: bool = False) -> None:
    """
    Apply a scalar operation to arrays of 32-bit words; `narrow` rounds the result to bf16.
    """

def operations() -> list[tuple[str, int, int]]:
    """Every operation as (mnemonic, opcode, arity)."""
