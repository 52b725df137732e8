"""Bit trees: words whose bits have fibers of words below."""

from __future__ import annotations

from typing import Any, NamedTuple

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.bits import bits_of, word_of
from rdu.simulator.python_engine.sparse.kept import Kept
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import DONE, EMPTY, VALUE_CODE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec

BETWEEN = Stop(0)
"""What stands between the fibers of two bits."""


class Word(NamedTuple):
    """How far a word has come.

    Attributes:
        left: the bits whose fibers have not ended, None in front of the first.
        stays: the bits before under which something is set.
        over: whether the last fiber in the fiber of words has ended.
        due: whether another one has to follow.
    """

    left: int | None = None
    stays: int = 0
    over: bool = False
    due: bool = False


class DropBits(SparsePrimitive):
    """Clears bits under which no bit is set, and leaves out their fibers.

    A firing for each token of the inner level, which leaves as in `Kept`. A word stands at its head
    until the fiber of its last bit ends: then it is popped, and what is left of it sent; a word
    without bits takes a firing. Where a stop ends the last fiber and those around it, the firing
    that pops the word only looks at it. Under `N` there is one fiber, which stays.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.outer, self.inner = self.inputs
        self.word = self.after = Word()
        self.kept = self.kept_after = Kept()

    def step(self) -> Turn | None:
        """Take a token of a fiber, pop a word, or pass a stop on; send what is late."""
        if not self.there(self.outer):
            return None
        stop = self.outer.stop
        if stop is not None:
            return self._close(stop)
        bits = 1 if self.outer.token == EMPTY else bits_of(self.outer.token)
        self.after = self.word
        if bits == 0:
            return self._fire([self.outer], {0: 0}, [], self.kept)
        return self._inside(bits)

    def go_on(self, turn: Turn) -> None:
        """Go to the next fiber or word."""
        self.word, self.kept = self.after, self.kept_after

    def _fire(
        self, pops: list[Any], gives: dict[int, Any], examines: list[Any], kept: Kept
    ) -> Turn:
        """Return a firing that sends what is late besides."""
        self.kept_after = kept.sent()
        late = {1: kept.late[0]} if kept.late else {}
        return self.turn(pops, gives | late, examines)

    def _inside(self, bits: int) -> Turn | None:
        """Return the firing at a word with bits, which the inner level decides."""
        outer, inner, kept = self.outer, self.inner, self.kept
        if not self.there(inner):
            return None
        both = [outer, inner]
        left, stays, over, due = self.word
        left = bits if left is None else left
        stop = inner.stop
        if over:
            self.expect(inner.code - 1, [outer], both)
        if stop is not None and (stop == DONE or (stop.level > 0 and left & (left - 1))):
            self.expect(BETWEEN.level, [inner], both)
        absent = outer.token == EMPTY
        if stop is None:
            tells = absent or (inner.token != EMPTY and inner.token != 0)
            kept = kept.take(inner.token, BETWEEN, tells=tells)
            stays |= left & -left if tells else 0
            self.after = Word(left, stays, over, due)
            return self._fire([inner], {}, [outer], kept)
        if absent and not kept.stays:
            kept = kept.open(BETWEEN)
        left &= left - 1
        moves = stop == BETWEEN
        self.after = Word(left, stays, over, due) if left else Word(over=not moves, due=moves)
        pops = [*([inner] if moves else []), *([] if left else [outer])]
        gives = {} if left else {0: EMPTY if absent else word_of(stays)}
        return self._fire(pops, gives, [head for head in both if head not in pops], kept.end())

    def _close(self, stop: Stop) -> Turn | None:
        """Return the firing at a stop of the outer level."""
        both = [self.outer, self.inner]
        if not self.there(self.inner):
            return None
        need = DONE.level if stop == DONE else stop.level + 1
        lacks = self.word.due and stop != DONE and self.inner.stop is not None
        self.expect(VALUE_CODE if lacks else need, [self.inner], both)
        kept = self.kept
        if stop == DONE and kept.due:
            kept = kept.open(BETWEEN)
        if kept.late:
            self.after = self.word
            return self._fire([], {}, both, kept)
        self.after, self.kept_after = Word(), kept.close()
        if stop == DONE:
            return self.pass_on(both)
        return self.turn(both, {0: stop, 1: Stop(need)})
