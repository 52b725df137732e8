"""What a primitive on an address generator asks of a memory tier, burst by burst.

A load keeps the last burst that it asked for: what lies in it is there with its response, and asks
for nothing. A store gathers the words of one burst, and asks when a word of another one comes, or
with done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.python_engine.tokens import Array
from rdu.simulator.specification import ContextSpec

Word = tuple[Array, int]
"""The lanes of a token that waits for its word, and the position of the word in the tensor."""


Put = tuple[int, int, Any]
"""The number of a part of the storage, a position in it, and the word that goes there."""


class Home:
    """A tensor in its tier: which burst an element lies in, and which elements a burst holds."""

    def __init__(self, number: int, fabric: Fabric) -> None:
        self.spec = fabric.spec.tensors[number]
        self.data = fabric.tensors[number]
        self.tier = fabric.tiers[self.spec.tier]

    def burst(self, position: int) -> int:
        """Return the burst of an element."""
        byte = self.spec.address + self.spec.element_bytes * position
        return byte // self.tier.spec.burst_bytes

    def first(self, burst: int) -> int:
        """Return the first element of a burst; before 0 where the tensor begins inside it."""
        byte = burst * self.tier.spec.burst_bytes - self.spec.address
        return -(-byte // self.spec.element_bytes)


@dataclass(slots=True)
class Fetch:
    """A burst that was asked for: by which firing, and what waits for it; then what it held."""

    burst: int
    asker: Firing
    response: int | None = None
    first: int = 0
    words: Array | None = None
    waiting: list[tuple[Firing, Word]] = field(default_factory=list[tuple[Firing, Word]])

    def hand(self, firing: Firing, word: Word) -> None:
        """Give a firing its word."""
        lanes, position = word
        assert self.words is not None
        assert self.response is not None
        lanes[:] = self.words[position - self.first]
        firing.answered(self.response, self.asker)


class Loads:
    """The bursts of a primitive that loads."""

    def __init__(self, spec: ContextSpec, fabric: Fabric) -> None:
        assert spec.sparse is not None
        self.fabric = fabric
        self.home = Home(spec.sparse.tensors[0], fabric)
        self.kept: Fetch | None = None

    def missing(self, positions: Sequence[int]) -> list[int]:
        """Return the bursts that elements ask for, each once, in their order."""
        kept = self.kept.burst if self.kept else None
        bursts = dict.fromkeys(self.home.burst(position) for position in positions)
        return [burst for burst in bursts if burst != kept]

    def ask(self, context: int, firing: Firing, time: int, words: Sequence[Word]) -> None:
        """Ask for what a firing needs that starts at a time; its words are filled as they come."""
        asked = self.missing([position for _, position in words])
        known = {self.kept.burst: self.kept} if self.kept else {}
        for burst in asked:
            self.kept = known[burst] = Fetch(burst, firing)
            self._request(context, time, self.kept)
        self.home.tier.loaded += len(asked)
        for word in words:
            fetch = known[self.home.burst(word[1])]
            if fetch.response is None:
                firing.responses += 1
                fetch.waiting.append((firing, word))
            else:
                fetch.hand(firing, word)

    def _request(self, context: int, time: int, fetch: Fetch) -> None:
        home = self.home

        def serve(response: int) -> None:
            fetch.response = response
            fetch.first = max(0, home.first(fetch.burst))
            fetch.words = home.data[fetch.first : home.first(fetch.burst + 1)].copy()
            for firing, word in fetch.waiting:
                firing.responses -= 1
                fetch.hand(firing, word)
            self.fabric.wake(context)

        home.tier.request(time, context, fetch.burst, serve)


class Stores:
    """The bursts of a primitive that stores: of each of its tensors, the words that it gathers."""

    def __init__(self, spec: ContextSpec, fabric: Fabric) -> None:
        assert spec.sparse is not None
        self.fabric = fabric
        self.homes = [Home(number, fabric) for number in spec.sparse.tensors]
        self.gathered: list[dict[int, Any]] = [{} for _ in self.homes]

    def gather(self, part: int, position: int, word: Any) -> None:
        """Put a word where those of its burst are."""
        self.gathered[part][position] = word

    def full(self, words: Sequence[Put], *, all_of_it: bool) -> int:
        """Return how many bursts words ask for one after another, then all that is gathered."""
        held = [self._burst(part) for part in range(len(self.homes))]
        asked = 0
        for part, position, _ in words:
            burst = self.homes[part].burst(position)
            asked += held[part] not in (None, burst)
            held[part] = burst
        return asked + (sum(burst is not None for burst in held) if all_of_it else 0)

    def ask(
        self, context: int, firing: Firing, time: int, words: Sequence[Put], *, all_of_it: bool
    ) -> None:
        """Take words for a firing that starts at a time; ask for what is gathered before them."""
        for part, position, word in words:
            if self._burst(part) not in (None, self.homes[part].burst(position)):
                self._ask_for(part, context, firing, time)
            self.gather(part, position, word)
        for part in range(len(self.homes)):
            if all_of_it and self.gathered[part]:
                self._ask_for(part, context, firing, time)

    def _burst(self, part: int) -> int | None:
        """Return the burst whose words are gathered."""
        return next((self.homes[part].burst(position) for position in self.gathered[part]), None)

    def _ask_for(self, part: int, context: int, firing: Firing, time: int) -> None:
        home, words = self.homes[part], self.gathered[part]
        self.gathered[part] = {}
        home.tier.stored += 1
        firing.responses += 1
        self._request(context, firing, time, home, words)

    def _request(
        self, context: int, firing: Firing, time: int, home: Home, words: dict[int, Any]
    ) -> None:
        def serve(response: int) -> None:
            for position, word in words.items():
                home.data[position] = word
            firing.responses -= 1
            firing.answered(response, firing)
            self.fabric.wake(context)

        home.tier.request(time, context, home.burst(next(iter(words))), serve)
