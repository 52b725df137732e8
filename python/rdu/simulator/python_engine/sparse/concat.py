"""Fibers of several streams, one behind the other."""

from __future__ import annotations

from typing import Any, NamedTuple

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.rows import Rows
from rdu.simulator.python_engine.tokens import DONE, EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Place(NamedTuple):
    """How far a fiber of the result has come.

    Attributes:
        side: the stream whose turn it is.
        sends: whether the row that it stands in is sent.
        is_open: whether the last row that was sent has no stop behind it yet.
    """

    side: int = 0
    sends: bool = True
    is_open: bool = False


class Concatenate(SparsePrimitive):
    """Sends the rows of one stream after another, then the stop that all have come to.

    A firing for each token of a row, which also waits for the stops at which the streams before
    stand; a coordinate is taken with the first token under it, as in `Rows`. The stop between the
    rows of two streams takes a firing that pops nothing. A row under `N` is popped and not sent,
    but that of the first stream if all have `N`, for which it waits.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.gap, *self.offsets = self.spec.settings
        self.crds = self.inputs[: len(self.offsets)]
        self.payloads = self.inputs[len(self.offsets) :]
        self.rows = [
            Rows(self, crd, payload, self.gap)
            for crd, payload in zip(self.crds, self.payloads, strict=True)
        ]
        self.place = self.after = Place()
        self.moving: list[Rows] = []

    def step(self) -> Turn | None:
        """Send a token of a row, the stop between two, or one of all."""
        for side in range(self.place.side, len(self.rows)):
            rows = self.rows[side]
            if not rows.look():
                return None
            if rows.kind not in ("stop", "done"):
                return self._row(side)
        self.agree(self.crds)
        self.moving, self.after = self.rows, Place()
        stop = self.crds[0].stop
        assert stop is not None
        if stop == DONE:
            return self.pass_on(self.inputs)
        return self.turn(self.inputs, {0: stop, 1: Stop(stop.level + self.gap)})

    def go_on(self, turn: Turn) -> None:
        """Go to the place behind the firing."""
        for rows in self.moving:
            rows.go_on()
        self.place = self.after

    def _row(self, side: int) -> Turn | None:
        """Return the firing of a stream's row."""
        rows, place = self.rows[side], self.place._replace(side=side)
        looked = [*self.crds[:side], *self.payloads[:side], *rows.examined]
        if rows.opens and rows.token == EMPTY and side == 0:
            if not self.there(*self.crds):
                return None
            looked += self.crds[1:]
            place = place._replace(sends=all(crd.token == EMPTY for crd in self.crds))
        elif rows.opens:
            place = place._replace(sends=rows.token != EMPTY)
        if rows.opens and place.sends and place.is_open and self.gap > 0:
            self.moving, self.after = [], place._replace(is_open=False)
            return self.turn(gives={1: Stop(self.gap - 1)}, examines=[*rows.taken, *looked])
        gives: dict[int, Any] = {}
        if place.sends:
            place = place._replace(is_open=rows.kind != "end")
            if rows.opens:
                gives[0] = self._raised(side)
            if rows.kind != "empty":
                gives[1] = self.payloads[side].stop or self.payloads[side].token
        self.moving, self.after = [rows], place
        return self.turn(rows.taken, gives, looked)

    def _raised(self, side: int) -> Any:
        """Return the coordinate of a row as the result has it."""
        rows = self.rows[side]
        if rows.token == EMPTY:
            return EMPTY
        crd = int(rows.token) + self.offsets[side]
        return self.coordinate(crd, self.crds[side], rows.taken)
