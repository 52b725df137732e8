"""Where bit vectors of several streams meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.bits import bits_of, child, lowest, word_of
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.tokens import EMPTY, VALUE_CODE
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


@dataclass(frozen=True, slots=True)
class Meeting:
    """How far a fiber has come.

    Attributes:
        sides: the streams that have words in it; None in front of the first of them.
        held: word and reference of each stream, as long as bits are left.
        left: the bits that are set in the result and not sent.
    """

    sides: tuple[int, ...] | None = None
    held: tuple[tuple[int, Any], ...] = ()
    left: int = 0


class MeetBits(SparsePrimitive):
    """Compares words of all streams, each with the reference of its first bit.

    A firing for each bit of the result, one for a word without: the first pops the words that the
    result comes of and sends it, each sends the references of a bit. A stream that is at its stop
    when others have their first word has none in this fiber; the others have as many as each other.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.width = len(self.inputs) // 2
        self.sides = list(zip(self.inputs[: self.width], self.inputs[self.width :], strict=True))
        self.meeting = self.after = Meeting()

    def step(self) -> Turn | None:
        """Send the references of a bit, a word with its first; or pass a stop on."""
        meeting = self.meeting
        if meeting.left:
            self.after = Meeting(meeting.sides, meeting.held, meeting.left & (meeting.left - 1))
            return self.turn(gives=self._refs(meeting.held, meeting.left))
        if not self.there(*self.inputs):
            return None
        for word, ref in self.sides:
            self.expect(word.code, [ref], self.inputs)
        self.after = Meeting()
        if all(word.stop is not None for word, _ in self.sides):
            return self.pass_on(self.inputs)
        absent = [n for n, (word, _) in enumerate(self.sides) if word.token == EMPTY]
        there = [n for n, (word, _) in enumerate(self.sides) if word.stop is None]
        return self.meet([n for n in there if n not in absent], absent)

    def go_on(self, turn: Turn) -> None:
        """Go to the next bit, word or fiber."""
        self.meeting = self.after

    def meet(self, present: list[int], absent: list[int]) -> Turn:
        """Return the firing where not all streams are at a stop: some have words, or `N`."""
        raise NotImplementedError

    def combine(self, bits: int, others: int) -> int:
        """Return what two words make."""
        raise NotImplementedError

    def words(self, present: list[int], absent: list[int]) -> Turn:
        """Return the firing that takes a word of each stream that has them."""
        sides = tuple(present) if self.meeting.sides is None else self.meeting.sides
        self.expect(VALUE_CODE, [self.sides[n][0] for n in sides], self.inputs)
        held = tuple(self._side(n) if n in sides else (0, EMPTY) for n in range(self.width))
        bits = reduce(self.combine, (word for word, _ in held))
        self.after = Meeting(sides, held, bits & (bits - 1))
        return self.take(sorted({*sides, *absent}), {0: word_of(bits)} | self._refs(held, bits))

    def take(self, sides: list[int], gives: dict[int, Any]) -> Turn:
        """Return the firing that pops some streams; it looks at the others."""
        pops = [head for n in sides for head in self.sides[n]]
        return self.turn(pops, gives, [head for head in self.inputs if head not in pops])

    def give_absent(self, absent: list[int]) -> Turn:
        """Return the firing that pops the `N` of some streams and gives one everywhere."""
        return self.take(absent, dict.fromkeys(range(self.width + 1), EMPTY))

    def _side(self, side: int) -> tuple[int, Any]:
        word, ref = self.sides[side]
        return 0 if word.token == EMPTY else bits_of(word.token), ref.token

    def _refs(self, held: tuple[tuple[int, Any], ...], bits: int) -> dict[int, Any]:
        if not bits:
            return {}
        bit = lowest(bits)
        return {n: child(word, ref, bit) for n, (word, ref) in enumerate(held, start=1)}


class IntersectBits(MeetBits):
    """Keeps the bits that are set in all words; a stream without words has no bit set.

    An absent fiber makes the result absent, once the words beside it have been passed over.
    """

    def meet(self, present: list[int], absent: list[int]) -> Turn:
        """Take words, or pass over those beside an absence."""
        if absent:
            return self.take(present, {}) if present else self.give_absent(absent)
        return self.words(present, absent)

    def combine(self, bits: int, others: int) -> int:
        """Return the bits that both have."""
        return bits & others


class UniteBits(MeetBits):
    """Keeps the bits that are set in any word, with `N` for the references of the others.

    An absent fiber has no bit set: its `N` goes with the first word beside it. The result is absent
    if all are.
    """

    def meet(self, present: list[int], absent: list[int]) -> Turn:
        """Take words, or absences alone."""
        if present:
            return self.words(present, absent)
        return self.give_absent(absent) if len(absent) == self.width else self.take(absent, {})

    def combine(self, bits: int, others: int) -> int:
        """Return the bits that any has."""
        return bits | others
