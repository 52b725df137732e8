"""The critical path of a section: which entities decided each of its cycles, exactly.

Every event's time is the largest of some terms, each an earlier event's time and cycles of one
entity more. The first term that attains it, in the order below, is why the event is not earlier. So
a path of such terms leads from the section's last retirement back to cycle 0, and its cycles sum to
the section's.

The path is found forwards: each live event carries how many of its cycles went to which entity. An
event takes these numbers from the event that decided it and adds its own term. What no later event
can depend on is forgotten.

* A firing starts: previous start, 1 (work) and the rest of its cost (bank) later; the arrivals that
  it waits for in port order; retirements in order.
* Its tokens are ready: start, d later (pipeline); or the last response, from the start of the
  firing that asked for it on, after the tier's latency (latency) and all else that it took
  (transfer).
* A token leaves: ready, and for vector j of a systolic tile j later (pipeline); the previous push,
  1 later (rate); the pop that frees its slot, 1 later (slot).
* It arrives: its push, the least latency later (latency), and in the dynamic network all else that
  it took (contention).
* A firing retires: ready; start, its cost later (work and bank), or for a systolic tile the end of
  its drain (pipeline); its pushes, the first outbox of those that attain the last; the previous
  retirement.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rdu.simulator.python_engine.firing import Firing
from rdu.simulator.recording.recorder import Recorder, Start
from rdu.simulator.result import PARTS, Share
from rdu.simulator.specification import ElaboratedSection


@dataclass(frozen=True, slots=True)
class Moment:
    """An event: its time, and the cycles of its critical path by slot of `Ledger`; they sum up."""

    time: int
    path: NDArray[np.int64]

    def later(self, cycles: int, slot: int) -> Moment:
        """Return the event so many cycles later, which go to a slot."""
        if not cycles:
            return self
        path = self.path.copy()
        path[slot] += cycles
        return Moment(self.time + cycles, path)


class Ledger:
    """Numbers the parts of all entities of a section: contexts first, then channels, then tiers."""

    def __init__(self, section: ElaboratedSection) -> None:
        counts = len(section.contexts), len(section.channels), len(section.tiers)
        self.rows = [
            (entity, number, part)
            for (entity, parts), count in zip(PARTS.items(), counts, strict=True)
            for number in range(count)
            for part in parts
        ]
        self.slots = {row: slot for slot, row in enumerate(self.rows)}
        self.start = Moment(0, np.zeros(len(self.rows), np.int64))

    def slot(self, entity: str, number: int, part: str) -> int:
        """Return where the cycles of a part of an entity stand."""
        return self.slots[entity, number, part]

    def shares(self, path: Iterable[int]) -> tuple[Share, ...]:
        """Return what a path, cycles by slot, is made of, in the order of the slots."""
        return tuple(
            Share(*row, int(cycles)) for row, cycles in zip(self.rows, path, strict=True) if cycles
        )


@dataclass(slots=True)
class _Flying:
    """What is known of a firing in flight; `left` is the push that decides its retirement."""

    start: Moment
    cost: int
    ready: Moment | None = None
    left: Moment | None = None
    outbox: int = 0


class _Channel:
    """The events of one channel that others may still depend on."""

    def __init__(self, number: int, ledger: Ledger, section: ElaboratedSection) -> None:
        self.spec = section.channels[number]
        self.latency, self.rate, self.slot, self.contention = (
            ledger.slot("channel", number, part) for part in PARTS["channel"]
        )
        self.arrivals = deque([ledger.start] * self.spec.init)
        self.last_push: Moment | None = None
        self.unused = max(0, self.spec.capacity - self.spec.init)
        self.pops: deque[Moment] = deque()
        # Tokens in the dynamic network and deliveries, each until the other is known.
        self.travelling: deque[Moment] = deque()
        self.deliveries: deque[int] = deque()

    def pop(self, start: Moment) -> None:
        self.arrivals.popleft()
        if self.spec.capacity >= 0:
            self.pops.append(start)

    def push(self, ready: Moment) -> Moment:
        """Return when a token leaves, and send it."""
        time = ready
        if self.last_push is not None and self.last_push.time + 1 > time.time:
            time = self.last_push.later(1, self.rate)
        if self.unused:
            self.unused -= 1
        elif self.spec.capacity >= 0 and (pop := self.pops.popleft()).time + 1 > time.time:
            time = pop.later(1, self.slot)
        self.last_push = time
        if self.spec.virtual_channel < 0:
            self.arrivals.append(time.later(self.spec.latency, self.latency))
        else:
            self.travelling.append(time)
            self.land()
        return time

    def land(self) -> None:
        """Let tokens arrive of which push and delivery are known."""
        while self.travelling and self.deliveries:
            push, delivery = self.travelling.popleft(), self.deliveries.popleft()
            least = push.later(self.spec.latency, self.latency)
            self.arrivals.append(least.later(delivery - least.time, self.contention))


class CriticalPath(Recorder):
    """A recorder that attributes a section's cycles."""

    def __init__(self, section: ElaboratedSection) -> None:
        self.section = section
        self.ledger = Ledger(section)
        contexts = range(len(section.contexts))
        self.free = [self.ledger.start for _ in contexts]
        self.last = [self.ledger.start for _ in contexts]
        self.retirements: list[deque[Moment]] = [deque() for _ in contexts]
        self.channels = [_Channel(i, self.ledger, section) for i in range(len(section.channels))]
        self.outboxes = {
            channel: number
            for spec in section.contexts
            for number, channel in enumerate(c for port in spec.outputs for c in port.channels)
        }
        self.flying: dict[int, _Flying] = {}

    def fired(self, start: Start) -> None:
        """Decide a start: see `Recorder`."""
        context, firing = start.context, start.firing
        terms = [
            self.free[context],
            *(self.channels[channel].arrivals[0] for channel in start.waits),
            *(self.retirements[context].popleft() for _ in range(start.freed)),
        ]
        begun = max(terms, key=lambda term: term.time)
        for channel in start.pops:
            self.channels[channel].pop(begun)
        firing.note = _Flying(begun, firing.cost)
        self.free[context] = self._worked(context, begun, firing.cost)

    def pushed(self, channel: int, firing: Firing, ready: int, time: int) -> None:
        """Decide when a token leaves: see `Recorder`."""
        context = self.section.channels[channel].source
        flying, pipeline = self._flying(firing), self.ledger.slot("context", context, "pipeline")
        drained = self._ready(context, firing).later(ready - firing.ready, pipeline)
        left, outbox = self.channels[channel].push(drained), self.outboxes[channel]
        known = flying.left
        if known is None or (left.time, -outbox) > (known.time, -flying.outbox):
            flying.left, flying.outbox = left, outbox

    def arrived(self, channel: int, time: int) -> None:
        """Take a delivery: see `Recorder`."""
        self.channels[channel].deliveries.append(time)
        self.channels[channel].land()

    def retired(self, context: int, firing: Firing, time: int) -> None:
        """Decide a retirement: see `Recorder`."""
        flying, best = self._flying(firing), self._ready(context, firing)
        if firing.free > best.time:
            drained = firing.free - best.time
            best = (
                best.later(drained, self.ledger.slot("context", context, "pipeline"))
                if self.section.contexts[context].array
                else self._worked(context, flying.start, flying.cost)
            )
        if flying.left is not None and flying.left.time > best.time:
            best = flying.left
        if self.last[context].time > best.time:
            best = self.last[context]
        self.last[context] = best
        self.retirements[context].append(best)

    def shares(self) -> tuple[Share, ...]:
        """Return the path to the last retirement, the first context's of those that attain it."""
        last = max(self.last, key=lambda m: m.time, default=self.ledger.start)
        return self.ledger.shares(last.path)

    def _flying(self, firing: Firing) -> _Flying:
        assert isinstance(firing.note, _Flying)
        return firing.note

    def _worked(self, context: int, start: Moment, cost: int) -> Moment:
        """Return the end of a firing's cost."""
        work, bank = (self.ledger.slot("context", context, part) for part in ("work", "bank"))
        return start.later(1, work).later(cost - 1, bank)

    def _ready(self, context: int, firing: Firing) -> Moment:
        """Return when a firing's tokens are ready."""
        flying, spec = self._flying(firing), self.section.contexts[context]
        if flying.ready is None:
            start, slot = flying.start, self.ledger.slot
            if firing.asker is None:
                flying.ready = start.later(spec.depth, slot("context", context, "pipeline"))
            else:
                start, tier = self._flying(firing.asker).start, self.section.tier_of(spec)
                assert tier is not None
                latency = self.section.tiers[tier].latency
                transfer = firing.ready - start.time - latency
                flying.ready = start.later(transfer, slot("tier", tier, "transfer")).later(
                    latency, slot("tier", tier, "latency")
                )
        return flying.ready
