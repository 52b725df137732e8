"""Twists: each lets data decide one thing in a random section whose firings are known before.

Producers and consumers are twisted alike, so that most sections still finish.
"""

from __future__ import annotations

import math
from dataclasses import replace

from random_ports import add_output, connect, set_condition
from random_sections import RandomSection

from rdu.semantics.dtypes import DType
from rdu.simulator.specification import (
    ContextSpec,
    Guard,
    Input,
    Level,
    Output,
    Step,
    Sum,
    When,
)


def in_first_or_last(made: RandomSection) -> None:
    """Let a port act in the first or last iteration of a counter alone."""
    source = _port(made, least_level=1)
    if source is not None:
        level = made.contexts[source[0]].outputs[source[1]].level
        kind = made.random.choice(("first", "last"))
        when = When(kind, made.random.randint(1, level))
        set_condition(made, source, lambda _: when)


def by_comparison(made: RandomSection) -> None:
    """Let a port act where a sum of iteration numbers is negative, or zero, or is not."""
    random, source = made.random, _port(made, least_level=1)
    if source is None:
        return
    level = made.contexts[source[0]].outputs[source[1]].level
    wholes = [
        math.lcm(*(c.levels[i].stride for c in made.contexts if len(c.levels) > i))
        for i in range(level)
    ]
    factors = [random.choice((-1, 0, 1, 1)) for _ in range(level)]
    constant, kind = random.randint(-3, 2), random.choice(("negative", "zero"))
    negated = random.choice((False, True))

    def condition(spec: ContextSpec) -> When:
        """In any context a counter's term is `factor * whole * iteration`."""
        terms = [f * w // r.stride for f, w, r in zip(factors, wholes, spec.levels, strict=False)]
        starts = sum(t * r.start for t, r in zip(terms, spec.levels, strict=False))
        terms += [0] * (len(spec.levels) - level)
        return When(kind, value=Sum(constant - starts, tuple(terms)), negated=negated)

    set_condition(made, source, condition)


def by_value(made: RandomSection) -> None:
    """Let a port act where an i1 result says so, which its consumers are told as well."""
    random, source = made.random, _port(made, least_level=0, kinds=("compute",))
    if source is None:
        return
    context, number = source
    spec = made.contexts[context]
    deciding = [step.result for step in spec.steps if spec.registers[step.result] == "i1"]
    if not deciding:
        return
    register, negated = random.choice(deciding), random.choice((False, True))
    port = spec.outputs[number]
    told = add_output(made, context, Output("p", (), port.level, "scalar", "i1", register))
    for channel in port.channels:
        sink = made.channels[channel].sink
        inputs = made.contexts[sink].inputs
        at = next(i for i, p in enumerate(inputs) if p.channel == channel)
        connect(made, told, sink, at)

    def condition(there: ContextSpec) -> When:
        if there is made.contexts[context] or there.name == spec.name:
            return When("held", register=register, negated=negated)
        at = next(i for i, p in enumerate(there.inputs) if p.channel in port.channels)
        return When("held", register=at - 1, negated=negated)

    set_condition(made, source, condition)


def ragged(made: RandomSection) -> None:
    """Let one counter of every context end where a token says; at times it has no trips."""
    random = made.random
    counter = random.randint(0, 2)
    if any(c.vector_level == counter + 1 or len(c.levels) != 3 for c in made.contexts):
        return
    walkers = range(len(made.contexts))
    most = made.trips[counter]
    source = _sizes(made, counter, most)
    for walker in walkers:
        connect(made, source, walker, random.randint(0, len(made.contexts[walker].inputs)))
        spec = made.contexts[walker]
        channel = len(made.channels) - 1
        port = next(i for i, p in enumerate(spec.inputs) if p.channel == channel)
        old = spec.levels[counter]
        levels = list(spec.levels)
        levels[counter] = Level(0, 0, 1, 1, -1, stop_port=port)
        access = spec.access
        if access is not None:
            coefficient = access.coefficients[counter]
            access = replace(access, constant=access.constant + coefficient * old.start)
            whole = Sum(access.constant, access.coefficients, access.ports)
            guard = Guard(0, whole, _extent(made, spec))
            access = replace(access, guards=(*access.guards, guard))
        made.contexts[walker] = replace(spec, levels=tuple(levels), access=access)


def _sizes(made: RandomSection, counter: int, most: int) -> tuple[int, int]:
    """Add a context that tells how many trips a counter has: 0 to `most`, at times one more."""
    random = made.random
    levels = tuple(Level(0, trips, 1, 1, trips) for trips in made.trips[:counter])
    modulus = most + 1 + (random.random() < 0.1)
    constants = ((counter, random.randint(0, 5)), (counter + 1, modulus), (counter + 2, 3))
    steps: list[Step] = []
    value = counter
    for i in range(counter):
        steps.append(Step("muli", (value, counter + 2), counter + 3 + 2 * i, -1, -1, tree=False))
        value = counter + 4 + 2 * i
        steps.append(Step("addi", (value - 1, i), value, -1, -1, tree=False))
    result = counter + 3 + 2 * counter
    types: list[DType] = ["i32"] * (result + 1)
    steps.append(Step("remsi", (value, counter + 1), result, -1, -1, tree=False))
    made.add(
        "compute",
        levels,
        0,
        depth=random.randint(1, 5),
        outputs=(Output("size", (), counter, "scalar", "i32", result),),
        steps=tuple(steps),
        constants=constants,
        registers=tuple(types),
    )
    return len(made.contexts) - 1, 0


def _extent(made: RandomSection, spec: ContextSpec) -> int:
    assert spec.access is not None
    if spec.access.buffer_level < 0:
        return made.tensors[spec.access.target].elements
    return made.memories[spec.access.target].words


def forever(made: RandomSection) -> None:
    """Let contexts pass without end that pop something in every pass."""

    def pops(port: Input, spec: ContextSpec) -> bool:
        reached = [i for i, level in enumerate(spec.levels) if level.trips < 0]
        always = port.when == When() and port.level <= min(reached, default=port.level)
        return always and made.channels[port.channel].init == 0

    for number, spec in enumerate(made.contexts):
        if made.random.random() < 0.5 and any(pops(port, spec) for port in spec.inputs):
            made.contexts[number] = replace(spec, repeat=-1)


def _port(
    made: RandomSection, least_level: int, kinds: tuple[str, ...] = ()
) -> tuple[int, int] | None:
    """Choose an output without a condition that feeds something other than its own context."""
    found = [
        (context, number)
        for context, spec in enumerate(made.contexts)
        if not kinds or spec.kind in kinds
        for number, port in enumerate(spec.outputs)
        if port.level >= least_level and port.when == When() and port.channels
    ]
    return made.random.choice(found) if found else None
