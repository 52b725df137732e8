"""Unit limits: what the contexts and memories of a unit take together is there on the machine."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from rdu.configuration import messages
from rdu.configuration.model import (
    SYSTOLIC,
    Compute,
    Context,
    Holds,
    Operand,
    Operation,
    Read,
    Route,
    Sparse,
    Unit,
    Update,
    Write,
)
from rdu.configuration.verifier.compute import uses_tree
from rdu.configuration.verifier.scope import Scope

if TYPE_CHECKING:
    from rdu.targets import Machine

MOST_TOKENS = 2**20
"""The deepest FIFO where the machine has none, but for `inf`: an engine holds its tokens."""

PORTS = ("vector", "scalar", "control")


def check_limits(scope: Scope) -> None:
    """Check every unit of a section, then the FIFOs of its nets."""
    for unit in scope.section.units:
        _check_unit(unit, scope)
    for unit, context in scope.section.contexts():
        _check_context(unit, context, scope)
    for net in scope.section.nets:
        depth = min(getattr(scope.machine.fifo, net.kind), MOST_TOKENS)
        for sink in net.sinks:
            held = sink.init if sink.capacity is None else sink.capacity
            if held > depth:
                names = {"kind": net.kind, "name": str(sink.to)}
                what = "init" if sink.capacity is None else "capacity"
                need = f"{what} {depth} or less"
                scope.report(messages.FIFO_DEPTH, sink.span, need, held, **names)


def stages_of(operation: Operation, context: Context, lanes: int) -> int:
    """Return the stages of an operation: 1, or log2(lanes) + 1 if it reduces lanes in a tree.

    The systolic array is in front of the stages and takes none.
    """
    if operation.mnemonic == SYSTOLIC:
        return 0
    return 1 + (lanes - 1).bit_length() if uses_tree(operation, context) else 1


def fits(unit: Unit, machine: Machine) -> bool:
    """Whether what a unit takes is there on the machine, registers included."""
    limits = getattr(machine, unit.kind)
    demand = _demand(unit, machine)
    return all(have <= getattr(limits, what) for what, have in demand.items()) and all(
        live_values(context, context.action) <= machine.pcu.registers
        for context in unit.contexts
        if isinstance(context.action, Compute)
    )


def _check_unit(unit: Unit, scope: Scope) -> None:
    limits = getattr(scope.machine, unit.kind)
    for what, have in _demand(unit, scope.machine).items():
        limit: int = getattr(limits, what)
        if have > limit:
            spelt = what.replace("_in", " inputs").replace("_out", " outputs")
            names = {"kind": unit.kind, "name": unit.name, "what": spelt}
            note = f"machine '{scope.machine.name}': {limit} {spelt} for each {unit.kind}"
            need = f"at most {limit}"
            scope.report(messages.TOO_MANY, unit.span, need, have, notes=[note], **names)


def _demand(unit: Unit, machine: Machine) -> dict[str, int]:
    """Return what a unit takes, by the name of the machine's limit."""
    demand = {
        "contexts": len(unit.contexts),
        "counters": sum(len(context.counters) for context in unit.contexts),
    }
    for kind in PORTS:
        inputs = [port for context in unit.contexts for port in context.inputs]
        outputs = [port for context in unit.contexts for port in context.outputs]
        demand[f"{kind}_in"] = sum(port.kind == kind for port in inputs)
        demand[f"{kind}_out"] = sum(port.kind == kind for port in outputs)
    if unit.kind == "pcu":
        demand["stages"] = sum(_stages(context, machine) for context in unit.contexts)
    if unit.kind == "pmu":
        demand["bytes"] = sum(memory.bytes for memory in unit.memories)
    return demand


def _stages(context: Context, machine: Machine) -> int:
    """Return the stages of a context on a PCU; a stream primitive takes one."""
    if isinstance(context.action, Compute):
        lanes = machine.pcu.lanes
        return sum(stages_of(op, context, lanes) for op in context.action.operations)
    if isinstance(context.action, Sparse):
        lanes = machine.pcu.lanes
        return machine.sparse.stages_of(context.action.primitive, lanes) if machine.sparse else 1
    return int(isinstance(context.action, Route))


def _check_context(unit: Unit, context: Context, scope: Scope) -> None:
    match context.action:
        case Compute() as action if unit.kind == "pcu":
            live, need = live_values(context, action), scope.machine.pcu.registers
            if live > need:
                names = {"name": context.name}
                scope.report(messages.REGISTERS, context.span, f"at most {need}", live, **names)
        case Read() | Write() | Update() as action if unit.kind == "pmu":
            terms = len(action.address.terms) + bool(action.address.constant)
            stages = scope.machine.pmu.stages
            if terms > stages:
                need = f"at most {stages}, one a stage"
                report = scope.report
                report(messages.ADDRESS_STAGES, action.span, need, terms, name=context.name)
        case _:
            pass


def live_values(context: Context, action: Compute) -> int:
    """Return the most values that cross from one stage to the next: inputs, counters, results.

    A value lives from the stage that makes it (inputs and counters: from the first) to its last
    use; what an output carries, or its condition asks for, lives to the end. Constants take no
    register, nor do the operands of a systolic array, whose result comes to the first stage.
    """
    tail = [operation for operation in action.operations if operation.mnemonic != SYSTOLIC]
    end = len(tail)
    made: dict[str, int] = {}
    last: dict[str, int] = {}
    for stage, operation in enumerate(tail):
        for name in filter(_is_name, (*operation.operands, operation.init)):
            last[str(name)] = stage
        made.setdefault(operation.result, stage)
    last |= {drive.value: end for drive in action.drives}
    last |= {p.when.name: end for p in context.outputs if isinstance(p.when, Holds)}
    changes = [0] * (end + 1)
    for name, use in last.items():
        first = max(made.get(name, -1), 0)
        if first < use:
            changes[first] += 1
            changes[use] -= 1
    return max(accumulate(changes))


def _is_name(operand: Operand | None) -> bool:
    return isinstance(operand, str)
