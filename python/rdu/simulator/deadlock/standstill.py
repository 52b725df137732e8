"""How far the contexts of a part get: whether it finishes, and if not, which of them hold it up.

Whether a section finishes does not depend on time: contexts fire in sequence, channels keep order,
and a context that may fire stays able to (a Kahn process network, whose bounded channels are pairs
of unbounded ones). So the final number of firings of every context is the least solution of two
kinds of bounds, with M the firings of a context for each token of a port:

* an input whose source has fired g times: at most `(init + g // M_source) * M` firings;
* an output whose sink has fired g times, with `P` firings in flight: `ceil(g / M_sink) + c - init`
  tokens find room, and P - 1 firings may follow the one whose token finds none.

The bounds are applied in turn until none allows another firing. What repeats is skipped: if
contexts got from one state to another by whole tokens, equally many at both ends of a channel, they
get as far again, until a channel that did not take part in this runs out of tokens or room.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rdu.simulator.deadlock.counts import Link, Part
from rdu.simulator.result import Blocked
from rdu.simulator.specification import ElaboratedSection

STEPS = 100_000
"""Bounds worked out for one part before counting gives up: a fraction of a second."""

STRIDE = 16
"""How many firings, or finer chunks of them, make it worth while to look for what repeats."""

Capacities = Mapping[int, int]
"""Capacity by channel number; -1 is unbounded."""


@dataclass(frozen=True, slots=True)
class Standstill:
    """Where a part stops for good.

    Attributes:
        cycle: each context waits for the next one, the last for the first.
        fired: how often each context of the part had fired.
    """

    cycle: tuple[Blocked, ...]
    fired: Mapping[int, int]


class UnsettledError(Exception):
    """Neither a finish nor a standstill was found within the bound on the work."""


def given_capacities(section: ElaboratedSection) -> dict[int, int]:
    """Return the capacity of every channel by number."""
    return {number: channel.capacity for number, channel in enumerate(section.channels)}


def standstill(part: Part, capacities: Capacities) -> Standstill | None:
    """Return where a part stands still with these capacities; None if it finishes.

    Raises:
        UnsettledError: neither is found within `STEPS`.
    """
    count = _Count(part, capacities)
    count.run(part.round, _chunks(part))
    if cycle := waiting_cycle(count.ends, count.waits()):
        return Standstill(cycle, count.fired)
    if count.steps < 0:
        raise UnsettledError
    return None


def _chunks(part: Part) -> list[dict[int, int]]:
    """Return firings after which something may repeat, coarse to fine.

    Of the channels with the most tokens, however many, the greatest common divisor of their tokens
    divides the round.
    """
    tokens = {part.round[link.source] // link.push_every for link in part.links}
    longest = max(part.round.values())
    chunks: list[dict[int, int]] = []
    coarser = longest
    for divisor in sorted(set(accumulate(sorted(tokens, reverse=True), math.gcd))):
        firings = longest // divisor
        several = -(-STRIDE // firings)
        if several * firings <= coarser // STRIDE:
            chunks.append({c: several * max(1, n // divisor) for c, n in part.round.items()})
            coarser = several * firings
    return chunks


class _Count:
    """The firings of a part's contexts so far, as many as some limits allow.

    `steps` is what is left of `STEPS`; negative once it is used up.
    """

    def __init__(self, part: Part, capacities: Capacities) -> None:
        self.part = part
        self.capacities = capacities
        self.fired = dict.fromkeys(part.round, 0)
        self.steps = STEPS
        self.ends = {link.channel: (link.source, link.sink) for link in part.links}
        self.pops: dict[int, list[Link]] = {context: [] for context in part.round}
        self.pushes: dict[int, list[Link]] = {context: [] for context in part.round}
        for link in part.links:
            self.pops[link.sink].append(link)
            self.pushes[link.source].append(link)
        self.links = {c: [*self.pops[c], *self.pushes[c]] for c in part.round}
        # Those at the other ends of a context's channels, which its firings may free.
        self.around = {
            c: dict.fromkeys(link.source + link.sink - c for link in links)
            for c, links in self.links.items()
        }
        # Contexts that only a limit keeps from firing, and those that may have been freed.
        self.open: dict[int, None] = dict.fromkeys(part.round)

    def run(self, limits: Mapping[int, int], chunks: Sequence[Mapping[int, int]]) -> None:
        """Fire until the limits or a standstill, by chunks that are skipped where they repeat."""
        if not chunks:
            self._fire(limits)
            return
        coarse, finer = chunks[0], chunks[1:]
        while self.steps >= 0:
            before = dict(self.fired)
            self.run({c: min(limits[c], n + coarse[c]) for c, n in before.items()}, finer)
            if self.fired == before:
                return
            self._repeat(before, limits)

    def waits(self) -> list[Blocked]:
        """Return what keeps each context from firing, if anything does."""
        held = (self._bound(context, self.part.round[context]) for context in self.fired)
        return [why for most, why in held if why and most == self.fired[why.context]]

    def _fire(self, limits: Mapping[int, int]) -> None:
        """Apply bounds until none allows another firing."""
        fired = self.fired
        agenda = deque(self.open)
        while agenda and self.steps >= 0:
            self.steps -= 1
            context = agenda.popleft()
            most, why = self._bound(context, limits[context])
            if why is not None:
                del self.open[context]
            if most > fired[context]:
                fired[context] = most
                agenda += [other for other in self.around[context] if other not in self.open]
                self.open.update(self.around[context])

    def _bound(self, context: int, most: int) -> tuple[int, Blocked | None]:
        """Return how often a context may fire as things stand, and what it would then wait for."""
        why = None
        for link in self.pops[context]:
            if (bound := self._by_tokens(link)) < most:
                most, why = bound, Blocked(context, link.channel, "empty")
        for link in self.pushes[context]:
            if (bound := self._by_room(link)) < most:
                most, why = int(bound), Blocked(context, link.channel, "full")
        return most, why

    def _by_tokens(self, link: Link) -> int:
        """Return how often the sink may fire."""
        return (link.init + self.fired[link.source] // link.push_every) * link.pop_every

    def _by_room(self, link: Link) -> float:
        """Return how often the source may fire."""
        capacity = self.capacities[link.channel]
        if capacity < 0:
            return math.inf
        room = -(-self.fired[link.sink] // link.pop_every) + capacity - link.init
        return (room + 1) * link.push_every + self.part.in_flight[link.source] - 1

    def _repeat(self, before: Mapping[int, int], limits: Mapping[int, int]) -> None:
        """Add what was fired since `before` again, as often as it is sure to be possible."""
        fired = self.fired
        change = {
            context: n - before[context] for context, n in fired.items() if n > before[context]
        }
        times: float = min((limits[context] - fired[context]) // n for context, n in change.items())
        links = (link for context in change for link in self.links[context])
        while times > 0 and (link := next(links, None)):
            times = min(times, self._repeats(link, change))
        self.steps -= len(change)
        if times <= 0:
            return
        for context, n in change.items():
            fired[context] += int(times) * n
            self.open.update(self.around[context])
        self.open.update(dict.fromkeys(change))

    def _repeats(self, link: Link, change: Mapping[int, int]) -> float:
        """Return how often a change may be repeated, as far as one channel has a say."""
        pushed, popped = change.get(link.source, 0), change.get(link.sink, 0)
        tokens, rest = divmod(pushed, link.push_every)
        if not rest and popped == tokens * link.pop_every:
            return math.inf
        times = math.inf
        if popped:
            times = (self._by_tokens(link) - self.fired[link.sink]) // popped
        if pushed:
            times = min(times, (self._by_room(link) - self.fired[link.source]) // pushed)
        return times


def waiting_cycle(
    ends: Mapping[int, tuple[int, int]], blocked: Sequence[Blocked]
) -> tuple[Blocked, ...]:
    """Follow each wait to the context that could end it until one comes again; () if none does.

    Args:
        ends: source and sink of each channel.
        blocked: at most one wait of each context.
    """
    by_context = {b.context: b for b in blocked}
    done: set[int] = set()
    for start in by_context:
        path: list[Blocked] = []
        context = start
        while context in by_context and context not in done:
            done.add(context)
            path.append(by_context[context])
            source, sink = ends[by_context[context].channel]
            context = sink if by_context[context].reason == "full" else source
        on_path = [b.context for b in path]
        if context in on_path:
            return tuple(path[on_path.index(context) :])
    return ()
