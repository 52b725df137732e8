"""Where the time went: by source line, by context, by channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdu.configuration.model import Program, Source
from rdu.report.operations import context_operations
from rdu.report.table import Column, Row, Table, Value
from rdu.simulator.result import ChannelStatistics, ContextStatistics, SectionResult
from rdu.simulator.simulate import RunResult
from rdu.targets import Machine

_CYCLES = (
    Column("busy", "busy", "cycles in which it fired"),
    Column("bank", "bank", "extra cycles of bank conflicts"),
    Column("starved", "starved", "cycles without a token to take"),
    Column("backpressured", "back-pressured", "cycles without room for a token"),
    Column("memory", "memory", "cycles waiting for DRAM responses"),
    Column("idle", "idle", "cycles after the last firing until it retired"),
)

CONTEXTS = (
    Column("section", "section", "its section", "text"),
    Column("context", "context", "unit and context", "text"),
    Column("kind", "kind", "compute, read, write, load or store", "text"),
    Column("source", "source", "the line that it implements", "text"),
    Column("firings", "firings", "how often it fired"),
    *_CYCLES,
    Column("lifetime", "lifetime", "cycles from section start; the sum of all these parts"),
    Column("utilisation", "utilisation", "busy and bank cycles over the section's", "percent"),
    Column("starved_by", "starved by", "the port that it waited for longest", "text"),
    Column("backpressured_by", "pressed by", "the port that held it back longest", "text"),
)

LINES = (
    Column("source", "source", "a line of the model", "text"),
    Column("contexts", "contexts", "contexts that implement it, in all runs"),
    Column("operations", "operations", "arithmetic steps of live lanes"),
    *_CYCLES,
    Column("utilisation", "peak utilisation", "that of its busiest context", "percent"),
)

CHANNELS = (
    Column("section", "section", "its section", "text"),
    Column("channel", "channel", "from output port to input port", "text"),
    Column("kind", "kind", "vector, scalar or control", "text"),
    Column("tokens", "tokens", "tokens that it carried"),
    Column("capacity", "capacity", "tokens that it can hold; none given if unbounded"),
    Column("high_water", "high water", "most tokens that it held"),
    Column("share", "share", "high water over capacity", "percent"),
)

NOWHERE = "(no source)"
"""What stands for a line where a context has none."""


def context_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each context of each run, the busiest first."""
    rows = [_context_row(section, context) for section, context in _contexts(result)]
    rows.sort(key=lambda row: -_number(row["utilisation"]))
    return Table("contexts", "contexts, busiest first", CONTEXTS, tuple(rows), shown)


def line_table(program: Program, machine: Machine, result: RunResult) -> Table:
    """Return a row for each source line, in order of file and line; the cycles of its contexts."""
    groups: dict[str, list[tuple[SectionResult, ContextStatistics]]] = {}
    ordered = sorted(_contexts(result), key=lambda pair: _order(pair[1].source))
    for section, context in ordered:
        groups.setdefault(_place(context.source) or NOWHERE, []).append((section, context))
    operations = _operations(program, machine)
    rows = [_line_row(place, group, operations) for place, group in groups.items()]
    return Table("lines", "where the time went, by source line", LINES, tuple(rows))


def channel_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each channel of each run, the fullest first."""
    rows = [_channel_row(s.name, channel) for s in result.sections for channel in s.channels]
    rows.sort(key=lambda row: (-_number(row["share"]), -_number(row["tokens"])))
    return Table("channels", "channels, fullest first", CHANNELS, tuple(rows), shown)


def _context_row(section: SectionResult, context: ContextStatistics) -> Row:
    return {
        "section": section.name,
        "context": context.name,
        "kind": context.kind,
        "source": _place(context.source),
        "firings": context.firings,
        **_cycles([context]),
        "lifetime": context.lifetime,
        "utilisation": _utilisation(section, context),
        "starved_by": _worst(context.starved),
        "backpressured_by": _worst(context.backpressured),
    }


def _line_row(
    place: str,
    group: Sequence[tuple[SectionResult, ContextStatistics]],
    operations: dict[tuple[str, str], int],
) -> Row:
    return {
        "source": place,
        "contexts": len(group),
        "operations": sum(operations[section.name, context.name] for section, context in group),
        **_cycles([context for _, context in group]),
        "utilisation": max(_utilisation(section, context) for section, context in group),
    }


def _channel_row(section: str, channel: ChannelStatistics) -> Row:
    capacity = None if channel.capacity < 0 else channel.capacity
    return {
        "section": section,
        "channel": channel.name,
        "kind": channel.kind,
        "tokens": channel.tokens,
        "capacity": capacity,
        "high_water": channel.high_water,
        "share": channel.high_water / capacity if capacity else None,
    }


def _contexts(result: RunResult) -> Iterator[tuple[SectionResult, ContextStatistics]]:
    for section in result.sections:
        for context in section.contexts:
            yield section, context


def _operations(program: Program, machine: Machine) -> dict[tuple[str, str], int]:
    """Return the arithmetic steps of every context by section and `unit.context`."""
    return {
        (section.name, f"{unit.name}.{context.name}"): context_operations(
            context, machine.pcu.lanes
        )
        for section in program.sections
        for unit, context in section.contexts()
    }


def _cycles(contexts: Sequence[ContextStatistics]) -> dict[str, int]:
    """Add up where the cycles of contexts went."""
    return {
        "busy": sum(c.busy for c in contexts),
        "bank": sum(c.bank for c in contexts),
        "starved": sum(sum(c.starved.values()) for c in contexts),
        "backpressured": sum(sum(c.backpressured.values()) for c in contexts),
        "memory": sum(c.memory for c in contexts),
        "idle": sum(c.idle for c in contexts),
    }


def _utilisation(section: SectionResult, context: ContextStatistics) -> float:
    return (context.busy + context.bank) / section.cycles if section.cycles else 0.0


def _worst(waits: dict[str, int]) -> str | None:
    """Return the port with the longest wait, the first of equals."""
    return max(waits, key=lambda port: waits[port], default=None)


def _place(source: Source | None) -> str | None:
    return f"{source.file}:{source.line}" if source else None


def _order(source: Source | None) -> tuple[bool, str, int]:
    return (False, source.file, source.line) if source else (True, "", 0)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
