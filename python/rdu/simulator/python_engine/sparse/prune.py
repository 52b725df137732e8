"""Coordinates without content, left out with what is under them."""

from __future__ import annotations

from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.kept import Kept
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.rows import Rows
from rdu.simulator.python_engine.tokens import EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class DropCoordinates(SparsePrimitive):
    """Leaves out coordinates under which a stream `gap` levels deeper holds no payload.

    The outer coordinate is held as in `Rows`, and sent when the first payload of its row is popped;
    what is under it leaves as in `Kept`. What is popped of a row in front of its first payload is
    held: nothing, if rows without content were dropped on the levels in between before.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.outer, self.inner = self.inputs
        (self.gap,) = self.spec.settings
        self.rows = Rows(self, self.outer, self.inner, self.gap)
        self.kept = self.after = Kept()
        self.moves = False

    def step(self) -> Turn | None:
        """Take a token of a row; send what is late, and the coordinate if its row stays for it."""
        rows, kept = self.rows, self.kept
        if not rows.look():
            return None
        between = Stop(self.gap - 1)
        if rows.kind in ("stop", "done"):
            if rows.kind == "done" and kept.due:
                kept = kept.open(between)
            return self._close(kept)
        gives: dict[int, Any] = {}
        if rows.kind == "inside":
            token = self.inner.stop or self.inner.token
            tells = self.inner.stop is None and token != EMPTY
            if tells and not kept.stays:
                gives[0] = rows.token
            kept = kept.take(token, between, tells=tells)
        if rows.kind == "end":
            kept = kept.end()
        if kept.late:
            gives[1] = kept.late[0]
        self.moves, self.after = True, kept.sent()
        if self.gap == 0:
            self.after = self.after.close()
        return self.turn(rows.taken, gives, rows.examined)

    def go_on(self, turn: Turn) -> None:
        """Hold the coordinate, and what is late."""
        self.kept = self.after
        if self.moves:
            self.rows.go_on()

    def _close(self, kept: Kept) -> Turn:
        """Return the firing at a stop of both levels: it moves if nothing is late."""
        rows = self.rows
        self.moves = not kept.late
        if kept.late:
            self.after = kept.sent()
            return self.turn(gives={1: kept.late[0]}, examines=rows.taken)
        self.after = kept.close()
        if rows.kind == "done":
            return self.pass_on(rows.taken)
        return self.turn(rows.taken, {0: self.outer.stop, 1: self.inner.stop})
