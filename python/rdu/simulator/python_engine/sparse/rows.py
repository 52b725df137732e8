"""Rows: what is under each token of a level, where the two streams are walked together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import NOTHING
from rdu.simulator.python_engine.tokens import DONE, VALUE_CODE, Stop

Kind = Literal["inside", "end", "empty", "stop", "done"]


class Rows:
    """A walk of a stream that holds a token of a level `gap` above for each row, what is under it.

    The token is taken with the first of its row. Rows end with a stop of `gap - 1`. One of more
    levels goes together with a stop of the level above; where it ends a row without tokens, that
    row's token takes a firing more. With a gap of 0 a row is one token.

    Attributes:
        kind: what the next firing moves: a token `inside` a row, the `end` of one that another
            follows, the token of an `empty` row, a `stop` of both levels, or `done`.
        token: what the row is under: held, or taken now.
        opens: whether it is taken now.
        due: whether another row follows, and so a token of the level above.
        taken, examined: the heads that the firing pops, and those that it only waits for.
    """

    def __init__(
        self,
        primitive: SparsePrimitive,
        above: Head,
        below: Head,
        gap: int,
        beside: Sequence[Head] = (),
    ) -> None:
        """Walk `below`, and those `beside` that are of its shape."""
        self.primitive = primitive
        self.above = above
        self.below = below
        self.inner = [below, *beside]
        self.gap = gap
        self.held, self.due = NOTHING, False
        self.kind: Kind = "done"
        self.token: Any = NOTHING
        self.opens = False
        self.taken: list[Head] = []
        self.examined: list[Head] = []

    def look(self) -> bool:
        """Say what the next firing is; False while a head is missing.

        Raises:
            FaultError: the streams disagree.
        """
        primitive, above, stop = self.primitive, self.above, None
        if not primitive.there(*self.inner):
            return False
        primitive.agree(self.inner)
        stop = self.below.stop
        self.taken, self.examined = list(self.inner), []
        self.token, self.opens = self.held, False
        if stop is not None and (stop == DONE or stop.level >= self.gap):
            return self._look_above(stop)
        if self.held is NOTHING:
            if not primitive.there(above):
                return False
            self.taken.append(above)
            primitive.expect(VALUE_CODE, [above], self.taken)
            self.token, self.opens = above.token, True
        self.kind = "inside" if stop is None or stop.level < self.gap - 1 else "end"
        return True

    def _look_above(self, stop: Stop) -> bool:
        primitive, above = self.primitive, self.above
        if not primitive.there(above):
            return False
        if stop != DONE and self.gap and self.held is NOTHING and above.stop is None:
            self.kind, self.token, self.opens = "empty", above.token, True
            self.taken, self.examined = [above], list(self.inner)
            return True
        self.taken.append(above)
        self.kind = "done" if stop == DONE else "stop"
        need = VALUE_CODE if self.due else stop.level - self.gap
        need = DONE.level if stop == DONE else need
        primitive.expect(need, [above], self.taken)
        return True

    def go_on(self) -> None:
        """Hold what the firing took, or nothing."""
        holds = self.kind == "empty" or (self.kind == "inside" and self.gap > 0)
        self.held, self.due = self.token if holds else NOTHING, self.kind == "end"
