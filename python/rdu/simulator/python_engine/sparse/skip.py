"""Skipping what cannot be shared: walks that are told from behind where to go on."""

from __future__ import annotations

from bisect import bisect_left

from rdu.simulator.python_engine.action import Fabric
from rdu.simulator.python_engine.sparse.primitive import SparsePrimitive
from rdu.simulator.python_engine.sparse.scan import Lookup
from rdu.simulator.python_engine.tokens import EMPTY
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class Skip(SparsePrimitive):
    """Pops coordinates as an intersection does; answers each token with where its walk may go on.

    That is the greatest coordinate at the heads; `N`, for behind the fiber, if a side has none.
    """

    def step(self) -> Turn | None:
        """Answer what is behind, or all that is shared, or pass a stop on."""
        if not self.there(*self.inputs):
            return None
        if all(crd.stop is not None for crd in self.inputs):
            return self.pass_on(self.inputs)
        payloads = [n for n, crd in enumerate(self.inputs) if crd.stop is None]
        values = [n for n in payloads if self.inputs[n].token != EMPTY]
        if len(values) < len(self.inputs):
            return self._answer(values or payloads, EMPTY)
        crds = [int(crd.token) for crd in self.inputs]
        behind = [n for n, crd in enumerate(crds) if crd < max(crds)]
        return self._answer(behind or values, max(crds))

    def _answer(self, sides: list[int], token: object) -> Turn:
        pops = [self.inputs[n] for n in sides]
        examines = [crd for crd in self.inputs if crd not in pops]
        return self.turn(pops, dict.fromkeys(sides, token), examines)


class SkipLookup(Lookup):
    """Looks at an answer in every firing, and pops it with the token that it sends.

    Answers come in the order of what was sent; the first few, there from the start, are zeros. So
    it is no question of time to which token one belongs: as many stops are missing among them as
    fibers have ended since.
    """

    def __init__(self, spec: ContextSpec, heads: Heads, fabric: Fabric) -> None:
        super().__init__(spec, heads, fabric)
        self.answers = self.inputs[1]
        self.behind = 0
        self.answered = False
        self.sends_stop = False

    def step(self) -> Turn | None:
        """Send the next coordinate that may be shared; else what a lookup does."""
        needs_refs = not self.is_open or self.at >= self.end
        if not self.there(self.answers, *([self.refs] if needs_refs else [])):
            return None
        self.answered = self.answers.stop is not None
        told = self._told()
        goes_on = self.is_open and told < self.end
        turn = self.walk(told)
        if turn is None:
            return None
        begins = not self.is_open and self.refs.stop is None
        self.sends_stop = not goes_on and not begins
        _, _, first, _, end = self.after
        if begins and first == end:
            turn.examines = [*turn.examines, self.answers.port]
        else:
            turn.pops = [*turn.pops, self.answers.port]
        return turn

    def go_on(self, turn: Turn) -> None:
        """Take the next position, and count the fibers whose stop has no answer yet."""
        super().go_on(turn)
        if self.answers.port in turn.pops:
            self.behind += self.sends_stop - self.answered

    def _told(self) -> int:
        """Return the position at which the fiber that is held goes on."""
        if self.behind or self.answered or not self.is_open or self.absent or self.at >= self.end:
            return self.at
        told = 0 if self.answers.channel.head is None else self.answers.token
        if told == EMPTY:
            return self.end
        if self.spec.storage == "dense":
            return min(max(self.at, self.first + int(told)), self.end)
        coordinates = self.tensors[-1]
        if coordinates[self.at] >= told:
            return self.at
        return bisect_left(coordinates, told, self.at, self.end)
