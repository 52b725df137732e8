"""Random small sections, elaborated, with tensors: all that the engines must agree on.

Every context walks the same loop nest, so the number of tokens that a port moves depends on its
level alone, and any output can feed any input of its level. What still goes wrong - a capacity too
small for a fork and its join - is a deadlock, which the engines must agree on as well.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

from random_builder import Builder, SourcePort

from rdu.semantics.dtypes import DType
from rdu.simulator.specification import (
    Access,
    Input,
    Level,
    MemorySpec,
    Output,
)


class RandomSection(Builder):
    """A section whose firings are known before; `section` and `arrays` are the result.

    Loops have at most 4 iterations, one of them at most `longest`.
    """

    def __init__(self, random: Random, longest: int = 4) -> None:
        super().__init__(random)
        self.trips = [random.randint(1, 4), random.randint(1, 4), random.randint(1, longest)]
        random.shuffle(self.trips)
        self.sources: list[SourcePort] = []
        for _ in range(random.randint(1, 3)):
            random.choice((self.load, self.load, self.compute))()
        for _ in range(random.randint(1, 5)):
            random.choice((self.compute, self.compute, self.buffer, self.load))()
        for source in list(self.sources):
            if not self.contexts[source.context].outputs[source.port].channels:
                self.store(source)

    # -- contexts -------------------------------------------------------------------------------

    def load(self) -> None:
        """Add a load of a random tensor."""
        levels, vector = self.nest()
        dtype = self.random.choice(("f32", "i32", "i1", "bf16"))
        coefficients, constant, extent = self.addresses(levels, self.random.randint(0, 5))
        output = self.output("data", dtype, kinds=("vector", "vector", "scalar"))
        access = Access(self.tensor(dtype, extent), constant, coefficients, -1, 0)
        self.add("load", levels, vector, depth=1, outputs=(output,), access=access)

    def store(self, source: SourcePort) -> None:
        """Add a store, or a sink for control tokens."""
        levels, vector = self.nest()
        if source.dtype is None:
            number = len(self.contexts)
            sink = self.connect("in", source, number)
            self.add("compute", levels, vector, depth=1, inputs=(sink,))
            return
        coefficients, constant, extent = self.addresses(levels, self.random.randint(0, 5))
        shared = [i for i, t in enumerate(self.tensors) if t.dtype == source.dtype]
        shared = [i for i in shared if self.tensors[i].elements >= extent]
        target = self.tensor(source.dtype, extent)
        if shared and self.random.random() < 0.3:
            target = self.random.choice(shared)
        data = self.connect("data", source, len(self.contexts))
        access = Access(target, constant, coefficients, -1, 0)
        self.add("store", levels, vector, depth=1, inputs=(data,), access=access)

    def buffer(self) -> None:
        """Add a memory with its writer, its reader and their ownership tokens."""
        random = self.random
        source = self.choose()
        if source is None or source.dtype is None:
            return
        buffers, owned = random.randint(1, 3), random.randint(0, 3)
        memory = len(self.memories)
        writer = len(self.contexts)
        levels, vector = self.nest()
        write_at, write_constant, write_extent = self.addresses(levels, random.randint(0, 2))
        data = self.connect("data", source, writer)
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
        word = self.output("word", source.dtype, kinds=("vector", "vector", "scalar"))
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
        self.memories.append(MemorySpec(f"m{memory}", source.dtype, words, buffers, banks))

    def compute(self) -> None:
        """Add a pipeline of random operations on random inputs."""
        random = self.random
        levels, vector = self.nest()
        number = len(self.contexts)
        chosen = [self.choose() for _ in range(random.randint(0, 3))]
        inputs = tuple(
            self.connect(f"in{i}", s, number) for i, s in enumerate(chosen) if s is not None
        )
        pipeline = self.pipeline(inputs, levels, vector)
        outputs: list[Output] = []
        for i in range(random.randint(1, 2)):
            register = random.choice(pipeline.readable)
            kinds = ("vector", "scalar", "control")
            port = self.output(f"out{i}", pipeline.types[register], kinds)
            outputs.append(replace(port, register=-1 if port.kind == "control" else register))
        self.add(
            "compute",
            levels,
            vector,
            depth=random.randint(1, 9),
            inputs=inputs,
            outputs=tuple(outputs),
            steps=tuple(pipeline.steps),
            constants=tuple(pipeline.constants),
            registers=tuple(pipeline.types),
        )

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
        """Return an output port of the next context and enter it among the sources."""
        kind = self.random.choice(kinds)
        level = self.random.randint(0, 3)
        carried = None if kind == "control" else dtype
        port = sum(s.context == len(self.contexts) for s in self.sources)
        self.sources.append(SourcePort(len(self.contexts), port, level, kind, carried))
        return Output(name, (), level, kind, carried, -1)

    def choose(self) -> SourcePort | None:
        """Choose an output of an earlier context."""
        known = [s for s in self.sources if s.context < len(self.contexts)]
        return self.random.choice(known) if known else None
