"""The readable engine: the execution model, rule by rule.

Contexts are run in turn until every one is blocked; each computes the times of its own firings from
the times of the tokens it sees, so the order of the turns changes nothing. What is chosen by time -
which request a memory tier serves, which packet a link, which value a merge takes - is decided by
arbiters, when nothing else can move but contexts that are far ahead. No context goes on behind a
fault.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.dtypes import NUMPY
from rdu.simulator.progress import Progress
from rdu.simulator.python_engine.channel import Channel
from rdu.simulator.python_engine.merge import Merge
from rdu.simulator.python_engine.network import Network
from rdu.simulator.python_engine.process import Process
from rdu.simulator.python_engine.tier import Tier
from rdu.simulator.python_engine.tokens import Token
from rdu.simulator.recording.record import NOTHING, Record, Recorders
from rdu.simulator.result import Deadlock, Fault, SectionResult
from rdu.simulator.specification import ElaboratedSection

TELL_EVERY = 1 << 10
"""Turns of contexts between two calls for progress."""


class PythonEngine:
    """Runs elaborated sections one firing at a time on NumPy lanes."""

    name = "python"

    def run(
        self,
        section: ElaboratedSection,
        tensors: Sequence[NDArray[Any]],
        *,
        record: Record = NOTHING,
        progress: Progress | None = None,
    ) -> SectionResult | Deadlock | Fault:
        """Run a section on flat arrays, one for each tensor, which stores change in place."""
        return _Run(section, tensors, record, progress).run()


class Arbiter(Protocol):
    """Chooses by time.

    `horizon` is the first time at which its earliest pending choice can show anywhere, None without
    one. Whatever is unknown when all contexts are blocked follows from some pending choice, and so
    does not happen before the least horizon of all arbiters.
    """

    @property
    def horizon(self) -> int | None:
        """See above."""
        ...

    def serve(self, horizon: int) -> None:
        """Make every choice that is due before a horizon."""
        ...


class _Run:
    """The state of one run; also what a process sees of the rest of the fabric."""

    def __init__(
        self,
        spec: ElaboratedSection,
        tensors: Sequence[NDArray[Any]],
        record: Record,
        progress: Progress | None,
    ) -> None:
        self.spec = spec
        self.tensors = tensors
        self.recorder = Recorders(spec, record) if record else None
        self.progress = progress
        self.turns = 0
        self.memories = [np.zeros((m.buffers, m.words), NUMPY[m.dtype]) for m in spec.memories]
        self.tiers = [Tier(tier) for tier in spec.tiers]
        self.network = Network(spec.network, spec.channels, self._deliver)
        self.channels = [self._channel(number) for number in range(len(spec.channels))]
        self.ready: deque[int] = deque()
        self.waiting = [False] * len(spec.contexts)
        self.ahead: dict[int, None] = {}
        self.end: float = math.inf
        self.processes = [Process(i, c, self) for i, c in enumerate(spec.contexts)]
        merges = [(p, p.schedule) for p in self.processes if isinstance(p.schedule, Merge)]
        self.merges: Sequence[tuple[Process, Arbiter]] = merges

    def _channel(self, number: int) -> Channel[Token]:
        spec = self.spec.channels[number]
        if spec.virtual_channel < 0:
            return Channel(spec)
        return Channel(spec, lambda time: self.network.inject(number, time))

    def _deliver(self, channel: int, time: int) -> None:
        self.channels[channel].arrive(time)
        if self.recorder:
            self.recorder.arrived(channel, time)
        self.wake(self.channels[channel].spec.sink)

    def wake(self, process: int) -> None:
        """Give a process a turn: a token, a slot or a response has come."""
        if not self.waiting[process]:
            self.waiting[process] = True
            self.ready.append(process)

    def run(self) -> SectionResult | Deadlock | Fault:
        for process in self.processes:
            self.wake(process.number)
        while True:
            while self.ready:
                number = self.ready.popleft()
                self.waiting[number] = False
                self._advance(number)
            if self._serve():
                continue
            if not self.ahead:
                break
            number = next(iter(self.ahead))
            del self.ahead[number]
            self._advance(number, is_turn_of_those_ahead=True)
        if faults := [p.fault for p in self.processes if p.fault]:
            return min(faults, key=lambda fault: (fault.time, fault.context))
        if not all(p.finished for p in self.processes) or not all(map(_is_clear, self.channels)):
            return self._deadlock()
        result = SectionResult(
            name=self.spec.name,
            cycles=max((p.flight.retired for p in self.processes), default=0),
            contexts=tuple(p.statistics() for p in self.processes),
            channels=tuple(c.statistics() for c in self.channels),
            tiers=tuple(tier.statistics() for tier in self.tiers),
            links=self.network.statistics(),
            engine=PythonEngine.name,
        )
        return self.recorder.complete(result) if self.recorder else result

    def _advance(self, number: int, *, is_turn_of_those_ahead: bool = False) -> None:
        """Let a context fire, but not behind the earliest fault that is known."""
        process = self.processes[number]
        if process.advance(self.end, may_run_ahead=is_turn_of_those_ahead):
            self.ahead[number] = None
        if process.fault:
            self.end = min(self.end, process.fault.time)
        self._tell()

    def _tell(self) -> None:
        """Tell the progress after each so many turns."""
        self.turns += 1
        if self.progress and self.turns % TELL_EVERY == 0:
            firings = sum(process.firings for process in self.processes)
            self.progress(firings, max(process.next_free for process in self.processes))

    def _serve(self) -> bool:
        """Let the arbiters choose what is due before the least horizon.

        False if none waits, if those that are ahead may come before, or if a fault has.
        """
        merges = [merge for process, merge in self.merges if process.next_free <= self.end]
        arbiters: list[Arbiter] = [*self.tiers, self.network, *merges]
        horizons = [arbiter.horizon for arbiter in arbiters]
        known = [horizon for horizon in horizons if horizon is not None]
        bounds = [self.end, *(self.processes[number].next_free for number in self.ahead)]
        if not known or min(known) > min(bounds):
            return False
        for arbiter in arbiters:
            arbiter.serve(min(known))
        return True

    def _deadlock(self) -> Deadlock:
        blocked = [p.blocked_on() for p in self.processes]
        return Deadlock(
            time=max((p.next_free for p in self.processes), default=0),
            blocked=tuple(b for b in blocked if b is not None),
            fills=tuple(len(c.tokens) for c in self.channels),
        )


def _is_clear(channel: Channel[Token]) -> bool:
    """Whether a channel is as a section may leave it: with its initial tokens."""
    return channel.spec.discard or len(channel.tokens) == channel.spec.init
