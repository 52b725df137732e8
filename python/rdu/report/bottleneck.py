"""What binds a section, in words: the first thing to change about a slow mapping."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rdu.report.bursts import loads, response_cycles, used_share
from rdu.report.table import Column, Row, Table
from rdu.report.waits import NOTICEABLE, Trail, Wait, follow_waits, memory_wait
from rdu.simulator.deadlock.pace import brakes
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import RunResult
from rdu.simulator.specification import ElaboratedSection

BOTTLENECKS = (
    Column("section", "section", "its name", "text"),
    Column("cycles", "cycles", "of its longest run"),
    Column("cause", "cause", "the kind of thing that holds it back", "text"),
    Column("share", "share", "of the section's cycles that it explains, about", "percent"),
    Column("what", "what binds", "in words, with what would help", "text"),
)

SATURATED = 0.8
"""A tier or a link that is in use for this share of the cycles can hardly do more."""

MOST = 0.5
"""What has this share of a critical path binds, whatever the waits say."""

QUEUED = 1.25
"""Responses that take this many times the least do not wait for latency, but for one another."""

WASTEFUL = 0.5
"""Of bursts, less than this share being used is worth a word."""

MEMORY_KINDS = ("read", "write", "update")


@dataclass(frozen=True, slots=True)
class Bottleneck:
    """A cause, the share of the section's cycles that it explains, and a sentence."""

    cause: str
    share: float
    what: str


def bottleneck_table(
    sections: Iterable[tuple[ElaboratedSection, SectionResult]], result: RunResult
) -> Table:
    """Return a row for what binds each section, and one for reconfiguration if that is worse."""
    rows = [_row(result.name, result.cycles, bottleneck(spec, result)) for spec, result in sections]
    loading = sum(section.reconfiguration for section in result.sections)
    if loading > result.cycles / 2:
        share = loading / result.cycles
        times = sum(section.reconfiguration > 0 for section in result.sections)
        what = f"sections are loaded {times} times, for {_percent(share)} of all cycles"
        rows.insert(0, _row("(all)", result.cycles, Bottleneck("reconfiguration", share, what)))
    return Table("bottlenecks", "bottleneck", BOTTLENECKS, tuple(rows))


def _row(section: str, cycles: int, found: Bottleneck) -> Row:
    return {
        "section": section,
        "cycles": cycles,
        "cause": found.cause,
        "share": found.share,
        "what": found.what,
    }


def bottleneck(section: ElaboratedSection, result: SectionResult) -> Bottleneck:
    """Name what binds one run of a section."""
    if not result.contexts or not result.cycles:
        return Bottleneck("nothing", 0.0, "the section does nothing")
    judge = _Judge(section, result)
    if found := judge.path():
        return found
    trail = follow_waits(section, result)
    if trail.is_circle:
        return judge.circle(trail.waits)
    if trail.waits and trail.waits[-1].reason == "memory":
        return judge.memory(trail.waits[-1])
    return judge.work(trail)


