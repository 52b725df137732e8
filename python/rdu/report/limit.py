"""The machine limit: no program that does this work can take fewer cycles on this machine.

It is the larger of two times: the operations at the machine's peak, and the bytes at the bandwidth
of their tier. The bytes are those of each tensor once, or those really moved if they are fewer (a
program may read a part of a tensor): moving a tensor twice is the program's choice, not a limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rdu.configuration.model import Tensor
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Limit:
    """The machine limit in cycles, and the two times of which it is the larger."""

    operation_cycles: int
    byte_cycles: int

    @property
    def cycles(self) -> int:
        """The limit in whole cycles."""
        return max(self.operation_cycles, self.byte_cycles)

    @property
    def cause(self) -> str:
        """What limits: `operations` or `bytes`."""
        return "operations" if self.operation_cycles > self.byte_cycles else "bytes"

    def share(self, cycles: int) -> float | None:
        """Return the share of the limit that a run reached, at most 1; None for an empty run."""
        return self.cycles / cycles if cycles else None


def limit(machine: Machine, operations: int, bytes_by_tier: Mapping[str, int]) -> Limit:
    """Return the limit for `operations` and the bytes to move to or from each tier."""
    transfers = (
        math.ceil(count / machine.peak_bytes_per_cycle(tier))
        for tier, count in bytes_by_tier.items()
    )
    peak = machine.peak_operations_per_cycle
    return Limit(math.ceil(operations / peak), max(transfers, default=0))


def needed_bytes(tensors: Iterable[Tensor], moved: Mapping[str, int]) -> dict[str, int]:
    """Return the bytes that must move, by tier: each tensor once, at most those `moved`."""
    needed = dict.fromkeys(moved, 0)
    for tensor in tensors:
        needed[tensor.tier] = needed.get(tensor.tier, 0) + tensor.bytes
    return {tier: min(size, moved.get(tier, 0)) for tier, size in needed.items()}
