"""Placements and routes, judged by a checker that shares nothing with the placer and router."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdu.place_route import Layout, Net, Netlist, NetUnit, place_and_route, route
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import Machine, load_machine

PLASTICINE = load_machine("plasticine")
KINDS = ("pcu", "pmu", "ag")


def units(**counts: int) -> tuple[NetUnit, ...]:
    return tuple(NetUnit(f"{kind}{i}", kind) for kind in KINDS for i in range(counts.get(kind, 0)))


def corners(rows: int, columns: int, place: tuple[int, int]) -> set[tuple[int, int]]:
    row, column = place
    if column == -1:
        return {(row, 0)}
    if column == columns:
        return {(row, columns)}
    return {(row + i, column + j) for i in (0, 1) for j in (0, 1)}


def check_legal(netlist: Netlist, machine: Machine, layout: Layout) -> None:
    """Assert that a layout is legal on a machine with a grid."""
    rows, columns = machine.grid.rows, machine.grid.columns
    places = layout.placement
    assert places.keys() == {unit.name for unit in netlist.units}
    assert len(set(places.values())) == len(places)
    for unit in netlist.units:
        row, column = places[unit.name]
        if unit.kind == "ag":
            assert 0 <= row <= rows
            assert column in (-1, columns)
        else:
            assert 0 <= row < rows
            assert 0 <= column < columns
            assert (row + column) % 2 == (0 if unit.kind == "pcu" else 1)
    tracks = Counter()
    assert layout.routes.keys() == {(n.name, i) for n in netlist.nets for i in range(len(n.sinks))}
    for net in netlist.nets:
        links = set()
        for i, sink in enumerate(net.sinks):
            path = layout.routes[net.name, i]
            if sink == net.source:
                assert path == ()
                continue
            assert path[0] in corners(rows, columns, places[net.source])
            assert path[-1] in corners(rows, columns, places[sink])
            for a, b in pairwise(path):
                assert abs(a[0] - b[0]) + abs(a[1] - b[1]) == 1
            assert all(0 <= r <= rows and 0 <= c <= columns for r, c in path)
            links |= set(pairwise(path))
        roots = {layout.routes[net.name, i][:1] for i, s in enumerate(net.sinks) if s != net.source}
        assert len(roots) <= 1, "one root"
        heads = Counter(b for _, b in links)
        assert not heads or max(heads.values()) == 1, "one way into each switch"
        assert not roots or all((b,) not in roots for _, b in links), "no way into the root"
        tracks.update((net.kind, link) for link in links)
    for (kind, _), used in tracks.items():
        assert used <= getattr(machine.network, f"{kind}_tracks")


@st.composite
def netlists(draw: st.DrawFn) -> Netlist:
    counts = {
        kind: draw(st.integers(1, most)) for kind, most in zip(KINDS, (20, 20, 8), strict=True)
    }
    members = units(**counts)
    near = st.integers(0, len(members) - 1)
    nets = []
    for i in range(draw(st.integers(0, 2 * len(members)))):
        source = draw(near)
        kind = draw(st.sampled_from(("vector", "scalar", "control")))
        sinks = draw(st.lists(near, min_size=1, max_size=3))
        sinks = [members[(source + s % 5) % len(members)].name for s in sinks]
        nets.append(Net(f"n{i}", kind, members[source].name, tuple(sinks)))
    return Netlist(members, tuple(nets))


@settings(max_examples=25, deadline=None, derandomize=True)
@given(netlists(), st.integers(0, 3))
def test_random_netlists_are_legal_and_repeatable(netlist: Netlist, seed: int) -> None:
    layout = place_and_route(netlist, PLASTICINE, seed)
    check_legal(netlist, PLASTICINE, layout)
    assert place_and_route(netlist, PLASTICINE, seed) == layout


@pytest.mark.parametrize("name", ["plasticine", "pir"])
def test_a_large_pipeline_has_short_routes(name: str) -> None:
    machine = load_machine(name)
    members = units(pcu=45, pmu=45, ag=10)
    names = [unit.name for unit in members]
    chain = [(f"pmu{i}", f"pcu{i}") for i in range(45)]
    chain += [(f"pcu{i}", f"pmu{i + 1}") for i in range(44)]
    chain += [(f"ag{i}", f"pmu{4 * i}") for i in range(10)]
    nets = [
        Net(f"{kind}{i}", kind, a, (b, a) if kind == "scalar" else (b,))
        for i, (a, b) in enumerate(chain)
        for kind in ("vector", "scalar", "control")
    ]
    nets.append(Net("fan", "control", names[0], tuple(names[1:60:6])))
    netlist = Netlist(members, tuple(nets))
    layout = place_and_route(netlist, machine)
    check_legal(netlist, machine, layout)
    lengths = [len(path) for (net, _), path in layout.routes.items() if net != "fan" and path]
    assert sum(lengths) / len(lengths) < 2.5


def test_a_full_machine_is_filled() -> None:
    members = units(pcu=64, pmu=64, ag=34)
    nets = tuple(Net(f"n{i}", "vector", f"pmu{i}", (f"pcu{i}",)) for i in range(64))
    netlist = Netlist(members, nets)
    check_legal(netlist, PLASTICINE, place_and_route(netlist, PLASTICINE))


def test_an_empty_netlist_has_an_empty_layout() -> None:
    assert place_and_route(Netlist((), ()), PLASTICINE) == Layout({}, {}, 0)


def test_too_many_units_names_every_kind() -> None:
    with pytest.raises(RduError) as caught:
        place_and_route(Netlist(units(pcu=65, pmu=70, ag=34), ()), PLASTICINE)
    assert caught.value.exit_code == ExitCode.DOES_NOT_FIT
    assert [d.message for d in caught.value.diagnostics] == [
        "does not fit: 65 pcu units, machine 'plasticine' has 64",
        "does not fit: 70 pmu units, machine 'plasticine' has 64",
    ]


def test_congestion_names_the_links() -> None:
    machine = load_machine("plasticine", {"grid.rows": 1, "grid.columns": 8})
    nets = tuple(Net(f"n{i}", "vector", f"ag{i % 2}", ("pcu0",)) for i in range(14))
    netlist = Netlist(units(pcu=1, ag=2), nets)
    places = {"ag0": (0, 8), "ag1": (1, 8), "pcu0": (0, 0)}
    with pytest.raises(RduError) as caught:
        route(netlist, machine, places)
    assert caught.value.exit_code == ExitCode.DOES_NOT_FIT
    (found,) = caught.value.diagnostics
    assert found.message.startswith("does not fit: ")
    assert "vector nets (n" in found.notes[0].message
    assert found.notes[0].message.endswith("machine 'plasticine' has 2 tracks")


def test_negotiation_shares_the_tracks() -> None:
    """Two tracks through each of the two rows of switches carry four nets and no fifth."""
    machine = load_machine("plasticine", {"grid.rows": 1})
    places = {"ag0": (0, 8), "ag1": (1, 8), "pcu0": (0, 0)}
    nets = tuple(Net(f"n{i}", "vector", "ag0", ("pcu0",)) for i in range(4))
    netlist = Netlist(units(pcu=1, ag=2), nets)
    check_legal(netlist, machine, Layout(places, route(netlist, machine, places), 0))


@pytest.mark.parametrize(
    ("members", "nets"),
    [
        ([NetUnit("a", "pcu"), NetUnit("a", "pmu")], []),
        ([NetUnit("a", "pcu")], [Net("n", "vector", "a", ("b",))]),
        ([NetUnit("a", "pcu")], [Net("n", "vector", "a", ("a",))] * 2),
    ],
)
def test_a_netlist_is_well_formed(members: list[NetUnit], nets: list[Net]) -> None:
    with pytest.raises(ValueError, match="net"):
        Netlist(tuple(members), tuple(nets))
