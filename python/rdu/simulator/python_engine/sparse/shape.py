"""Levels made of others: split, flattened; tokens numbered, and values taken for coordinates."""

from __future__ import annotations

from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import NOTHING
from rdu.simulator.python_engine.sparse.rows import Rows
from rdu.simulator.python_engine.tokens import EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Number(SparsePrimitive):
    """Sends for each payload its number in the stream: a firing a token. `N` stays."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.count = 0
        self.counts = False

    def step(self) -> Turn | None:
        """Send a number, or pass a stop on."""
        (stream,) = self.inputs
        if not self.there(stream):
            return None
        self.counts = stream.stop is None and stream.token != EMPTY
        if stream.stop is not None:
            return self.pass_on([stream])
        return self.turn([stream], {0: self.count if self.counts else EMPTY})

    def go_on(self, turn: Turn) -> None:
        """Count."""
        self.count += self.counts


class AsCoordinate(SparsePrimitive):
    """Sends each value as a coordinate below an extent: a firing a token.

    With `wrap` a negative one counts from the end. An absent value is a zero.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.extent, self.wraps = self.spec.settings

    def step(self) -> Turn | None:
        """Send a coordinate, or pass a stop on."""
        (values,) = self.inputs
        if not self.there(values):
            return None
        if values.stop is not None:
            return self.pass_on([values])
        value = int(self.value(values))
        crd = value + self.extent if self.wraps and value < 0 else value
        if not 0 <= crd < self.extent:
            self.within(value, self.extent, values, [values])
        return self.turn([values], {0: crd})


class Split(SparsePrimitive):
    """Sends a chunk with the first coordinate in it: a firing a token of what is inside.

    The stop between two chunks takes a firing that pops nothing, in front of the second.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.crds, self.payloads = self.inputs
        self.factor, self.whole = self.spec.settings
        self.chunk = self.after = NOTHING

    def step(self) -> Turn | None:
        """Send a coordinate, the stop between two chunks, or one that ends the last."""
        crds, payloads = self.crds, self.payloads
        if not self.there(crds, payloads):
            return None
        self.after = NOTHING
        if crds.stop is not None:
            return self._stop(crds.stop)
        self.agree(self.inputs)
        chunk = EMPTY if crds.token == EMPTY else int(crds.token) // self.factor
        if self.chunk is not NOTHING and self.chunk != chunk:
            return self.turn(gives={1: Stop(0), 2: Stop(0)}, examines=self.inputs)
        self.after = chunk
        gives: dict[int, Any] = {} if self.chunk == chunk else {0: chunk}
        return self.turn(self.inputs, {**gives, 1: self._inside(), 2: payloads.token})

    def go_on(self, turn: Turn) -> None:
        """Take the chunk, or let go of it."""
        self.chunk = self.after

    def _stop(self, stop: Stop) -> Turn:
        turn = self.pass_on(self.inputs)
        if self.rests:
            return turn
        risen = Stop(stop.level + 1)
        return self.turn(self.inputs, {0: stop, 1: risen, 2: risen})

    def _inside(self) -> Any:
        crd = self.crds.token
        return crd if self.whole or crd == EMPTY else int(crd) % self.factor


class Flatten(SparsePrimitive):
    """Sends outer * factor + inner: a firing a token of the inner level, whose stops vanish.

    The outer coordinate is held as in `Rows`.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.outer, self.inner = self.inputs
        (self.factor,) = self.spec.settings
        self.rows = Rows(self, self.outer, self.inner, 1)

    def step(self) -> Turn | None:
        """Send a coordinate, or a stop of the outer level."""
        rows = self.rows
        if not rows.look():
            return None
        if rows.kind == "done":
            return self.pass_on(rows.taken)
        gives: dict[int, Any] = {}
        if rows.kind == "stop":
            gives[0] = self.outer.stop
        elif rows.kind == "inside" and EMPTY not in (rows.token, self.inner.token):
            crd = int(rows.token) * self.factor + int(self.inner.token)
            gives[0] = self.coordinate(crd, self.inner, rows.taken)
        return self.turn(rows.taken, gives, rows.examined)

    def go_on(self, turn: Turn) -> None:
        """Hold the outer coordinate, or let go of it."""
        self.rows.go_on()
