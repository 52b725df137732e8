"""Coordinates as bit vectors: words that are built, expanded and cut."""

from __future__ import annotations

from typing import Any

from rdu.configuration.sparse import WORD_BITS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import NOTHING
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


def bits_of(token: Any) -> int:
    """Return the bits of a word, which is an i32, as a number that is not negative."""
    return int(token) % (1 << WORD_BITS)


def word_of(bits: int) -> int:
    """Return bits as the i32 that is their word."""
    return bits - (1 << WORD_BITS) if bits >> (WORD_BITS - 1) else bits


def lowest(bits: int) -> int:
    """Return the place of the lowest bit set."""
    return (bits & -bits).bit_length() - 1


def child(word: int, ref: Any, bit: int) -> Any:
    """Return the reference of a bit, given that of the word's first: `N` if it is not set."""
    if ref == EMPTY or not word >> bit & 1:
        return EMPTY
    return int(ref) + (word & ((1 << bit) - 1)).bit_count()


class BuildBits(SparsePrimitive):
    """Collects the coordinates of a fiber in a word: a firing a token, and one for each word.

    The word leaves in front of its stop, in a firing that pops nothing. `N` goes through.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.word = self.after = 0

    def step(self) -> Turn | None:
        """Collect a coordinate, send a word, or pass a stop on."""
        (crds,) = self.inputs
        if not self.there(crds):
            return None
        self.after = 0
        if crds.stop is not None:
            if self.word:
                return self.turn(gives={0: word_of(self.word)}, examines=[crds])
            return self.pass_on([crds])
        if crds.token == EMPTY:
            return self.turn([crds], {0: EMPTY})
        self.within(int(crds.token), WORD_BITS, crds, [crds])
        self.after = self.word | 1 << int(crds.token)
        return self.turn([crds])

    def go_on(self, turn: Turn) -> None:
        """Keep the word."""
        self.word = self.after


class ExpandBits(SparsePrimitive):
    """Sends the coordinate of each bit of a word: a firing a bit, one for a word without.

    A word is popped with its first bit. `N` goes through.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        (self.width,) = self.spec.settings
        self.first = 0
        self.left = 0
        self.after = (0, 0)

    def step(self) -> Turn | None:
        """Send the next bit, take a word, or pass a stop on."""
        (words,) = self.inputs
        if self.left:
            return self._send(self.left, self.first)
        if not self.there(words):
            return None
        self.after = (0, 0)
        if words.stop is not None:
            return self.pass_on([words])
        if words.token == EMPTY:
            return self.turn([words], {0: EMPTY})
        return self._send(bits_of(words.token), self.first, takes=True)

    def go_on(self, turn: Turn) -> None:
        """Take the bits that are left; the words of a fiber lie one behind the other."""
        self.left, self.first = self.after

    def _send(self, bits: int, first: int, *, takes: bool = False) -> Turn:
        left = bits & (bits - 1)
        self.after = (left, first if left else first + self.width)
        gives = {0: first + lowest(bits)} if bits else {}
        return self.turn(self.inputs if takes else [], gives)


class ChunkBits(SparsePrimitive):
    """Cuts a word into chunks: a firing a chunk, the first of which pops the word.

    The reference of a chunk is the word's, and as many more as bits are set below. `N` goes
    through.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.width, self.extent = self.spec.settings
        self.held: Any = NOTHING
        self.after: Any = NOTHING

    def step(self) -> Turn | None:
        """Send a chunk, or pass a stop on."""
        words, refs = self.inputs
        if self.held is not NOTHING:
            return self._send(*self.held)
        if not self.there(words, refs):
            return None
        self.after = NOTHING
        if words.stop is not None:
            return self.pass_on(self.inputs)
        self.agree(self.inputs)
        if words.token == EMPTY:
            return self.turn(self.inputs, {0: EMPTY, 1: EMPTY})
        return self._send(bits_of(words.token), refs.token, 0)

    def go_on(self, turn: Turn) -> None:
        """Hold the word for its next chunk, or let go of it."""
        self.held = self.after

    def _send(self, word: int, ref: Any, low: int) -> Turn:
        high = low + self.width
        self.after = (word, ref, high) if high < self.extent else NOTHING
        chunk = (word >> low) % (1 << self.width)
        below = (word % (1 << low)).bit_count()
        reference = EMPTY if ref == EMPTY else int(ref) + below
        gives = {0: word_of(chunk), 1: reference}
        return self.turn(self.inputs if low == 0 else [], gives)
