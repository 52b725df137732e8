"""The values of each fiber in order."""

from __future__ import annotations

from typing import Any

from rdu.semantics.sparse.sort import in_order
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

NO_LIMIT = 1 << 62

ENTRY_WORDS = 2
"""Of memory, for what is held of a fiber: a value and its coordinate."""


class Sort(SparsePrimitive):
    """Holds a fiber, which leaves in order when it ends, and no more of it than it keeps.

    What leaves does not hold up what comes: fibers may wait one behind the other, but for the
    buffers of its memory, if it has one: the first firing of a fiber waits until so many fibers
    before it have left. A memory without room for what is held is a fault.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.crds, self.values = self.inputs
        (keep,) = self.spec.settings
        self.keep = keep or NO_LIMIT
        memory = fabric.memories[self.spec.tensors[0]] if self.spec.in_memory else None
        self.fibers, self.room = memory.shape if memory is not None else (NO_LIMIT, NO_LIMIT)
        self.held: list[tuple[Any, Any]] = []
        self.entry: tuple[Any, Any] | None = None
        self.is_fresh = True

    @property
    def limit(self) -> int:
        """How many fibers may be there, of which one comes."""
        return self.fibers

    @property
    def weight(self) -> int:
        """Whether the next firing begins a fiber."""
        return int(self.is_fresh and not self.rests)

    def step(self) -> Turn | None:
        """Take a value and its coordinate, or let go of a fiber at its stop."""
        both: list[Head] = [self.crds, self.values]
        if not self.there(*both):
            return None
        self.entry, stop = None, self.crds.stop
        self.agree(both)
        if stop is None:
            self.entry = self.crds.token, self.value(self.values)
            held = min(len(self.held) + 1, self.keep)
            self.inside(0, ENTRY_WORDS * held - 1, self.room, both)
            return self.turn(both, stays=False)
        if stop == DONE:
            if self.held:
                self.expect(0, [self.crds], both)
            return self.pass_on(both)
        drains = {role: [*tokens, stop] for role, tokens in enumerate(self._ordered())}
        return self.turn(both, drains=drains, weight=1)

    def go_on(self, turn: Turn) -> None:
        """Hold what was taken, or nothing any more."""
        if self.entry is None:
            self.held = []
        else:
            self.held.append(self.entry)
        self.is_fresh = self.entry is None

    def _ordered(self) -> tuple[list[Any], ...]:
        """Return places, values and coordinates of what is held, as far as it is kept."""
        there = [entry for entry in self.held if entry[0] != EMPTY]
        order = in_order([v for _, v in there], descending=self.spec.function == "descending")
        entries: list[tuple[Any, ...]] = [
            (place, there[at][1], there[at][0]) for place, at in enumerate(order)
        ]
        entries += [(EMPTY, self.zero, EMPTY)] * (len(self.held) - len(there))
        kept = entries[: self.keep]
        return tuple([entry[role] for entry in kept] for role in range(3))
