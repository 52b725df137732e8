"""A section as a netlist, and what place and route say about it, with the user's line."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from rdu.dialects import rdu
from rdu.mlir_ext.locations import source_location
from rdu.place_route import Net, Netlist, NetUnit
from rdu.support.diagnostics import RduError
from rdu.transforms.rdu.wiring import operations_of


def netlist_of(section: rdu.SectionOp) -> Netlist:
    """Return the units and nets of a section, in its order."""
    units = [NetUnit(u.name.value, u.kind.value) for u in operations_of(section, rdu.UnitOp)]
    nets = [
        Net(
            net.name.value,
            net.kind.value,
            _unit(net.source.value),
            tuple(map(_unit, net.sink_names)),
        )
        for net in operations_of(section, rdu.NetOp)
    ]
    return Netlist(tuple(units), tuple(nets))


def sections_in(module: Any, state: str) -> list[rdu.SectionOp]:
    """Return the sections of a module that are in a state."""
    sections = [op for op in module.body.operations if isinstance(op, rdu.SectionOp)]
    return [section for section in sections if section.state.value == state]


@contextmanager
def located_at(section: rdu.SectionOp) -> Generator[None]:
    """Give the errors raised inside the section as their op and its location as theirs."""
    try:
        yield
    except RduError as failure:
        location = source_location(section.location)
        found = [
            replace(d, message=f"'rdu.section' {d.message}", location=location)
            for d in failure.diagnostics
        ]
        raise RduError(found, failure.exit_code) from failure


def _unit(port: str) -> str:
    return port.partition(".")[0]
