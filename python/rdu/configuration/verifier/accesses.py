"""Accesses of memories and tensors: their data ports, element types and ranges of addresses."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.configuration import messages
from rdu.configuration.model import (
    Affine,
    Compute,
    Context,
    Counter,
    DType,
    Load,
    Memory,
    Read,
    Route,
    Sparse,
    Store,
    Update,
    Write,
)
from rdu.configuration.verifier.expressions import MOST_REACH, check_terms, reach, value_range
from rdu.configuration.verifier.scope import Scope, View, by_name, is_sound, number_text
from rdu.configuration.verifier.uses import data_inputs, data_outputs, indices


def check_accesses(scope: Scope) -> None:
    """Check every access of a section: reads, writes, updates, loads and stores."""
    formals = by_name(scope.section.formals)
    for view in scope.views:
        match view.context.action:
            case Read() | Write() | Update() as action:
                memory = view.memories.get(action.memory)
                if memory is None:
                    scope.unknown("memory", action.memory, view.memories, action.span)
                _check_data_ports(action, memory.dtype if memory else None, view.context, scope)
                _check_address(action, memory, view, scope)
                if isinstance(action, Update) and memory is not None:
                    _check_update(action, memory, scope)
                if isinstance(action, Read):
                    _check_back(action, memory, view, scope)
            case Load() | Store() as action:
                formal = formals.get(action.tensor)
                if formal is None:
                    scope.unknown("formal", action.tensor, formals, action.span)
                _check_data_ports(action, formal.dtype if formal else None, view.context, scope)
                _check_index(action, formal.shape if formal else None, view, scope)
            case Compute() | Route() | Sparse():
                pass


def _check_data_ports(
    action: Read | Write | Update | Load | Store,
    dtype: DType | None,
    context: Context,
    scope: Scope,
) -> None:
    """Check the ports that words come from or go to; `dtype` is theirs, None if unknown."""
    for direction, names, ports in (
        ("input", data_inputs(action), context.inputs),
        ("output", data_outputs(action), context.outputs),
    ):
        data = by_name(port for port in ports if port.kind != "control")
        for name in names:
            port = data.get(name)
            if port is None:
                scope.unknown(f"data {direction}", name, data, action.span)
                continue
            if dtype is not None and port.dtype != dtype:
                scope.report(messages.PORT_TYPE, port.span, dtype, port.dtype, name=port.name)
            vector = context.vector_counter
            if direction == "output" and port.kind == "scalar" and vector is not None:
                have = f"scalar, with {vector.par} lanes of counter '{vector.name}'"
                scope.report(messages.SCALAR_ACCESS, port.span, "vector", have, name=port.name)


def _check_names(action: Read | Write | Update | Load | Store, view: View, scope: Scope) -> None:
    """Check what an address is made of: counters, and inputs with a lane for each of its own."""
    lanes = view.context.vector_counter is not None
    for expression in indices(action):
        check_terms(expression, view.counters, view.inputs, action.span, scope)
        for name, _ in expression.terms:
            port = view.inputs.get(name)
            if port is not None and port.kind == "vector" and not lanes:
                need = "a counter with lanes"
                scope.report(messages.VECTOR_TERM, action.span, need, "none", name=name)


def _check_address(
    action: Read | Write | Update, memory: Memory | None, view: View, scope: Scope
) -> None:
    if action.level not in view.levels:
        scope.unknown("level", action.level, view.levels, action.span)
    _check_names(action, view, scope)
    found = value_range(action.address, view.counters)
    if memory is not None and found is not None and not _within(found, memory.words):
        need, have = f"0..{memory.words - 1}", f"{found[0]}..{found[1]}"
        scope.report(messages.ADDRESS_RANGE, action.span, need, have, name=memory.name)
    far = reach(action.address, view.counters)
    if found is None and far > MOST_REACH:
        need = f"terms that add up to {MOST_REACH}"
        scope.report(messages.REACH, action.span, need, number_text(far), name=action.memory)


def _check_index(
    action: Load | Store, shape: tuple[int, ...] | None, view: View, scope: Scope
) -> None:
    report, name = scope.report, action.tensor
    _check_names(action, view, scope)
    if shape is None:
        return
    if len(action.index) != len(shape):
        need, have = len(shape), len(action.index)
        report(messages.RANK, action.span, f"{need} indices", have, name=name)
        return
    for position, (expression, extent) in enumerate(zip(action.index, shape, strict=True)):
        found = value_range(expression, view.counters)
        if found is None or _within(found, extent):
            continue
        need, have = f"0..{extent - 1}", f"{found[0]}..{found[1]}"
        report(messages.INDEX_RANGE, action.span, need, have, position=position, name=name)
    far = _reach(action.index, shape, view.counters)
    if far > MOST_REACH:
        need = f"terms that add up to {MOST_REACH}"
        report(messages.REACH, action.span, need, number_text(far), name=name)


def _reach(
    index: tuple[Affine, ...], shape: tuple[int, ...], counters: Mapping[str, Counter]
) -> int:
    """Return what the terms of an index, in elements of the tensor, add up to at most."""
    total, stride = 0, 1
    for expression, extent in zip(reversed(index), reversed(shape), strict=True):
        total += stride * reach(expression, counters)
        stride *= extent
    return total


def _within(found: tuple[int, int], extent: int) -> bool:
    return found[0] >= 0 and found[1] < extent


def _check_update(action: Update, memory: Memory, scope: Scope) -> None:
    """Check that an update's operation makes a word of a word and an input."""
    from rdu.semantics.scalar import OPS

    op, dtype = OPS.get(action.mnemonic), memory.dtype
    if op is None:
        scope.unknown("operation", action.mnemonic, OPS, action.span)
    elif op.result_type([dtype, dtype]) != dtype:
        need = f"({dtype}, {dtype}) -> {dtype}"
        names = {"name": action.mnemonic, "memory": memory.name}
        scope.report(messages.UPDATE_TYPE, action.span, need, op.signature, **names)


def _check_back(action: Read, memory: Memory | None, view: View, scope: Scope) -> None:
    """Check that a read reaches back to buffers that are there."""
    back, span, report = action.back, action.span, scope.report
    counters = view.counters
    check_terms(back, counters, {}, span, scope)
    used = [counters[name] for name, _ in back.terms if name in counters]
    for counter in used:
        if counter.extent is None:
            need = "a counter whose bounds are numbers"
            report(messages.BACK_BOUNDS, span, need, f"'{counter.name}'", name=action.memory)
    found = value_range(back, counters)
    if memory is None or found is None or not all(map(is_sound, used)):
        return
    if not _within(found, max(memory.buffers, 1)):
        need = f"0..{memory.buffers - 1}"
        have = f"{found[0]}" if found[0] == found[1] else f"{found[0]}..{found[1]}"
        report(messages.BACK_RANGE, span, need, have, name=memory.name)
