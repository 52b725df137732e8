"""The firings of a chain that reads streams: its outermost counters run until their stops."""

from __future__ import annotations

from rdu.simulator.python_engine.loops import Closing, Loops
from rdu.simulator.python_engine.registers import Registers
from rdu.simulator.python_engine.tokens import DONE, Stop
from rdu.simulator.python_engine.turn import Heads, Turn
from rdu.simulator.specification import ContextSpec


class StreamLoops(Loops):
    """Walks a chain whose counters outside of level `reads` count the tokens of input `reader`.

    A value at the reader's head is an iteration of level `reads`. A stop ends iterations outside of
    it in a firing of its own, which is empty.
    """

    def __init__(self, spec: ContextSpec, registers: Registers, heads: Heads) -> None:
        super().__init__(spec, registers, heads)
        self.passes = 1
        self.reads = sum(level.until for level in spec.levels)
        inputs = {i: port.level for i, port in enumerate(spec.inputs) if port.stream}
        self.reader = next(level.stop_port for level in spec.levels)
        self.others = {i: level for i, level in inputs.items() if i != self.reader}
        # Whether a fiber of the streams written inside level `reads` waits for its stop.
        self.is_open = False

    def _firing(self) -> Turn | None:
        if self.chain.first > self.reads:
            return super()._firing()
        if not self.heads[self.reader].tokens:
            self.missing.append(self.reader)
            return None
        head = self.heads[self.reader].head
        if isinstance(head, Stop):
            return self._done() if head == DONE and self.chain.first == 0 else self._ending(head)
        if self.is_open:
            self.is_open = False
            self.owed.append(Closing({}, self._stops(self.reads), (self.reader,)))
            return self._closing(self.owed[0])
        return super()._firing()

    def _done(self) -> Turn | None:
        """Return the last firing: every stream is done."""
        self.passes = 0
        inputs = dict.fromkeys((self.reader, *self.others), DONE)
        self.owed.append(Closing(inputs, dict.fromkeys(self.streams, DONE)))
        return self._closing(self.owed[0])

    def _ending(self, head: Stop) -> Turn | None:
        """Return the empty firing that ends iterations outside of level `reads`.

        Done ends all that are open, without a stop on any stream.
        """
        outside = self.reads - 1
        pops, _ = self._begin(outside)
        if self.chain.first <= outside:
            self.chain.enter(outside, 0, 0)
        stops = {i: self._seen(head, level) for i, level in self.others.items()}
        popped = {i: stop for i, stop in stops.items() if stop.level >= 0}
        now = {i: stop for i, stop in popped.items() if i not in pops}
        self._expect(now)
        waits = [*pops, *now, self.reader]
        if not self._decided(waits):
            return None
        given = {o: self._seen(head, level) for o, level in self.streams.items()}
        self.chain.stand(outside, last=0 if head == DONE else max(0, outside - head.level))
        self.registers.load(self.chain)
        self.is_open = False
        return Turn(
            pops=[i for i in waits if i != self.reader or head != DONE],
            examines=[self.reader] if head == DONE else [],
            gives={o: stop for o, stop in given.items() if stop.level >= 0},
            later={i: stop for i, stop in popped.items() if i in pops},
            acts=True,
        )

    def _seen(self, head: Stop, level: int) -> Stop:
        """Return the reader's stop as a stream of another level has it; none if negative."""
        return Stop(-1) if head == DONE else Stop(head.level - (self.reads - level))

    def _follow(self) -> None:
        last = self.chain.last
        if self.reads < last < self.writes:
            self.owed.append(Closing(gives=self._stops(last)))
        if last == self.reads < self.writes:
            self.is_open = True
