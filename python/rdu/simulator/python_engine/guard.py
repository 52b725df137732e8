"""Indices that depend on data: checked when they are used."""

from __future__ import annotations

from collections.abc import Sequence

from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import Array
from rdu.simulator.python_engine.turn import FaultError
from rdu.simulator.specification import Guard


def check(guards: Sequence[Guard], registers: Registers, live: Array) -> None:
    """Check every guarded index on the live lanes of a firing, in order.

    Raises:
        FaultError: the first index, and of it the first lane, that is out of range.
    """
    for guard in guards:
        values = registers.evaluate(guard.value)
        wrong = values[live & ((values < 0) | (values >= guard.extent))]
        if len(wrong):
            raise FaultError("index", guard.index, int(wrong[0]), guard.extent, ())
