"""How many arithmetic steps a program takes, counted from its text alone.

Every operation of a compute context counts one step for each live lane of each firing, a fused
multiply-add two. So a reduction counts one step a lane: the lanes of the tree and the accumulation
together. A lane is live while its counter is in range. A context without a vector counter has all
lanes live if it takes vectors, else one.
"""

from __future__ import annotations

import math

from rdu.configuration.model import Compute, Context, Counter, Section

STEPS = {"fma": 2}
"""Arithmetic steps of an operation, where they are not one."""


def section_operations(section: Section, lanes: int) -> int:
    """Return the arithmetic steps of one run of a section on units of `lanes` lanes."""
    return sum(context_operations(context, lanes) for _, context in section.contexts())


def context_operations(context: Context, lanes: int) -> int:
    """Return the arithmetic steps of a context in one run; 0 if it does not compute."""
    if not isinstance(context.action, Compute):
        return 0
    steps = sum(STEPS.get(op.mnemonic, 1) for op in context.action.operations)
    return steps * live_lanes(context, lanes)


def live_lanes(context: Context, lanes: int) -> int:
    """Return the live lanes of all firings of a context in one run."""
    values = math.prod(map(_values, context.counters)) * (context.repeat or 0)
    takes_vectors = any(port.kind == "vector" for port in context.inputs)
    return values if context.vector_counter or not takes_vectors else values * lanes


def _values(counter: Counter) -> int:
    """Return how many values a counter takes, over all lanes; 0 where data decides."""
    start, stop = counter.extent or (0, 0)
    return max(0, -(-(stop - start) // counter.step))
