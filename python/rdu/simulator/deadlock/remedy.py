"""Capacities that let a deadlocked section finish, none of which can be lowered alone.

More room never stops a section that finishes without it. So a set of capacities is found by
doubling the full channels of each circular wait until none is left (Parks, "Bounded Scheduling of
Process Networks", 1995), and then lowered channel by channel: one that could not be lowered while
the later ones were larger cannot be lowered afterwards either.

The search counts tokens, which takes no run; what it finds is then run. Where counts do not tell,
runs take their place.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Protocol

from numpy.typing import NDArray

from rdu.simulator.deadlock.counts import Part, counts_are_static, firings, parts
from rdu.simulator.deadlock.standstill import (
    Capacities,
    UnsettledError,
    given_capacities,
    standstill,
    waiting_cycle,
)
from rdu.simulator.result import Blocked, Deadlock, Fault, SectionResult
from rdu.simulator.specification import ElaboratedSection

RUNS = 64
"""Most runs of one section in search of a remedy."""

FIRINGS = {"native": 30_000_000, "python": 100_000}
"""Most firings of all these runs together, by engine: some seconds."""

Arrays = Sequence[NDArray[Any]]
"""A flat array for each tensor of a section."""

Waits = tuple[Blocked, ...]
Limits = Mapping[int, float]
"""The most that the machine's FIFOs hold, by channel number; no limit where none is given."""

Stops = Callable[[Capacities], Waits | None]
"""The circular wait in which a section stops with these capacities, () if it stops without one, or
None if it finishes. Raises UnsettledError if that takes too long to find out."""


class Runner(Protocol):
    """An engine."""

    @property
    def name(self) -> str:
        """A key of `FIRINGS`."""
        ...

    def run(
        self, section: ElaboratedSection, tensors: list[NDArray[Any]]
    ) -> SectionResult | Deadlock | Fault:
        """Run to the end, to a deadlock or to a firing that its data forbids."""
        ...


class Verdict(Enum):
    """What is known of a remedy."""

    LEAST = auto()
    """A run finished with it; with any raised capacity lowered by one, or less, it deadlocks."""
    SUFFICIENT = auto()
    """A run finished with it; whether something can be lowered was not settled."""
    COUNTED = auto()
    """It is the least by token counts; there was no time to run it."""
    HOPELESS = auto()
    """No capacities help."""
    UNKNOWN = auto()
    """The search was cut short."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Raised capacities by channel number, and what is known of them.

    `waits` is what is left of the deadlock with all the room there could be, if HOPELESS.
    """

    verdict: Verdict
    raised: Mapping[int, int]
    waits: Waits = ()


def find_remedy(
    section: ElaboratedSection,
    tensors: Arrays,
    runner: Runner,
    limits: Limits,
) -> Remedy:
    """Find capacities with which a section that deadlocks would finish.

    Args:
        section: the section that deadlocks.
        tensors: its arrays, which are copied for each run.
        runner: the engine for these runs; `RUNS` and `FIRINGS` bound them.
        limits: what to stay within if that is possible.
    """
    given = given_capacities(section)
    runs = _Runs(section, tensors, runner)
    try:
        counted = counted_remedy(parts(section), given, limits)
    except UnsettledError:
        counted = Remedy(Verdict.UNKNOWN, {})
    if counted.verdict is Verdict.HOPELESS:
        return counted
    if counted.raised:
        confirmed = _confirm(counted, given, runs)
        if confirmed is not None:
            return confirmed
    try:
        return search(runs, given, limits)
    except UnsettledError:
        return Remedy(Verdict.UNKNOWN, {})


def counted_remedy(section_parts: Sequence[Part], given: Capacities, limits: Limits) -> Remedy:
    """Find capacities by token counts alone; empty if by them nothing stands still.

    Raises:
        UnsettledError: counting takes too long.
    """
    raised: dict[int, int] = {}
    for part in section_parts:

        def stops(capacities: Capacities, part: Part = part) -> Waits | None:
            stopped = standstill(part, capacities)
            return stopped.cycle if stopped else None

        found = search(stops, given, limits)
        if found.verdict is Verdict.HOPELESS:
            return found
        if found.verdict is Verdict.SUFFICIENT:
            raise UnsettledError
        raised |= found.raised
    return Remedy(Verdict.COUNTED, raised)


