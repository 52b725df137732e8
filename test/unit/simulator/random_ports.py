"""More ports for a context that is there already: its registers are numbered anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from random_sections import RandomSection

from rdu.semantics.dtypes import DType
from rdu.simulator.specification import ContextSpec, Input, Output, Sum, When

Renumber = Callable[[int], int]


def with_input(spec: ContextSpec, at: int, port: Input) -> ContextSpec:
    """Return a context with one more input, of number `at`."""

    def moved(register: int) -> int:
        return register + (register >= at)

    def when(condition: When) -> When:
        return replace(
            condition, register=moved(condition.register), value=_sum(condition.value, moved)
        )

    access, takes = spec.access, spec.kind in ("write", "update", "store")
    if access is not None:
        access = replace(
            access,
            port=moved(access.port) if takes else access.port,
            ports=tuple((moved(p), c) for p, c in access.ports),
            guards=tuple(replace(g, value=_sum(g.value, moved)) for g in access.guards),
            back=_sum(access.back, moved),
        )
    steps = [
        replace(
            step,
            operands=tuple(map(moved, step.operands)),
            result=moved(step.result),
            init=moved(step.init),
        )
        for step in spec.steps
    ]
    inputs = [replace(p, when=when(p.when)) for p in spec.inputs]
    registers: list[DType] = list(spec.registers)
    return replace(
        spec,
        levels=tuple(
            replace(level, start_port=moved(level.start_port), stop_port=moved(level.stop_port))
            for level in spec.levels
        ),
        inputs=(*inputs[:at], port, *inputs[at:]),
        outputs=tuple(
            replace(p, register=moved(p.register), when=when(p.when)) for p in spec.outputs
        ),
        constants=tuple((moved(r), value) for r, value in spec.constants),
        steps=tuple(steps),
        registers=(*registers[:at], port.dtype or "i1", *registers[at:]),
        access=access,
    )


def _sum(value: Sum, moved: Renumber) -> Sum:
    return replace(value, ports=tuple((moved(p), c) for p, c in value.ports))


def connect(made: RandomSection, source: tuple[int, int], sink: int, at: int) -> None:
    """Add a channel from an output, (context, port), to a new input `at` of a context."""
    context, number = source
    channel = len(made.channels)
    port = made.contexts[context].outputs[number]
    capacity = made.random.choice((2, 8, 16, -1, -1))
    made.channels.append(made.channel(port.name, port.kind, context, sink, capacity, 0))
    _replace_output(made, source, replace(port, channels=(*port.channels, channel)))
    there = Input(f"{port.name}{channel}", channel, port.level, port.kind, port.dtype)
    made.contexts[sink] = with_input(made.contexts[sink], at, there)


def add_output(made: RandomSection, context: int, port: Output) -> tuple[int, int]:
    """Add an output to a context; return what names it."""
    spec = made.contexts[context]
    made.contexts[context] = replace(spec, outputs=(*spec.outputs, port))
    return context, len(spec.outputs)


def _replace_output(made: RandomSection, which: tuple[int, int], port: Output) -> None:
    context, number = which
    outputs = list(made.contexts[context].outputs)
    outputs[number] = port
    made.contexts[context] = replace(made.contexts[context], outputs=tuple(outputs))


def set_condition(
    made: RandomSection, source: tuple[int, int], condition: Callable[[ContextSpec], When]
) -> None:
    """Let an output and all inputs that it feeds act on a condition, written for each context."""
    context, number = source
    port = made.contexts[context].outputs[number]
    own = replace(port, when=condition(made.contexts[context]))
    _replace_output(made, source, own)
    for channel in port.channels:
        sink = made.channels[channel].sink
        spec = made.contexts[sink]
        made.contexts[sink] = replace(
            spec,
            inputs=tuple(
                replace(p, when=condition(spec), default=_default(made.random, p.dtype))
                if p.channel == channel
                else p
                for p in spec.inputs
            ),
        )


def _default(random: Random, dtype: DType | None) -> int | float | bool | None:
    """Return a constant of an element type; as an index or bound it is in range."""
    choices = {"i32": (0, 1, 2), "i1": (False, True), "f32": (0.1, -3.0), "bf16": (0.1, 2.0)}
    return None if dtype is None else random.choice(choices[dtype])
