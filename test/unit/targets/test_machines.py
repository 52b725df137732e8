"""Machine files: figures, geometry, overrides, and every error of the loader at its line."""

import hashlib
import math
from fractions import Fraction
from pathlib import Path

import pytest

from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine, machine_names
from rdu.targets.loader import GROUPS, OPTIONAL
from rdu.targets.parameters import Sparse, Systolic, Tier, parameters_of

PLASTICINE = load_machine("plasticine")
LAB = load_machine("lab")
IDEAL = load_machine("sam-ideal")
ROW_BUFFER = {"dram.row_bytes": 2048, "dram.row_banks": 8, "dram.row_miss": 28}
MACHINES = Path(load_machine.__code__.co_filename).parent
PLASTICINE_TEXT = (MACHINES / "plasticine.toml").read_text()
LAB_TEXT = (MACHINES / "lab.toml").read_text()


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
    machine = load_machine(name)
    rows = machine.rows
    expected = ["clock_hz", "reconfiguration_cycles"]
    with_default: set[str] = set()
    groups = GROUPS | dict.fromkeys(machine.tiers, Tier)
    for group, cls in groups.items():
        for field, parameter in parameters_of(cls).items():
            if group not in OPTIONAL or getattr(machine, group):
                expected.append(f"{group}.{field}")
            if parameter.default is not None:
                with_default.add(f"{group}.{field}")
    given = {row.key for row in rows}
    assert [row.key for row in rows] == [key for key in expected if key in given]
    assert {*expected} - given <= with_default
    assert all(row.unit and row.source and row.meaning for row in rows)
    assert len({row.key for row in rows}) == len(rows)


def test_what_lab_has_besides() -> None:
    assert LAB.systolic == Systolic(rows=32, columns=6, output_lanes=16, tiles=2)
    assert (LAB.network.virtual_channels, LAB.network.vc_buffers) == (2, 4)
    assert [*LAB.tiers] == ["dram", "sram", "ddr"]
    assert [tier.row_bytes for tier in LAB.tiers.values()] == [2048, 0, 0]
    assert LAB.peak_operations_per_cycle == 8 * (32 * 12 + 32 * 6) * 2
    assert all(row.assumed for row in LAB.rows)


def test_what_the_machine_of_sparse_papers_has() -> None:
    """A unit a primitive and a word a cycle for each; no grid, no way, no bandwidth to share."""
    assert IDEAL.sparse == Sparse(depth=1, repeat_depth=2, join_depth=2)
    assert (IDEAL.grid, IDEAL.systolic) == (None, None)
    assert (IDEAL.network.direct_latency, IDEAL.tiers["memory"].direct) == (0, 1)
    assert {IDEAL.fifo.vector, IDEAL.fifo.scalar, IDEAL.fifo.control} == {math.inf}
    assert all(row.assumed for row in IDEAL.rows)


def test_what_capstan_has_besides_pir() -> None:
    pir, capstan = load_machine("pir"), load_machine("capstan")
    assert capstan.sparse == Sparse(1, 1, 6, stages=1, join_stages=6)
    assert (pir.sparse, capstan.grid) == (None, pir.grid)
    stages = [("union", 6), ("intersect", 6), ("apply", 1), ("fold", 4)]
    assert all(capstan.sparse.stages_of(word, 16) == most for word, most in stages)
    depths = [("union", 2), ("repeat_like", 2), ("apply", 1), ("fold", 4)]
    assert all(IDEAL.sparse.depth_of(word, 16) == most for word, most in depths)
    assert [IDEAL.sparse.depth_of("fold", lanes) for lanes in (1, 2, 5)] == [1, 1, 3]


def test_what_a_machine_does_not_have() -> None:
    """No array, no primitives, no dynamic network, no row buffer; the hash is of what is given."""
    assert (PLASTICINE.systolic, PLASTICINE.sparse) == (None, None)
    assert PLASTICINE.network.direct_latency == 1
    assert (PLASTICINE.network.virtual_channels, PLASTICINE.network.vc_buffers) == (0, 1)
    dram = PLASTICINE.tiers["dram"]
    assert (dram.row_bytes, dram.row_banks, dram.row_miss, dram.direct) == (0, 1, 0, 0)
    given = sorted(f"{row.key} = {row.value}" for row in PLASTICINE.rows)
    digest = hashlib.sha256("|".join(["plasticine", *given]).encode()).hexdigest()
    assert PLASTICINE.hash == f"sha256:{digest}"


