"""First come, first served: the merge of streams, which chooses by time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from rdu.simulator.python_engine.primitives import Primitive
from rdu.simulator.python_engine.tokens import DONE, Token
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

LEAST_DELAY = 1
"""Cycles from the arrival of the value chosen to the first visible effect: the freed slot."""


class Merge(Primitive):
    """Takes the value that arrived first, ties by the number of the input.

    With an open input empty that is known only once nothing can arrive there before: see
    `rdu.simulator.python_engine.engine`.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, wake: Callable[[], None]) -> None:
        super().__init__(spec, heads)
        self.wake = wake
        self.decided: int | None = None

    def step(self) -> Turn | None:
        """Take the value that arrived first, or the stop that all have reached."""
        inputs = self.choice.inputs
        is_open = [i for i in inputs if not self.heads[i].tokens or self.heads[i].head != DONE]
        if self.decided is None and not self.there(is_open):
            return None
        self.missing = []
        values = self._values()
        if values:
            _, number = min(values)
            return self._take(number if self.decided is None else self.decided)
        return self.pass_on(is_open or inputs)

    def _take(self, number: int) -> Turn:
        self.decided = None
        x, choice = self.choice.inputs[number], self.choice
        value = self.value(x)
        assert value is not None
        gives: dict[int, Token] = {choice.outputs[0]: value}
        if choice.source >= 0:
            gives[choice.source] = np.full_like(value[1], number, np.int32), np.ones_like(value[1])
        return Turn([x], gives=gives)

    def _values(self) -> list[tuple[int, int]]:
        """Return arrival and number of every value at a head."""
        return [
            (self.heads[i].arrival, number)
            for number, i in enumerate(self.choice.inputs)
            if self.heads[i].tokens and self.value(i) is not None
        ]

    # -- as an arbiter --------------------------------------------------------------------------

    @property
    def horizon(self) -> int | None:
        """The first time at which a pending choice can show; None if none is pending."""
        if not self.missing or not (values := self._values()):
            return None
        return min(values)[0] + LEAST_DELAY

    def serve(self, horizon: int) -> None:
        """Choose, if nothing that is still unknown can have arrived before."""
        own = self.horizon
        if own is not None and own - LEAST_DELAY < horizon:
            self.decided = min(self._values())[1]
            self.wake()
