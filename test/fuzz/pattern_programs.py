"""Random small programs of the pattern level, with inputs, as hypothesis strategies.

A program is a function of one to four patterns over domains of rank 1 to 3, whose extents need not
be multiples of anything. Patterns read arguments and each other at permuted, broadcast, strided,
shifted and overlapping elements; maps may hold a nested reduction; tensors have any number of
readers, and several are returned. Inputs are small, and dyadic where they are floats, so that sums
of floats are mostly exact in any order.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import hypothesis.strategies as st
import numpy as np
from numpy.typing import NDArray

Draw = Callable[[st.SearchStrategy[Any]], Any]

EXTENTS = (2, 1, 3, 5, 8, 16, 17, 20, 15, 7)
BINARY = {
    "i32": ("addi", "muli", "subi", "maxsi", "minsi", "andi", "ori", "xori"),
    "f32": ("addf", "mulf", "subf", "maximumf", "minimumf"),
}
COMBINERS = {
    "i32": ("addi", "maxsi", "minsi", "muli", "andi", "ori", "xori"),
    "f32": ("addf", "maximumf", "minimumf"),
}
COMPARISONS = {"i32": "arith.cmpi slt", "f32": "arith.cmpf olt"}


@dataclass(frozen=True)
class PatternProgram:
    """A module with `func.func @main`, and an array for each argument.

    Attributes:
        text: the module; arguments and results have `rdu.name` and `rdu.role`.
        inputs: arrays by argument name, in order.
        element: the element type of every tensor: "i32" or "f32".
        outputs: the results' names, in order.
    """

    text: str
    inputs: dict[str, NDArray[Any]]
    element: str
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class Value:
    """A tensor of the program."""

    name: str
    shape: tuple[int, ...]


@st.composite
def pattern_programs(
    draw: Draw, elements: Sequence[str] = ("i32", "f32"), ops: int = 4, points: int = 1200
) -> PatternProgram:
    """Draw a program of at most `ops` patterns, each of at most `points` points."""
    return _Writer(draw, draw(st.sampled_from(elements)), points).program(ops)


class _Writer:
    """Draws a program and writes its text."""

    def __init__(self, draw: Draw, element: str, points: int) -> None:
        self.draw, self.element, self.points = draw, element, points
        self.arguments: list[Value] = []
        self.computed: list[Value] = []
        self.read: set[str] = set()
        self.lines: list[str] = []
        self.names = 0

    def program(self, ops: int) -> PatternProgram:
        for _ in range(self.draw(st.integers(1, ops))):
            kind = self.draw(st.sampled_from((self.map, self.reduce, self.zip, self.fused)))
            self.computed.append(kind())
        last = self.computed[-1]
        returned = [
            value
            for value in self.computed
            if value == last or value.name not in self.read or self.draw(st.booleans())
        ]
        outputs = tuple(f"y{number}" for number in range(len(returned)))
        return PatternProgram(self.text(returned, outputs), self.arrays(), self.element, outputs)

    def text(self, returned: list[Value], outputs: tuple[str, ...]) -> str:
        arguments = ", ".join(
            f"%{value.name}: {self.type_of(value)} "
            f'{{rdu.name = "{value.name}", rdu.role = "{("weight", "input")[number % 2]}"}}'
            for number, value in enumerate(self.arguments)
        )
        results = ", ".join(
            f'{self.type_of(value)} {{rdu.name = "{name}", rdu.role = "output"}}'
            for value, name in zip(returned, outputs, strict=True)
        )
        values = ", ".join(f"%{value.name}" for value in returned)
        types = ", ".join(self.type_of(value) for value in returned)
        body = "\n".join(f"  {line}" for line in self.lines)
        head = f"func.func @main({arguments}) -> ({results}) {{"
        return f"{head}\n{body}\n  return {values} : {types}\n}}\n"

    def arrays(self) -> dict[str, NDArray[Any]]:
        random = np.random.default_rng(self.draw(st.integers(0, 2**16)))
        arrays: dict[str, NDArray[Any]] = {}
        for value in self.arguments:
            drawn = random.integers(-9, 10, value.shape)
            floats = (drawn / 4).astype(np.float32)
            arrays[value.name] = floats if self.element == "f32" else drawn.astype(np.int32)
        return arrays

    def map(self) -> Value:
        domain = self.domain()
        result = self.open("map")
        self.yield_(self.body(domain))
        return self.close(result, domain, f"domain = {_array(domain)}")

    def zip(self) -> Value:
        source = self.draw(st.sampled_from(self.computed)) if self.computed else None
        domain = source.shape if source else self.domain()
        same = [v for v in (*self.computed, *self.arguments) if v.shape == domain]
        operands = [source or self.argument(domain)]
        other = self.draw(st.sampled_from((None, *same)))
        operands.append(other or self.argument(domain))
        result = self.open("zip")
        rows = [f"d{d}" for d in range(len(domain))]
        reads = [self.access(value, rows, len(domain)) for value in operands]
        self.yield_(self.combine(reads))
        return self.close(result, domain, f"domain = {_array(domain)}")

    def reduce(self) -> Value:
        domain = self.domain()
        kept = self.draw(st.sets(st.integers(0, len(domain) - 1), max_size=len(domain) - 1))
        if not kept:  # a full reduction gives a tensor of one element
            domain, kept = (1, *domain), {0}
        reduced = [d for d in range(len(domain)) if d not in kept]
        combiner = self.draw(st.sampled_from(COMBINERS[self.element]))
        result = self.open("reduce")
        self.yield_(self.body(domain))
        shape = tuple(domain[d] for d in sorted(kept))
        fields = f'combiner = "{combiner}", dims = {_array(reduced)}, domain = {_array(domain)}'
        return self.close(result, shape, fields)

    def fused(self) -> Value:
        """Write a map with a nested reduction."""
        whole = self.domain(least=2)
        outer = self.draw(st.integers(1, len(whole) - 1))
        domain, inner = whole[:outer], whole[outer:]
        combiner = self.draw(st.sampled_from(COMBINERS[self.element]))
        result = self.open("map")
        nested = self.open("reduce")
        self.yield_(self.body(whole))
        dims = _array(range(len(inner)))
        fields = f'combiner = "{combiner}", dims = {dims}, domain = {_array(inner)}'
        self.lines.append(f"}}) {{{fields}}} : () -> {self.element}")
        values = [f"%{nested}"]
        if self.draw(st.booleans()):
            values.append(self.body(domain))
        self.yield_(self.combine(values))
        return self.close(result, domain, f"domain = {_array(domain)}")

    def domain(self, least: int = 1) -> tuple[int, ...]:
        shapes = [value.shape for value in self.computed if len(value.shape) >= least]
        if shapes and self.draw(st.booleans()):
            return tuple(self.draw(st.permutations(self.draw(st.sampled_from(shapes)))))
        extents: list[int] = []
        for _ in range(self.draw(st.integers(least, 3))):
            room = self.points // prod(extents)
            extents.append(self.draw(st.sampled_from([e for e in EXTENTS if e <= room] or [1])))
        return tuple(extents)

    def body(self, domain: tuple[int, ...]) -> str:
        """Write a body's ops; returns its value."""
        values = [self.operand(domain) for _ in range(self.draw(st.integers(1, 3)))]
        if self.draw(st.integers(0, 3)) == 3:
            values.append(self.coordinate(len(domain)))
        return self.combine(values)

    def combine(self, values: list[str]) -> str:
        total = values[0]
        for value in values[1:]:
            total = self.scalar(total, value)
        for _ in range(self.draw(st.integers(0, 2))):
            total = self.scalar(total, self.draw(st.sampled_from((*values, self.constant()))))
        return total

    def scalar(self, left: str, right: str) -> str:
        name = self.draw(st.sampled_from((*BINARY[self.element], "select")))
        if name != "select":
            return self.line(f"arith.{name} {left}, {right} : {self.element}")
        less = self.line(f"{COMPARISONS[self.element]}, {left}, {right} : {self.element}")
        return self.line(f"arith.select {less}, {right}, {left} : {self.element}")

    def constant(self) -> str:
        value = self.draw(st.integers(-3, 3))
        return self.line(
            f"arith.constant {value if self.element == 'i32' else value / 2} : {self.element}"
        )

    def coordinate(self, dims: int) -> str:
        dim = self.draw(st.integers(0, dims - 1))
        index = self.line(f'"pattern.index"() {{dim = {dim} : i64}} : () -> i32')
        return index if self.element == "i32" else self.line(f"arith.sitofp {index} : i32 to f32")

    def operand(self, domain: tuple[int, ...]) -> str:
        """Read a tensor at an element that the domain stays inside of, or a new argument."""
        known = [*reversed(self.computed), *self.arguments]
        value = self.draw(st.sampled_from((*known, None)))
        if value is None:
            rows = [self.fresh_row(domain) for _ in range(self.draw(st.integers(1, 3)))]
            value = self.argument(tuple(extent for _, extent in rows))
            return self.access(value, [row for row, _ in rows], len(domain))
        rows = [self.draw(st.sampled_from(_fitting(extent, domain))) for extent in value.shape]
        return self.access(value, rows, len(domain))

    def fresh_row(self, domain: tuple[int, ...]) -> tuple[str, int]:
        """Draw an expression of the point, and the extent that holds its values."""
        d, other = (self.draw(st.integers(0, len(domain) - 1)) for _ in range(2))
        offset = self.draw(st.integers(0, 2))
        last = domain[d] - 1
        choices = [
            (f"d{d}", last),
            ("0", 0),
            (f"d{d} + {offset}", last + offset),
            (f"d{d} * 2 + {offset}", 2 * last + offset),
            (f"{last} - d{d}", last),
            (f"d{d} + d{other}", last + domain[other] - 1),
        ]
        row, most = self.draw(st.sampled_from(choices))
        return row, most + 1

    def argument(self, shape: tuple[int, ...]) -> Value:
        self.arguments.append(Value(f"x{len(self.arguments)}", shape))
        return self.arguments[-1]

    def access(self, value: Value, rows: Sequence[str], dims: int) -> str:
        self.read.add(value.name)
        points = ", ".join(f"d{d}" for d in range(dims))
        access = f"affine_map<({points}) -> ({', '.join(rows)})>"
        kind = f"({self.type_of(value)}) -> {self.element}"
        return self.line(f'"pattern.read"(%{value.name}) {{map = {access}}} : {kind}')

    def open(self, kind: str) -> str:
        name = self.name()
        self.lines.append(f'%{name} = "pattern.{kind}"() ({{')
        return name

    def close(self, name: str, shape: tuple[int, ...], fields: str) -> Value:
        value = Value(name, shape)
        self.lines.append(f"}}) {{{fields}}} : () -> {self.type_of(value)}")
        return value

    def yield_(self, value: str) -> None:
        self.lines.append(f'"pattern.yield"({value}) : ({self.element}) -> ()')

    def line(self, text: str) -> str:
        name = self.name()
        self.lines.append(f"%{name} = {text}")
        return f"%{name}"

    def name(self) -> str:
        self.names += 1
        return f"v{self.names}"

    def type_of(self, value: Value) -> str:
        return f"tensor<{'x'.join(map(str, value.shape))}x{self.element}>"


def _fitting(extent: int, domain: tuple[int, ...]) -> list[str]:
    """List expressions of the point with values below an extent, the plain ones first."""
    fits = [f"d{d}" for d, size in enumerate(domain) if size == extent]
    fits += [f"d{d} + {extent - size}" for d, size in enumerate(domain) if size < extent]
    fits += [f"d{d} * 2" for d, size in enumerate(domain) if size > 1 and 2 * size - 1 <= extent]
    fits += [f"{extent - 1} - d{d}" for d, size in enumerate(domain) if size == extent > 1]
    return [*fits, "0", str(extent - 1)]


def _array(values: Sequence[int]) -> str:
    return f"array<i64: {', '.join(map(str, values))}>"
