"""The nets of a section when its units change: names, moved ports, new nets."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.targets import Machine


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


def move_ports(
    section: rdu.SectionOp, moved: Mapping[str, Sequence[str]], machine: Machine
) -> None:
    """Let nets lead from and to other ports.

    Args:
        section: a section without routes.
        moved: `unit.context.port` of the new ports for each that moves. An input may become
            several, which take the same token at different times: these have deep FIFOs.
        machine: says how deep FIFOs are.
    """
    for net in operations_of(section, rdu.NetOp):
        (source,) = moved.get(net.source.value, [net.source.value])
        deepest = fifo_depth(machine, net.kind.value)
        rows: list[tuple[str, int, int]] = []
        for old, have, init in zip(net.sink_names, net.capacities, net.inits, strict=True):
            new = moved.get(old, [old])
            capacity = deepest if len(new) > 1 and have >= 0 else have
            rows += [(sink, capacity, init) for sink in new]
        sinks, capacities, inits = zip(*rows, strict=True) if rows else ((), (), ())
        net.attributes["source"] = ir.StringAttr.get(source)
        net.attributes["sinks"] = ir.ArrayAttr.get([ir.StringAttr.get(sink) for sink in sinks])
        net.attributes["capacities"] = ir.DenseI64ArrayAttr.get(capacities)
        net.attributes["inits"] = ir.DenseI64ArrayAttr.get(inits)


def fifo_depth(machine: Machine, kind: str) -> int:
    """Return how many tokens of a kind the machine's FIFOs hold, -1 if they have no bound."""
    depth: float = getattr(machine.fifo, kind)
    return -1 if math.isinf(depth) else int(depth)


def add_net(
    section: rdu.SectionOp,
    wish: str,
    kind: str,
    ends: tuple[str, Sequence[str]],
    machine: Machine,
    location: ir.Location,
) -> None:
    """Add a net with deep FIFOs at the end of a section: source and sinks are its `ends`."""
    source, sinks = ends
    with ir.InsertionPoint(section.body.blocks[0]):
        rdu.NetOp(
            unused_name(section, rdu.NetOp, wish),
            kind,
            source,
            list(sinks),
            [fifo_depth(machine, kind)] * len(sinks),
            [0] * len(sinks),
            loc=location,
        )
