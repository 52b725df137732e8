"""What changed from one run to another adds up, and names where it comes from."""

import json
from pathlib import Path
from typing import Any

import pytest

from rdu.configuration import parse
from rdu.report import Report, make_report
from rdu.report.comparison import compare
from rdu.report.saved import NEEDED, Saved, read_report
from rdu.runtime.random_inputs import random_inputs
from rdu.simulator.recording.record import Record
from rdu.simulator.simulate import simulate
from rdu.support.diagnostics import RduError
from rdu.targets import load_machine

ROOT = Path(__file__).parents[3]
GEMM = (ROOT / "examples" / "configurations" / "gemm.rdu").read_text()


def saved(text: str = GEMM, *, path: bool = True, **overrides: int) -> Saved:
    """Return the report of a run as it reads back."""
    machine = load_machine("plasticine", {k.replace("_", "."): v for k, v in overrides.items()})
    program = parse(text)
    record = Record(critical_path=path)
    result = simulate(program, machine, random_inputs(program, 0), "python", record=record)
    return read_report(make_report(program, machine, result).to_json(), "run.json")


@pytest.fixture(scope="module")
def fast() -> Saved:
    return saved()


@pytest.fixture(scope="module")
def slow() -> Saved:
    return saved(dram_latency=300)


def rows(old: Saved, new: Saved, key: str) -> list[dict[str, Any]]:
    """Return the rows of a table of a comparison, as in JSON."""
    return json.loads(Report(compare(old, new, None)).to_json())[key]


def test_the_whole_run(fast: Saved, slow: Saved) -> None:
    (row,) = rows(fast, slow, "change")
    old, new = (side["overall"][0]["cycles"] for side in (fast, slow))
    assert (row["old"], row["new"]) == (old, new)
    assert row["change"] == row["new"] - row["old"] > 0
    assert row["ratio"] == row["old"] / row["new"]
    assert row["most"].startswith("tier 'dram': +")
    assert "244 would cover it" in row["new_binds"]


def test_changes_of_the_critical_path_sum_to_that_of_the_cycles(fast: Saved, slow: Saved) -> None:
    (whole,) = rows(fast, slow, "change")
    assert sum(row["change"] for row in rows(fast, slow, "path_changes")) == whole["change"]
    assert sum(row["change"] for row in rows(slow, fast, "path_changes")) == -whole["change"]


def test_changes_of_a_context_sum_to_that_of_its_lifetime(fast: Saved, slow: Saved) -> None:
    parts = ("busy", "bank", "starved", "backpressured", "memory", "idle")
    table = rows(fast, slow, "context_changes")
    assert table
    for row in table:
        assert sum(row[part] for part in parts) == row["change"]


def test_the_largest_changes_come_first(fast: Saved, slow: Saved) -> None:
    sizes = [abs(row["change"]) for row in rows(fast, slow, "wait_changes")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] > 0


def test_a_run_and_itself(fast: Saved) -> None:
    tables = json.loads(Report(compare(fast, fast, None)).to_json())
    (whole,) = tables["change"]
    assert (whole["change"], whole["ratio"], whole["most"]) == (0, 1, None)
    assert not any(tables[key] for key in tables if key not in ("change", "tier_changes"))


def test_contexts_of_one_run_only(fast: Saved) -> None:
    renamed = saved(GEMM.replace("load_b", "fetch_b"))
    by_name = {row["context"]: row for row in rows(fast, renamed, "context_changes")}
    assert by_name["load_b.main"]["new"] is None
    assert by_name["fetch_b.main"]["old"] is None
    assert by_name["load_b.main"]["change"] == -by_name["fetch_b.main"]["change"] < 0


def test_without_critical_paths_waits_tell_most(fast: Saved) -> None:
    other = saved(path=False, dram_latency=300)
    assert rows(fast, other, "path_changes") == []
    (whole,) = rows(fast, other, "change")
    assert "starved: +" in whole["most"]


def test_tiers(fast: Saved, slow: Saved) -> None:
    (row,) = rows(fast, slow, "tier_changes")
    assert (row["tier"], row["change"], row["row_misses"]) == ("dram", 0, 0)
    assert row["new_share"] < row["old_share"]


def test_every_column_is_explained_in_the_documentation(fast: Saved) -> None:
    page = (ROOT / "docs" / "reading-reports.md").read_text()
    for table in compare(fast, fast, None):
        assert f"## `{table.key}`: {table.title}\n" in page
        for column in table.columns:
            assert f"| {column.heading} | {column.meaning} |" in page, (table.key, column.key)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "malformed JSON"),
        ("{", "run.json:1:2: error: malformed JSON"),
        ("[" * 100_000, "malformed JSON: it is nested too deeply"),
        ("[]", "table 'overall' is missing"),
        ('{"overall": 1}', "table 'overall' is missing"),
        ('{"overall": [1]}', "table 'overall' has a row that is no object"),
        ('{"overall": [{}]}', "table 'overall' has a row without 'machine'"),
        ('{"overall": [{"machine": 1}]}', "table 'overall' has a 'machine' of the wrong type"),
        (json.dumps({key: [] for key in NEEDED}), "table 'overall' is empty"),
    ],
)
def test_what_is_no_report(text: str, says: str) -> None:
    with pytest.raises(RduError, match="error: ") as caught:
        read_report(text, "run.json")
    assert says in caught.value.render()
