"""Routes of packets: along the row, then along the column, from switch to switch."""

from itertools import pairwise

import pytest

from rdu.targets import Place, load_machine
from rdu.targets.routes import link_name, packet_route

LAB = load_machine("lab")


@pytest.mark.parametrize(
    ("source", "sink", "switches"),
    [
        ((1, 1), (1, 1), [(1, 1)]),
        ((0, 0), (0, 2), [(0, 0), (0, 1), (0, 2)]),
        ((3, 3), (1, 1), [(3, 3), (3, 2), (3, 1), (2, 1), (1, 1)]),
        ((1, 0), (3, 1), [(1, 0), (1, 1), (2, 1), (3, 1)]),
        ((2, -1), (2, 0), [(2, 0)]),
        ((4, -1), (3, 0), [(4, 0), (3, 0)]),
        ((2, -1), (0, 4), [(2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (1, 4), (0, 4)]),
    ],
)
def test_route(source: Place, sink: Place, switches: list[Place]) -> None:
    """A unit at (i, j) starts and ends at switch (i, j); an AG at its only one."""
    assert packet_route(LAB, source, sink) == tuple(pairwise(switches))


def test_every_route_is_a_shortest_one_over_links_that_are_there() -> None:
    units = [place for kind in ("pcu", "pmu", "ag") for place in LAB.places(kind)]
    for source in units:
        for sink in units:
            route = packet_route(LAB, source, sink)
            (row, column), (last_row, last_column) = (LAB.switches_at(p)[0] for p in (source, sink))
            assert len(route) == abs(row - last_row) + abs(column - last_column)
            assert all(end in LAB.neighbours(start) for start, end in route)


def test_link_names() -> None:
    assert link_name(((0, 1), (0, 2))) == "(0,1)-(0,2)"
