"""Following waits: from the context that ends last to what holds it up, by the accounts alone.

A context that waits for a token is held up by the context that pushes it; one that waits for room,
by the context that pops. So the longest wait of each leads on, until a context works most of the
time or waits for memory, or until the waits come back to a context: then the contexts on that
circle wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rdu.simulator.result import SectionResult
from rdu.simulator.specification import ElaboratedSection

WORKING = 0.75
"""A context that works for this share of the section's cycles needs no other reason."""

NOTICEABLE = 0.1
"""Waits for less than this share of the section's cycles explain nothing."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The longest wait of a context, by number; `channel` is -1 for memory."""

    context: int
    reason: Literal["empty", "full", "memory"]
    cycles: int
    channel: int = -1


@dataclass(frozen=True, slots=True)
class Trail:
    """Where waits lead.

    Attributes:
        end: the context where they end.
        waits: those on the way; on the circle only, if there is one.
        is_circle: whether the waits come back to a context.
    """

    end: int
    waits: tuple[Wait, ...]
    is_circle: bool = False


def follow_waits(section: ElaboratedSection, result: SectionResult) -> Trail:
    """Follow the longest waits from the last context to retire."""
    context = max(range(len(result.contexts)), key=lambda i: result.contexts[i].lifetime)
    waits: list[Wait] = []
    while True:
        account = result.contexts[context]
        wait = longest_wait(section, result, context)
        works = account.busy + account.bank >= WORKING * result.cycles
        if works or wait is None or wait.cycles < NOTICEABLE * result.cycles:
            return Trail(context, tuple(waits))
        waits.append(wait)
        if wait.reason == "memory":
            return Trail(context, tuple(waits))
        channel = section.channels[wait.channel]
        context = channel.source if wait.reason == "empty" else channel.sink
        passed = [w.context for w in waits]
        if context in passed:
            return Trail(context, tuple(waits[passed.index(context) :]), is_circle=True)


def longest_wait(section: ElaboratedSection, result: SectionResult, context: int) -> Wait | None:
    """Return what a context waited for longest, the first of equals; None if for nothing."""
    waits = _waits(section, result, context)
    return max(waits, key=lambda wait: wait.cycles, default=None)


def _waits(section: ElaboratedSection, result: SectionResult, context: int) -> Iterator[Wait]:
    spec, account = section.contexts[context], result.contexts[context]
    for port in spec.inputs:
        if cycles := account.starved.get(port.name, 0):
            yield Wait(context, "empty", cycles, port.channel)
    if wait := memory_wait(section, result, context):
        yield wait
    for port in spec.outputs:
        if cycles := account.backpressured.get(port.name, 0):
            yield Wait(context, "full", cycles, _fullest(section, result, port.channels))


def memory_wait(section: ElaboratedSection, result: SectionResult, context: int) -> Wait | None:
    """Return how long a context waited for responses; None if it did not.

    After its last firing, what asks for bursts has nothing else to wait for.
    """
    account = result.contexts[context]
    rest = 0 if section.tier_of(section.contexts[context]) is None else account.idle
    return Wait(context, "memory", account.memory + rest) if account.memory + rest else None


def _fullest(section: ElaboratedSection, result: SectionResult, channels: Sequence[int]) -> int:
    """Return the channel of a port that held it up: the fullest of those whose sink is late.

    A sink that mostly waits for the very tokens of this channel is not late.
    """

    def fullness(channel: int) -> tuple[bool, float]:
        account, spec = result.channels[channel], section.channels[channel]
        waits = result.contexts[spec.sink].starved
        port = next(p.name for p in section.contexts[spec.sink].inputs if p.channel == channel)
        is_late = waits.get(port, 0) < max(waits.values(), default=1)
        return is_late, account.high_water / spec.capacity if spec.capacity > 0 else 0.0

    return max(channels, key=fullness)
