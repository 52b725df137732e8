"""`rdu-pack`: contexts that are connected onto one unit, within the machine's limits."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rdu.codegen.configuration import program_of
from rdu.codegen.fit import fit_together, model_of
from rdu.dialects import rdu
from rdu.mlir_ext.passes import Pass, option, register
from rdu.place_route import pack
from rdu.targets import Machine, UnitKind, load_machine
from rdu.targets.machine import UNIT_KINDS
from rdu.transforms.rdu.merge import merge
from rdu.transforms.rdu.netlist import netlist_of, sections_in
from rdu.transforms.rdu.wiring import operations_of


@register
class Pack(Pass):
    """Put units of the virtual sections together where they are connected and fit one unit.

    Takes sections in the state `virtual` and leaves them so. Units of a kind that nets join, or
    that have neighbours in common, become one, with the memories and contexts of all; what was
    between them needs no tracks any more. Together they stay within the contexts, counters, ports,
    stages and bytes of a unit of the machine. Units that have nothing in common are put together
    only where there are more of them than the machine has.

    A context keeps its name behind that of the unit it was on, and just takes the unit's if it was
    called `main`; so do memories.

    Leaves alone: sections in other states, units that fit nowhere (`rdu-partition` cuts or reports
    them), and all of them on a machine without a grid, which has units without number.
    """

    name = "rdu-pack"
    level_in = "rdu"
    level_out = "rdu"
    statistics: ClassVar = {
        "contexts": "contexts that were there",
        "merged": "units that went onto another one",
        "pcus": "PCUs that are left",
        "pmus": "PMUs that are left",
        "ags": "address generators that are left",
    }

    @dataclass(frozen=True)
    class Options:
        """What `rdu-pack{...}` takes."""

        machine: str = option("plasticine", help="machine to pack for: its name or a .toml file")

    def run(self, module: Any, options: Any) -> None:
        """Pack every virtual section."""
        machine = load_machine(options.machine)
        virtual = sections_in(module, "virtual")
        if machine.grid is None or not virtual:
            return
        program_of(module, machine.name)  # says all that a configuration cannot
        for section in virtual:
            self._pack(section, machine)

    def _pack(self, section: rdu.SectionOp, machine: Machine) -> None:
        units = {unit.name.value: unit for unit in operations_of(section, rdu.UnitOp)}
        models = {name: model_of(unit) for name, unit in units.items()}
        slots: dict[UnitKind, int] = {kind: len(machine.places(kind)) for kind in UNIT_KINDS}
        groups = pack(
            netlist_of(section),
            lambda names: fit_together([models[name] for name in names], machine),
            slots,
        )
        for kind in UNIT_KINDS:
            left = sum(models[group[0]].kind == kind for group in groups)
            self.count(f"{kind}s", left)
        self.count("contexts", sum(len(model.contexts) for model in models.values()))
        self.count("merged", len(units) - len(groups))
        merge(section, [[units[name] for name in group] for group in groups if len(group) > 1])
