"""Leaving tokens out one by one: zeros, stops, empty fibers, and what a mask excludes."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from rdu.configuration.sparse import COMPARISONS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import NOTHING
from rdu.simulator.python_engine.sparse.rows import Rows
from rdu.simulator.python_engine.tokens import DONE, EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    name: getattr(operator, name) for name in COMPARISONS
}


class Mask(SparsePrimitive):
    """Compares coordinates with the outer one; a firing for each of their tokens.

    The outer coordinate is held as in `Rows`. `N` passes.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        outer, self.crds, self.payloads = self.inputs
        self.rows = Rows(self, outer, self.crds, 1, [self.payloads])
        self.admits = _COMPARISONS[self.spec.function]
        (self.offset,) = self.spec.settings

    def step(self) -> Turn | None:
        """Send a coordinate or leave it out, or pass a stop on."""
        rows = self.rows
        if not rows.look():
            return None
        if rows.kind == "done":
            return self.pass_on(rows.taken)
        passes = rows.kind != "empty" and (rows.kind != "inside" or self._admits())
        gives = {0: self.crds.token, 1: self.payloads.token} if passes else {}
        return self.turn(rows.taken, gives, rows.examined)

    def go_on(self, turn: Turn) -> None:
        """Hold the outer coordinate, or let go of it."""
        self.rows.go_on()

    def _admits(self) -> bool:
        outer, crd = self.rows.token, self.crds.token
        if EMPTY in (outer, crd):
            return True
        return self.admits(int(crd), int(outer) + self.offset)


class DropValues(SparsePrimitive):
    """Leaves out values that are zero, with their coordinates: a firing a token."""

    def step(self) -> Turn | None:
        """Send a value or leave it out, or pass a stop on."""
        crds, values = self.inputs
        if not self.there(crds, values):
            return None
        if crds.stop is not None:
            return self.pass_on([crds, values])
        self.agree([crds, values])
        stays = values.token != EMPTY and values.token != self.zero
        return self.turn(self.inputs, {0: crds.token, 1: values.token} if stays else {})


class DropStops(SparsePrimitive):
    """Leaves out the stops of the innermost levels, lowers the others: a firing a token."""

    def step(self) -> Turn | None:
        """Send a token, or leave a stop out."""
        (stream,) = self.inputs
        (levels,) = self.spec.settings
        if not self.there(stream):
            return None
        stop = stream.stop
        if stop == DONE:
            return self.pass_on([stream])
        if stop is None:
            return self.turn([stream], {0: stream.token})
        return self.turn([stream], {0: Stop(stop.level - levels)} if stop.level >= levels else {})


class DropFibers(SparsePrimitive):
    """Leaves out fibers without payload: of stops in a row the highest stays.

    Holds a token, which is sent when the next one is popped that is no stop behind a stop; what is
    held in front of the end is sent by a firing that pops nothing. So a stream takes a firing a
    token, and one more.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.held: Any = NOTHING
        self.after: Any = NOTHING
        self.begun = False

    def step(self) -> Turn | None:
        """Take a token, and send the one before if it stays."""
        (stream,) = self.inputs
        if not self.there(stream):
            return None
        token, held = stream.stop or stream.token, self.held
        if token == DONE:
            self.after = NOTHING
            if held is NOTHING:
                return self.pass_on([stream])
            return self.turn(gives={0: held}, examines=[stream])
        self.after = token
        if _ends(held) and _ends(token):
            self.after = Stop(max(held.level, token.level))
            return self.turn([stream])
        vanishes = held is NOTHING or (_ends(held) and not self.begun)
        return self.turn([stream], {} if vanishes else {0: held})

    def go_on(self, turn: Turn) -> None:
        """Hold the token that was taken."""
        self.held = self.after
        self.begun = self.begun or not (self.held is NOTHING or _ends(self.held))


def _ends(token: Any) -> bool:
    return isinstance(token, Stop) and token != EMPTY
