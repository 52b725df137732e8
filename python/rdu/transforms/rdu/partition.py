"""`rdu-partition`: make every unit fit the machine, cutting contexts that are too large."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rdu.codegen.configuration import program_of
from rdu.codegen.findings import check_module
from rdu.codegen.fit import cut_context, unit_fits
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.passes import Pass, option, register
from rdu.targets import Machine, load_machine
from rdu.transforms.rdu.netlist import sections_in
from rdu.transforms.rdu.parts import split
from rdu.transforms.rdu.wiring import move_ports, operations_of, unused_name

PORTS = (rdu.PopOp, rdu.PushOp, rdu.AcquireOp, rdu.ReleaseOp)


@register
class Partition(Pass):
    """Make every unit of the virtual sections fit a unit of the machine.

    Takes sections in the state `virtual`. Where the contexts of a PCU do not fit one together, each
    gets a unit of its own; a context that is still too large is cut into a chain of parts in
    several units: its operations stay in order, values that later parts need cross on nets with the
    machine's deepest FIFOs, and parts behind a reduction run once for each of its results. Leaves
    the sections `partitioned`: the module, as a configuration, has nothing that the machine's
    verifier objects to. Otherwise each objection is an error at its op.

    Leaves alone: sections in other states, memories, and address generators; these have to fit as
    they are.
    """

    name = "rdu-partition"
    level_in = "rdu"
    level_out = "rdu"
    statistics: ClassVar = {
        "separated": "contexts that got a unit of their own",
        "split": "contexts that were cut",
        "parts": "parts that they were cut into",
    }

    @dataclass(frozen=True)
    class Options:
        """What `rdu-partition{...}` takes."""

        machine: str = option("plasticine", help="machine to fit: its name or a .toml file")

    def run(self, module: Any, options: Any) -> None:
        """Partition every virtual section, then check the module."""
        machine = load_machine(options.machine)
        virtual = sections_in(module, "virtual")
        if not virtual:
            return
        program_of(module, machine.name)  # says all that a configuration cannot
        for section in virtual:
            for unit in operations_of(section, rdu.UnitOp):
                if unit.kind.value == "pcu" and not unit_fits(unit, machine):
                    self._partition(section, unit, machine)
        check_module(module, machine)
        for section in virtual:
            section.attributes["state"] = ir.StringAttr.get("partitioned")

    def _partition(self, section: rdu.SectionOp, unit: rdu.UnitOp, machine: Machine) -> None:
        """Spread the load of a PCU that is too small for it over several."""
        for alone in self._separate(section, unit, machine):
            if unit_fits(alone, machine):
                continue
            (context,) = alone.operations
            found = cut_context(context, machine)
            if found is not None:
                body, chain = found
                split(section, alone, body, chain, machine)
                self.count("split")
                self.count("parts", len(chain.parts))

    def _separate(
        self, section: rdu.SectionOp, unit: rdu.UnitOp, machine: Machine
    ) -> list[rdu.UnitOp]:
        """Give each context behind the first a unit of its own; return the units."""
        units, before = [unit], unit.name.value
        for context in unit.operations[1:]:
            own = context.name.value
            name = unused_name(section, rdu.UnitOp, f"{before}_{own}")
            with ir.InsertionPoint.after(units[-1]):
                units.append(rdu.UnitOp(name, "pcu", loc=unit.location))
            units[-1].body.blocks.append().append(context)
            ports = [f"{own}.{op.port.value}" for op in context.operations if isinstance(op, PORTS)]
            moved = {f"{before}.{port}": [f"{name}.{port}"] for port in ports}
            move_ports(section, moved, machine)
            self.count("separated")
        return units
