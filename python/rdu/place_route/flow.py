"""Place, then route; where a placement cannot be routed, place again with the next seed."""

from __future__ import annotations

from dataclasses import dataclass

from rdu.place_route.netlist import Netlist
from rdu.place_route.place import Placement, check_fit, place
from rdu.place_route.route import Routes, route
from rdu.support.diagnostics import RduError
from rdu.targets import Machine

ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Layout:
    """A placed and routed netlist; `seed` is the one that led to it."""

    placement: Placement
    routes: Routes
    seed: int


def place_and_route(netlist: Netlist, machine: Machine, seed: int = 0) -> Layout:
    """Place and route a netlist; the result depends on the arguments only.

    Raises:
        RduError: too few units of a kind, or no routable placement found (exit code 3).
    """
    check_fit(netlist, machine)
    for attempt in range(seed, seed + ATTEMPTS - 1):
        placement = place(netlist, machine, attempt)
        try:
            return Layout(placement, route(netlist, machine, placement), attempt)
        except RduError:
            continue
    last = seed + ATTEMPTS - 1
    placement = place(netlist, machine, last)
    return Layout(placement, route(netlist, machine, placement), last)
