"""Accesses of memories and tensors: their data port, element type and range of addresses."""

from __future__ import annotations

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
    Span,
    Store,
    Unit,
    Update,
    Write,
)
from rdu.configuration.verifier.scope import INT_MIN, Scope, by_name, is_sound, last_value

MOST_COEFFICIENT = 2**31
"""The largest coefficient of an address: what it comes to then fits the engines' 64 bits."""


MOST_REACH = 2**60
"""How far the terms of an index may lead before they cancel, in elements: bytes fit 64 bits."""


def check_accesses(scope: Scope) -> None:
    """Check the memories of a section, then every read, write, load and store."""
    formals = by_name(scope.section.formals)
    for unit in scope.section.units:
        for memory in unit.memories:
            _check_memory(unit, memory, scope)
    for unit, context in scope.section.contexts():
        match context.action:
            case Read() | Write() as action:
                _check_word(action, unit, context, scope)
            case Load() | Store() as action:
                formal = formals.get(action.tensor)
                if formal is None:
                    scope.unknown("formal", action.tensor, list(formals), action.span)
                    _check_data_port(action, None, context, scope)
                    continue
                _check_data_port(action, formal.dtype, context, scope)
                _check_index(action, formal.shape, context, scope)
            case Compute() | Route() | Update():
                pass


def _check_memory(unit: Unit, memory: Memory, scope: Scope) -> None:
    if unit.kind != "pmu":
        names = {"kind": unit.kind, "unit": unit.name, "name": memory.name}
        scope.report(messages.MEMORY_UNIT, memory.span, "a pmu", unit.kind, **names)
    if memory.words < 1 or memory.buffers < 1:
        have = f"words {memory.words} buffers {memory.buffers}"
        scope.report(messages.EMPTY_MEMORY, memory.span, "1 of each", have, name=memory.name)


def _check_word(action: Read | Write, unit: Unit, context: Context, scope: Scope) -> None:
    if action.level not in context.levels:
        scope.unknown("level", action.level, list(context.levels), action.span)
    memories = by_name(unit.memories)
    memory = memories.get(action.memory)
    if memory is None:
        scope.unknown("memory", action.memory, list(memories), action.span)
    _check_data_port(action, memory.dtype if memory else None, context, scope)
    found = _range(action.address, context, action.span, scope)
    if memory is None or found is None or _within(found, memory.words):
        return
    need, have = f"0..{memory.words - 1}", f"{found[0]}..{found[1]}"
    scope.report(messages.ADDRESS_RANGE, action.span, need, have, name=memory.name)


def _check_index(
    action: Load | Store, shape: tuple[int, ...], context: Context, scope: Scope
) -> None:
    report, name = scope.report, action.tensor
    if len(action.index) != len(shape):
        need, have = len(shape), len(action.index)
        report(messages.RANK, action.span, f"{need} indices", have, name=name)
        return
    for position, (expression, extent) in enumerate(zip(action.index, shape, strict=True)):
        found = _range(expression, context, action.span, scope)
        if found is None or _within(found, extent):
            continue
        need, have = f"0..{extent - 1}", f"{found[0]}..{found[1]}"
        report(messages.INDEX_RANGE, action.span, need, have, position=position, name=name)
    reach = _reach(action, shape, context)
    if reach > MOST_REACH:
        report(messages.REACH, action.span, f"terms that add up to {MOST_REACH}", reach, name=name)


def _reach(action: Load | Store, shape: tuple[int, ...], context: Context) -> int:
    """Return what the terms of an index, in elements of the tensor, add up to at most."""
    most = {counter.name: _largest(counter) for counter in context.counters}
    reach, stride = 0, 1
    for expression, extent in zip(reversed(action.index), reversed(shape), strict=True):
        terms = (abs(c) * most.get(name, -INT_MIN) for name, c in expression.terms)
        reach += stride * (abs(expression.constant) + sum(terms))
        stride *= extent
    return reach


def _largest(counter: Counter) -> int:
    """Return the largest magnitude of a counter's values."""
    return max(abs(end) for end in counter.extent or (INT_MIN,))


def _within(found: tuple[int, int], extent: int) -> bool:
    return found[0] >= 0 and found[1] < extent


def _range(
    expression: Affine, context: Context, span: Span, scope: Scope
) -> tuple[int, int] | None:
    """Return the least and the largest value of an expression over a chain, None if unknown."""
    counters = by_name(context.counters)
    low = high = expression.constant
    known = True
    for name, coefficient in expression.terms:
        counter = counters.get(name)
        if counter is None:
            scope.unknown("counter", name, list(counters), span)
        if abs(coefficient) > MOST_COEFFICIENT:
            need = f"at most {MOST_COEFFICIENT}"
            scope.report(messages.COEFFICIENT, span, need, abs(coefficient), name=name)
        if counter is None or not is_sound(counter) or abs(coefficient) > MOST_COEFFICIENT:
            known = False
            continue
        start, _ = counter.extent or (0, 0)
        ends = coefficient * start, coefficient * last_value(counter)
        low, high = low + min(ends), high + max(ends)
    return (low, high) if known else None


def _check_data_port(
    action: Read | Write | Load | Store, dtype: DType | None, context: Context, scope: Scope
) -> None:
    """Check the port that the words come from or go to; `dtype` is theirs, None if unknown."""
    stores = isinstance(action, Write | Store)
    ports = context.inputs if stores else context.outputs
    port = next((port for port in ports if port.name == action.port), None)
    if port is None or port.kind == "control":
        known = [port.name for port in ports if port.kind != "control"]
        direction = "input" if stores else "output"
        scope.unknown(f"data {direction}", action.port, known, action.span)
        return
    if dtype is not None and port.dtype != dtype:
        scope.report(messages.PORT_TYPE, port.span, dtype, port.dtype, name=port.name)
    vector = context.vector_counter
    if not stores and port.kind == "scalar" and vector is not None:
        have = f"scalar, with {vector.par} lanes of counter '{vector.name}'"
        scope.report(messages.SCALAR_ACCESS, port.span, "vector", have, name=port.name)