def search(stops: Stops, given: Capacities, limits: Limits) -> Remedy:
    """Raise capacities until nothing stops any more, then lower each as far as it goes.

    Returns:
        HOPELESS if something stops without a full channel, LEAST if all raised capacities were
        lowered as far as they go, SUFFICIENT if that was cut short. No limit is exceeded if that
        is possible.

    Raises:
        UnsettledError: not even sufficient capacities were found.
    """
    enough, waits = _raise(stops, given, limits)
    if waits and _full(waits):
        enough, waits = _raise(stops, given, {})
    if waits is not None:
        return Remedy(Verdict.HOPELESS, {}, waits)
    verdict = Verdict.LEAST
    try:
        for channel in sorted(enough):
            if enough[channel] != given[channel]:
                _lower(channel, given[channel], enough, stops)
    except UnsettledError:
        verdict = Verdict.SUFFICIENT
    raised = {channel: most for channel, most in enough.items() if most != given[channel]}
    return Remedy(verdict, raised)


def _raise(stops: Stops, given: Capacities, limits: Limits) -> tuple[dict[int, int], Waits | None]:
    """Double full channels up to their limits; return capacities and the wait that is left."""
    enough = dict(given)
    while (waits := stops(enough)) is not None:
        grown = {c: int(min(2 * enough[c], limits.get(c, math.inf))) for c in _full(waits)}
        if not any(grown[channel] > enough[channel] for channel in grown):
            return enough, waits
        enough |= grown
    return enough, None


def _full(waits: Waits) -> list[int]:
    return [wait.channel for wait in waits if wait.reason == "full"]


def _lower(channel: int, least: int, enough: dict[int, int], stops: Stops) -> None:
    """Lower one capacity of a sufficient set as far as it goes, down to `least`."""
    if stops(enough | {channel: least}) is None:
        enough[channel] = least
        return
    too_small = least
    while enough[channel] - too_small > 1:
        middle = (too_small + enough[channel]) // 2
        if stops(enough | {channel: middle}) is None:
            enough[channel] = middle
        else:
            too_small = middle


def _confirm(counted: Remedy, given: Capacities, runs: _Runs) -> Remedy | None:
    """Run what counting has found; None if the runs say otherwise."""
    enough = dict(given) | dict(counted.raised)
    verdict = Verdict.COUNTED
    try:
        if runs(enough) is not None:
            return None
        verdict = Verdict.SUFFICIENT
        for channel, capacity in counted.raised.items():
            if runs(enough | {channel: capacity - 1}) is None:
                return None
        verdict = Verdict.LEAST
    except UnsettledError:
        pass
    return replace(counted, verdict=verdict)


class _Runs:
    """Runs of one section with other capacities, on copies of its tensors: a `Stops`."""

    def __init__(self, section: ElaboratedSection, tensors: Arrays, runner: Runner) -> None:
        self.section = section
        self.tensors = tensors
        self.runner = runner
        self.left = min(RUNS, FIRINGS[runner.name] // max(1, sum(map(firings, section.contexts))))
        # Where data decides how often contexts fire, runs tell what they have taken.
        self.unknown = [n for n, c in enumerate(section.contexts) if not counts_are_static(c)]
        self.firings_left = FIRINGS[runner.name]

    def __call__(self, capacities: Capacities) -> Waits | None:
        if self.left == 0 or self.firings_left < 0:
            raise UnsettledError
        self.left -= 1
        channels = tuple(
            replace(channel, capacity=capacities[number])
            for number, channel in enumerate(self.section.channels)
        )
        section = replace(self.section, channels=channels)
        outcome = self.runner.run(section, [tensor.copy() for tensor in self.tensors])
        if isinstance(outcome, Fault):
            raise UnsettledError
        if not isinstance(outcome, Deadlock):
            self.firings_left -= sum(outcome.contexts[number].firings for number in self.unknown)
            return None
        # At most: a context fires once a cycle.
        self.firings_left -= outcome.time * len(self.unknown)
        ends = {number: (c.source, c.sink) for number, c in enumerate(channels)}
        return waiting_cycle(ends, outcome.blocked)