def test_a_row_buffer_can_be_put_on_any_tier() -> None:
    machine = load_machine("plasticine", ROW_BUFFER)
    dram = machine.tiers["dram"]
    assert (dram.row_bytes, dram.row_banks, dram.row_miss) == (2048, 8, 28)
    assert machine.hash != PLASTICINE.hash
    added = machine.rows[-3:]
    assert [row.key for row in added] == [*ROW_BUFFER]
    assert [row.source for row in added] == [f"override of {was}" for was in (0, 1, 0)]
    assert load_machine("plasticine", {"dram.row_bytes": 0, "dram.row_banks": 1}) == PLASTICINE


def test_a_default_that_is_written_down_changes_nothing(tmp_path: Path) -> None:
    entry = 'virtual_channels = { value = 0, unit = "channels", source = "none" }'
    file = tmp_path / "plain.toml"
    file.write_text(PLASTICINE_TEXT.replace("[network]", f"[network]\n{entry}"))
    machine = load_machine(str(file))
    assert machine.hash == PLASTICINE.hash
    assert len(machine.rows) == len(PLASTICINE.rows) + 1


def test_numbers_that_disagree_are_diagnosed_at_their_line(tmp_path: Path) -> None:
    text = LAB_TEXT.replace("row_bytes = { value = 2048", "row_bytes = { value = 2000")
    text = text.replace("hop_latency = { value = 1", "hop_latency = { value = 0")
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    with pytest.raises(RduError) as caught:
        load_machine(str(file))
    assert caught.value.exit_code == ExitCode.ERROR
    lines = text.splitlines()
    found = [(d.message, lines[d.location.line - 1].split()[0]) for d in caught.value.diagnostics]
    assert found == [
        (
            "'network.hop_latency' is too short: "
            "expected 1 or more cycles with virtual channels, got 0",
            "hop_latency",
        ),
        ("'dram.row_bytes' cuts bursts: expected a multiple of 64 bytes, got 2000", "row_bytes"),
    ]


WITH_GRID = [name for name in machine_names() if load_machine(name).grid]


@pytest.mark.parametrize("name", WITH_GRID)
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
            "unknown machine 'plasticin': expected one of "
            "'capstan', 'lab', 'pir', 'plasticine', 'sam-ideal', or a .toml file",
            "did you mean 'plasticine'?",
        ),
        (
            "pir",
            {"dram.latncy": 1},
            "unknown machine parameter 'dram.latncy'",
            "did you mean 'dram.latency'?",
        ),
        (
            "plasticine",
            {"systolic.rows": 16},
            "unknown machine parameter 'systolic.rows'",
            None,
        ),
        (
            "plasticine",
            {"sparse.depth": 1},
            "unknown machine parameter 'sparse.depth'",
            "did you mean 'ag.depth'?",
        ),
        (
            "sam-ideal",
            {"memory.direct": -1},
            "machine parameter 'memory.direct' is out of range: "
            "expected a whole number from 0 to 65536 words, got -1",
            None,
        ),
        (
            "plasticine",
            {"network.virtual_channels": 2, "network.hop_latency": 0},
            "'network.hop_latency' is too short: "
            "expected 1 or more cycles with virtual channels, got 0",
            None,
        ),
        (
            "lab",
            {"systolic.output_lanes": 33},
            "'systolic.output_lanes' is out of range: "
            "expected at most 32, the lanes of a PCU, got 33",
            None,
        ),
        (
            "lab",
            {"dram.burst_bytes": 4096},
            "'dram.row_bytes' cuts bursts: expected a multiple of 4096 bytes, got 2048",
            None,
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
        ("[tiers.dram]", "[tiers.fifo]", "tier 'fifo' has the name of another table"),
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
