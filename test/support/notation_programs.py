"""Random programs in tensor index notation, with an evaluator of their own.

An expression is its text and its value: an array with an axis for each index variable of the
statement, of extent 1 where the value does not depend on it. Sums that the text leaves unwritten
are made where the language says they are: around products each of whose reduced variables stands
in an element of a tensor.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

AXES = 7
"""The most variables that a statement has."""

COMBINERS = {"sum": np.add, "prod": np.multiply, "max": np.maximum, "min": np.minimum}
COMPARISONS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}
FUNCTIONS = {"abs": np.abs, "neg": np.negative, "relu": lambda x: np.maximum(x, 0)}


@dataclass
class Expression:
    """Text that stands for itself within parentheses, its value, the most it adds up to."""

    text: str
    value: Any
    bound: int


@dataclass
class Statement:
    """A statement, and its result as an array."""

    text: str
    name: str
    result: Any
    bound: int


@dataclass
class Maker:
    """Draws the statements of one program, and tensors for it."""

    draw: Any
    tensors: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)
    extents: list[int] = field(default_factory=list)

    def number(self, least: int, most: int) -> int:
        return self.draw(st.integers(least, most))

    def statement(self, name: str) -> Statement:
        self.extents = []
        kept = self.variables(self.number(0, 3))
        made = self.sum(kept, 2)
        shape = [self.extents[axis] for axis in kept]
        full = np.broadcast_to(
            made.value, [1 if a not in kept else self.extents[a] for a in axes()]
        )
        result = full.reshape([self.extents[axis] for axis in sorted(kept)])
        result = result.transpose([sorted(kept).index(axis) for axis in kept]).reshape(shape)
        self.tensors[name] = result
        return Statement(f"{element_text(name, kept)} = {made.text}", name, result, made.bound)

    def variables(self, count: int) -> list[int]:
        """Return new variables, as many as there is room for, in any order."""
        first = len(self.extents)
        count = min(count, AXES - first)
        self.extents += [self.number(1, 3) for _ in range(count)]
        return self.draw(st.permutations(range(first, first + count)))

    def sum(self, known: list[int], depth: int) -> Expression:
        """Draw terms that are added and subtracted."""
        total = self.term(known, depth)
        for _ in range(self.number(0, 2)):
            term, sign = self.term(known, depth), self.draw(st.sampled_from("+-"))
            value = total.value + term.value if sign == "+" else total.value - term.value
            bound = total.bound + term.bound
            total = Expression(f"{total.text} {sign} {term.text}", value, bound)
        return total

    def term(self, known: list[int], depth: int) -> Expression:
        choices = [self.product] * 3 + [
            self.reduction,
            self.call,
            self.extremum,
            self.comparison,
        ] * (depth > 0)
        return self.draw(st.sampled_from(choices))(known, depth)

    def product(self, known: list[int], depth: int) -> Expression:
        """Draw a product that is summed over variables of its own, or over none."""
        reduced = self.variables(self.number(0, 2))
        inside = [*known, *reduced]
        first = self.draw(st.permutations([*reduced, *self.some(known)]))
        factors = [self.element(first)]
        for _ in range(self.number(0, 2)):
            factors.append(self.element(self.some(inside)))
        if self.number(0, 2) == 0:
            inner = self.element(self.some(inside))
            factors.append(Expression(f"abs({inner.text} - 1)", abs(inner.value - 1),
                                      inner.bound + 1))  # fmt: skip
        if depth and self.number(0, 2) == 0:
            inner = self.sum(known, depth - 1)
            factors.append(Expression(f"({inner.text})", inner.value, inner.bound))
        factors = self.draw(st.permutations(factors))
        text = " * ".join(factor.text for factor in factors)
        value, bound = np.ones([1] * AXES, np.int64), 1
        for factor in factors:
            value, bound = value * factor.value, bound * factor.bound
        made = Expression(text, value, bound)
        return self.reduced("sum", reduced, made, written=self.number(0, 3) == 0)

    def reduction(self, known: list[int], depth: int) -> Expression:
        """Draw a written reduction of any kind."""
        variables = self.variables(self.number(1, 2))
        if not variables:
            return self.product(known, 0)
        inner = self.sum([*known, *variables], depth - 1)
        element = self.element([*variables, *self.some(known)])
        text, bound = f"{inner.text} + {element.text}", inner.bound + element.bound
        made = Expression(text, inner.value + element.value, bound)
        combiner = self.draw(st.sampled_from(sorted(COMBINERS)))
        return self.reduced(combiner, variables, made, written=True)

    def reduced(
        self, combiner: str, variables: list[int], made: Expression, *, written: bool
    ) -> Expression:
        """Reduce an expression that depends on all the variables."""
        if not variables:
            return made
        shape = np.maximum(made.value.shape, [self.extents[a] if a in variables else 1
                                              for a in axes()])  # fmt: skip
        full = np.broadcast_to(made.value, shape)
        value = COMBINERS[combiner].reduce(full, axis=tuple(variables), keepdims=True)
        count = int(np.prod([self.extents[axis] for axis in variables]))
        bound = {"sum": made.bound * count, "prod": made.bound**count}.get(combiner, made.bound)
        listed = ",".join(name(axis) for axis in variables)
        text = f"{combiner}[{listed}]({made.text})" if written else made.text
        return Expression(text, value, bound)

    def call(self, known: list[int], depth: int) -> Expression:
        function = self.draw(st.sampled_from(sorted(FUNCTIONS)))
        inner = self.sum(known, depth - 1)
        return Expression(
            f"{function}({inner.text})", FUNCTIONS[function](inner.value), inner.bound
        )

    def extremum(self, known: list[int], depth: int) -> Expression:
        left, right = self.sum(known, depth - 1), self.sum(known, 0)
        function = self.draw(st.sampled_from(["max", "min"]))
        value = COMBINERS[function](left.value, right.value)
        return Expression(f"{function}({left.text}, {right.text})", value,
                          max(left.bound, right.bound))  # fmt: skip

    def comparison(self, known: list[int], depth: int) -> Expression:
        left, right = self.sum(known, depth - 1), self.sum(known, 0)
        sign = self.draw(st.sampled_from(sorted(COMPARISONS)))
        value = COMPARISONS[sign](left.value, right.value).astype(np.int64)
        return Expression(f"({left.text} {sign} {right.text})", value, 1)

    def element(self, indices: list[int]) -> Expression:
        """Draw an element of a tensor, new or not, or a number."""
        if not indices and self.number(0, 1):
            value = self.number(0, 3)
            return Expression(str(value), np.full([1] * AXES, value), value)
        if indices and self.number(0, 4) == 0:  # a diagonal
            again = self.draw(st.sampled_from(indices))
            indices = self.draw(st.permutations([*indices, again]))
        shape = tuple(self.extents[axis] for axis in indices)
        fitting = [known for known, array in self.tensors.items() if array.shape == shape]
        new = f"t{len(self.tensors)}"
        tensor = self.draw(st.sampled_from([*fitting, new]))
        if tensor == new:
            size = int(np.prod(shape))
            values = self.draw(st.lists(st.integers(-2, 2), min_size=size, max_size=size))
            self.tensors[new] = self.inputs[new] = np.array(values, np.int64).reshape(shape)
        array = self.tensors[tensor]
        spread = np.einsum(array, indices, sorted(set(indices)))
        value = spread.reshape([self.extents[a] if a in indices else 1 for a in axes()])
        return Expression(element_text(tensor, indices), value, int(abs(array).max()))

    def some(self, variables: list[int]) -> list[int]:
        """Draw some of the variables, at most three."""
        count = self.number(0, min(3, len(variables)))
        return self.draw(st.permutations(variables))[:count]


def axes() -> range:
    return range(AXES)


def name(axis: int) -> str:
    """Return a variable's name; they are not in the order of their first appearance."""
    return ("m", "k", "i", "row", "j", "n", "l")[axis]


def element_text(tensor: str, indices: list[int]) -> str:
    return f"{tensor}({','.join(name(axis) for axis in indices)})" if indices else tensor
