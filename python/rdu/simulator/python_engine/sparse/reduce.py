"""Fibers of values, and the lanes of vectors, folded to one value each."""

from __future__ import annotations

from typing import Literal

import numpy as np

from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

Fiber = Literal["none", "open", "closed"]
"""What is known of a fiber: nothing, so that a stop of both levels may follow; that its token is
still to come; that its token was taken, and its stop was not."""


class Reduce(SparsePrimitive):
    """Folds each fiber from left to right; the level above tells fibers that are empty."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.identity = self.spread(identity(self.spec.function, self.spec.dtype)[()])
        self.total = self.after = self.identity
        self.fiber: Fiber = "none"
        self.fiber_after: Fiber = "none"

    def step(self) -> Turn | None:
        """Add a value; at its stop send the total, and then a stop of the level above."""
        values, outer = self.inputs
        if not self.there(values):
            return None
        stop = values.stop
        if stop is None:
            added = np.asarray(self.value(values))
            self.after = OPS[self.spec.function].evaluate(self.total, added)[()]
            self.fiber_after = "open"
            return self.turn([values])
        if not self.there(outer):
            return None
        self.after = self.identity
        if stop == DONE:
            return self.pass_on([values, outer])
        both, last = [values, outer], stop == Stop(0)
        # A stop of both levels comes behind the token of the last fiber, if there is one.
        token = self.fiber == "open" or (self.fiber == "none" and outer.stop is None)
        closes = not (last or token)
        self.expect(stop.level - 1 if closes else VALUE_CODE, [outer], both)
        self.fiber_after = "none" if closes else "open" if last else "closed"
        if closes:
            return self.turn(both, {0: outer.stop})
        total = {0: self.total}
        return self.turn(both, total) if last else self.turn([outer], total, [values])

    def go_on(self, turn: Turn) -> None:
        """Keep the total."""
        self.total, self.fiber = self.after, self.fiber_after


class Fold(SparsePrimitive):
    """Folds the lanes of each vector, by the tree of neighbouring pairs."""

    def step(self) -> Turn | None:
        """Fold a vector, or pass a stop on."""
        (vectors,) = self.inputs
        if not self.there(vectors):
            return None
        if vectors.stop is not None:
            return self.pass_on([vectors])
        lanes = self.value(vectors)
        total, _ = reduce_lanes(self.spec.function, lanes, np.ones(self.width, bool))
        return self.turn([vectors], {0: total[()]})
