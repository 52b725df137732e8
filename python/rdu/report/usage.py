"""How much of the machine each section uses."""

from __future__ import annotations

from rdu.configuration.model import Program, Section
from rdu.report.table import Column, Row, Table
from rdu.targets import Machine
from rdu.targets.machine import UNIT_KINDS

UNITS = (
    Column("section", "section", "its name", "text"),
    Column("kind", "kind", "pcu, pmu or ag", "text"),
    Column("used", "used", "units that hold a context"),
    Column("available", "available", "units of the machine; none given for one without a grid"),
    Column("share", "share", "used over available", "percent"),
    Column("contexts", "contexts", "contexts on these units"),
)


def unit_table(program: Program, machine: Machine) -> Table:
    """Return units used and available, by section and kind."""
    rows = [row for section in program.sections for row in _rows(section, machine)]
    return Table("units", "units", UNITS, tuple(rows))


def _rows(section: Section, machine: Machine) -> list[Row]:
    rows: list[Row] = []
    for kind in UNIT_KINDS:
        units = [unit for unit in section.units if unit.kind == kind]
        available = len(machine.places(kind)) or None
        rows.append(
            {
                "section": section.name,
                "kind": kind,
                "used": len(units),
                "available": available,
                "share": len(units) / available if available else None,
                "contexts": sum(len(unit.contexts) for unit in units),
            }
        )
    return rows
