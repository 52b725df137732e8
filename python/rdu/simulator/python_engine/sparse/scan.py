"""From references to what is stored: lookups and locations."""

from __future__ import annotations

from bisect import bisect_left
from typing import Any

from rdu.configuration.sparse import WORD_BITS
from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.bits import bits_of, child
from rdu.simulator.python_engine.sparse.primitive import MOST, Head, SparsePrimitive
from rdu.simulator.python_engine.sparse.repeat import Held
from rdu.simulator.python_engine.tokens import DONE, EMPTY, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Level(SparsePrimitive):
    """A primitive that reads a stored level."""

    def span(self, fiber: int, waits: list[Head]) -> tuple[int, int]:
        """Return the first position of a fiber, and the one behind its last.

        Raises:
            FaultError: there is no such fiber, or what is stored makes no sense.
        """
        if self.spec.storage == "dense":
            self.inside(0, fiber, MOST // self.spec.extent, waits)
            return fiber * self.spec.extent, (fiber + 1) * self.spec.extent
        if self.spec.storage == "singleton":
            self.inside(0, fiber, len(self.tensors[0]), waits)
            return fiber, fiber + 1
        segments, coordinates = self.tensors
        if self.spec.storage == "bitvector":
            count = -(-self.spec.extent // WORD_BITS)
            self.inside(1, fiber, len(segments) - 1, waits)
            self.inside(2, (fiber + 1) * count, len(coordinates) + 1, waits)
            self.inside(1, int(segments[fiber]), MOST + 2 - self.spec.extent, waits)
            return fiber * count, (fiber + 1) * count
        self.inside(0, fiber, len(segments) - 1, waits)
        first, end = int(segments[fiber]), int(segments[fiber + 1])
        self.inside(1, end, len(coordinates) + 1, waits)
        self.inside(1, first, end + 1, waits)
        return first, end

    def stored(self, position: int, first: int) -> tuple[int, int]:
        """Return what is at a position of a fiber that begins at `first`, and its reference.

        That is a coordinate and the position; of bit vectors a word, and the reference of its first
        bit.
        """
        if self.spec.storage == "dense":
            return position - first, position
        word = self.tensors[-1][position]
        if self.spec.storage == "bitvector":
            return word, self.first_child(first) + self.bits_set(first, position)
        return word, position

    def first_child(self, first: int) -> int:
        """Return the reference of the first child of a fiber of bits whose words begin there."""
        fiber = first // -(-self.spec.extent // WORD_BITS)
        return int(self.tensors[0][fiber])

    def bits_set(self, first: int, end: int) -> int:
        """Return how many bits are set in words."""
        return sum(bits_of(word).bit_count() for word in self.tensors[-1][first:end])


class Lookup(Level):
    """Sends the fiber of each reference; holds one reference while it does."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.refs = self.inputs[0]
        self.is_open = False
        self.absent = False
        self.first = self.at = self.end = 0
        self.after = (False, False, 0, 0, 0)

    def step(self) -> Turn | None:
        """Send a coordinate of the fiber that is held; at its end, its stop, or take another."""
        return self.walk(self.at)

    def walk(self, at: int) -> Turn | None:
        """Return the next firing if the fiber that is held, if any, goes on at a position."""
        if self.is_open and at < self.end:
            self.after = (True, self.absent, self.first, at + 1, self.end)
            return self.turn(gives=self._pair(at, self.first, absent=self.absent))
        if not self.there(self.refs):
            return None
        token = self.refs.token
        if token == DONE:
            self.after = (False, False, 0, 0, 0)
            if self.is_open:
                return self.turn(gives={0: Stop(0), 1: Stop(0)}, examines=[self.refs])
            return self.pass_on([self.refs])
        if (stop := self.refs.stop) is not None:
            self.after = (False, False, 0, 0, 0)
            risen = Stop(stop.level + 1)
            return self.turn([self.refs], {0: risen, 1: risen})
        absent = token == EMPTY
        first, end = (0, 1) if absent else self.span(int(token), [self.refs])
        if self.is_open:
            self.after = (True, absent, first, first, end)
            return self.turn([self.refs], {0: Stop(0), 1: Stop(0)})
        self.after = (True, absent, first, min(first + 1, end), end)
        gives = {} if first == end else self._pair(first, first, absent=absent)
        return self.turn([self.refs], gives)

    def go_on(self, turn: Turn) -> None:
        """Take the next position."""
        self.is_open, self.absent, self.first, self.at, self.end = self.after

    def _pair(self, position: int, first: int, *, absent: bool) -> dict[int, Any]:
        if absent:
            return {0: EMPTY, 1: EMPTY}
        return dict(enumerate(self.stored(position, first)))


class Locate(Level):
    """Finds coordinates in the fibers of another stream, or of the root, without walking them."""

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.crds, parents = self.inputs
        self.held = Held(self, parents, self.crds)
        self.of_root = parents.port < 0

    def step(self) -> Turn | None:
        """Find a coordinate, or pass a stop on."""
        if not self.of_root:
            return self.held.step(self._find)
        if not self.there(self.crds):
            return None
        if self.crds.stop is not None:
            return self.pass_on([self.crds])
        return self.turn([self.crds], {0: self._find(0)})

    def go_on(self, turn: Turn) -> None:
        """Hold the parent, or let go of it."""
        self.held.go_on()

    def _find(self, parent: Any) -> Any:
        crd = self.crds.token
        if EMPTY in (crd, parent):
            return EMPTY
        first, end = self.span(int(parent), [self.crds])
        if self.spec.storage == "dense":
            return first + crd if 0 <= crd < self.spec.extent else EMPTY
        if self.spec.storage == "bitvector":
            return self._find_bit(int(crd), first)
        stored = self.tensors[-1]
        place = bisect_left(stored, crd, first, end)
        return place if place < end and stored[place] == crd else EMPTY

    def _find_bit(self, crd: int, first: int) -> Any:
        if not 0 <= crd < self.spec.extent:
            return EMPTY
        position = first + crd // WORD_BITS
        _, ref = self.stored(position, first)
        return child(bits_of(self.tensors[-1][position]), ref, crd % WORD_BITS)
