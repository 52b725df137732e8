"""Builds random sections context by context: ports, channels, tensors, operations."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.reduction import REDUCTIONS
from rdu.semantics.scalar import OPS
from rdu.simulator.specification import (
    Access,
    ChannelSpec,
    Choice,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    MemorySpec,
    Output,
    Step,
    TensorSpec,
    TierSpec,
)

SPECIAL_BITS = (0, 0x80000000, 1, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC12345, 0x3F800000)


@dataclass(frozen=True, slots=True)
class SourcePort:
    """The tokens of an output port, which leave at one level of the nest."""

    context: int
    port: int
    level: int
    kind: str
    dtype: DType | None


def register_types(inputs: tuple[Input, ...], levels: tuple[Level, ...]) -> list[DType]:
    """Return the element types of a context's first registers: inputs, then counters."""
    types: list[DType] = [p.dtype or "i1" for p in inputs]
    types.extend("i32" for _ in levels)
    return types


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Operations in numbers: all registers' types, which of them have a value, constants, steps."""

    types: list[DType]
    readable: list[int]
    constants: list[tuple[int, int | float | bool]]
    steps: list[Step]


class Builder:
    """A section in the making, with its tensors' arrays."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lanes = random.choice((1, 2, 4, 5, 16))
        self.repeat = random.choice((1, 1, 2))
        self.contexts: list[ContextSpec] = []
        self.channels: list[ChannelSpec] = []
        self.memories: list[MemorySpec] = []
        self.tensors: list[TensorSpec] = []
        self.arrays: list[NDArray[Any]] = []

    @property
    def section(self) -> ElaboratedSection:
        """Return the section as it stands."""
        random = self.random
        return ElaboratedSection(
            name="random",
            lanes=self.lanes,
            outstanding=random.choice((1, 2, 5, 16)),
            contexts=tuple(self.contexts),
            channels=tuple(self.channels),
            memories=tuple(self.memories),
            tensors=tuple(self.tensors),
            tiers=(
                TierSpec(
                    name="dram",
                    channels=random.choice((1, 2, 4)),
                    burst_bytes=random.choice((16, 64)),
                    burst_ticks=random.choice((1, 320)),
                    ticks_per_cycle=random.choice((1, 64)),
                    latency=random.choice((1, 7, 60)),
                ),
            ),
        )

    # -- operations -----------------------------------------------------------------------------

    def pipeline(
        self, inputs: tuple[Input, ...], levels: tuple[Level, ...], vector: int
    ) -> Pipeline:
        """Return random operations on inputs, counters and constants."""
        random = self.random
        types = register_types(inputs, levels)
        readable = [i for i, p in enumerate(inputs) if p.dtype is not None]
        readable += range(len(inputs), len(types))
        constants: list[tuple[int, int | float | bool]] = []
        for value in (random.randint(-3, 40), random.choice((0.1, -2.5, math.inf)), True):
            constants.append((len(types), value))
            readable.append(len(types))
            types.append("i1" if value is True else "f32" if isinstance(value, float) else "i32")
        steps: list[Step] = []
        for _ in range(random.randint(1, 6)):
            step = self.step(types, readable, vector, len(levels))
            steps.append(step)
            readable.append(step.result)
        return Pipeline(types, readable, constants, steps)

    def step(self, types: list[DType], readable: list[int], vector: int, depth: int) -> Step:
        """Return a random operation on readable registers; its result is a new register."""
        random = self.random
        if random.random() < 0.3 and depth:
            operand = random.choice(readable)
            names = [n for n, by in REDUCTIONS.items() if types[operand] in by]
            starts = [-1, *(r for r in readable if types[r] == types[operand])]
            over = random.randint(1, depth)
            types.append(types[operand])
            init, tree = random.choice(starts), over <= vector
            return Step(random.choice(names), (operand,), len(types) - 1, over, init, tree)
        while True:
            op = random.choice(list(OPS.values()))
            operands = tuple(random.choice(readable) for _ in range(op.arity))
            result = op.result_type([types[r] for r in operands])
            if result is not None:
                types.append(result)
                return Step(op.name, operands, len(types) - 1, -1, -1, tree=False)

    # -- parts ----------------------------------------------------------------------------------

    def connect(self, name: str, source: SourcePort, sink: int) -> Input:
        """Add a channel from an output to an input port of a context to come."""
        channel = len(self.channels)
        capacity = self.random.choice((1, 1, 2, 3, 8, 16, -1))
        self.channels.append(self.channel(name, source.kind, source.context, sink, capacity, 0))
        spec = self.contexts[source.context]
        outputs = list(spec.outputs)
        port = outputs[source.port]
        outputs[source.port] = replace(port, channels=(*port.channels, channel))
        self.contexts[source.context] = replace(spec, outputs=tuple(outputs))
        return Input(name, channel, source.level, source.kind, source.dtype)

    def channel(
        self, name: str, kind: str, source: int, sink: int, capacity: int, init: int
    ) -> ChannelSpec:
        """Return a channel of random latency."""
        latency = self.random.randint(1, 4)
        return ChannelSpec(
            f"{source} -> {sink}.{name}", kind, capacity, init, latency, source, sink
        )

    def tensor(self, dtype: DType, extent: int) -> int:
        """Add a tensor of random bits at a random place, which need not begin a burst."""
        random = self.random
        size = 2 if dtype == "bf16" else 4
        address = size * random.randint(0, 50)
        name = f"t{len(self.tensors)}"
        self.tensors.append(TensorSpec(name, dtype, extent, address, element_bytes=size))
        bits = [
            random.choice(SPECIAL_BITS) if random.random() < 0.2 else random.getrandbits(32)
            for _ in range(extent)
        ]
        words = np.array(bits, np.uint32)
        if dtype == "bf16":
            self.arrays.append((words >> 16).astype(np.uint16).view(NUMPY["bf16"]))
        else:
            self.arrays.append(words & 1 > 0 if dtype == "i1" else words.view(NUMPY[dtype]))
        return len(self.tensors) - 1

    def add(
        self,
        kind: str,
        levels: tuple[Level, ...],
        vector: int,
        depth: int,
        inputs: tuple[Input, ...] = (),
        outputs: tuple[Output, ...] = (),
        steps: tuple[Step, ...] = (),
        constants: tuple[tuple[int, int | float | bool], ...] = (),
        registers: tuple[DType, ...] | None = None,
        access: Access | None = None,
        choice: Choice | None = None,
        repeat: int | None = None,
    ) -> None:
        """Add a context; it makes as many passes as all others unless told."""
        self.contexts.append(
            ContextSpec(
                name=f"c{len(self.contexts)}",
                kind=kind,
                levels=levels,
                vector_level=vector,
                repeat=self.repeat if repeat is None else repeat,
                depth=depth,
                inputs=inputs,
                outputs=outputs,
                constants=constants,
                steps=steps,
                registers=registers or tuple(register_types(inputs, levels)),
                access=access,
                source=None,
                choice=choice,
            )
        )
