"""A deadlock in words: who waits for whom in a circle, and how full each channel is."""

from __future__ import annotations

from rdu.simulator.result import Blocked, Deadlock
from rdu.simulator.specification import ElaboratedSection
from rdu.support.diagnostics import ExitCode, RduError, SourceLocation, error


def deadlock_error(section: ElaboratedSection, deadlock: Deadlock, file: str) -> RduError:
    """Return the error that reports a deadlock, with exit code 4."""
    cycle = waiting_cycle(section, deadlock)
    shown = cycle or deadlock.blocked
    notes = [_wait(section, deadlock, blocked) for blocked in shown]
    what = f"a circular wait of {len(cycle)} contexts" if cycle else "tokens that nothing consumes"
    if not shown:
        notes = [
            _fill(section, deadlock, number)
            for number, (fill, channel) in enumerate(
                zip(deadlock.fills, section.channels, strict=True)
            )
            if fill != channel.init
        ]
    message = f"section '{section.name}' deadlocks at cycle {deadlock.time}: {what}"
    sources = (section.contexts[b.context].source for b in shown)
    source = next((s for s in sources if s), None)
    location = SourceLocation(source.file, source.line) if source else SourceLocation(file)
    return RduError(error(message, location, notes=notes), ExitCode.DEADLOCK)


def waiting_cycle(section: ElaboratedSection, deadlock: Deadlock) -> tuple[Blocked, ...]:
    """Follow each wait to the context that could end it until one comes again; () if none does."""
    by_context = {b.context: b for b in deadlock.blocked}
    for start in by_context:
        path: list[Blocked] = []
        context = start
        while context in by_context and by_context[context] not in path:
            blocked = by_context[context]
            path.append(blocked)
            channel = section.channels[blocked.channel]
            context = channel.sink if blocked.reason == "full" else channel.source
        if context in by_context:
            return tuple(path[path.index(by_context[context]) :])
    return ()


def _wait(section: ElaboratedSection, deadlock: Deadlock, blocked: Blocked) -> str:
    context = section.contexts[blocked.context]
    verb = "waits for a token on" if blocked.reason == "empty" else "waits for room on"
    where = f" ({context.source.file}:{context.source.line})" if context.source else ""
    return f"'{context.name}'{where} {verb} {_fill(section, deadlock, blocked.channel)}"


def _fill(section: ElaboratedSection, deadlock: Deadlock, number: int) -> str:
    channel = section.channels[number]
    capacity = "inf" if channel.capacity < 0 else channel.capacity
    return f"'{channel.name}' holding {deadlock.fills[number]} of {capacity}"
