"""Random sections of streams: nested loops that write them, contexts that read them, primitives.

Two streams have one `shape` if they have values and stops at the same places, and one set of
`stops` if they have the same ones; so it is known before what may be read in step or merged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from random_builder import Builder, SourcePort, register_types

from rdu.semantics.dtypes import DType
from rdu.simulator.specification import (
    Access,
    Choice,
    Guard,
    Input,
    Level,
    MemorySpec,
    Output,
    Step,
    Sum,
    When,
)


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a stream has its values and stops; `depth` is how many levels of stops there are."""

    values: object
    stops: object
    depth: int

    def outside(self, levels: int) -> Shape:
        """Return that of one value for each fiber of so many levels."""
        if not levels:
            return self
        outer = ("outside", self.values, levels)
        return Shape(outer, ("outside", self.stops, levels), self.depth - levels)


@dataclass(frozen=True, slots=True)
class Stream:
    """An output that carries a stream."""

    source: SourcePort
    shape: Shape


def until(reads: int) -> tuple[Level, ...]:
    """Return the counters of a context that reads the stream of input 0."""
    return (Level(0, 0, 1, 1, -1, stop_port=0, until=True),) * reads


class RandomStreams(Builder):
    """A section of streams; `section` and `arrays` are the result."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.streams: list[Stream] = []
        self.shapes = 0
        for _ in range(random.randint(1, 2)):
            self.write()
        for _ in range(random.randint(1, 6)):
            random.choice(
                (
                    self.read,
                    self.read,
                    self.look_up,
                    self.filter,
                    self.deal,
                    self.merge,
                    self.compact,
                )
            )()
        for stream in list(self.streams):
            if not self.contexts[stream.source.context].outputs[stream.source.port].channels:
                self.store(stream)

    # -- contexts -------------------------------------------------------------------------------

    def write(self) -> None:
        """Add nested loops that write streams at some of their levels; loops may have no trips."""
        random = self.random
        depth = random.randint(1, 3)
        least = random.choice((0, 1))
        trips = [random.randint(least, 4) for _ in range(depth)]
        vector = depth if self.lanes > 1 and random.random() < 0.5 else 0
        stride = random.randint(2, self.lanes) if vector else 1
        levels = [Level(0, n, 1, 1, n) for n in trips]
        last = trips[-1] * stride - (random.randint(0, stride - 1) if trips[-1] else 0)
        levels[-1] = Level(0, last, 1, stride, trips[-1])
        pipeline = self.pipeline((), tuple(levels), vector)
        whole = self.new_shape(depth)
        outputs: list[Output] = []
        for i in range(random.randint(1, 3)):
            level = random.choice((depth, random.randint(1, depth)))
            register = random.choice(pipeline.readable)
            port = self.stream_output(
                f"y{i}", level, pipeline.types[register], whole.outside(depth - level), i, register
            )
            outputs.append(self.perhaps_conditional(port, i))
        self.add(
            "compute",
            tuple(levels),
            vector,
            depth=random.randint(1, 5),
            outputs=tuple(outputs),
            steps=tuple(pipeline.steps),
            constants=tuple(pipeline.constants),
            registers=tuple(pipeline.types),
        )

    def read(self) -> None:
        """Add a computation that reads streams, with loops inside at times."""
        random = self.random
        reader = random.choice(self.streams)
        reads = max(1, reader.shape.depth + random.choice((0, 0, 0, 0, 1, -1)))
        inputs = [self.read_in("a", reader, reads)]
        for i in range(random.randint(0, 2)):
            outer = (
                random.randint(0, min(reads, reader.shape.depth) - 1)
                if random.random() < 0.4
                else 0
            )
            beside = self.like(reader.shape.outside(outer))
            if beside is not None:
                inputs.append(self.read_in(f"b{i}", beside, reads - outer))
        levels = list(until(reads))
        inside = random.choice((0, 0, 0, 1))
        vector = 0
        if inside:
            trips = random.randint(0, 3)
            vector = reads + 1 if self.lanes > 1 and random.random() < 0.5 else 0
            stride = self.lanes if vector else 1
            levels.append(Level(0, trips * stride, 1, stride, trips))
        pipeline = self.pipeline(tuple(inputs), tuple(levels), vector)
        outputs: list[Output] = []
        within = self.new_shape(reader.shape.depth + 1)
        for i in range(random.randint(0, 2)):
            register = random.choice(pipeline.readable)
            level = random.choice(
                (reads, random.randint(max(1, reads - reader.shape.depth + 1), len(levels)))
            )
            shape = within if level > reads else reader.shape.outside(reads - level)
            port = self.stream_output(f"y{i}", level, pipeline.types[register], shape, i, register)
            outputs.append(self.perhaps_conditional(port, i))
        self.add(
            "compute",
            tuple(levels),
            vector,
            depth=random.randint(1, 5),
            inputs=tuple(inputs),
            outputs=tuple(outputs),
            steps=tuple(pipeline.steps),
            constants=tuple(pipeline.constants),
            registers=tuple(pipeline.types),
            repeat=-1,
        )

    def look_up(self) -> None:
        """Add a table that is read, or counted in, where a stream of numbers says."""
        random = self.random
        bound, kind = random.randint(2, 20), random.choice(("read", "update"))
        where = self.numbers(random.choice(self.streams), bound)
        data = self.numbers(where, 5) if kind == "update" else None
        reads = max(1, where.shape.depth)
        inputs = [self.read_in("at", where, reads)]
        guard = Guard(0, Sum(0, (), ((0, 1),)), bound - (random.random() < 0.05))
        access = Access(len(self.memories), 0, (0,) * reads, 0, 0, ((0, 1),), (guard,))
        if data is not None:
            inputs.append(self.read_in("x", data, reads))
            access = replace(access, port=1, mnemonic=random.choice(("addi", "maxsi")), old=0)
        port = self.stream_output("word", reads, "i32", where.shape, 0, -1)
        banks, skew = random.choice((1, 3, 4)), random.randint(0, 3)
        self.memories.append(MemorySpec("table", "i32", bound, 1, banks, skew))
        self.add(kind, until(reads), 0, 3, tuple(inputs), (port,), access=access, repeat=-1)

    def filter(self) -> None:
        """Add a filter by a stream of the same shape."""
        x = self.random.choice(self.streams)
        p = self.numbers(x, 0)
        inputs = (self.read_in("x", x, 0), self.read_in("p", p, 0))
        kept = self.variant(x.shape)
        port = self.stream_output("y", 0, x.source.dtype, kept, 0, -1, x.source.kind)
        self.add_primitive("filter", inputs, (port,), Choice((0,), (0,), by=1))

    def deal(self) -> None:
        """Add a partition, and perhaps what puts its parts together again."""
        random, x = self.random, self.random.choice(self.streams)
        ways = random.randint(1, 3)
        w = self.numbers(x, ways + (random.random() < 0.05))
        inputs = (self.read_in("x", x, 0), self.read_in("w", w, 0))
        outputs = tuple(
            self.stream_output(
                f"y{i}", 0, x.source.dtype, self.variant(x.shape), i, -1, x.source.kind
            )
            for i in range(ways)
        )
        choice = Choice((0,), tuple(range(ways)), by=1)
        self.add_primitive("partition", inputs, outputs, choice)
        parts = self.streams[-ways:]
        if random.random() < 0.6:
            together = [self.read_in(f"x{i}", part, 0) for i, part in enumerate(parts)]
            together.append(self.read_in("w", w, 0))
            port = self.stream_output("y", 0, x.source.dtype, x.shape, 0, -1, x.source.kind)
            choice = Choice(tuple(range(ways)), (0,), by=ways)
            self.add_primitive("reassemble", together, (port,), choice)

    def merge(self) -> None:
        """Add a merge of streams with the same stops."""
        random, x = self.random, self.random.choice(self.streams)
        found = [
            s
            for s in self.streams
            if s.shape.stops == x.shape.stops
            and (s.source.dtype, s.source.kind) == (x.source.dtype, x.source.kind)
        ]
        chosen = [random.choice(found) for _ in range(random.randint(1, 3))]
        inputs = [self.read_in(f"x{i}", s, 0) for i, s in enumerate(chosen)]
        merged = self.variant(x.shape)
        outputs = [self.stream_output("y", 0, x.source.dtype, merged, 0, -1, x.source.kind)]
        if random.random() < 0.5:
            outputs.append(self.stream_output("z", 0, "i32", merged, 1, -1, "scalar"))
        choice = Choice(tuple(range(len(inputs))), (0,), source=len(outputs) - 1 or -1)
        self.add_primitive("merge", inputs, outputs, choice)

    def compact(self) -> None:
        """Add what packs a stream of vectors."""
        vectors = [s for s in self.streams if s.source.kind == "vector"]
        if vectors:
            x = self.random.choice(vectors)
            inputs = (self.read_in("x", x, 0),)
            packed = self.variant(x.shape)
            port = self.stream_output("y", 0, x.source.dtype, packed, 0, -1, "vector")
            self.add_primitive("compact", inputs, (port,), Choice((0,), (0,)))

    def store(self, stream: Stream) -> None:
        """Add a store of a stream's values, by their number and that of their fiber."""
        reads = max(1, stream.shape.depth)
        levels = until(reads)
        coefficients = tuple(self.random.choice((1, 7, 30)) for _ in levels)
        extent = 5000 if self.random.random() < 0.97 else 40
        assert stream.source.dtype is not None
        target = self.tensor(stream.source.dtype, extent)
        guards = (Guard(0, Sum(0, coefficients), extent),)
        access = Access(target, 0, coefficients, -1, 0, guards=guards)
        inputs = (self.read_in("x", stream, reads),)
        self.add("store", levels, 0, 1, inputs, access=access, repeat=-1)

    # -- parts ----------------------------------------------------------------------------------

    def numbers(self, like: Stream, bound: int) -> Stream:
        """Add a computation of one number for each value of a stream: less than a bound, i32; or
        i1 without a bound."""
        reads = max(1, like.shape.depth)
        inputs = (self.read_in("a", like, reads),)
        levels = until(reads)
        types = register_types(inputs, levels)
        first, count = len(types), reads
        # The innermost counter times a constant, and the outermost one, modulo the bound.
        numbers: list[DType] = ["i32"] * 5
        types += numbers
        steps = [
            Step("muli", (count, first), first + 2, -1, -1, tree=False),
            Step("addi", (first + 2, 1), first + 3, -1, -1, tree=False),
            Step("remsi", (first + 3, first + 1), first + 4, -1, -1, tree=False),
        ]
        dtype: DType = "i32"
        if not bound:
            types.append("i1")
            dtype = "i1"
            steps.append(Step("cmpi.sgt", (first + 4, 1), first + 5, -1, -1, tree=False))
        constants = ((first, self.random.randint(1, 7)), (first + 1, bound or 3))
        port = self.stream_output("n", reads, dtype, like.shape, 0, len(types) - 1, "scalar")
        self.add(
            "compute",
            levels,
            0,
            depth=self.random.randint(1, 4),
            inputs=inputs,
            outputs=(port,),
            steps=tuple(steps),
            constants=constants,
            registers=tuple(types),
            repeat=-1,
        )
        return self.streams[-1]

    def new_shape(self, depth: int) -> Shape:
        """Return a shape that no other stream has."""
        self.shapes += 1
        return Shape(self.shapes, self.shapes, depth)

    def variant(self, shape: Shape) -> Shape:
        """Return a shape of its own with the stops of another."""
        self.shapes += 1
        return replace(shape, values=self.shapes)

    def like(self, shape: Shape) -> Stream | None:
        """Choose a stream of a shape; at times of another, which is a fault."""
        found = [s for s in self.streams if s.shape == shape]
        if self.random.random() < 0.03:
            found = self.streams
        return self.random.choice(found) if found else None

    def stream_output(
        self,
        name: str,
        level: int,
        dtype: DType | None,
        shape: Shape,
        port: int,
        register: int,
        kind: str | None = None,
    ) -> Output:
        """Return an output of the next context and enter its stream."""
        kind = kind or self.random.choice(("vector", "scalar"))
        source = SourcePort(len(self.contexts), port, level, kind, dtype)
        self.streams.append(Stream(source, shape))
        return Output(name, (), level, kind, dtype, register, stream=True)

    def perhaps_conditional(self, port: Output, number: int) -> Output:
        """Return an output that leaves out values, at times."""
        if self.random.random() < 0.8:
            return port
        found = next(
            i
            for i, s in enumerate(self.streams)
            if (s.source.context, s.source.port) == (len(self.contexts), number)
        )
        stream = self.streams[found]
        self.streams[found] = replace(stream, shape=self.variant(stream.shape))
        level = self.random.randint(1, port.level)
        return replace(port, when=When("first", level, negated=self.random.random() < 0.5))

    def read_in(self, name: str, stream: Stream, level: int) -> Input:
        """Return an input of the next context that reads a stream."""
        port = self.connect(name, stream.source, len(self.contexts))
        capacity = self.random.choice((1, 2, 8, 40, -1, -1, -1))
        self.channels[port.channel] = replace(
            self.channels[port.channel], stream=True, capacity=capacity
        )
        return replace(port, level=level, stream=True)

    def add_primitive(
        self, kind: str, inputs: Sequence[Input], outputs: Sequence[Output], choice: Choice
    ) -> None:
        """Add a stream primitive."""
        self.add(kind, (), 0, 1, tuple(inputs), tuple(outputs), choice=choice, repeat=-1)
