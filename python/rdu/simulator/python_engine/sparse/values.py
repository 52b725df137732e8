"""Values: what is loaded, computed and stored one token after another."""

from __future__ import annotations

import numpy as np

from rdu.semantics.dtypes import NUMPY
from rdu.semantics.scalar import OPS
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Turn
from rdu.simulator.specification import CONSTANT_INPUT


class Array(SparsePrimitive):
    """Loads the value, or the vector, at each reference; an absent one loads a zero."""

    def step(self) -> Turn | None:
        """Load a value, or pass a stop on."""
        (refs,) = self.inputs
        if not self.there(refs):
            return None
        if refs.stop is not None:
            return self.pass_on([refs])
        if refs.token == EMPTY:
            return self.turn([refs], {0: self.zero})
        (values,) = self.tensors
        self.inside(0, refs.token, len(values) // self.width, [refs])
        if self.width == 1:
            return self.turn([refs], {0: values[refs.token]})
        first = int(refs.token) * self.width
        return self.turn([refs], {0: values[first : first + self.width].copy()})


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
