"""The way of a packet over the dynamic network: dimension order, along a row, then a column."""

from __future__ import annotations

from itertools import pairwise

from rdu.targets.machine import Machine, Place

Link = tuple[Place, Place]
"""A directed link, from one switch to a neighbour."""


def packet_route(machine: Machine, source: Place, sink: Place) -> tuple[Link, ...]:
    """Return the links from the unit at `source` to that at `sink`; none between neighbours.

    A unit is joined to the first switch that it touches: the one at its top left corner, an AG's
    only one. All turns are from a row into a column, so no cycle of packets can wait for each
    other (Dally and Seitz, 1987). IndexError if there is no unit at a place.
    """
    row, column = machine.switches_at(source)[0]
    last_row, last_column = machine.switches_at(sink)[0]
    way = [(row, column)]
    while column != last_column:
        column += 1 if column < last_column else -1
        way.append((row, column))
    while row != last_row:
        row += 1 if row < last_row else -1
        way.append((row, column))
    return tuple(pairwise(way))


def link_name(link: Link) -> str:
    """Return a link's name in reports, such as `(0,1)-(0,2)`."""
    return "-".join(f"({row},{column})" for row, column in link)
