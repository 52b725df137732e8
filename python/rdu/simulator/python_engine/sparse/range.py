"""Positions from where a fiber begins to where it ends."""

from __future__ import annotations

from typing import NamedTuple

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Open(NamedTuple):
    """A fiber under way: its next position, and the one behind its last; or nothing, once."""

    at: int
    end: int
    is_absent: bool = False


class Range(SparsePrimitive):
    """Sends the positions of each fiber; holds one fiber while it does, as a lookup does."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.fiber: Open | None = None
        self.after: Open | None = None

    def step(self) -> Turn | None:
        """Send a position of the fiber that is held; at its end, its stop, or take another."""
        fiber = self.fiber
        if fiber is not None and fiber.at < fiber.end:
            self.after = fiber._replace(at=fiber.at + 1)
            return self.turn(gives={0: EMPTY if fiber.is_absent else fiber.at})
        first, end = self.inputs
        if not self.there(first, end):
            return None
        self.agree(self.inputs)
        stop = first.stop
        self.after = None
        if stop == DONE and fiber is not None:
            return self.turn(gives={0: Stop(0)}, examines=self.inputs)
        if stop == DONE:
            return self.pass_on(self.inputs)
        if stop is not None:
            return self.turn(self.inputs, {0: Stop(stop.level + 1)})
        taken = self._taken()
        if fiber is not None:
            self.after = taken
            return self.turn(self.inputs, {0: Stop(0)})
        if taken.at == taken.end:
            self.after = taken
            return self.turn(self.inputs)
        self.after = taken._replace(at=taken.at + 1)
        return self.turn(self.inputs, {0: EMPTY if taken.is_absent else taken.at})

    def go_on(self, turn: Turn) -> None:
        """Take the next position."""
        self.fiber = self.after

    def _taken(self) -> Open:
        """Return the fiber at the heads, which is absent if one of its ends is."""
        first, end = self.inputs
        if EMPTY in (first.token, end.token):
            return Open(0, 1, is_absent=True)
        self.within(int(first.token), int(end.token) + 1, first, self.inputs)
        return Open(int(first.token), int(end.token))
