"""The parts of a context as IR: each in a unit of its own, joined by nets."""

from rdu.codegen.bodies import Body
from rdu.codegen.cuts import Chain, Crossing
from rdu.codegen.flow import Part
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.targets import Machine
from rdu.transforms.rdu.wiring import add_net, move_ports, unused_name


def split(
    section: rdu.SectionOp, unit: rdu.UnitOp, body: Body, chain: Chain, machine: Machine
) -> None:
    """Replace a unit, whose only context has `body`, by one for each part of the chain.

    The first keeps the unit's name. Every part keeps the context's name and location.
    """
    before, context = unit.name.value, body.context.name.value
    units = [before]
    last = unit
    for number in range(1, len(chain.parts)):
        units.append(unused_name(section, rdu.UnitOp, f"{before}_{number}"))
        with ir.InsertionPoint.after(last):
            last = rdu.UnitOp(units[number], "pcu", loc=unit.location)
        with ir.InsertionPoint(last.body.blocks.append()):
            _PartBuilder(body, chain, number).build()
    with ir.InsertionPoint(body.context):
        _PartBuilder(body, chain, 0).build()
    makers = {name: value.owner.location for value, name in body.values.items()}
    body.context.operation.erase()

    moved: dict[str, list[str]] = {}
    for name, part in zip(units, chain.parts, strict=True):
        for port in (*part.inputs, *part.outputs):
            moved.setdefault(f"{before}.{context}.{port}", []).append(f"{name}.{context}.{port}")
    move_ports(section, moved, machine)
    for crossing in chain.crossings:
        kind = crossing.port.kind
        source = f"{units[crossing.source]}.{context}.{crossing.port.name}"
        sinks = [f"{units[sink]}.{context}.{crossing.value}" for sink in crossing.sinks]
        location = makers[crossing.value]
        add_net(section, f"{before}_{crossing.port.name}", kind, (source, sinks), machine, location)


class _PartBuilder:
    """Builds the context of one part at the current insertion point."""

    def __init__(self, body: Body, chain: Chain, number: int) -> None:
        self.body = body
        self.part: Part = chain.parts[number]
        self.incoming = [c for c in chain.crossings if number in c.sinks]
        self.outgoing = [c for c in chain.crossings if c.source == number]
        self.named = {name: value for value, name in body.values.items()}
        self.new: dict[ir.Value, ir.Value] = {}

    def build(self) -> None:
        old, level = self.body.context, self.part.level
        new = rdu.ContextOp(
            old.name,
            list(old.names)[:level],
            list(old.starts)[:level],
            list(old.stops)[:level],
            list(old.steps)[:level],
            list(old.lanes)[:level],
            repeat=old.repeat,
            loc=old.location,
        )
        with ir.InsertionPoint(new.body.blocks.append()):
            self._fill()

    def _fill(self) -> None:
        part, body = self.part, self.body
        for op in body.operations:
            if isinstance(op, rdu.PopOp | rdu.AcquireOp) and op.port.value in part.inputs:
                self._copy(op)
        for crossing in self.incoming:
            self._pop(crossing)
        for op in body.stages[part.start : part.stop]:
            self._copy(op)
        for op in body.operations:
            if isinstance(op, rdu.PushOp | rdu.ReleaseOp) and op.port.value in part.outputs:
                self._copy(op)
        for crossing in self.outgoing:
            port, value = crossing.port, self.named[crossing.value]
            level = body.levels.index(port.level)
            rdu.PushOp(self.new[value], port.name, port.kind, level, loc=value.owner.location)

    def _pop(self, crossing: Crossing) -> None:
        value, port = self.named[crossing.value], crossing.port
        level = self.body.levels.index(port.level)
        pop = rdu.PopOp(crossing.value, port.kind, level, value.type, loc=value.owner.location)
        self.new[value] = pop.value

    def _copy(self, op: ir.OpView) -> None:
        """Copy an op, and in front of it the constants and counters that it takes."""
        operands = list(op.operation.operands)
        for operand in operands:
            if operand not in self.new:
                self._copy(operand.owner.opview)
        copy = op.operation.clone()
        for position, operand in enumerate(operands):
            copy.operation.operands[position] = self.new[operand]
        for result, fresh in zip(op.operation.results, copy.operation.results, strict=True):
            self.new[result] = fresh
