"""Machine files: figures, geometry, overrides, and every error of the loader at its line."""

import math
from fractions import Fraction
from pathlib import Path

import pytest

from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine, machine_names
from rdu.targets.loader import GROUPS
from rdu.targets.parameters import Tier, parameters_of

PLASTICINE = load_machine("plasticine")
PLASTICINE_TEXT = (Path(load_machine.__code__.co_filename).parent / "plasticine.toml").read_text()


def test_the_published_figures_of_plasticine() -> None:
    m = PLASTICINE
    assert [len(m.places(kind)) for kind in ("pcu", "pmu", "ag")] == [64, 64, 34]
    assert m.peak_operations_per_cycle * m.clock_hz == pytest.approx(12.3e12, rel=0.002)
    assert m.peak_bytes_per_cycle("dram") == Fraction("51.2")
    assert len(m.places("pmu")) * m.pmu.bytes == 16 * 2**20
    assert (m.pcu.lanes, m.pcu.stages, m.pcu.registers) == (16, 6, 6)
    assert (m.ag.outstanding, m.network.hop_latency) == (16, 1)


def test_the_figures_of_pir() -> None:
    m = load_machine("pir")
    assert (m.grid.rows, m.grid.columns) == (20, 20)
    assert m.peak_bytes_per_cycle("dram") == Fraction("153.6")
    assert (m.tiers["dram"].latency, m.tiers["dram"].burst_bytes) == (40, 64)
    assert (m.ag.outstanding, m.ag.contexts, m.pcu.contexts, m.pmu.contexts) == (16, 4, 4, 4)


@pytest.mark.parametrize("name", machine_names())
def test_every_number_has_a_unit_a_source_and_a_meaning(name: str) -> None:
    rows = load_machine(name).rows
    groups = (*GROUPS.values(), Tier)
    assert len(rows) == 4 + sum(len(parameters_of(cls)) for cls in groups)
    assert all(row.unit and row.source and row.meaning for row in rows)
    assert len({row.key for row in rows}) == len(rows)


@pytest.mark.parametrize("name", machine_names())
def test_kinds_places_and_switches_agree(name: str) -> None:
    m = load_machine(name)
    rows, columns = m.grid.rows, m.grid.columns
    found = {"pcu": [], "pmu": [], "ag": [], None: []}
    for row in range(-1, rows + 2):
        for column in range(-2, columns + 2):
            found[m.kind_at((row, column))].append((row, column))
    for kind in ("pcu", "pmu", "ag"):
        assert m.places(kind) == tuple(found[kind])
        for place in found[kind]:
            touched = m.switches_at(place)
            assert len(touched) == (1 if kind == "ag" else 4)
            assert all(m.is_switch(switch) for switch in touched)
    assert all(m.switches_at(place) == () for place in found[None])
    assert m.switches_at((rows, -1)) == ((rows, 0),)
    assert m.switches_at((0, columns)) == ((0, columns),)
    assert m.switches_at((1, 2)) == ((1, 2), (1, 3), (2, 2), (2, 3))
    assert m.neighbours((0, 0)) == ((0, 1), (1, 0))
    assert len(m.neighbours((1, 1))) == 4
    assert not m.is_switch((rows + 1, 0))


def test_overrides_change_the_number_and_the_hash() -> None:
    changes = {"dram.latency": 100, "dram.bytes_per_cycle": "19.2", "pcu.lanes": "8"}
    m = load_machine("plasticine", changes | {"fifo.vector": "inf"})
    assert (m.tiers["dram"].latency, m.pcu.lanes) == (100, 8)
    assert m.tiers["dram"].bytes_per_cycle == Fraction(96, 5)
    assert m.fifo.vector == math.inf
    assert m.hash != PLASTICINE.hash
    row = next(row for row in m.rows if row.key == "dram.latency")
    assert (row.value, row.source, row.assumed) == (100, "override of 60", True)


def test_an_override_with_the_same_value_changes_nothing() -> None:
    m = load_machine("plasticine", {"dram.latency": 60, "dram.bytes_per_cycle": 12.8})
    assert m.hash == PLASTICINE.hash
    assert m == PLASTICINE


def test_the_hash_is_of_the_numbers_only(tmp_path: Path) -> None:
    file = tmp_path / "other.toml"
    file.write_text(PLASTICINE_TEXT.replace("not published", "unknown"))
    assert load_machine(str(file)).hash == PLASTICINE.hash


