"""A report says what the run says, the same in text and JSON, with the same bytes each time."""

import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from rdu.configuration import Program, read
from rdu.report import Report, make_report
from rdu.report.table import FORMS, Column, Table, cell
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.recording.record import Record
from rdu.simulator.result import ContextStatistics
from rdu.simulator.simulate import RunResult, simulate
from rdu.targets import Machine, load_machine

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def program() -> Program:
    return read(ROOT / "examples" / "configurations" / "gemm.rdu")


@pytest.fixture(scope="module")
def machine() -> Machine:
    return load_machine("plasticine")


@pytest.fixture(scope="module")
def result(program: Program, machine: Machine) -> RunResult:
    return simulate(
        program,
        machine,
        random_inputs(program, 0),
        "python",
        record=Record(critical_path=True),
    )


@pytest.fixture(scope="module")
def report(program: Program, machine: Machine, result: RunResult) -> Report:
    return make_report(program, machine, result, max_relative_error=1e-7)


def rows(report: Report, key: str) -> list[dict[str, Any]]:
    return json.loads(report.to_json())[key]


def test_overall(report: Report, result: RunResult) -> None:
    (row,) = rows(report, "overall")
    moved = 4 * (4 * 32 + 20 * 32 + 4 * 20)
    assert row["cycles"] == result.cycles
    assert row["microseconds"] == pytest.approx(result.cycles / 1000)
    assert row["operations"] == 2 * 4 * 20 * 32
    assert row["needed_bytes"] == moved
    assert row["limit"] == -(-moved * 10 // 512)
    assert row["share"] == row["limit"] / row["cycles"]
    assert row["dram_bytes"] == result.sections[0].tiers[0].bytes >= moved
    assert row["max_relative_error"] == 1e-7


def test_units(report: Report) -> None:
    used = {row["kind"]: (row["used"], row["available"]) for row in rows(report, "units")}
    assert used == {"pcu": (1, 64), "pmu": (2, 64), "ag": (3, 34)}


def test_every_cycle_of_every_context_is_in_the_table(report: Report, result: RunResult) -> None:
    parts = ("busy", "bank", "starved", "backpressured", "memory", "idle")
    table = rows(report, "contexts")
    assert len(table) == len(result.sections[0].contexts)
    for row in table:
        assert sum(row[part] for part in parts) == row["lifetime"]
    busy = [row["busy"] + row["bank"] for row in table]
    assert busy == sorted(busy, reverse=True)


def test_waits_by_port_add_up_to_the_contexts(report: Report) -> None:
    waits, contexts = rows(report, "waits"), rows(report, "contexts")
    for cause, column in (("starved", "starved"), ("back-pressured", "backpressured")):
        waited = sum(row["cycles"] for row in waits if row["cause"] == cause)
        assert waited == sum(row[column] for row in contexts)


def test_tiers_by_section_add_up(report: Report) -> None:
    (tier,), by_section = rows(report, "tiers"), rows(report, "section_tiers")
    for column in ("loaded_bytes", "stored_bytes", "bursts", "row_hits", "row_misses"):
        assert tier[column] == sum(row[column] for row in by_section)


@pytest.mark.parametrize("key", ["path", "path_kinds"])
def test_every_cycle_of_the_run_is_on_the_critical_path(
    report: Report, result: RunResult, key: str
) -> None:
    table = rows(report, key)
    assert sum(row["cycles"] for row in table) == result.cycles
    cycles = [row["cycles"] for row in table]
    assert cycles == sorted(cycles, reverse=True)


def test_parts_of_the_critical_path_add_up(report: Report) -> None:
    columns = [column.key for column in report.table("path").columns]
    parts = columns[columns.index("share") + 1 :]
    for row in rows(report, "path"):
        assert sum(row[part] for part in parts) == row["cycles"]


def test_loading_of_sections_is_on_the_critical_path(program: Program) -> None:
    slow = load_machine("plasticine", {"reconfiguration_cycles": 5000})
    result = simulate(
        replace(program, machine_hash=None),
        slow,
        random_inputs(program, 0),
        "python",
        record=Record(critical_path=True),
    )
    report = make_report(program, slow, result)
    (kind, *_), (entity, *_) = rows(report, "path_kinds"), rows(report, "path")
    assert (kind["group"], kind["cycles"]) == ("reconfiguration", 5000)
    assert (entity["kind"], entity["cycles"]) == ("reconfiguration", 5000)
    assert sum(row["cycles"] for row in rows(report, "path")) == result.cycles
    assert rows(report, "bottlenecks")[0]["cause"] == "reconfiguration"


def test_no_critical_path_unless_recorded(
    program: Program, machine: Machine, result: RunResult
) -> None:
    plain = simulate(program, machine, random_inputs(program, 0), "python")
    keys = {table.key for table in make_report(program, machine, plain).tables}
    assert not keys & {"path", "path_kinds"}


def test_lines_add_up_to_the_contexts(report: Report) -> None:
    lines, contexts = rows(report, "lines"), rows(report, "contexts")
    assert [line["source"] for line in lines] == ["gemm.py:3", "(no source)"]
    assert sum(line["contexts"] for line in lines) == len(contexts)
    for part in ("busy", "starved", "idle"):
        assert sum(line[part] for line in lines) == sum(row[part] for row in contexts)
    assert lines[0]["operations"] == 2 * 4 * 20 * 32


def test_the_longest_wait_is_named(
    report: Report, result: RunResult, program: Program, machine: Machine
) -> None:
    by_name = {row["context"]: row for row in rows(report, "contexts")}
    for context in result.sections[0].contexts:
        named = by_name[context.name]["starved_by"]
        longest = max(context.starved.values(), default=None)
        assert context.starved.get(named) == longest


def test_channels_never_hold_more_than_their_capacity(report: Report) -> None:
    table = rows(report, "channels")
    assert all(0 < row["share"] <= 1 for row in table)
    assert len(table) == 9


def test_same_run_same_bytes(
    report: Report, program: Program, machine: Machine, result: RunResult
) -> None:
    again = make_report(program, machine, result, max_relative_error=1e-7)
    assert (again.to_json(), str(again)) == (report.to_json(), str(report))


def test_text_shows_some_contexts_and_says_of_how_many(
    program: Program, machine: Machine, result: RunResult
) -> None:
    text = str(make_report(program, machine, result, shown=2))
    assert "contexts, busiest first (2 of 8)" in text
    assert "bank" not in text, "a column of zeros is left out"
    assert "of 8)" not in str(make_report(program, machine, result, shown=None))


def test_a_machine_without_a_grid(program: Program, result: RunResult, machine: Machine) -> None:
    gridless = replace(machine, grid=None)
    report = make_report(program, gridless, result)
    assert {row["available"] for row in rows(report, "units")} == {None}
    assert rows(report, "overall")[0]["limited_by"] == "bytes"


def test_every_kind_of_cycle_has_a_column(report: Report) -> None:
    keys = {column.key for column in report.table("contexts").columns}
    counted = {f.name for f in fields(ContextStatistics)} - {"name"}
    assert counted <= keys


def test_every_column_is_explained_in_the_documentation(report: Report) -> None:
    page = (ROOT / "docs" / "reading-reports.md").read_text()
    for table in report.tables:
        for column in table.columns:
            assert f"| {column.heading} | {column.meaning} |" in page, (table.key, column.key)


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ("count", 1234567, "1,234,567"),
        ("decimal", 51.25, "51.2"),
        ("percent", 0.1234, "12.3 %"),
        ("scientific", 1.5e-7, "1.50e-07"),
        ("text", "x", "x"),
        ("count", None, "-"),
    ],
)
def test_cells(form: str, value: float | str | None, text: str) -> None:
    assert form in FORMS
    assert cell(value, Column("k", "h", "m", form)) == text


def test_a_table_without_rows_is_left_out() -> None:
    assert str(Report((Table("t", "nothing", (Column("k", "h", "m"),), ()),))).strip() == ""
