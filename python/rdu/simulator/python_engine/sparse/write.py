"""Results: how streams come to lie in memory."""

from __future__ import annotations

from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.bursts import Put, Stores
from rdu.simulator.python_engine.sparse.primitive import Head, SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import Held
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Writer(SparsePrimitive):
    """A primitive that puts words into its tensors; `words` are those of the next firing."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.words: list[tuple[int, int, Any]] = []
        self.stores = Stores(spec, fabric) if self.spec.requests else None
        self.asked = 0

    @property
    def weight(self) -> int:
        """What the next firing takes of the limit: the bursts that it asks for."""
        return 1 if self.stores is None else self.asked

    def step(self) -> Turn | None:
        """Store a word, or pass a stop over; ask for what is gathered where it has to go."""
        self.words, self.asked = [], 0
        turn = self.write()
        stores = self.stores
        if turn is None or stores is None:
            return turn
        words, ends = self._word_by_word(), self.rests
        self.asked = stores.full(words, all_of_it=ends)
        turn.asks = lambda context, firing, time: stores.ask(
            context, firing, time, words, all_of_it=ends
        )
        return turn

    def _word_by_word(self) -> list[Put]:
        """Return what the next firing stores, the lanes of a vector one after another."""
        if self.width == 1:
            return list(self.words)
        return [
            (part, position + lane, word)
            for part, position, vector in self.words
            for lane, word in enumerate(vector)
        ]

    def write(self) -> Turn | None:
        """Return the next firing, and note in `words` what it stores."""
        raise NotImplementedError

    def go_on(self, turn: Turn) -> None:
        """Put what the firing stores, if it does not ask for bursts: tensor, position, word."""
        for tensor, position, word in self.words if self.stores is None else ():
            self.tensors[tensor][position : position + self.width] = word

    def store(self, position: int, values: Head, waits: list[Head]) -> None:
        """Let the next firing store a value, or a vector, at a position counted in these.

        Raises:
            FaultError: there is no such position.
        """
        self.inside(0, position, len(self.tensors[0]) // self.width, waits)
        self.words.append((0, int(position) * self.width, self.value(values)))


class Scatter(Writer):
    """Stores values at references; nothing at an absent one."""

    def write(self) -> Turn | None:
        """Store a value, or pass a stop over."""
        refs, values = self.inputs
        if not self.there(refs, values):
            return None
        if refs.stop is not None:
            return self.pass_on([refs, values])
        self.agree([refs, values])
        if refs.token != EMPTY:
            self.store(refs.token, values, [refs, values])
        return self.turn([refs, values])


class WriteValues(Writer):
    """Stores values in order, but those of absent coordinates."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.stored = 0

    def write(self) -> Turn | None:
        """Store a value, or pass a stop over."""
        values, crds = self.inputs
        if not self.there(values, crds):
            return None
        if values.stop is not None:
            return self.pass_on([values, crds])
        self.agree([values, crds])
        if crds.token != EMPTY:
            self.store(self.stored, values, [values, crds])
        return self.turn([values, crds])

    def go_on(self, turn: Turn) -> None:
        """Store, and count."""
        self.stored += len(self.words)
        super().go_on(turn)


class WriteFibers(Writer):
    """Stores coordinates, and where the fiber of every token of the level above ends."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.crds, outer = self.inputs
        self.held = Held(self, outer, self.crds)
        self.stored = 0
        self.fibers = 0
        if self.stores is not None:
            self.stores.gather(0, 0, 0)
        else:
            self.tensors[0][0] = 0

    def write(self) -> Turn | None:
        """Store a coordinate, or the end of a fiber."""
        turn = self.held.step(lambda token: token)
        if turn is None:
            return None
        waits = [self.crds]
        if self.held.ended not in (None, EMPTY):
            self.inside(0, self.fibers + 1, len(self.tensors[0]), waits)
            self.words.append((0, self.fibers + 1, self.stored))
        elif self.held.passes and self.crds.token != EMPTY:
            self.inside(1, self.stored, len(self.tensors[1]), waits)
            self.words.append((1, self.stored, self.crds.token))
        return turn

    def go_on(self, turn: Turn) -> None:
        """Store, and count."""
        for tensor, _, _ in self.words:
            self.fibers += tensor == 0
            self.stored += tensor == 1
        super().go_on(turn)
        self.held.go_on()
