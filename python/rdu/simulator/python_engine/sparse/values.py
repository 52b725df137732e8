"""Values: what is computed one token after another."""

from __future__ import annotations

import numpy as np

from rdu.semantics.dtypes import NUMPY
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.turn import Turn
from rdu.simulator.specification import CONSTANT_INPUT


class Apply(SparsePrimitive):
    """A function of values; an absent one is a zero."""

    def step(self) -> Turn | None:
        """Compute a value, or pass a stop on."""
        if not self.there(*self.inputs):
            return None
        if self.inputs[0].stop is not None:
            return self.pass_on(self.inputs)
        self.agree(self.inputs)
        tokens = iter(self.inputs)
        operands = [
            self.spec.constant if port == CONSTANT_INPUT else self.value(next(tokens))
            for port in self.spec.inputs
        ]
        kind = NUMPY[self.spec.dtype]
        result = OPS[self.spec.function].evaluate(*(np.asarray(o, kind) for o in operands))
        return self.turn(self.inputs, {0: result[()]})
