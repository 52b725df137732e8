"""A deadlock in words: who waits for whom in a circle, what room would end it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdu.simulator.deadlock.places import Places
from rdu.simulator.deadlock.remedy import Remedy, Verdict
from rdu.simulator.deadlock.standstill import waiting_cycle
from rdu.simulator.result import Blocked, Deadlock
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import ExitCode, Note, RduError, SourceLocation, error

SAYS = {
    Verdict.LEAST: "run again with the capacities of the hint, the section finishes; none of them "
    "can be lowered alone",
    Verdict.SUFFICIENT: "run again with the capacities of the hint, the section finishes; lower "
    "ones may do",
    Verdict.COUNTED: "by its token counts the section finishes with the capacities of the hint; "
    "it was not run again",
    Verdict.UNKNOWN: "capacities that let it finish were not found in reasonable time",
}


def deadlock_error(
    section: ElaboratedSection, deadlock: Deadlock, remedy: Remedy, places: Places
) -> RduError:
    """Return the error that reports a deadlock and its remedy, with exit code 4."""
    ends = {number: (c.source, c.sink) for number, c in enumerate(section.channels)}
    cycle = waiting_cycle(ends, deadlock.blocked)
    shown = cycle or deadlock.blocked
    what = f"a circular wait of {len(cycle)} contexts" if cycle else "tokens that nothing consumes"
    notes = [_wait(section, deadlock, blocked, places) for blocked in shown]
    if not shown:
        notes = [
            Note(_fill(section, deadlock, number), places.channels[number])
            for number, (fill, channel) in enumerate(
                zip(deadlock.fills, section.channels, strict=True)
            )
            if fill != channel.init
        ]
    message = f"section '{section.name}' deadlocks at cycle {deadlock.time}: {what}"
    sources = (section.contexts[b.context].source for b in shown)
    source = next((s for s in sources if s), None)
    location = SourceLocation(source.file, source.line) if source else SourceLocation(places.file)
    notes += remedy_notes(section, remedy, places)
    hint = capacity_hint(section, remedy.raised)
    return RduError(error(message, location, notes=notes, hint=hint), ExitCode.DEADLOCK)


def remedy_notes(section: ElaboratedSection, remedy: Remedy, places: Places) -> list[Note]:
    """Say what is known of a remedy, and which of its capacities the machine does not have."""
    if remedy.verdict is Verdict.HOPELESS:
        return [Note(hopeless(section, remedy.waits))]
    return [Note(SAYS[remedy.verdict]), *places.beyond_limits(remedy.raised)]


def capacity_hint(section: ElaboratedSection, raised: Mapping[int, int]) -> str | None:
    """Name raised capacities in the order of the text; None if there are none."""
    if not raised:
        return None
    changes = (
        f"{capacity} instead of {section.channels[number].capacity} on "
        f"'{section.channels[number].name}'"
        for number, capacity in sorted(raised.items())
    )
    return f"capacity {', '.join(changes)}"


def hopeless(section: ElaboratedSection, waits: Sequence[Blocked]) -> str:
    """Say why no capacities help."""
    if not waits:
        return "no capacities help: the tokens that are missing are never sent"
    names = _listed(section.contexts[wait.context].name for wait in waits)
    return f"no capacities help: each of {names} sends nothing before a token from another of them"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)


def _wait(section: ElaboratedSection, deadlock: Deadlock, blocked: Blocked, places: Places) -> Note:
    context = section.contexts[blocked.context]
    verb = "waits for a token on" if blocked.reason == "empty" else "waits for room on"
    where = f" ({context.source.file}:{context.source.line})" if context.source else ""
    fill = _fill(section, deadlock, blocked.channel)
    return Note(f"'{context.name}'{where} {verb} {fill}", places.channels[blocked.channel])


def _fill(section: ElaboratedSection, deadlock: Deadlock, number: int) -> str:
    channel = section.channels[number]
    capacity = "inf" if channel.capacity < 0 else channel.capacity
    return f"'{channel.name}' holding {deadlock.fills[number]} of {capacity}"
