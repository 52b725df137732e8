"""Channels whose capacity alone keeps a section from full rate, by two closed forms.

Each is a bound that holds whatever the rest of the section does, so it is worth a note only where
it exceeds the firings of every context. N is the tokens of a channel, c its capacity, l its
latency.

* A slot comes back one cycle after its token was popped, and the next token in it is on its way for
  l more: c tokens in l + 1 cycles. The last one is popped at `(N - 1) // c * (l + 1)` or later.
* If every firing of a context F feeds every firing of a context J over this channel and over a
  longer path as well, whose depths and latencies sum to D, then firing n of J starts D after firing
  n of F or later. Firing n + P + c of F, with P in flight, waits for the slot that firing n of J
  frees: P + c firings in D + 1 cycles.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdu.simulator.deadlock.counts import Link, counted_links, counts_are_static, firings, in_flight
from rdu.simulator.deadlock.places import Places
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import Diagnostic, Note, Severity

WORK = 200_000
"""Most links looked at for all forks together; forks beyond it get no note."""


@dataclass(frozen=True, slots=True)
class Brake:
    """A channel that holds its section back: to at least `cycles`, with less than `enough` room."""

    channel: int
    enough: int
    cycles: int


def brakes(section: ElaboratedSection) -> list[Brake]:
    """Return the channels that alone keep a section from ending with its longest context.

    Their bounds hold for every run of the section that finishes. There are none if data decides how
    often some context fires.
    """
    if not all(map(counts_are_static, section.contexts)):
        return []
    links = counted_links(section)
    busiest = max(map(firings, section.contexts), default=0)
    found = [*_narrow(section, links), *_short(section, links)]
    by_channel: dict[int, Brake] = {}
    for brake in found:
        if brake.cycles > busiest:
            old = by_channel.get(brake.channel, brake)
            enough, cycles = max(brake.enough, old.enough), max(brake.cycles, old.cycles)
            by_channel[brake.channel] = Brake(brake.channel, enough, cycles)
    return [by_channel[channel] for channel in sorted(by_channel)]


def slow_channels(section: ElaboratedSection, places: Places) -> list[Diagnostic]:
    """Return a note for each channel whose capacity costs throughput."""
    busiest = max(map(firings, section.contexts), default=0)
    found: list[Diagnostic] = []
    for brake in brakes(section):
        channel = section.channels[brake.channel]
        message = f"channel '{channel.name}' holds section '{section.name}' back"
        need = f"expected capacity {brake.enough}, got {channel.capacity}"
        bound = f"at least {brake.cycles} cycles, where no context fires above {busiest} times"
        notes = Note(bound), *places.beyond_limits({brake.channel: brake.enough})
        where = places.channels[brake.channel]
        found.append(Diagnostic(Severity.NOTE, f"{message}: {need}", where, notes))
    return found


def _narrow(section: ElaboratedSection, links: Sequence[Link]) -> list[Brake]:
    """Bound each channel by the way of its slots."""
    found: list[Brake] = []
    for link in links:
        channel = section.channels[link.channel]
        if 0 < channel.capacity <= channel.latency:
            tokens = firings(section.contexts[link.sink]) // link.pop_every
            cycles = (tokens - 1) // channel.capacity * (channel.latency + 1)
            found.append(Brake(link.channel, channel.latency + 1, cycles))
    return found


def _short(section: ElaboratedSection, links: Sequence[Link]) -> list[Brake]:
    """Bound each channel by the longest path beside it, where all tokens come one a firing."""
    even = [link for link in links if link.push_every == link.pop_every == 1 and not link.init]
    after: dict[int, list[Link]] = {}
    for link in even:
        after.setdefault(link.source, []).append(link)
    order = _topological(after)
    forks = [source for source in order if len(after.get(source, ())) > 1]
    found: list[Brake] = []
    for source in forks[: WORK // max(1, len(even))]:
        flying = in_flight(section.contexts[source], section)
        longest = _longest(section, source, after, order)
        for link in after[source]:
            capacity, way = section.channels[link.channel].capacity, longest.get(link.sink, 0)
            enough = way + 1 - flying
            if 0 < capacity < enough:
                rounds = (firings(section.contexts[source]) - 1) // (flying + capacity)
                found.append(Brake(link.channel, int(enough), int(rounds * (way + 1))))
    return found


def _topological(after: Mapping[int, Sequence[Link]]) -> list[int]:
    """Return the contexts so that links lead forward; those on or behind a circle are left out."""
    waiting = Counter(link.sink for links in after.values() for link in links)
    order = [context for context in after if not waiting[context]]
    for context in order:
        for link in after.get(context, ()):
            waiting[link.sink] -= 1
            if not waiting[link.sink]:
                order.append(link.sink)
    return order


def _longest(
    section: ElaboratedSection, source: int, after: Mapping[int, Sequence[Link]], order: list[int]
) -> dict[int, int]:
    """Return the cycles from a firing of a context to the start of each firing that needs it."""
    way = {source: 0}
    for context in order:
        if context not in way:
            continue
        for link in after.get(context, ()):
            step = section.contexts[context].depth + section.channels[link.channel].latency
            way[link.sink] = max(way.get(link.sink, 0), way[context] + step)
    return way
