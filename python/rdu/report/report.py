"""The report of a run: every table as text and, number for number, as JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rdu.configuration.model import Program
from rdu.report import table as tables
from rdu.report.bottleneck import bottleneck_table
from rdu.report.overall import overall_table, section_table
from rdu.report.path import path_kind_table, path_table
from rdu.report.table import Table
from rdu.report.traffic import channel_table, link_table, section_tier_table, tier_table
from rdu.report.usage import unit_table
from rdu.report.where import context_table, line_table, wait_table
from rdu.simulator.result import SectionResult
from rdu.simulator.simulate import RunResult, elaborated_runs
from rdu.simulator.specification import ElaboratedSection
from rdu.targets import Machine

SHOWN = 10
"""How many rows of a long table print by default; JSON has all of them."""


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say about one run; the same run gives the same bytes."""

    tables: tuple[Table, ...]

    def table(self, key: str) -> Table:
        """Return a table by its key in JSON; KeyError if there is none."""
        return next(t for t in self.tables if t.key == key)

    def to_json(self) -> str:
        """Return every table in full: an object with a list of rows for each."""
        data = {table.key: table.to_data() for table in self.tables}
        return json.dumps(data, indent=1, allow_nan=False) + "\n"

    def __str__(self) -> str:
        return tables.render(self.tables)


def make_report(
    program: Program,
    machine: Machine,
    result: RunResult,
    *,
    max_relative_error: float | None = None,
    shown: int | None = SHOWN,
) -> Report:
    """Return the report of a run.

    Args:
        program: the program that ran.
        machine: the machine that it ran on.
        result: what the simulator returned.
        max_relative_error: that of the outputs, where they were compared with expected ones.
        shown: how many contexts, waits, channels and links print, None for all.
    """
    return Report(
        (
            overall_table(program, machine, result, max_relative_error),
            bottleneck_table(_longest_runs(program, machine, result), result),
            *_paths(result, shown),
            section_table(program, machine, result),
            unit_table(program, machine),
            line_table(program, machine, result),
            context_table(result, shown),
            wait_table(result, shown),
            channel_table(result, shown),
            link_table(result, shown),
            tier_table(machine, result),
            section_tier_table(machine, result, shown),
        )
    )


def _paths(result: RunResult, shown: int | None) -> tuple[Table, ...]:
    """Return the tables of the critical path, if it was recorded."""
    if all(section.critical_path is None for section in result.sections):
        return ()
    return path_kind_table(result), path_table(result, shown)


def _longest_runs(
    program: Program, machine: Machine, result: RunResult
) -> list[tuple[ElaboratedSection, SectionResult]]:
    """Return each section with its longest run, the first of equals, in the host's order."""
    specs = {spec.name: spec for spec in elaborated_runs(program, machine)}
    return [
        (spec, max((r for r in result.sections if r.name == name), key=lambda r: r.cycles))
        for name, spec in specs.items()
    ]
