"""Random small sections, elaborated, with tensors: all that the engines must agree on.

Every context walks the same loop nest, so the number of tokens that a port moves depends on its
level alone, and any stream can feed any port of its level. What still goes wrong - a capacity too
small for a fork and its join - is a deadlock, which the engines must agree on as well.
"""

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
class Stream:
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


class RandomSection:
    """Builds one section context by context; `section` and `tensors` are the result.

    Loops have at most 4 iterations, one of them at most `longest`.
    """

    def __init__(self, random: Random, longest: int = 4) -> None:
        self.random = random
        self.lanes = random.choice((1, 2, 4, 5, 16))
        self.trips = [random.randint(1, 4), random.randint(1, 4), random.randint(1, longest)]
        random.shuffle(self.trips)
        self.repeat = random.choice((1, 1, 2))
        self.contexts: list[ContextSpec] = []
        self.channels: list[ChannelSpec] = []
        self.memories: list[MemorySpec] = []
        self.tensors: list[TensorSpec] = []
        self.arrays: list[NDArray[Any]] = []
        self.streams: list[Stream] = []
        self.used: set[int] = set()
        for _ in range(random.randint(1, 3)):
            random.choice((self.load, self.load, self.compute))()
        for _ in range(random.randint(1, 5)):
            random.choice((self.compute, self.compute, self.buffer, self.load))()
        for number, stream in enumerate(list(self.streams)):
            if number not in self.used:
                self.store(stream)

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

    # -- contexts -------------------------------------------------------------------------------

    def load(self) -> None:
        """Add a load of a random tensor."""
        levels, vector = self.nest()
        dtype = self.random.choice(("f32", "i32", "i1", "bf16"))
        coefficients, constant, extent = self.addresses(levels, self.random.randint(0, 5))
        output = self.output("data", dtype, kinds=("vector", "vector", "scalar"))
        access = Access(self.tensor(dtype, extent), constant, coefficients, -1, 0)
        self.add("load", levels, vector, depth=1, outputs=(output,), access=access)

    def store(self, stream: Stream) -> None:
        """Add a store, or a sink for control tokens."""
        levels, vector = self.nest()
        if stream.dtype is None:
            number = len(self.contexts)
            sink = self.connect("in", stream, number)
            self.add("compute", levels, vector, depth=1, inputs=(sink,))
            return
        coefficients, constant, extent = self.addresses(levels, self.random.randint(0, 5))
        shared = [i for i, t in enumerate(self.tensors) if t.dtype == stream.dtype]
        shared = [i for i in shared if self.tensors[i].elements >= extent]
        target = self.tensor(stream.dtype, extent)
        if shared and self.random.random() < 0.3:
            target = self.random.choice(shared)
        data = self.connect("data", stream, len(self.contexts))
        access = Access(target, constant, coefficients, -1, 0)
        self.add("store", levels, vector, depth=1, inputs=(data,), access=access)

    def buffer(self) -> None:
        """Add a memory with its writer, its reader and their ownership tokens."""
        random = self.random
        stream = self.choose()
        if stream is None or stream.dtype is None:
            return
        buffers, owned = random.randint(1, 3), random.randint(0, 3)
        memory = len(self.memories)
        writer = len(self.contexts)
        levels, vector = self.nest()
        write_at, write_constant, write_extent = self.addresses(levels, random.randint(0, 2))
        data = self.connect("data", stream, writer)
        full = len(self.channels)
        self.channels.append(self.channel("full", "control", writer, writer + 1, buffers, 0))
        self.channels.append(self.channel("free", "control", writer + 1, writer, buffers, buffers))
        self.add(
            "write",
            levels,
            vector,
            depth=random.randint(1, 4),
            inputs=(data, Input("free", full + 1, owned, "control", None)),
            outputs=(Output("full", (full,), owned, "control", None, -1),),
            access=Access(memory, write_constant, write_at, owned, 0),
        )
        levels, vector = self.nest()
        read_at, read_constant, read_extent = self.addresses(levels, random.randint(0, 2))
        word = self.output("word", stream.dtype, kinds=("vector", "vector", "scalar"))
        self.add(
            "read",
            levels,
            vector,
            depth=random.randint(1, 4),
            inputs=(Input("full", full, owned, "control", None),),
            outputs=(word, Output("free", (full + 1,), owned, "control", None, -1)),
            access=Access(memory, read_constant, read_at, owned, 0),
        )
        words = max(write_extent, read_extent)
        banks = random.choice((1, 3, 4, 16))
        self.memories.append(MemorySpec(f"m{memory}", stream.dtype, words, buffers, banks))

    def compute(self) -> None:
        """Add a pipeline of random operations on random streams."""
        random = self.random
        levels, vector = self.nest()
        number = len(self.contexts)
        chosen = [self.choose() for _ in range(random.randint(0, 3))]
        inputs = tuple(
            self.connect(f"in{i}", s, number) for i, s in enumerate(chosen) if s is not None
        )
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
        outputs: list[Output] = []
        for i in range(random.randint(1, 2)):
            register = random.choice(readable)
            port = self.output(f"out{i}", types[register], ("vector", "scalar", "control"))
            outputs.append(replace(port, register=-1 if port.kind == "control" else register))
        self.add(
            "compute",
            levels,
            vector,
            depth=random.randint(1, 9),
            inputs=inputs,
            outputs=tuple(outputs),
            steps=tuple(steps),
            constants=tuple(constants),
            registers=tuple(types),
        )

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

    def nest(self) -> tuple[tuple[Level, ...], int]:
        """Return the nest's counters, one of them perhaps with lanes, and that one's level."""
        random = self.random
        vector = random.choice((0, 3, 3, 2, 1)) if self.lanes > 1 else 0
        levels: list[Level] = []
        for level, trips in enumerate(self.trips, 1):
            step, start = random.randint(1, 2), random.randint(0, 2)
            stride = step * (random.randint(2, self.lanes) if level == vector else 1)
            stop = start + (trips - 1) * stride + random.randint(1, stride)
            levels.append(Level(start, stop, step, stride, trips))
        return tuple(levels), vector

    def addresses(
        self, levels: tuple[Level, ...], constant: int
    ) -> tuple[tuple[int, ...], int, int]:
        """Return an address expression, its constant and the words that it reaches over."""
        coefficients = tuple(self.random.choice((-1, 0, 1, 1, 2, 5)) for _ in levels)
        reach = [
            c * v for c, r in zip(coefficients, levels, strict=True) for v in (r.start, r.stop)
        ]
        lowest = sum(min(reach[i : i + 2]) for i in range(0, len(reach), 2))
        highest = sum(max(reach[i : i + 2]) for i in range(0, len(reach), 2))
        return coefficients, constant - lowest, constant + highest - lowest + 1

    def output(self, name: str, dtype: DType, kinds: tuple[str, ...]) -> Output:
        """Return an output port of the next context and enter its stream."""
        kind = self.random.choice(kinds)
        level = self.random.randint(0, 3)
        carried = None if kind == "control" else dtype
        port = sum(s.context == len(self.contexts) for s in self.streams)
        self.streams.append(Stream(len(self.contexts), port, level, kind, carried))
        return Output(name, (), level, kind, carried, -1)

    def choose(self) -> Stream | None:
        """Choose a stream of an earlier context."""
        known = [s for s in self.streams if s.context < len(self.contexts)]
        return self.random.choice(known) if known else None

    def connect(self, name: str, stream: Stream, sink: int) -> Input:
        """Add a channel from a stream to an input port of a context to come."""
        self.used.add(self.streams.index(stream))
        channel = len(self.channels)
        capacity = self.random.choice((1, 1, 2, 3, 8, 16, -1))
        self.channels.append(self.channel(name, stream.kind, stream.context, sink, capacity, 0))
        source = self.contexts[stream.context]
        outputs = list(source.outputs)
        port = outputs[stream.port]
        outputs[stream.port] = replace(port, channels=(*port.channels, channel))
        self.contexts[stream.context] = replace(source, outputs=tuple(outputs))
        return Input(name, channel, stream.level, stream.kind, stream.dtype)

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
    ) -> None:
        """Add a context."""
        self.contexts.append(
            ContextSpec(
                name=f"c{len(self.contexts)}",
                kind=kind,
                levels=levels,
                vector_level=vector,
                repeat=self.repeat,
                depth=depth,
                inputs=inputs,
                outputs=outputs,
                constants=constants,
                steps=steps,
                registers=registers or tuple(register_types(inputs, levels)),
                access=access,
                source=None,
            )
        )
