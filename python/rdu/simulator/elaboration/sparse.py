"""Elaboration of the primitives of sparse tensor algebra."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.configuration.constants import constant_beside
from rdu.configuration.model import ROOT, UNUSED, Context, DType, Operand, Sparse, UnitKind
from rdu.configuration.sparse import FORMS, LANES, group_size, roles
from rdu.simulator.specification import CONSTANT_INPUT, ROOT_INPUT, SparseSpec
from rdu.targets import Machine


def sparse_depth(action: Sparse, kind: UnitKind, machine: Machine, tiers: Mapping[str, str]) -> int:
    """Return the cycles from what a primitive takes to what it gives, on a unit of a machine."""
    assert machine.sparse is not None
    if kind == "pmu":
        return machine.pmu.depth
    if requests_bursts(action, machine, tiers):
        return machine.ag.depth
    return machine.sparse.depth_of(action.primitive, machine.pcu.lanes)


def requests_bursts(action: Sparse, machine: Machine, tiers: Mapping[str, str]) -> bool:
    """Tell whether a primitive on an address generator has to ask a tier for bursts.

    `tiers` names the tier of each formal; all that a primitive has lie in one.
    """
    return any(not machine.tiers[tiers[name]].direct for name in action.tensors)


def elaborate_sparse(
    action: Sparse,
    context: Context,
    numbers: Mapping[str, int],
    *,
    in_memory: bool,
    requests: bool = False,
) -> SparseSpec:
    """Return a verified primitive by numbers, those of formals or of its unit's memories given."""
    inputs = {port.name: i for i, port in enumerate(context.inputs)}
    outputs = {port.name: i for i, port in enumerate(context.outputs)}
    parts = action.storage.parts if action.storage is not None else ()
    types: set[DType | None] = {port.dtype for port in (*context.inputs, *context.outputs)}
    constants = [operand for operand in action.inputs if not isinstance(operand, str)]

    def number(operand: Operand) -> int:
        if not isinstance(operand, str):
            return CONSTANT_INPUT
        return ROOT_INPUT if operand == ROOT else inputs[operand]

    return SparseSpec(
        inputs=tuple(map(number, action.inputs)),
        outputs=tuple(-1 if name == UNUSED else outputs[name] for name in action.outputs),
        storage=action.storage.kind if action.storage is not None else "",
        tensors=tuple(numbers[part] for part in parts if isinstance(part, str)),
        in_memory=in_memory,
        requests=requests,
        extent=next((part for part in parts if isinstance(part, int)), 0),
        settings=tuple(value for name, value in action.settings if name != LANES),
        lanes=dict(action.settings).get(LANES, 1),
        function=action.function or "",
        dtype=_element(action, context),
        constants=tuple((number, constant_beside(number, types)) for number in constants),
    )


def _element(action: Sparse, context: Context) -> DType:
    """Return the element type of a primitive's values; that of indices if it has none."""
    form = FORMS[action.primitive]
    size = group_size(form, len(action.inputs), len(action.outputs)) or 1
    types: dict[str, DType | None] = {
        port.name: port.dtype for port in (*context.inputs, *context.outputs)
    }
    carried = zip(
        (*action.inputs, *action.outputs),
        (*roles(form.inputs, size), *roles(form.outputs, size)),
        strict=True,
    )
    for operand, role in carried:
        if role != "val":
            continue
        if not isinstance(operand, str):
            return constant_beside(operand, set(types.values()))
        if (dtype := types.get(operand)) is not None:
            return dtype
    return "i32"