class _Judge:
    """Finds words for where the waits of a section lead."""

    def __init__(self, section: ElaboratedSection, result: SectionResult) -> None:
        self.section = section
        self.result = result

    def path(self) -> Bottleneck | None:
        """Judge what has most of the critical path, if that says enough."""
        spent: dict[tuple[str, int], int] = {}
        for share in self.result.critical_path or ():
            if share.part != "pipeline":
                entity = share.entity, share.number
                spent[entity] = spent.get(entity, 0) + share.cycles
        (kind, number), cycles = max(spent.items(), key=lambda s: s[1], default=(("", 0), 0))
        if kind == "channel" or cycles < MOST * self.result.cycles:
            return None
        if kind == "context":
            return self.work(Trail(number, ()))
        users = [
            wait
            for context, spec in enumerate(self.section.contexts)
            if self.section.tier_of(spec) == number
            and (wait := memory_wait(self.section, self.result, context)) is not None
        ]
        return self.memory(max(users, key=lambda wait: wait.cycles)) if users else None

    # -- a context that works -------------------------------------------------------------------

    def work(self, trail: Trail) -> Bottleneck:
        """Judge the context where waits end without a circle."""
        account = self.result.contexts[trail.end]
        share = self._share(account.busy + account.bank)
        if account.bank > account.busy:
            each = (account.busy + account.bank) / account.firings
            what = (
                f"'{account.name}' spends {_percent(self._share(account.bank))} of the cycles on "
                f"bank conflicts, {each:.1f} cycles an access: "
                "spread its addresses over the banks"
            )
            return Bottleneck("bank conflicts", share, what)
        if share >= 0.5:
            what = (
                f"'{account.name}' fires in {_percent(share)} of the cycles, and others wait for "
                "it: it is the slowest stage"
            )
            return Bottleneck("work", share, what)
        what = (
            f"no context is busy for long ('{account.name}' in {_percent(share)} of the cycles): "
            "the way of the first tokens and the drain decide"
        )
        return Bottleneck("latency", 1 - share, what)

    # -- memory ---------------------------------------------------------------------------------

    def memory(self, wait: Wait) -> Bottleneck:
        """Judge a load or store that waits for responses."""
        number = self.section.tier_of(self.section.contexts[wait.context])
        assert number is not None
        tier, traffic = self.section.tiers[number], self.result.tiers[number]
        ticks = traffic.bursts * tier.burst_ticks + traffic.row_misses * tier.row_miss_ticks
        used = ticks / (tier.ticks_per_cycle * tier.channels * self.result.cycles)
        name, share = self._context(wait.context), self._share(wait.cycles)
        busy = f"tier '{tier.name}', whose channels are busy {_percent(used)} of the time"
        # What it would take if all channels took turns, beside what it took.
        even, took = used * self.result.cycles, wait.cycles - tier.latency
        limited = self.result.contexts[wait.context].memory >= NOTICEABLE * self.result.cycles
        if used >= SATURATED or (not limited and took > tier.latency and 2 * even > took):
            what = f"{name} waits for {busy}: its bandwidth binds"
            if missed := traffic.row_misses * tier.row_miss_ticks / ticks:
                what += f", {_percent(missed)} of it spent on opening rows"
            what += self._waste(wait.context)
            return Bottleneck("memory bandwidth", share, what)
        if not limited and took <= tier.latency:
            what = f"{name} waits for the latency of tier '{tier.name}', {tier.latency} cycles, "
            what += "with too few requests to hide it"
            return Bottleneck("memory latency", share, what)
        burst = tier.burst_ticks / tier.ticks_per_cycle
        have, enough = (
            self.section.outstanding,
            math.ceil((burst + tier.latency) / burst * tier.channels),
        )
        waste = self._waste(wait.context)
        takes = response_cycles(self.section, self.result, wait.context)
        crowd = f"bursts crowd on some of the {tier.channels} channels"
        if limited and have < enough:
            if tier.channels > 1 and takes >= QUEUED * tier.least_response:
                queue = f"{takes:.0f} cycles a burst where the latency is {tier.latency}"
                if even >= SATURATED * wait.cycles:
                    what = f"{name} waits for {busy}, {queue}: its bandwidth binds meanwhile{waste}"
                    return Bottleneck("memory bandwidth", share, what)
                what = f"{name} waits for {busy}, {queue}: {crowd}{waste}"
                return Bottleneck("memory channels", share, what)
            what = (
                f"{name} waits for the latency of {busy}: {have} bursts may be outstanding, "
                f"{enough} would cover it{waste}"
            )
            return Bottleneck("memory latency", share, what)
        if even >= SATURATED * wait.cycles:
            what = f"{name} waits for {busy}: its bandwidth binds meanwhile{waste}"
            return Bottleneck("memory bandwidth", share, what)
        what = (
            f"{name} waits for {busy}, although {have} bursts may be outstanding and {enough} "
            f"cover the latency: its {crowd}{waste}"
        )
        return Bottleneck("memory channels", share, what)

    def _waste(self, context: int) -> str:
        """Return what to say of bursts that are mostly of no use."""
        spec = self.section.contexts[context]
        used = used_share(self.section, self.result, context)
        if used >= WASTEFUL:
            return ""
        verb = "loaded" if loads(spec) else "stored"
        return (
            f"; at most {_percent(used)} of the bytes {verb} are used: neighbouring words of a "
            "firing share a burst"
        )

    # -- circles --------------------------------------------------------------------------------

    def circle(self, waits: Sequence[Wait]) -> Bottleneck:
        """Judge contexts that wait for one another."""
        full = [wait for wait in waits if wait.reason == "full"]
        if not full:
            return self._recurrence(waits)
        needs = {brake.channel: brake.enough for brake in brakes(self.section)}
        wait = next((wait for wait in full if wait.channel in needs), full[0])
        channel, share = self.section.channels[wait.channel], self._share(wait.cycles)
        for link in (self.result.links[number] for number in channel.links):
            if (taken := link.packets / self.result.cycles) >= SATURATED:
                what = f"link '{link.name}' is taken in {_percent(taken)} of the cycles: "
                what += f"packets of '{channel.name}' wait for it"
                return Bottleneck("network", share, what)
        if 0 < channel.capacity <= channel.latency:
            enough, why = channel.latency + 1, f"covers its latency of {channel.latency}"
        else:
            longer = [self.section.channels[w.channel].name for w in waits if w.reason == "empty"]
            enough = needs.get(wait.channel)
            why = f"covers the way over '{longer[0]}'" if longer else "lets all of them go on"
        more = f"capacity {enough} {why}" if enough else f"more capacity {why}"
        what = (
            f"FIFO '{channel.name}' of capacity {channel.capacity} holds "
            f"{self._context(wait.context)} up in {_percent(share)} of the cycles: {more}"
        )
        return Bottleneck("capacity", share, what)

    def _recurrence(self, waits: Sequence[Wait]) -> Bottleneck:
        """Judge contexts that wait for one another's tokens."""
        contexts = [self.section.contexts[wait.context] for wait in waits]
        channels = [self.section.channels[wait.channel] for wait in waits]
        account = self.result.contexts[waits[0].context]
        share = self._share(account.busy + account.bank + waits[0].cycles)
        targets = {c.access.target for c in contexts if c.access and c.kind in MEMORY_KINDS}
        if len(targets) == 1 and all(context.kind in MEMORY_KINDS for context in contexts):
            memory = self.section.memories[targets.pop()]
            names = " and ".join(self._context(wait.context) for wait in waits)
            what = (
                f"{names} wait for one another's buffers of memory '{memory.name}', which has "
                f"{memory.buffers}: more buffers let them overlap"
            )
            return Bottleneck("buffers", share, what)
        round_trip = sum(context.depth for context in contexts)
        round_trip += sum(channel.latency for channel in channels)
        tokens = sum(channel.init for channel in channels)
        way = " -> ".join(context.name for context in reversed(contexts))
        goes = f"{tokens} tokens go" if tokens > 1 else "one token goes"
        what = f"a loop: {goes} round {way} -> {contexts[-1].name} in {round_trip} cycles or more"
        return Bottleneck("recurrence", share, what)

    def _share(self, cycles: float) -> float:
        return cycles / self.result.cycles

    def _context(self, number: int) -> str:
        return f"'{self.result.contexts[number].name}'"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
