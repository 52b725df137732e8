"""The first tables: the whole run, and each run of a section."""

from __future__ import annotations

from rdu.configuration.model import Program, Run, Section, Tensor
from rdu.report.limit import Limit, limit, needed_bytes
from rdu.report.operations import section_operations
from rdu.report.table import Column, Row, Table
from rdu.report.traffic import moved_bytes
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import RunResult
from rdu.targets import Machine

_LIMIT_COLUMNS = (
    Column("limit", "machine limit", "least cycles for this work on this machine"),
    Column("limited_by", "limited by", "which of operations and bytes sets the limit", "text"),
    Column("share", "share reached", "machine limit over cycles", "percent"),
)

OVERALL = (
    Column("machine", "machine", "the machine that ran", "text"),
    Column("cycles", "cycles", "of all sections, with reconfiguration"),
    Column("microseconds", "time in us", "cycles at the machine's clock", "decimal"),
    *_LIMIT_COLUMNS,
    Column("operations", "operations", "arithmetic steps of live lanes; a fused one counts two"),
    Column("dram_bytes", "DRAM bytes", "bytes moved to and from all tiers, whole bursts"),
    Column("needed_bytes", "bytes needed", "bytes of every input, weight and output once"),
    Column("max_relative_error", "max relative error", "against what was expected", "scientific"),
)

SECTIONS = (
    Column("run", "run", "position in the host's schedule"),
    Column("section", "section", "its name", "text"),
    Column("cycles", "cycles", "from its start to its last retirement"),
    Column("reconfiguration", "reconfiguration", "cycles to load it before the run"),
    Column("loaded_bytes", "bytes loaded", "by AGs, whole bursts"),
    Column("stored_bytes", "bytes stored", "by AGs, whole bursts"),
    *_LIMIT_COLUMNS,
)


def overall_table(
    program: Program, machine: Machine, result: RunResult, max_relative_error: float | None
) -> Table:
    """Return the one-row table of the whole run."""
    operations = sum(
        section_operations(program.section(run.section), machine, section)
        for run, section in zip(program.host, result.sections, strict=True)
    )
    moved = moved_bytes(result.sections)
    bound = {name for run in program.host for name in run.bindings.values()}
    lasting = [t for t in program.tensors if t.role != "temporary" and t.name in bound]
    needed = needed_bytes(lasting, moved)
    row = {
        "machine": machine.name,
        "cycles": result.cycles,
        "microseconds": result.cycles / machine.clock_hz * 1e6,
        "operations": operations,
        "dram_bytes": sum(moved.values()),
        "needed_bytes": sum(needed.values()),
        "max_relative_error": max_relative_error,
        **_limit_cells(limit(machine, operations, needed), result.cycles),
    }
    return Table("overall", "run", OVERALL, (row,))


def section_table(program: Program, machine: Machine, result: RunResult) -> Table:
    """Return a row for each run of a section, in the host's order."""
    runs = zip(program.host, result.sections, strict=True)
    rows = [_section_row(i, program, machine, *pair) for i, pair in enumerate(runs)]
    return Table("sections", "sections", SECTIONS, tuple(rows))


def _section_row(
    number: int, program: Program, machine: Machine, run: Run, result: SectionResult
) -> Row:
    section = program.section(run.section)
    needed = needed_bytes(_bound(program, section, run), moved_bytes([result]))
    least = limit(machine, section_operations(section, machine, result), needed)
    return {
        "run": number,
        "section": run.section,
        "cycles": result.cycles,
        "reconfiguration": result.reconfiguration,
        "loaded_bytes": sum(tier.loaded_bytes for tier in result.tiers),
        "stored_bytes": sum(tier.stored_bytes for tier in result.tiers),
        **_limit_cells(least, result.cycles),
    }


def _bound(program: Program, section: Section, run: Run) -> list[Tensor]:
    """Return the tensors of a run of a section, each once."""
    names = dict.fromkeys(run.bindings[formal.name] for formal in section.formals)
    return [program.tensor(name) for name in names]


def _limit_cells(least: Limit, cycles: int) -> dict[str, int | float | str | None]:
    return {"limit": least.cycles, "limited_by": least.cause, "share": least.share(cycles)}
