"""What is sure to go wrong before a section runs: paths that meet with too little room on them.

A warning is a proof, by token counts, that the section deadlocks when it runs. Where counting takes
too long, or contexts have no static counts, there is none.
"""

from __future__ import annotations

from rdu.simulator.deadlock.counts import Part, parts
from rdu.simulator.deadlock.pace import slow_channels
from rdu.simulator.deadlock.places import Places
from rdu.simulator.deadlock.remedy import Remedy, Verdict, counted_remedy
from rdu.simulator.deadlock.report import capacity_hint, hopeless
from rdu.simulator.deadlock.standstill import (
    Standstill,
    UnsettledError,
    given_capacities,
    standstill,
)
from rdu.simulator.result import Blocked
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import Diagnostic, Note, Severity


def foresee(section: ElaboratedSection, places: Places) -> list[Diagnostic]:
    """Return what is sure before a section runs: that it deadlocks, or else which FIFOs slow it."""
    return coming_deadlocks(section, places) or slow_channels(section, places)


def coming_deadlocks(section: ElaboratedSection, places: Places) -> list[Diagnostic]:
    """Return a warning for each part of a section that is sure to stand still."""
    given = given_capacities(section)
    found: list[Diagnostic] = []
    for part in parts(section):
        try:
            stopped = standstill(part, given)
        except UnsettledError:
            continue
        if stopped is not None:
            found.append(_warning(section, stopped, _remedy(part, given, places), places))
    return found


def _remedy(part: Part, given: dict[int, int], places: Places) -> Remedy:
    try:
        return counted_remedy((part,), given, places.limits)
    except UnsettledError:
        return Remedy(Verdict.UNKNOWN, {})


def _warning(
    section: ElaboratedSection, stopped: Standstill, remedy: Remedy, places: Places
) -> Diagnostic:
    notes = [_wait(section, stopped, wait, places) for wait in stopped.cycle]
    full = [wait.channel for wait in stopped.cycle if wait.reason == "full"]
    shallow = min([*remedy.raised] or full or [stopped.cycle[0].channel])
    channel = section.channels[shallow]
    if remedy.verdict is Verdict.HOPELESS:
        need, have = f"a token on '{channel.name}' to start with", "none"
        notes.append(Note(hopeless(section, remedy.waits)))
    else:
        most = remedy.raised.get(shallow)
        room = f"capacity {most}" if most else "more room"
        need, have = f"{room} on '{channel.name}'", str(channel.capacity)
    return Diagnostic(
        Severity.WARNING,
        f"section '{section.name}' is going to deadlock: expected {need}, got {have}",
        places.channels[shallow],
        (*notes, *places.beyond_limits(remedy.raised)),
        capacity_hint(section, remedy.raised),
    )


def _wait(section: ElaboratedSection, stopped: Standstill, wait: Blocked, places: Places) -> Note:
    context, channel = section.contexts[wait.context], section.channels[wait.channel]
    lack = "room" if wait.reason == "full" else "token"
    times = stopped.fired[wait.context]
    return Note(
        f"'{context.name}' stops after {times} firings: no {lack} on '{channel.name}'",
        places.channels[wait.channel],
    )
