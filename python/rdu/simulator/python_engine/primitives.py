"""Stream primitives: each firing looks at the heads of streams and passes tokens on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rdu.simulator.python_engine.tokens import DONE, Stop, Value, code, first_live, truth
from rdu.simulator.python_engine.turn import FaultError, Heads, Stops, Turn, disagreement
from rdu.simulator.specification import Choice, ContextSpec


class Primitive:
    """A primitive between two firings: a `Schedule` whose turns are all that it does."""

    def __init__(self, spec: ContextSpec, heads: Heads) -> None:
        assert spec.choice is not None
        self.choice: Choice = spec.choice
        self.outputs = range(len(spec.outputs))
        self.heads = heads
        self.missing: list[int] = []
        self.rests = False

    def next(self) -> Turn | None:
        """Return the next firing: see `Schedule`."""
        self.missing = []
        return None if self.rests else self.step()

    def fired(self, turn: Turn, late: Stops) -> None:
        """Go on: nothing is owed."""

    def step(self) -> Turn | None:
        """Return the next firing of a stream that is not done."""
        raise NotImplementedError

    def there(self, inputs: Sequence[int]) -> bool:
        """Whether inputs have a token at their heads."""
        self.missing += sorted(i for i in inputs if not self.heads[i].tokens)
        return not self.missing

    def value(self, i: int) -> Value | None:
        """Return the value at an input's head; None for a stop or done."""
        token = self.heads[i].head
        return None if isinstance(token, Stop) else token

    def together(self, inputs: Sequence[int]) -> None:
        """Ask that the heads of inputs are as the first: all values, or the same stop.

        Raises:
            FaultError: one is not.
        """
        need = code(self.heads[inputs[0]].head)
        if wrong := disagreement(self.heads, dict.fromkeys(inputs, need)):
            raise FaultError("stream", *wrong, inputs)

    def pass_on(self, inputs: Sequence[int]) -> Turn:
        """Return the firing that pops the stop at these heads and pushes it on every output."""
        self.together(inputs)
        stop = self.heads[inputs[0]].head
        self.rests = stop == DONE
        return Turn(inputs, gives=dict.fromkeys(self.outputs, stop))

    def chosen(self, ways: int, waits: Sequence[int]) -> int:
        """Return the number that the choosing stream has at its head.

        Raises:
            FaultError: there is no such way.
        """
        choice = self.value(self.choice.by)
        assert choice is not None
        way = int(first_live(choice))
        if not 0 <= way < ways:
            raise FaultError("choice", self.choice.by, way, ways, waits)
        return way


class Filter(Primitive):
    """Passes on the values of x whose p is true."""

    def step(self) -> Turn | None:
        """Pop x and p; push x if p is true."""
        both = (*self.choice.inputs, self.choice.by)
        if not self.there(both):
            return None
        x, p = map(self.value, both)
        if x is None or p is None:
            return self.pass_on(both)
        return Turn(both, gives={self.choice.outputs[0]: x} if truth(p) else {})


class Partition(Primitive):
    """Passes each value of x on to the output that w tells."""

    def step(self) -> Turn | None:
        """Pop x and w; push x on output w."""
        both = (*self.choice.inputs, self.choice.by)
        if not self.there(both):
            return None
        x, w = map(self.value, both)
        if x is None or w is None:
            return self.pass_on(both)
        outputs = self.choice.outputs
        return Turn(both, gives={outputs[self.chosen(len(outputs), both)]: x})


class Reassemble(Primitive):
    """Takes the next value from the input that w tells."""

    def step(self) -> Turn | None:
        """Pop w, then x of that number."""
        inputs, by = self.choice.inputs, self.choice.by
        if not self.there([by]):
            return None
        if self.value(by) is None:
            every = (by, *inputs)
            return self.pass_on(every) if self.there(every) else None
        x = inputs[self.chosen(len(inputs), [by])]
        if not self.there([x]):
            return None
        self.together([by, x])
        return Turn([by, x], gives={self.choice.outputs[0]: self.heads[x].head})


class Compact(Primitive):
    """Packs the live lanes of x, in order, into full vectors."""

    def __init__(self, spec: ContextSpec, heads: Heads) -> None:
        super().__init__(spec, heads)
        self.kept: Value | None = None

    def step(self) -> Turn | None:
        """Pop a vector, or push what is left before a stop."""
        (x,), (y,) = self.choice.inputs, self.choice.outputs
        if not self.there([x]):
            return None
        vector, kept = self.value(x), self.kept
        if vector is None:
            if kept is None:
                return self.pass_on([x])
            self.kept = None
            return Turn(examines=[x], gives={y: kept})
        lanes = len(vector[1])
        live = vector[0][vector[1]]
        if kept is not None:
            live = np.concatenate([kept[0][kept[1]], live])
        self.kept = packed(live[lanes:], lanes) if len(live) >= lanes else packed(live, lanes)
        return Turn([x], gives={y: packed(live, lanes)} if len(live) >= lanes else {})


def packed(values: np.ndarray, lanes: int) -> Value | None:
    """Return a vector of the first values; None if there are none."""
    if not len(values):
        return None
    vector = np.zeros(lanes, values.dtype)
    taken = values[:lanes]
    vector[: len(taken)] = taken
    return vector, np.arange(lanes) < len(taken)
