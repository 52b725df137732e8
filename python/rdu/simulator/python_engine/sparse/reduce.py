"""Fibers of values, folded to one value each."""

from __future__ import annotations

from typing import Any

from rdu.semantics.reduction import identity
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, EMPTY, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Reduce(SparsePrimitive):
    """Folds each fiber from left to right; the level above tells fibers that are empty."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.identity: Any = identity(self.spec.function, self.spec.dtype)[()]
        self.total = self.after = self.identity

    def step(self) -> Turn | None:
        """Add a value; at its stop send the total, and then a stop of the level above."""
        values, outer = self.inputs
        if not self.there(values):
            return None
        stop = values.stop
        if stop is None:
            value = self.zero if values.token == EMPTY else values.token
            self.after = OPS[self.spec.function].evaluate(self.total, value)[()]
            return self.turn([values])
        if not self.there(outer):
            return None
        self.after = self.identity
        if stop == DONE:
            return self.pass_on([values, outer])
        if outer.stop is not None or stop == Stop(0):
            need = stop.level - 1 if stop.level else VALUE_CODE
            self.expect(need, [outer], [values, outer])
            return self.turn([values, outer], {0: self.total if outer.stop is None else outer.stop})
        return self.turn([outer], {0: self.total}, [values])

    def go_on(self, turn: Turn) -> None:
        """Keep the total."""
        self.total = self.after
