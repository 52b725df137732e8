"""The nets of a section when its units change: names, moved ports, new nets."""

from collections.abc import Mapping, Sequence
from typing import Any

from rdu.dialects import rdu
from rdu.mlir_ext import ir


def operations_of(section: rdu.SectionOp, kind: type[Any]) -> list[Any]:
    """Return the formals, units or nets of a section."""
    return [op for op in section.operations if isinstance(op, kind)]


def unused_name(section: rdu.SectionOp, kind: type[Any], wish: str) -> str:
    """Return a name that no unit (or net) of the section has: the wish, or it with a number."""
    taken = {op.name.value for op in operations_of(section, kind)}
    name, number = wish, 1
    while name in taken:
        name, number = f"{wish}_{number}", number + 1
    return name


def move_ports(section: rdu.SectionOp, moved: Mapping[str, Sequence[str]]) -> None:
    """Let nets lead from and to other ports.

    Args:
        section: a section without routes.
        moved: `unit.context.port` of the new ports for each that moves; an input may become
            several, each with a FIFO like that of the old one.
    """
    for net in operations_of(section, rdu.NetOp):
        (source,) = moved.get(net.source.value, [net.source.value])
        rows = [
            (new, capacity, init)
            for old, capacity, init in zip(net.sink_names, net.capacities, net.inits, strict=True)
            for new in moved.get(old, [old])
        ]
        sinks, capacities, inits = zip(*rows, strict=True) if rows else ((), (), ())
        net.attributes["source"] = ir.StringAttr.get(source)
        net.attributes["sinks"] = ir.ArrayAttr.get([ir.StringAttr.get(sink) for sink in sinks])
        net.attributes["capacities"] = ir.DenseI64ArrayAttr.get(capacities)
        net.attributes["inits"] = ir.DenseI64ArrayAttr.get(inits)


def add_net(
    section: rdu.SectionOp,
    wish: str,
    kind: str,
    ends: tuple[str, Sequence[str]],
    capacity: float,
    location: ir.Location,
) -> None:
    """Add a net at the end of a section: source and sinks as `unit.context.port`."""
    source, sinks = ends
    depth = -1 if capacity == float("inf") else int(capacity)
    with ir.InsertionPoint(section.body.blocks[0]):
        rdu.NetOp(
            unused_name(section, rdu.NetOp, wish),
            kind,
            source,
            list(sinks),
            [depth] * len(sinks),
            [0] * len(sinks),
            loc=location,
        )
