"""The functions of value streams by name: what an ALU, a reducer or an accumulator may compute."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from rdu.semantics.dtypes import Array, DType
from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS, constant

Function = Callable[..., Array]

BINARY: Mapping[str, tuple[str, str]] = {
    "add": ("addf", "addi"),
    "sub": ("subf", "subi"),
    "mul": ("mulf", "muli"),
    "div": ("divf", "divsi"),
    "max": ("maximumf", "maxsi"),
    "min": ("minimumf", "minsi"),
}
"""Functions of two values: the scalar operation for floats, and for i32."""

REDUCTIONS = ("add", "mul", "max", "min")
"""Those of `BINARY` that reduce."""

_FLOAT_UNARY: Mapping[str, str] = {
    "abs": "absf",
    "erf": "erf",
    "exp": "exp",
    "log": "log",
    "neg": "negf",
    "rsqrt": "rsqrt",
    "sqrt": "sqrt",
    "tanh": "tanh",
}
UNARY = tuple(sorted([*_FLOAT_UNARY, "relu", "sigmoid"]))
"""Functions of one value."""

X, LAST = "x", "last"
"""Operands of a step by name: what the function is of, and the result of the step before."""


class Step(NamedTuple):
    """A scalar operation of a function that is made of several; operands by name or constants."""

    operation: str
    operands: tuple[str | int, ...]


_FLOAT_STEPS: Mapping[str, tuple[Step, ...]] = {
    "relu": (Step("maximumf", (X, 0)),),
    "sigmoid": (
        Step("negf", (X,)),
        Step("exp", (LAST,)),
        Step("addf", (1, LAST)),
        Step("divf", (1, LAST)),
    ),
} | {name: (Step(operation, (X,)),) for name, operation in _FLOAT_UNARY.items()}

_INTEGER_STEPS: Mapping[str, tuple[Step, ...]] = {
    "abs": (Step("subi", (0, X)), Step("maxsi", (X, LAST))),
    "neg": (Step("subi", (0, X)),),
    "relu": (Step("maxsi", (X, 0)),),
}


def takes(name: str, dtype: DType) -> bool:
    """Tell whether a function exists for an element type: f32 and bf16 have all, i32 some."""
    if dtype == "i32":
        return name in BINARY or name in _INTEGER_STEPS
    return dtype in ("f32", "bf16") and (name in BINARY or name in UNARY)


def operation(name: str, dtype: DType) -> str:
    """Return the scalar operation of a function of two values of an element type."""
    return BINARY[name][dtype == "i32"]


def steps(name: str, dtype: DType) -> tuple[Step, ...]:
    """Return the scalar operations of a function of one value of an element type, in order.

    Two are made of others: sigmoid(x) = 1 / (1 + exp(-x)), relu(x) = max(x, 0).
    """
    return (_INTEGER_STEPS if dtype == "i32" else _FLOAT_STEPS)[name]


def binary(name: str, dtype: DType) -> Function:
    """Return a function of two arrays of an element type."""
    return OPS[operation(name, dtype)].evaluate


def unary(name: str, dtype: DType) -> Function:
    """Return a function of one array of an element type: its `steps`, each rounded."""
    return partial(_evaluate, steps(name, dtype), dtype)


def reduction(name: str, dtype: DType) -> tuple[Callable[[Any, Any], Any], Any]:
    """Return a function of two values of an element type, and its identity."""
    mnemonic = operation(name, dtype)

    def combine(a: Any, b: Any) -> Any:
        return OPS[mnemonic].evaluate(a, b)[()]

    return combine, identity(mnemonic, dtype)[()]


def fold(name: str, dtype: DType) -> Function:
    """Return a function of an array of vectors that gives the total of each, over its lanes."""
    mnemonic = operation(name, dtype)

    def total(vectors: Array) -> Array:
        return reduce_lanes(mnemonic, vectors, np.ones(vectors.shape, np.bool_))[0]

    return total


def _evaluate(chain: tuple[Step, ...], dtype: DType, x: Array) -> Array:
    last = x
    for step in chain:
        named = {X: x, LAST: last}
        operands = (named[o] if isinstance(o, str) else constant(o, dtype) for o in step.operands)
        last = OPS[step.operation].evaluate(*operands)
    return last
