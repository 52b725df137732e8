"""Values: what is computed one token after another."""

from __future__ import annotations

import numpy as np

from rdu.semantics.dtypes import NUMPY
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.tokens import Array
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import CONSTANT_INPUT, ContextSpec


class Apply(SparsePrimitive):
    """A function of values; an absent one is a zero of its stream's type."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        constants = (np.asarray(number, NUMPY[dtype]) for number, dtype in self.spec.constants)
        streams = iter(self.inputs)
        self.operands: list[Head | Array] = [
            next(constants) if port == CONSTANT_INPUT else next(streams)
            for port in self.spec.inputs
        ]

    def step(self) -> Turn | None:
        """Compute a value, or pass a stop on."""
        if not self.there(*self.inputs):
            return None
        if self.inputs[0].stop is not None:
            return self.pass_on(self.inputs)
        self.agree(self.inputs)
        result = OPS[self.spec.function].evaluate(*map(self.operand, self.operands))
        return self.turn(self.inputs, {0: result[()]})

    def operand(self, given: Head | Array) -> Array:
        """Return a constant, or what a stream gives."""
        if not isinstance(given, Head):
            return given
        dtype = self.context.inputs[given.port].dtype
        assert dtype is not None
        return np.asarray(self.value(given), NUMPY[dtype])
