"""Emitting sections that are laid out as ops of the `rdu` dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rdu.codegen.sparse import UNUSED, constant_attribute
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import affine_map, identity_rows
from rdu.transforms.conversion.circuits.circuit import ROOT, Circuit, Input, Signal
from rdu.transforms.conversion.circuits.layout import DATA, Layout, Step, Transfer, Wire
from rdu.transforms.conversion.circuits.stored import Part, StoredTensor


def emit(
    circuits: Sequence[Circuit],
    layouts: Sequence[Layout],
    tensors: Iterable[StoredTensor],
    tier: str,
    lanes: int,
) -> None:
    """Emit tensors, sections and runs at the insertion point, under the current location.

    Args:
        circuits: the sections' primitives, in the order in which the sections run.
        layouts: their units and nets.
        tensors: all that the sections may read or write.
        tier: the memory tier that holds the tensors.
        lanes: words of a vector.
    """
    owners = {part: tensor for tensor in tensors for part in _parts_of(tensor)}
    touched = [_parts(circuit) for circuit in circuits]
    used = [[part for part in owners if part in parts] for parts in touched]
    everywhere = set[Part]().union(*touched)
    for part, owner in owners.items():
        if part in everywhere:
            kind, role = _type(part), owner.role
            rdu.TensorOp(name=part.name, role=role, type=kind, tier=tier, loc=owner.location)
    for circuit, layout, parts in zip(circuits, layouts, used, strict=True):
        section = rdu.SectionOp(name=circuit.name, state="virtual")
        with ir.InsertionPoint(section.body.blocks.append()):
            for part in parts:
                rdu.FormalOp(name=part.name, type=_type(part), loc=owners[part].location)
            _emit_units(layout, circuit, lanes)
            for source, wire in layout.wires.items():
                _emit_net(source, wire)
    for circuit, parts in zip(circuits, used, strict=True):
        names = [part.name for part in parts]
        rdu.RunOp(section=circuit.name, formals=names, tensors=names)


def _emit_units(layout: Layout, circuit: Circuit, lanes: int) -> None:
    for name, place in layout.places.items():
        op = rdu.UnitOp(name=name, kind=place.kind, loc=place.location)
        with ir.InsertionPoint(op.body.blocks.append()), place.location:
            for memory in place.memories:
                rdu.MemoryOp(
                    name=memory.name,
                    element=_scalar(memory.element),
                    words=memory.words,
                    buffers=memory.buffers,
                )
            for own, context in place.contexts.items():
                if isinstance(context, Step):
                    _emit_step(own, context, circuit)
                else:
                    _emit_transfer(own, context, lanes)


def _emit_transfer(name: str, plan: Transfer, lanes: int) -> None:
    context = rdu.ContextOp(
        name=name, names=["i"], starts=[0], stops=[plan.elements], steps=[1], lanes=[lanes]
    )
    word, along = _scalar(plan.element), affine_map(identity_rows(1), 1)
    with ir.InsertionPoint(context.body.blocks.append()):
        for port in plan.acquires:
            rdu.AcquireOp(port=port, level=0)
        match plan.verb:
            case "load":
                value = rdu.LoadOp(value=word, tensor=plan.name, index=along).value
            case "read":
                value = rdu.ReadOp(value=word, memory=plan.name, address=along, level=0).value
            case _:
                value = rdu.PopOp(port=DATA, kind="vector", level=1, value=word).value
        match plan.verb:
            case "store":
                rdu.StoreOp(value=value, tensor=plan.name, index=along)
            case "write":
                rdu.WriteOp(value=value, memory=plan.name, address=along, level=0)
            case _:
                rdu.PushOp(value=value, port=DATA, kind="vector", level=1)
        for port in plan.releases:
            rdu.ReleaseOp(port=port, level=0)


def _emit_step(name: str, step: Step, circuit: Circuit) -> None:
    unit, job = step.unit, step.unit.job
    with job.location:
        context = rdu.ContextOp(name=name, names=[], starts=[], stops=[], steps=[], lanes=[])
        with ir.InsertionPoint(context.body.blocks.append()):
            for port in step.acquires:
                rdu.AcquireOp(port=port, level=0)
            for port, source in unit.inputs:
                if isinstance(source, Signal) and source != ROOT:
                    rdu.ReceiveOp(port=port, kind=source.token, element=_scalar(source.element))
            _emit_action(step, circuit)
            for signal in unit.outputs:
                if signal in circuit.sinks:
                    element = _scalar(signal.element)
                    rdu.SendOp(port=signal.port, kind=signal.token, element=element)
            for port in step.releases:
                rdu.ReleaseOp(port=port, level=0)


def _emit_action(step: Step, circuit: Circuit) -> None:
    unit, job = step.unit, step.unit.job
    rdu.SparseOp(
        primitive=job.primitive,
        inputs=ir.ArrayAttr.get([_input(port, source) for port, source in unit.inputs]),
        outputs=[signal.port if signal in circuit.sinks else UNUSED for signal in unit.outputs],
        function=job.function,
        storage=step.kind,
        parts=None if step.words is None else ir.ArrayAttr.get(list(map(_word, step.words))),
        settings=[name for name, _ in job.settings] or None,
        numbers=[number for _, number in job.settings] or None,
    )


def _emit_net(source: str, wire: Wire) -> None:
    rdu.NetOp(
        name=wire.name,
        kind=wire.kind,
        source=source,
        sinks=[sink for sink, _, _ in wire.sinks],
        capacities=[capacity for _, capacity, _ in wire.sinks],
        inits=[init for _, _, init in wire.sinks],
        loc=wire.location,
    )


def _parts(circuit: Circuit) -> set[Part]:
    """Return the parts of tensors that a section's units touch."""
    storages = [unit.job.storage for unit in circuit.units.values()]
    return {part for storage in storages if storage for part in storage.parts}


def _parts_of(tensor: StoredTensor) -> list[Part]:
    levels = (tensor.level(number) for number in range(len(tensor.form.levels)))
    return [part for storage in (*levels, tensor.values) for part in storage.parts]


def _input(port: str, source: Input) -> ir.Attribute:
    if isinstance(source, Signal):
        return ir.StringAttr.get(ROOT.port if source == ROOT else port)
    return constant_attribute(source)


def _word(word: str | int) -> ir.Attribute:
    if isinstance(word, str):
        return ir.StringAttr.get(word)
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), word)


def _scalar(element: str) -> ir.Type:
    return ir.Type.parse(element)


def _type(part: Part) -> ir.Type:
    return ir.RankedTensorType.get([part.elements], _scalar(part.element))
