"""`rdu-place`: a place on the machine's grid for every unit."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register
from rdu.place_route import place_and_route
from rdu.support.diagnostics import ExitCode, RduError
from rdu.targets import load_machine
from rdu.transforms.rdu.netlist import located_at, netlist_of, sections_in
from rdu.transforms.rdu.wiring import operations_of


@register
class Place(Pass):
    """Give every unit of the partitioned sections a place on the machine's grid.

    Takes sections in the state `partitioned` and leaves them `placed`: every unit is on a place of
    its kind, no two on one, and the nets between them can be routed (`rdu-route` does it). The
    places depend on the section, the machine and the seed only; if the nets cannot be routed, the
    next seeds are tried.

    Leaves alone: sections in other states.
    """

    name = "rdu-place"
    level_in = "rdu"
    level_out = "rdu"
    messages: ClassVar = {"grid": "cannot be placed: machine '{machine}' has no grid"}
    statistics: ClassVar = {"placed": "units that got a place"}

    @dataclass(frozen=True)
    class Options:
        """What `rdu-place{...}` takes."""

        machine: str = option("plasticine", help="machine to place on: its name or a .toml file")
        seed: int = option(0, help="start of the random moves", min=0)

    def run(self, module: Any, options: Any) -> None:
        """Place every partitioned section."""
        machine = load_machine(options.machine)
        for section in sections_in(module, "partitioned"):
            if machine.grid is None:
                hint = "a configuration of unplaced units runs as well"
                self.error(section, "grid", machine=machine.name, hint=hint)
                raise RduError([], ExitCode.DOES_NOT_FIT)
            with located_at(section):
                layout = place_and_route(netlist_of(section), machine, options.seed)
            for unit in operations_of(section, rdu.UnitOp):
                place = layout.placement[unit.name.value]
                unit.attributes["place"] = ir.DenseI64ArrayAttr.get(place)
                self.count("placed")
            section.attributes["state"] = ir.StringAttr.get("placed")
