"""Checks that the verifiers of several dialects share, with what they say."""

from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Op
from rdu.semantics.reduction import REDUCTIONS

ROLES = ("input", "weight", "output", "temporary")
"""What a tensor of a program may be."""

COUNTERS = {
    "counters": "attribute '{name}' has {have} entries: expected {need}, one for each name",
    "range": "counter '{name}' runs from {start} to {stop} by {step}: expected at least one "
    "iteration and a step of 1 or more",
    "lanes": "counters have lanes {have}: expected at most one entry above 1, each at least 1",
}
"""Messages of `check_counters`."""

COMBINER = {"combiner": "combiner '{have}' does not reduce {element}: expected {need}"}
"""The message of `check_combiner`."""

REDUCTION = COMBINER | {"type": "combines {have} into {result}: expected one type"}
"""Messages of `check_reduction`."""


def is_static_tensor(kind: Any) -> bool:
    """Tell whether a type is a ranked tensor whose extents are all known."""
    return isinstance(kind, ir.RankedTensorType) and kind.has_static_shape


def check_counters(op: Op, fields: tuple[str, ...]) -> bool:
    """Check a chain of counters: as many entries in each field as names, bounds, lanes.

    Returns whether the fields have the right lengths and lanes, so that more can be checked.
    """
    need = len(op.names)
    lengths = {name: len(getattr(op, name)) for name in fields}
    wrong = {name: have for name, have in lengths.items() if have != need}
    for name, have in wrong.items():
        op.error("counters", name=name, have=have, need=need)
    if wrong or len(op.counter_names) != need:
        return False
    bounds = zip(op.counter_names, op.starts, op.stops, op.steps, strict=True)
    for name, start, stop, step in bounds:
        if step < 1 or stop <= start:
            op.error("range", name=name, start=start, stop=stop, step=step)
    lanes = list(op.lanes)
    if any(n < 1 for n in lanes) or sum(n > 1 for n in lanes) > 1:
        op.error("lanes", have=lanes)
        return False
    return True


def check_combiner(op: Op, element: ir.Type) -> None:
    """Check that an op's combiner reduces an element type."""
    name = str(element)
    if name not in REDUCTIONS.get(op.combiner.value, {}):
        need = [combiner for combiner, identities in REDUCTIONS.items() if name in identities]
        op.error(
            "combiner",
            have=op.combiner.value,
            element=name,
            need=", ".join(need) or "values of f32, i32 or i1",
        )


def check_reduction(op: Op) -> None:
    """Check that all operands of a reduction have its result's type, which its combiner takes."""
    types: list[Any] = [operand.type for operand in op.operation.operands]
    if any(kind != op.result.type for kind in types):
        op.error("type", have=" and ".join(map(str, types)), result=op.result.type)
    check_combiner(op, op.result.type)
