"""`rdu-route`: a path over the machine's switches for every net between units."""

from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar

from rdu.codegen.findings import check_module
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register
from rdu.place_route import Placement, route
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import Machine, load_machine
from rdu.transforms.rdu.netlist import located_at, netlist_of, sections_in
from rdu.transforms.rdu.wiring import operations_of


@register
class Route(Pass):
    """Give every net of the placed sections its paths over the machine's switches.

    Takes sections in the state `placed` and leaves them `routed`: every sink in another unit has a
    path from a switch of its source to one of its own, the paths of a net form a tree, and no link
    carries more nets of a kind than it has tracks. The whole module then passes the machine's
    verifier as a configuration.

    Leaves alone: sections in other states, and nets within a unit, which need no path.
    """

    name = "rdu-route"
    level_in = "rdu"
    level_out = "rdu"
    messages: ClassVar = {
        "grid": "cannot be routed: machine '{machine}' has no grid",
        "place": "cannot be routed from {have}: expected a place of a {kind} on '{machine}'",
    }
    statistics: ClassVar = {
        "routed": "channels that got a path",
        "hops": "links on all paths",
    }

    @dataclass(frozen=True)
    class Options:
        """What `rdu-route{...}` takes."""

        machine: str = option("plasticine", help="machine to route on: its name or a .toml file")

    def run(self, module: Any, options: Any) -> None:
        """Route every placed section, then check the module."""
        machine = load_machine(options.machine)
        sections = sections_in(module, "placed")
        for section in sections:
            self._route(section, machine)
        if sections:
            check_module(module, machine)

    def _route(self, section: rdu.SectionOp, machine: Machine) -> None:
        if machine.grid is None:
            hint = "a configuration of unplaced units runs as well"
            self.error(section, "grid", machine=machine.name, hint=hint)
            raise RduError([], ExitCode.DOES_NOT_FIT)
        placement = self._placement(section, machine)
        with located_at(section):
            routes = route(netlist_of(section), machine, placement)
        for net in operations_of(section, rdu.NetOp):
            paths = [routes[net.name.value, sink] for sink in range(len(net.sinks))]
            flat = [ir.DenseI64ArrayAttr.get(list(chain(*path))) for path in paths]
            net.attributes["routes"] = ir.ArrayAttr.get(flat)
            self.count("routed", sum(map(bool, paths)))
            self.count("hops", sum(len(path) - 1 for path in paths if path))
        section.attributes["state"] = ir.StringAttr.get("routed")

    def _placement(self, section: rdu.SectionOp, machine: Machine) -> Placement:
        """Return where the units are; report places that the machine does not have."""
        placement: Placement = {}
        for unit in operations_of(section, rdu.UnitOp):
            row, column = unit.place
            placement[unit.name.value] = (row, column)
            if machine.kind_at((row, column)) != unit.kind.value:
                have, kind = f"({row}, {column})", unit.kind.value
                self.error(unit, "place", have=have, kind=kind, machine=machine.name)
        if self.failed:
            raise RduError([], ExitCode.DOES_NOT_FIT)
        return placement
