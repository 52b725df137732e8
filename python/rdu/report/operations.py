"""How many arithmetic steps a program takes, counted from its text where the text decides.

Every operation of a compute context counts one step for each live lane of each firing, a fused
multiply-add two. So a reduction counts one step a lane: the lanes of the tree and the accumulation
together. A lane is live while its counter is in range. A context without a vector counter has all
lanes live if it takes vectors, else one.

Where data decides how often a context fires, the firings of the run count, each with all lanes; of
a sparse primitive that computes, the values that it takes in, a step each, of vectors for each
lane. A systolic array does a fused multiply-add on each of its elements in each firing; the
operations behind it count one step for each element of a tile.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from rdu.configuration.model import (
    SYSTOLIC,
    Compute,
    Context,
    Counter,
    Operand,
    Operation,
    Section,
    Sparse,
)
from rdu.configuration.sparse import FORMS, LANES, group_size, roles
from rdu.simulator.result import SectionResult
from rdu.targets import Machine

STEPS = {"fma": 2, SYSTOLIC: 2}
"""Arithmetic steps of an operation, where they are not one."""


def section_operations(section: Section, machine: Machine, result: SectionResult) -> int:
    """Return the arithmetic steps of one run of a section."""
    return sum(operations_by_context(section, machine, result).values())


def operations_by_context(
    section: Section, machine: Machine, result: SectionResult
) -> dict[str, int]:
    """Return the arithmetic steps of each context in one run of a section, by `unit.context`."""
    work = _working_firings(section, result)
    return {
        name: context_operations(context, machine, work[name])
        for unit, context in section.contexts()
        for name in (f"{unit.name}.{context.name}",)
    }


def _working_firings(section: Section, result: SectionResult) -> dict[str, int]:
    """Return how often each context fired, by name; of a sparse primitive, with a value."""
    firings = {context.name: context.firings for context in result.contexts}
    taken: dict[str, int] = {}
    ends = [sink.to for net in section.nets for sink in net.sinks]
    for end, channel in zip(ends, result.channels, strict=True):
        taken[str(end)] = channel.tokens - channel.stops
    for unit, context in section.contexts():
        if isinstance(context.action, Sparse) and context.action.function is not None:
            name = f"{unit.name}.{context.name}"
            firings[name] = taken.get(f"{name}.{_computed(context.action)}", 0)
    return firings


def _computed(action: Sparse) -> Operand:
    """Return the first input of values; the first of all where a function compares coordinates."""
    form = FORMS[action.primitive]
    size = group_size(form, len(action.inputs)) or 1
    ports = zip(action.inputs, roles(form.inputs, size), strict=True)
    values = [name for name, role in ports if role == "val" and isinstance(name, str)]
    return values[0] if values else action.inputs[0]


def context_operations(context: Context, machine: Machine, firings: int) -> int:
    """Return the arithmetic steps of a context in so many firings; 0 if it does not compute."""
    if isinstance(context.action, Sparse):
        lanes = dict(context.action.settings).get(LANES, 1)
        return firings * lanes if context.action.function is not None else 0
    if not isinstance(context.action, Compute):
        return 0
    operations = context.action.operations
    if operations and operations[0].mnemonic == SYSTOLIC:
        return _array_operations(context, operations, machine, firings)
    return _steps(operations) * live_lanes(context, machine.pcu.lanes, firings)


def live_lanes(context: Context, lanes: int, firings: int) -> int:
    """Return the live lanes of all firings of a context in one run."""
    width = lanes if any(port.kind == "vector" for port in context.inputs) else 1
    if context.repeat is None or any(counter.extent is None for counter in context.counters):
        return firings * (lanes if context.vector_counter else width)
    values = math.prod(map(_values, context.counters)) * context.repeat
    return values if context.vector_counter else values * width


def _array_operations(
    context: Context, operations: Sequence[Operation], machine: Machine, firings: int
) -> int:
    array = machine.systolic
    elements = array.rows * array.columns if array else 0
    over = context.levels.index(operations[0].over or "") - 1
    trips = [counter.trips or 1 for counter in context.counters[over:]]
    tiles = firings // max(1, math.prod(trips))
    return elements * (STEPS[SYSTOLIC] * firings + _steps(operations[1:]) * tiles)


def _steps(operations: Sequence[Operation]) -> int:
    return sum(STEPS.get(operation.mnemonic, 1) for operation in operations)


def _values(counter: Counter) -> int:
    """Return how many values a counter takes, over all lanes, where the text says it."""
    start, stop = counter.extent or (0, 0)
    return max(0, -(-(stop - start) // counter.step))
