"""Emitting a planned fabric as ops of the `rdu` dialect."""

from __future__ import annotations

from collections.abc import Sequence

from rdu.dialects import rdu, spatial
from rdu.mlir_ext import arith, ir
from rdu.mlir_ext.linear import affine_map
from rdu.transforms.conversion.units.fabric import Fabric
from rdu.transforms.conversion.units.plans import Access, Compute, Transfer, Unit


def emit(fabric: Fabric, name: str, declarations: Sequence[ir.OpView], tier: str) -> None:
    """Emit tensors, the section and its run at the insertion point."""
    tensors = [d for d in declarations if isinstance(d, spatial.DramOp)]
    for tensor in tensors:
        rdu.TensorOp(
            name=tensor.name.value,
            role=tensor.role.value,
            type=tensor.result.type.tensor,
            tier=tier,
            loc=tensor.location,
        )
    section = rdu.SectionOp(name=name, state="virtual")
    with ir.InsertionPoint(section.body.blocks.append()):
        for tensor in tensors:
            rdu.FormalOp(
                name=tensor.name.value, type=tensor.result.type.tensor, loc=tensor.location
            )
        for unit_name, unit in fabric.units.items():
            _emit_unit(unit_name, unit)
        for number, ((source, _), net) in enumerate(fabric.nets.items()):
            rdu.NetOp(
                name=f"n{number}",
                kind=net.kind,
                source=source,
                sinks=[sink for sink, _, _ in net.sinks],
                capacities=[capacity for _, capacity, _ in net.sinks],
                inits=[init for _, _, init in net.sinks],
                loc=fabric.units[source.partition(".")[0]].location,
            )
    names = [tensor.name.value for tensor in tensors]
    rdu.RunOp(section=name, formals=names, tensors=names)


def _emit_unit(name: str, unit: Unit) -> None:
    op = rdu.UnitOp(name=name, kind=unit.kind, loc=unit.location)
    with ir.InsertionPoint(op.body.blocks.append()), unit.location:
        if unit.memory is not None:
            declaration = unit.memory.owner.opview
            rdu.MemoryOp(
                name=declaration.name.value,
                element=unit.memory.type.tensor.element_type,
                words=declaration.words,
                buffers=declaration.buffers.value,
            )
        for context_name, context in unit.contexts.items():
            _emit_context(context_name, context)


def _emit_context(name: str, plan: Access | Transfer | Compute) -> None:
    chain = plan.chain
    location = plan.controller.location if isinstance(plan, Compute) else plan.location
    context = rdu.ContextOp(
        name=name,
        names=[c.name for c in chain],
        starts=[c.start for c in chain],
        stops=[c.stop for c in chain],
        steps=[c.step for c in chain],
        lanes=[c.lanes for c in chain],
        loc=location,
    )
    with ir.InsertionPoint(context.body.blocks.append()), location:
        if isinstance(plan, Access):
            _emit_access(plan)
        elif isinstance(plan, Transfer):
            _emit_transfer(plan)
        else:
            _emit_compute(plan)


def _emit_access(plan: Access) -> None:
    declaration = plan.memory.owner.opview
    element = plan.memory.type.tensor.element_type
    innermost = len(plan.chain)
    place = {
        "memory": declaration.name.value,
        "address": affine_map([plan.address], innermost),
        "level": plan.level,
    }
    for port in plan.acquires:
        rdu.AcquireOp(port=port, level=plan.level)
    if plan.writes:
        word = rdu.PopOp(port="data", kind="vector", level=innermost, value=element).value
        rdu.WriteOp(value=word, **place)
    else:
        word = rdu.ReadOp(value=element, **place).value
        rdu.PushOp(value=word, port="data", kind="vector", level=innermost)
    for port in plan.releases:
        rdu.ReleaseOp(port=port, level=plan.level)


def _emit_transfer(plan: Transfer) -> None:
    innermost = len(plan.chain)
    place = {"tensor": plan.tensor, "index": affine_map(plan.index, innermost)}
    if plan.loads:
        word = rdu.LoadOp(value=plan.element, **place).value
        rdu.PushOp(value=word, port="data", kind="vector", level=innermost)
    else:
        word = rdu.PopOp(port="data", kind="vector", level=innermost, value=plan.element).value
        rdu.StoreOp(value=word, **place)


def _emit_compute(plan: Compute) -> None:
    values: dict[ir.Value, ir.Value] = {}
    for op in plan.controller.body.blocks[0].operations:
        with op.location:
            if isinstance(op, spatial.ReadOp | spatial.PopOp):
                port, kind, level = plan.inputs[op.operation]
                values[op.value] = rdu.PopOp(
                    port=port, kind=kind, level=level, value=op.value.type
                ).value
            elif isinstance(op, spatial.IndexOp):
                values[op.result] = rdu.CounterOp(
                    level=op.dim.value + 1, result=op.result.type
                ).result
            elif isinstance(op, spatial.ReduceOp):
                init = None if op.init is None else _value(op.init, values)
                values[op.result] = rdu.ReduceOp(
                    value=_value(op.value, values),
                    init=init,
                    combiner=op.combiner.value,
                    over=plan.prefix + op.over.value + 1,
                    result=op.result.type,
                ).result
            elif op.operation.name.partition(".")[0] in ("arith", "math"):
                copy = ir.Operation.create(
                    op.operation.name,
                    results=[r.type for r in op.operation.results],
                    operands=[_value(o, values) for o in op.operation.operands],
                    attributes={n: op.attributes[n] for n in op.attributes},
                )
                values[op.operation.results[0]] = copy.results[0]
    for port, (value, kind, level) in plan.outputs.items():
        rdu.PushOp(value=_driven(value, values), port=port, kind=kind, level=level)


def _value(value: ir.Value, values: dict[ir.Value, ir.Value]) -> ir.Value:
    if value not in values:
        # A constant from outside: every context gets its own copy.
        values[value] = value.owner.clone().results[0]
    return values[value]


def _driven(value: ir.Value, values: dict[ir.Value, ir.Value]) -> ir.Value:
    """Return what an output carries; a constant passes through a stage first."""
    mapped = _value(value, values)
    if not isinstance(mapped.owner.opview, arith.ConstantOp):
        return mapped
    true = arith.ConstantOp(ir.IntegerType.get_signless(1), 1).result
    return arith.SelectOp(true, mapped, mapped).result
