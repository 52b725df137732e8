"""The critical path of a run: every cycle, by kind and by entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rdu.report.table import Column, Row, Table
from rdu.report.where import place
from rdu.simulator.result import SectionResult, Share
from rdu.simulator.simulate import RunResult

KINDS = {
    ("context", "work"): ("units", "one firing a cycle"),
    ("context", "bank"): ("units", "bank conflicts"),
    ("context", "pipeline"): ("units", "pipeline depth"),
    ("channel", "latency"): ("nets", "latency of channels"),
    ("channel", "rate"): ("nets", "one token a cycle"),
    ("channel", "slot"): ("nets", "slots on their way back"),
    ("channel", "contention"): ("nets", "contention in the dynamic network"),
    ("tier", "latency"): ("memory", "latency of responses"),
    ("tier", "transfer"): ("memory", "transfer, and the queue for it"),
}
"""Group and name of each part of an entity."""

RECONFIGURATION = ("reconfiguration", "loading of sections")

PATH_KINDS = (
    Column("group", "group", "units, nets, memory, or reconfiguration", "text"),
    Column("kind", "kind", "what the cycles went to", "text"),
    Column("cycles", "cycles", "of the critical paths of all runs; they sum to the cycles"),
    Column("share", "share", "of all cycles", "percent"),
)

_PARTS = {
    "work": "one firing a cycle",
    "bank": "further cycles of bank conflicts",
    "pipeline": "depth of a unit, or the drain of an array",
    "latency": "of a channel, or of a memory tier",
    "rate": "one token a cycle on a channel",
    "slot": "a freed slot on its way back, a cycle each",
    "contention": "waiting in the dynamic network",
    "transfer": "moving a burst, and waiting for its channel of the tier",
}

PATH = (
    Column("section", "section", "its section", "text"),
    Column("entity", "entity", "context, channel or memory tier", "text"),
    Column("kind", "kind", "what a context does; channel; tier", "text"),
    Column("source", "source", "the line that it implements", "text"),
    Column("cycles", "cycles", "of the critical paths of the section's runs"),
    Column("share", "share", "of all cycles", "percent"),
    *(Column(part, part, meaning) for part, meaning in _PARTS.items()),
)


@dataclass(frozen=True, slots=True)
class _Entity:
    """What shares of several runs are added up for."""

    section: str
    name: str
    kind: str
    source: str | None


def path_kind_table(result: RunResult) -> Table:
    """Return a row for each kind of cycle on the critical paths, the most first."""
    cycles: dict[tuple[str, str], int] = {}
    for _, share in _shares(result):
        kind = KINDS[share.entity, share.part]
        cycles[kind] = cycles.get(kind, 0) + share.cycles
    if loading := _reconfiguration(result):
        cycles[RECONFIGURATION] = loading
    rows: list[Row] = [
        {"group": group, "kind": kind, "cycles": count, "share": count / result.cycles}
        for (group, kind), count in sorted(cycles.items(), key=lambda item: -item[1])
    ]
    return Table("path_kinds", "critical path, by kind", PATH_KINDS, tuple(rows))


def path_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each entity on the critical paths, the most cycles first."""
    parts: dict[_Entity, dict[str, int]] = {}
    for section, share in _shares(result):
        spent = parts.setdefault(_entity(section, share), dict.fromkeys(_PARTS, 0))
        spent[share.part] += share.cycles
    rows = [_row(entity, spent, sum(spent.values()), result) for entity, spent in parts.items()]
    if loading := _reconfiguration(result):
        entity = _Entity("(all)", "sections", "reconfiguration", None)
        rows.append(_row(entity, dict.fromkeys(_PARTS, 0), loading, result))
    rows.sort(key=lambda row: -int(row["cycles"] or 0))
    return Table("path", "critical path, most cycles first", PATH, tuple(rows), shown)


def _row(entity: _Entity, parts: dict[str, int], cycles: int, result: RunResult) -> Row:
    return {
        "section": entity.section,
        "entity": entity.name,
        "kind": entity.kind,
        "source": entity.source,
        "cycles": cycles,
        "share": cycles / result.cycles,
        **parts,
    }


def _entity(section: SectionResult, share: Share) -> _Entity:
    if share.entity == "context":
        context = section.contexts[share.number]
        return _Entity(section.name, context.name, context.kind, place(context.source))
    named = section.channels if share.entity == "channel" else section.tiers
    return _Entity(section.name, named[share.number].name, share.entity, None)


def _shares(result: RunResult) -> Iterator[tuple[SectionResult, Share]]:
    for section in result.sections:
        for share in section.critical_path or ():
            yield section, share


def _reconfiguration(result: RunResult) -> int:
    return sum(section.reconfiguration for section in result.sections)
