"""The readable engine: the execution model, rule by rule.

Contexts are run in turn until every one is blocked; each computes the times of its own firings from
the times of the tokens it sees, so the order of the turns changes nothing. Only memory requests
are chosen by time, and they are served when nothing else can move (`Tier.serve`).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.dtypes import NUMPY
from rdu.simulator.channel import Channel
from rdu.simulator.process import Process, Value
from rdu.simulator.result import Blocked, Deadlock, SectionResult
from rdu.simulator.specification import ElaboratedSection
from rdu.simulator.tier import Tier


class PythonEngine:
    """Runs elaborated sections one firing at a time on NumPy lanes."""

    name = "python"

    def run(
        self, section: ElaboratedSection, tensors: Sequence[NDArray[Any]]
    ) -> SectionResult | Deadlock:
        """Run a section on flat arrays, one for each tensor, which stores change in place."""
        return _Run(section, tensors).run()


class _Run:
    """The state of one run; also what a process sees of the rest of the fabric."""

    def __init__(self, spec: ElaboratedSection, tensors: Sequence[NDArray[Any]]) -> None:
        self.spec = spec
        self.tensors = tensors
        self.memories = [np.zeros((m.buffers, m.words), NUMPY[m.dtype]) for m in spec.memories]
        self.tiers = [Tier(tier) for tier in spec.tiers]
        self.channels: list[Channel[Value]] = [Channel(c) for c in spec.channels]
        self.processes = [Process(i, c, self) for i, c in enumerate(spec.contexts)]
        self.ready: deque[int] = deque()
        self.waiting = [False] * len(self.processes)

    def wake(self, process: int) -> None:
        """Give a process a turn: a token, a slot or a response has come."""
        if not self.waiting[process]:
            self.waiting[process] = True
            self.ready.append(process)

    def run(self) -> SectionResult | Deadlock:
        for process in self.processes:
            self.wake(process.number)
        while True:
            while self.ready:
                number = self.ready.popleft()
                self.waiting[number] = False
                self.processes[number].advance()
            if not self._serve():
                break
        blocked = [p.blocked_on() for p in self.processes if not p.finished]
        if blocked or any(len(c.tokens) != c.spec.init for c in self.channels):
            return self._deadlock([b for b in blocked if b is not None])
        return SectionResult(
            name=self.spec.name,
            cycles=max((p.retired for p in self.processes), default=0),
            contexts=tuple(p.statistics() for p in self.processes),
            channels=tuple(c.statistics() for c in self.channels),
            tiers=tuple(tier.statistics() for tier in self.tiers),
            engine=PythonEngine.name,
        )

    def _serve(self) -> bool:
        """Serve what is due before the horizon of all tiers; False if nothing is pending."""
        horizons = [tier.horizon for tier in self.tiers if tier.horizon is not None]
        for tier in self.tiers:
            tier.serve(min(horizons, default=0))
        return bool(horizons)

    def _deadlock(self, blocked: list[Blocked]) -> Deadlock:
        return Deadlock(
            time=max((p.next_free for p in self.processes), default=0),
            blocked=tuple(blocked),
            fills=tuple(len(c.tokens) for c in self.channels),
        )
