"""Place and route: where every unit of a section goes and which switches its nets cross."""

from rdu.place_route.flow import Layout, place_and_route
from rdu.place_route.netlist import Net, Netlist, NetUnit
from rdu.place_route.place import Placement, place
from rdu.place_route.route import Routes, route

__all__ = [
    "Layout",
    "Net",
    "NetUnit",
    "Netlist",
    "Placement",
    "Routes",
    "place",
    "place_and_route",
    "route",
]
