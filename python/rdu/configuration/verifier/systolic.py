"""Systolic computations: the array is there, is fed whole vectors, and drains a tile at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdu.configuration import messages
from rdu.configuration.model import SYSTOLIC, Compute, Context, Operation
from rdu.configuration.verifier.expressions import port_text
from rdu.configuration.verifier.scope import Scope, by_name

if TYPE_CHECKING:
    from rdu.targets.parameters import Systolic


def is_systolic(context: Context) -> bool:
    """Whether a context begins in the systolic array, as it must if it uses it at all."""
    action = context.action
    return isinstance(action, Compute) and any(
        operation.mnemonic == SYSTOLIC for operation in action.operations[:1]
    )


def vectors_per_tile(array: Systolic) -> int:
    """Return how many vectors a tile drains as."""
    return -(-array.rows * array.columns // array.output_lanes)


def check_systolic(scope: Scope) -> None:
    """Check every context that uses its unit's systolic array."""
    for unit in scope.section.units:
        users: list[Context] = []
        for context in unit.contexts:
            operations = context.action.operations if isinstance(context.action, Compute) else ()
            if any(operation.mnemonic == SYSTOLIC for operation in operations):
                _check_context(context, operations, scope)
                users.append(context)
        for context in users[1:]:
            names = {"kind": unit.kind, "name": unit.name, "what": "systolic contexts"}
            have = f"'{users[0].name}' and '{context.name}'"
            scope.report(messages.TOO_MANY, context.span, "one array at work", have, **names)


def _check_context(context: Context, operations: tuple[Operation, ...], scope: Scope) -> None:
    report = scope.report
    array = next(op for op in operations if op.mnemonic == SYSTOLIC)
    if scope.machine.systolic is None:
        need = "a machine with a systolic array"
        have = f"'{scope.machine.name}'"
        report(messages.NO_ARRAY, array.span, need, have, name=context.name)
    if array.init is not None:
        have = f"'{array.init}'"
        report(messages.SYSTOLIC_INIT, array.span, "no 'init'", have, name=array.result)
    if operations[0] is not array:
        need, have = "the first stage", f"'{operations[0].result}' before it"
        report(messages.SYSTOLIC_FIRST, array.span, need, have, name=array.result)
    for other in operations:
        if other is not array and other.over is not None:
            need = "operations that take each vector on its own"
            have = other.mnemonic if other.mnemonic == SYSTOLIC else f"reduce {other.mnemonic}"
            report(messages.SYSTOLIC_TAIL, other.span, need, f"'{have}'", name=array.result)
    _check_chain(context, array, scope)
    _check_operands(context, array, scope)
    _check_outputs(context, array, scope)


def _check_chain(context: Context, array: Operation, scope: Scope) -> None:
    """Check the counters: their bounds end a tile, and the lanes are the array's."""
    for counter in context.counters:
        if counter.par > 1 or counter.until is not None:
            need = "counters with bounds and without lanes"
            have = f"par {counter.par}" if counter.par > 1 else f"until '{counter.until}'"
            scope.report(messages.SYSTOLIC_CHAIN, counter.span, need, have, name=array.result)
    known = [counter.name for counter in context.counters]
    if array.over not in known:
        scope.unknown("counter", str(array.over), known, array.span)


def _check_operands(context: Context, array: Operation, scope: Scope) -> None:
    report, span, name = scope.report, array.span, array.result
    if len(array.operands) != 2:
        report(messages.ARITY, span, "2", len(array.operands), name=SYSTOLIC)
    inputs, innermost = by_name(context.inputs), context.levels[-1]
    types: list[str] = []
    for operand in array.operands:
        port = inputs.get(operand) if isinstance(operand, str) else None
        right = port is not None and port.kind == "vector" and port.dtype in ("f32", "bf16")
        if port is None or not right or port.level != innermost:
            need = f"a vector f32 or bf16 input @{innermost}"
            have = f"'{operand}'" if port is None else port_text(port)
            report(messages.SYSTOLIC_OPERAND, span, need, have, name=name)
        elif port.dtype is not None:
            types.append(port.dtype)
    if len(set(types)) > 1:
        have = f"({', '.join(types)})"
        report(messages.OPERAND_TYPE, span, "one element type", have, name=SYSTOLIC)


def _check_outputs(context: Context, array: Operation, scope: Scope) -> None:
    """Check that everything leaves with the tile: at the level just outside of it."""
    if array.over not in context.levels[1:]:
        return
    outside = context.levels[context.level_index(array.over) - 1]
    for port in context.outputs:
        if port.kind == "control" or port.when is not None or port.level != outside:
            need = f"a vector or scalar @{outside} in every tile"
            have = port_text(port) + " with a condition" * (port.when is not None)
            scope.report(messages.SYSTOLIC_OUTPUT, port.span, need, have, name=port.name)
