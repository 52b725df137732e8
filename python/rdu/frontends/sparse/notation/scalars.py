"""Scalar arithmetic of the notation in ops of `arith` and `math`, for each element type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.frontends.sparse.elements import Element
from rdu.mlir_ext import arith, ir
from rdu.mlir_ext.elements import number_of

CHAINS: Mapping[tuple[str, bool], Mapping[Element, str]] = {
    ("+", False): {"f32": "arith.addf", "i32": "arith.addi"},
    ("+", True): {"f32": "arith.subf", "i32": "arith.subi"},
    ("*", False): {"f32": "arith.mulf", "i32": "arith.muli"},
    ("*", True): {"f32": "arith.divf", "i32": "arith.divsi"},
}
"""The ops of a chain's operator, and of its inverse."""

COMBINERS: Mapping[str, Mapping[Element, str]] = {
    "sum": {"f32": "arith.addf", "i32": "arith.addi"},
    "prod": {"f32": "arith.mulf", "i32": "arith.muli"},
    "max": {"f32": "arith.maximumf", "i32": "arith.maxsi"},
    "min": {"f32": "arith.minimumf", "i32": "arith.minsi"},
}
"""The ops that reductions, and functions of several operands, combine with."""


COMPARISONS: Mapping[str, Mapping[Element, tuple[str, str]]] = {
    "<": {"f32": ("arith.cmpf", "OLT"), "i32": ("arith.cmpi", "slt")},
    "<=": {"f32": ("arith.cmpf", "OLE"), "i32": ("arith.cmpi", "sle")},
    ">": {"f32": ("arith.cmpf", "OGT"), "i32": ("arith.cmpi", "sgt")},
    ">=": {"f32": ("arith.cmpf", "OGE"), "i32": ("arith.cmpi", "sge")},
    "==": {"f32": ("arith.cmpf", "OEQ"), "i32": ("arith.cmpi", "eq")},
    "!=": {"f32": ("arith.cmpf", "UNE"), "i32": ("arith.cmpi", "ne")},
}
"""The ops that compare, with their predicates; NaN is only unequal."""


@dataclass(frozen=True, slots=True)
class Scalars:
    """Writes scalar ops of one element type at the current insertion point and location."""

    element: Element

    @property
    def type(self) -> ir.Type:
        """The element type; needs a current context."""
        return ir.F32Type.get() if self.element == "f32" else ir.IntegerType.get_signless(32)

    def apply(self, name: str, *operands: ir.Value) -> ir.Value:
        """Write an op whose result is of the element type."""
        return ir.Operation.create(name, results=[self.type], operands=list(operands)).results[0]

    def constant(self, value: float) -> ir.Value:
        """Write a constant; the value has to fit the element type."""
        attributes = {"value": number_of(self.type, value)}
        return ir.Operation.create("arith.constant", [self.type], attributes=attributes).results[0]

    def call(self, function: str, operands: list[ir.Value]) -> ir.Value:
        """Write a function of the notation that the element type has."""
        if function in COMPARISONS:
            return self._compared(*COMPARISONS[function][self.element], operands)
        if function in COMBINERS:
            first, *rest = operands
            for operand in rest:
                first = self.apply(COMBINERS[function][self.element], first, operand)
            return first
        return FUNCTIONS[function][self.element](self, operands[0])

    def _compared(self, name: str, predicate: str, operands: list[ir.Value]) -> ir.Value:
        """Write a comparison, which gives 1 where it holds, else 0."""
        kind = arith.CmpFPredicate if self.element == "f32" else arith.CmpIPredicate
        whole = ir.IntegerType.get_signless(64)
        attributes = {"predicate": ir.IntegerAttr.get(whole, kind[predicate].value)}
        holds = ir.Operation.create(
            name, [ir.IntegerType.get_signless(1)], operands, attributes
        ).results[0]
        return self.apply("arith.uitofp" if self.element == "f32" else "arith.extui", holds)


Write = Callable[[Scalars, Any], Any]


def _op(name: str) -> Write:
    return lambda scalars, x: scalars.apply(name, x)


def _negated(scalars: Scalars, x: ir.Value) -> ir.Value:
    return scalars.apply("arith.subi", scalars.constant(0), x)


def _absolute(scalars: Scalars, x: ir.Value) -> ir.Value:
    return scalars.apply("arith.maxsi", x, _negated(scalars, x))


def _sigmoid(scalars: Scalars, x: ir.Value) -> ir.Value:
    one = scalars.constant(1)
    power = scalars.apply("math.exp", scalars.apply("arith.negf", x))
    return scalars.apply("arith.divf", one, scalars.apply("arith.addf", one, power))


def _rectified(maximum: str) -> Write:
    return lambda scalars, x: scalars.apply(maximum, x, scalars.constant(0))


FUNCTIONS: Mapping[str, Mapping[Element, Write]] = {
    "abs": {"f32": _op("math.absf"), "i32": _absolute},
    "exp": {"f32": _op("math.exp")},
    "log": {"f32": _op("math.log")},
    "neg": {"f32": _op("arith.negf"), "i32": _negated},
    "relu": {"f32": _rectified("arith.maximumf"), "i32": _rectified("arith.maxsi")},
    "rsqrt": {"f32": _op("math.rsqrt")},
    "sigmoid": {"f32": _sigmoid},
    "sqrt": {"f32": _op("math.sqrt")},
    "erf": {"f32": _op("math.erf")},
    "tanh": {"f32": _op("math.tanh")},
}
"""How each function of one operand is written, for the element types that have it."""


def read_number(text: str, element: Element) -> float | None:
    """Return the value of a literal, None if the element type has none for it."""
    value = float(text)
    if element == "i32":
        return value if text.isdigit() and value <= np.iinfo(np.int32).max else None
    with np.errstate(over="ignore"):
        return value if np.isfinite(np.float32(value)) else None
