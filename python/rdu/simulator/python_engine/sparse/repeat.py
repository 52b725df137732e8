"""A token of a level for every token of the level under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

NOTHING: Any = None
"""What is held between two fibers; payloads and `EMPTY` are something."""


class Held:
    """A walk of a stream that holds a token of the level above for each fiber.

    The token is taken with the first of its fiber. A stop that ends fibers of the level above as
    well goes together with theirs; an empty fiber there takes a firing more for its token. Behind
    `S0` there has to be a token of the level above.

    Attributes:
        token: what is held.
        passes: whether the next firing pops a payload, or `EMPTY`, of the stream.
        ended: the token whose fiber the next firing ends, if it ends one.
        due: whether another fiber follows, and so a token of the level above.
    """

    def __init__(self, primitive: SparsePrimitive, above: Head, below: Head) -> None:
        self.primitive = primitive
        self.above = above
        self.below = below
        self.token = self.after = self.ended = NOTHING
        self.passes = self.due = self.due_after = False

    def step(self, make: Callable[[Any], Any]) -> Turn | None:
        """Return the next firing; `make` gives what is sent for what is held."""
        primitive, above, below = self.primitive, self.above, self.below
        if not primitive.there(below):
            return None
        stop = below.stop
        self.passes, self.ended = stop is None, NOTHING
        self.due_after = stop == Stop(0)
        taken = [below]
        if stop is None or stop == Stop(0):
            token = self.token
            if token is NOTHING:
                taken = [below, above]
                if not primitive.there(above):
                    return None
                primitive.expect(VALUE_CODE, [above], taken)
                token = above.token
            if stop is None:
                self.after = token
                return primitive.turn(taken, {0: make(token)})
            self.after, self.ended = NOTHING, token
            return primitive.turn(taken, {0: stop})
        if not primitive.there(above):
            return None
        taken = [below, above]
        if stop == DONE:
            self.after = NOTHING
            return primitive.pass_on(taken)
        if self.token is NOTHING and above.stop is None:
            self.after = above.token
            return primitive.turn([above], examines=[below])
        primitive.expect(VALUE_CODE if self.due else stop.level - 1, [above], taken)
        self.after, self.ended = NOTHING, self.token
        return primitive.turn(taken, {0: stop})

    def go_on(self) -> None:
        """Hold what the last firing took, or nothing."""
        self.token, self.due = self.after, self.due_after


class Repeat(SparsePrimitive):
    """Repeats each token for every one of its fiber."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        above, below = self.inputs
        self.held = Held(self, above, below)

    def step(self) -> Turn | None:
        """Send what is held, or pass a stop on."""
        return self.held.step(lambda token: token)

    def go_on(self, turn: Turn) -> None:
        """Hold a token, or let go of it."""
        self.held.go_on()
