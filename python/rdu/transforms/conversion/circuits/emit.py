"""Emitting planned sections as ops of the `rdu` dialect."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rdu.codegen.sparse import UNUSED, constant_attribute
from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.transforms.conversion.circuits.circuit import (
    CONTEXT,
    ROOT,
    Circuit,
    Input,
    Signal,
    Unit,
)
from rdu.transforms.conversion.circuits.stored import INDEX, Part, StoredTensor

UNBOUNDED = -1
"""The capacity of a channel without end, in the `rdu` dialect."""


def emit(
    circuits: Sequence[Circuit],
    tensors: Iterable[StoredTensor],
    tier: str,
    fifo_depth: int | None,
) -> None:
    """Emit tensors, sections and runs at the insertion point, under the current location.

    Args:
        circuits: the sections in the order in which they run.
        tensors: all that the sections may read or write.
        tier: the memory tier that holds the tensors.
        fifo_depth: the capacity of each channel, None for unbounded.
    """
    owners = {part: tensor for tensor in tensors for part in _parts_of(tensor)}
    touched = {circuit.name: _parts(circuit) for circuit in circuits}
    used = {name: [part for part in owners if part in parts] for name, parts in touched.items()}
    everywhere = set[Part]().union(*touched.values())
    for part, owner in owners.items():
        if part in everywhere:
            kind, role = _type(part), owner.role
            rdu.TensorOp(name=part.name, role=role, type=kind, tier=tier, loc=owner.location)
    for circuit in circuits:
        section = rdu.SectionOp(name=circuit.name, state="virtual")
        with ir.InsertionPoint(section.body.blocks.append()):
            for part in used[circuit.name]:
                rdu.FormalOp(name=part.name, type=_type(part), loc=owners[part].location)
            for name, unit in circuit.units.items():
                _emit_unit(name, unit, circuit.sinks)
            _emit_nets(circuit, fifo_depth)
    for circuit in circuits:
        names = [part.name for part in used[circuit.name]]
        rdu.RunOp(section=circuit.name, formals=names, tensors=names)


def _parts(circuit: Circuit) -> set[Part]:
    """Return the parts of tensors that a section's units touch."""
    storages = [unit.job.storage for unit in circuit.units.values()]
    return {part for storage in storages if storage for part in storage.parts}


def _parts_of(tensor: StoredTensor) -> list[Part]:
    levels = (tensor.level(number) for number in range(len(tensor.form.levels)))
    return [part for storage in (*levels, tensor.values) for part in storage.parts]


def _emit_unit(name: str, unit: Unit, sinks: Mapping[Signal, list[str]]) -> None:
    job = unit.job
    op = rdu.UnitOp(name=name, kind=job.kind, loc=job.location)
    with ir.InsertionPoint(op.body.blocks.append()), job.location:
        context = rdu.ContextOp(name=CONTEXT, names=[], starts=[], stops=[], steps=[], lanes=[])
        with ir.InsertionPoint(context.body.blocks.append()):
            _emit_action(unit, sinks)


def _emit_action(unit: Unit, sinks: Mapping[Signal, list[str]]) -> None:
    job, storage = unit.job, unit.job.storage
    for port, source in unit.inputs:
        if isinstance(source, Signal) and source != ROOT:
            rdu.ReceiveOp(port=port, kind="scalar", element=_scalar(source.element))
    rdu.SparseOp(
        primitive=job.primitive,
        inputs=ir.ArrayAttr.get([_input(port, source) for port, source in unit.inputs]),
        outputs=[signal.port if signal in sinks else UNUSED for signal in unit.outputs],
        function=job.function,
        storage=None if storage is None else storage.kind,
        parts=None if storage is None else ir.ArrayAttr.get(list(map(_word, storage.words))),
        settings=[name for name, _ in job.settings] or None,
        numbers=[number for _, number in job.settings] or None,
    )
    for signal in unit.outputs:
        if signal in sinks:
            rdu.SendOp(port=signal.port, kind="scalar", element=_scalar(signal.element))


def _emit_nets(circuit: Circuit, fifo_depth: int | None) -> None:
    capacity = UNBOUNDED if fifo_depth is None else fifo_depth
    taken: set[str] = set()
    for signal, sinks in circuit.sinks.items():
        base = f"{signal.unit}_{signal.port.removeprefix('out_')}"
        name, number = base, 1
        while name in taken:
            number += 1
            name = f"{base}_{number}"
        taken.add(name)
        rdu.NetOp(
            name=name,
            kind="scalar",
            source=signal.endpoint,
            sinks=sinks,
            capacities=[capacity] * len(sinks),
            inits=[0] * len(sinks),
            loc=circuit.units[signal.unit].job.location,
        )


def _input(port: str, source: Input) -> ir.Attribute:
    if isinstance(source, Signal):
        return ir.StringAttr.get(ROOT.port if source == ROOT else port)
    return constant_attribute(source)


def _word(word: str | int) -> ir.Attribute:
    if isinstance(word, str):
        return ir.StringAttr.get(word)
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), word)


def _scalar(element: str) -> ir.Type:
    return ir.IntegerType.get_signless(32) if element == INDEX else ir.F32Type.get()


def _type(part: Part) -> ir.Type:
    return ir.RankedTensorType.get([part.elements], _scalar(part.element))