@pytest.mark.parametrize(
    ("name", "overrides", "message", "hint"),
    [
        (
            "plasticin",
            {},
            "unknown machine 'plasticin': expected one of 'pir', 'plasticine', or a .toml file",
            "did you mean 'plasticine'?",
        ),
        (
            "pir",
            {"dram.latncy": 1},
            "unknown machine parameter 'dram.latncy'",
            "did you mean 'dram.latency'?",
        ),
        (
            "pir",
            {"pcu.lanes": 0},
            "machine parameter 'pcu.lanes' is out of range: "
            "expected a whole number from 1 to 65536 lanes, got 0",
            None,
        ),
        (
            "pir",
            {"dram.bytes_per_cycle": "fast"},
            "machine parameter 'dram.bytes_per_cycle' is out of range: "
            "expected a fraction of whole numbers from 1 to 2147483648 bytes/cycle, got fast",
            None,
        ),
        (
            "pir",
            {"pcu.stages": "inf"},
            "machine parameter 'pcu.stages' is out of range: "
            "expected a whole number from 1 to 65536 stages, got inf",
            None,
        ),
        (
            "pir",
            {"dram.latency": "1e400"},
            "machine parameter 'dram.latency' is out of range: "
            "expected a whole number from 1 to 2147483648 cycles, got 1e400",
            None,
        ),
        (
            "pir",
            {"dram.bytes_per_cycle": "1e-30"},
            "machine parameter 'dram.bytes_per_cycle' is out of range: "
            "expected a fraction of whole numbers from 1 to 2147483648 bytes/cycle, got 1e-30",
            None,
        ),
    ],
)
def test_wrong_calls_are_usage_errors(
    name: str, overrides: dict[str, object], message: str, hint: str | None
) -> None:
    with pytest.raises(RduError) as caught:
        load_machine(name, overrides)
    assert caught.value.exit_code == ExitCode.USAGE
    (found,) = caught.value.diagnostics
    assert (found.message, found.hint) == (message, hint)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('lanes = { value = 16, unit = "lanes"', 'lanes = { value = 16, unit = "ports"',
         "'pcu.lanes' has the wrong unit: expected 'lanes', got 'ports'"),
        ("stages = { value = 6,", "stages = { value = 0,",
         "'pcu.stages' is out of range: expected a whole number from 1 to 65536, got 0"),
        ("bytes = { value = 262_144,", "bytes = { value = 0.5,",
         "'pmu.bytes' is out of range: expected a whole number from 1 to 281474976710656, got 1/2"),
        ("bytes_per_cycle = { value = 12.8,", "bytes_per_cycle = { value = -1.0,",
         "'dram.bytes_per_cycle' is out of range: "
         "expected a fraction of whole numbers from 1 to 2147483648, got -1"),
        ("[fifo]\nvector", "[fifo]\nvectors", "unknown key 'fifo.vectors'"),
        ("[network]", "[netwrok]", "unknown table 'netwrok'"),
        ('rows = { value = 16, unit = "units", source = "isca17" }', "rows = 16",
         "'grid.rows' is not a described number: "
         'expected { value = ..., unit = "...", source = "..." }'),
        ('channels = { value = 4,', 'channels = { valid = 1, value = 4,',
         "'dram.channels' has an unknown entry 'valid'"),
        ('name = "plasticine"\n', "", "'name' is missing: expected a text"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_diagnosed_at_its_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert PLASTICINE_TEXT.count(old) == 1
    text = PLASTICINE_TEXT.replace(old, new)
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(RduError) as caught:
        load_machine(str(file))
    assert caught.value.exit_code == ExitCode.ERROR
    found = {d.message: d.location for d in caught.value.diagnostics}
    assert message in found
    location = found[message]
    assert location is not None
    assert location.file == str(file)
    if new:
        end = text.index(new) + len(new)
        assert location.line == text[:end].count("\n") + 1


def test_a_missing_parameter_is_reported_at_its_table(tmp_path: Path) -> None:
    lines = PLASTICINE_TEXT.splitlines()
    kept = [line for line in lines if not line.startswith("banks")]
    file = tmp_path / "short.toml"
    file.write_text("\n".join(kept))
    with pytest.raises(RduError) as caught:
        load_machine(str(file))
    (found,) = caught.value.diagnostics
    assert found.message == "'pmu.banks' is missing: expected a whole number from 1 to 65536"
    assert found.location.line == kept.index("[pmu]") + 1


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(RduError, match="no such file or directory"):
        load_machine(str(tmp_path / "none.toml"))
    broken = tmp_path / "broken.toml"
    broken.write_text("name = ")
    with pytest.raises(RduError, match="not a TOML file"):
        load_machine(str(broken))


def test_a_machine_without_a_grid(tmp_path: Path) -> None:
    head, _, rest = PLASTICINE_TEXT.partition("[grid]")
    file = tmp_path / "ideal.toml"
    file.write_text(head + "[pcu]" + rest.partition("[pcu]")[2])
    m = load_machine(str(file))
    assert m.grid is None
    assert (m.kind_at((0, 0)), m.places("pcu"), m.switches_at((0, 0))) == (None, (), ())
    assert not m.is_switch((0, 0))
    assert m.peak_operations_per_cycle == math.inf
