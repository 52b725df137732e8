"""Words that are loaded at references: values, coordinates, and where fibers begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.bursts import Loads
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Loader(SparsePrimitive):
    """Gives words of its tensor for each reference, which may have to come from a tier."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.loads = Loads(spec, fabric) if self.spec.requests else None
        self.asked = 0

    @property
    def weight(self) -> int:
        """What the next firing takes of the limit: the bursts that it asks for."""
        return 1 if self.loads is None else self.asked

    def step(self) -> Turn | None:
        """Load words, or pass a stop on."""
        (refs,) = self.inputs
        self.asked = 0
        if not self.there(refs):
            return None
        if refs.stop is not None:
            return self.pass_on([refs])
        if refs.token == EMPTY:
            return self.turn([refs], self.absent())
        return self._load(self.positions(int(refs.token)))

    def positions(self, reference: int) -> Mapping[int, int]:
        """Return for each output the position of the word that it gives.

        Raises:
            FaultError: there is none.
        """
        self.inside(0, reference, len(self.tensors[0]), self.inputs)
        return {0: reference}

    def absent(self) -> Mapping[int, Any]:
        """Return what outputs give for an absent reference."""
        return {0: EMPTY}

    def _load(self, positions: Mapping[int, int]) -> Turn:
        (words,) = self.tensors
        if self.loads is None:
            given = {role: self._words(position) for role, position in positions.items()}
            return self.turn(self.inputs, given)
        zero = self.spread(words.dtype.type(0))
        turn = self.turn(self.inputs, dict.fromkeys(positions, zero))
        loads = self.loads
        wanted: list[tuple[Any, int]] = []
        for role, position in positions.items():
            token = turn.gives.get(self.spec.outputs[role])
            lanes = token[0] if isinstance(token, tuple) else np.zeros(self.lanes, words.dtype)
            places = [lanes] if self.width == 1 else np.split(lanes, len(lanes))[: self.width]
            wanted += [(place, position + lane) for lane, place in enumerate(places)]
        self.asked = len(loads.missing([position for _, position in wanted]))
        turn.asks = lambda context, firing, time: loads.ask(context, firing, time, wanted)
        return turn

    def _words(self, position: int) -> Any:
        """Return the word at a position, or those of a vector that begins there."""
        (words,) = self.tensors
        if self.width == 1:
            return words[position]
        return words[position : position + self.width].copy()


class Array(Loader):
    """Loads the value, or the vector, at each reference; an absent one loads a zero."""

    def positions(self, reference: int) -> Mapping[int, int]:
        """Return the position of a value, or of the first one of a vector."""
        self.inside(0, reference, len(self.tensors[0]) // self.width, self.inputs)
        return {0: reference * self.width}

    def absent(self) -> Mapping[int, Any]:
        """Return a zero."""
        return {0: self.zero}


class Fetch(Loader):
    """Loads the coordinate at each position; an absent one has none."""


class Bounds(Loader):
    """Loads where the fiber of each reference begins, and where it ends."""

    def positions(self, reference: int) -> Mapping[int, int]:
        """Return the positions of two neighbours."""
        self.inside(0, reference, len(self.tensors[0]) - 1, self.inputs)
        return {0: reference, 1: reference + 1}

    def absent(self) -> Mapping[int, Any]:
        """Return nothing twice."""
        return {0: EMPTY, 1: EMPTY}
