"""Pack, place and route: what shares a unit, where each goes, which switches its nets cross."""

from rdu.place_route.flow import Layout, place_and_route
from rdu.place_route.netlist import Net, Netlist, NetUnit
from rdu.place_route.pack import pack
from rdu.place_route.place import Placement, place
from rdu.place_route.route import Routes, route

__all__ = [
    "Layout",
    "Net",
    "NetUnit",
    "Netlist",
    "Placement",
    "Routes",
    "pack",
    "place",
    "place_and_route",
    "route",
]
