"""Where the time went: by source line, by context, by port that was waited for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rdu.configuration.model import Program, Source
from rdu.report.operations import operations_by_context
from rdu.report.table import Column, Row, Table, Value
from rdu.simulator.result import ContextStatistics, SectionResult
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
    Column("run", "run", "position in the host's schedule"),
    Column("section", "section", "its section", "text"),
    Column("context", "context", "unit and context", "text"),
    Column("kind", "kind", "what it does: compute, read, write, load, store, ...", "text"),
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

WAITS = (
    Column("run", "run", "position in the host's schedule"),
    Column("section", "section", "its section", "text"),
    Column("port", "port", "unit, context and port that was waited for", "text"),
    Column("cause", "cause", "starved (no token there) or back-pressured (no room behind)", "text"),
    Column("cycles", "cycles", "that the context waited for it"),
    Column("share", "share", "of the section's cycles", "percent"),
)

NOWHERE = "(no source)"
"""What stands for a line where a context has none."""


def context_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each context of each run, the busiest first."""
    rows = [_context_row(*place) for place in _contexts(result)]
    rows.sort(key=lambda row: -_number(row["utilisation"]))
    return Table("contexts", "contexts, busiest first", CONTEXTS, tuple(rows), shown)


def line_table(program: Program, machine: Machine, result: RunResult) -> Table:
    """Return a row for each source line, in order of file and line; the cycles of its contexts."""
    operations = [
        operations_by_context(program.section(section.name), machine, section)
        for section in result.sections
    ]
    groups: dict[str, list[tuple[int, SectionResult, ContextStatistics]]] = {}
    for each in sorted(_contexts(result), key=lambda place: _order(place[2].source)):
        groups.setdefault(place(each[2].source) or NOWHERE, []).append(each)
    rows = [_line_row(place, group, operations) for place, group in groups.items()]
    return Table("lines", "where the time went, by source line", LINES, tuple(rows))


def wait_table(result: RunResult, shown: int | None) -> Table:
    """Return a row for each port that a context waited for in a run, the longest wait first."""
    rows: list[Row] = [
        {
            "run": run,
            "section": section.name,
            "port": f"{context.name}.{port}",
            "cause": cause,
            "cycles": cycles,
            "share": cycles / section.cycles,
        }
        for run, section, context in _contexts(result)
        for cause, waits in (
            ("starved", context.starved),
            ("back-pressured", context.backpressured),
        )
        for port, cycles in waits.items()
    ]
    rows.sort(key=lambda row: -_number(row["cycles"]))
    return Table("waits", "waits by port, longest first", WAITS, tuple(rows), shown)


def _context_row(run: int, section: SectionResult, context: ContextStatistics) -> Row:
    return {
        "run": run,
        "section": section.name,
        "context": context.name,
        "kind": context.kind,
        "source": place(context.source),
        "firings": context.firings,
        **_cycles([context]),
        "lifetime": context.lifetime,
        "utilisation": _utilisation(section, context),
        "starved_by": _worst(context.starved),
        "backpressured_by": _worst(context.backpressured),
    }


def _line_row(
    place: str,
    group: Sequence[tuple[int, SectionResult, ContextStatistics]],
    operations: Sequence[Mapping[str, int]],
) -> Row:
    return {
        "source": place,
        "contexts": len(group),
        "operations": sum(operations[run][context.name] for run, _, context in group),
        **_cycles([context for _, _, context in group]),
        "utilisation": max(_utilisation(section, context) for _, section, context in group),
    }


def _contexts(result: RunResult) -> Iterator[tuple[int, SectionResult, ContextStatistics]]:
    for run, section in enumerate(result.sections):
        for context in section.contexts:
            yield run, section, context


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


def place(source: Source | None) -> str | None:
    """Return a source line as `file:line`."""
    return f"{source.file}:{source.line}" if source else None


def _order(source: Source | None) -> tuple[bool, str, int]:
    return (False, source.file, source.line) if source else (True, "", 0)


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
