"""The functions of value streams by name: what an ALU, a reducer or an accumulator may compute."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from rdu.semantics.dtypes import Array, DType
from rdu.semantics.reduction import identity, reduce_lanes
from rdu.semantics.scalar import OPS, constant

Function = Callable[..., Array]

_ARITHMETIC: Mapping[str, tuple[str, str]] = {
    "add": ("addf", "addi"),
    "sub": ("subf", "subi"),
    "mul": ("mulf", "muli"),
    "div": ("divf", "divsi"),
    "max": ("maximumf", "maxsi"),
    "min": ("minimumf", "minsi"),
}
"""Functions of two values of one type: the scalar operation for floats, and for i32."""

_ORDERED: Mapping[str, tuple[str, str]] = {
    "eq": ("cmpf.oeq", "cmpi.eq"),
    "ge": ("cmpf.oge", "cmpi.sge"),
    "gt": ("cmpf.ogt", "cmpi.sgt"),
    "le": ("cmpf.ole", "cmpi.sle"),
    "lt": ("cmpf.olt", "cmpi.slt"),
    "ne": ("cmpf.une", "cmpi.ne"),
}
"""The same of comparisons, whose result is an i1: of NaN all but `ne` are false."""

_OF_FLOATS: Mapping[str, str] = {
    name: f"cmpf.{name}" for name in ("one", "ord", "ueq", "uge", "ugt", "ule", "ult", "uno")
}
"""Comparisons that only floats have, by MLIR's names: true of NaN where these begin with `u`."""

LOGICAL: Mapping[str, str] = {"and": "andi", "or": "ori", "xor": "xori"}
"""Functions of two bits, or of the bits of two i32."""

COMPARISONS = (*_ORDERED, *_OF_FLOATS)
"""Functions of two values of one type that give an i1."""

BINARY = (*_ARITHMETIC, *COMPARISONS, *LOGICAL)
"""Functions of two values."""

REDUCTIONS = ("add", "mul", "max", "min", "and", "or")
"""Those of `BINARY` that reduce."""

SUMS = ("add", "or")
"""Reductions that zeros make no difference to."""

SELECT = "select"
"""The function of three values: the second where the first, an i1, is true, else the third."""

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
_CONVERSIONS: Mapping[str, DType] = {"to_bf16": "bf16", "to_f32": "f32", "to_i32": "i32"}
"""Functions of one value of another type: the type of what they give."""

UNARY = tuple(sorted([*_FLOAT_UNARY, "relu", "sigmoid", "not", *_CONVERSIONS]))
"""Functions of one value."""

X, LAST = "x", "last"
"""Operands of a step by name: what the function is of, and the result of the step before."""


class Step(NamedTuple):
    """A scalar operation of a function that is made of several; operands by name or constants.

    Constants are of the type that they are spelled in, floats of that of the function's operand.
    """

    operation: str
    operands: tuple[str | float | bool, ...]


_FLOAT_STEPS: Mapping[str, tuple[Step, ...]] = {
    "relu": (Step("maximumf", (X, 0.0)),),
    "sigmoid": (
        Step("negf", (X,)),
        Step("exp", (LAST,)),
        Step("addf", (1.0, LAST)),
        Step("divf", (1.0, LAST)),
    ),
} | {name: (Step(operation, (X,)),) for name, operation in _FLOAT_UNARY.items()}

_STEPS: Mapping[DType, Mapping[str, tuple[Step, ...]]] = {
    "f32": {
        **_FLOAT_STEPS,
        "to_bf16": (Step("truncf", (X,)),),
        "to_i32": (Step("fptosi", (X,)),),
    },
    "bf16": {**_FLOAT_STEPS, "to_f32": (Step("extf", (X,)),)},
    "i32": {
        "abs": (Step("subi", (0, X)), Step("maxsi", (X, LAST))),
        "neg": (Step("subi", (0, X)),),
        "relu": (Step("maxsi", (X, 0)),),
        "to_f32": (Step("sitofp", (X,)),),
    },
    "i1": {
        "not": (Step("xori", (X, True)),),
        "to_f32": (Step("select", (X, 1.0, 0.0)),),
        "to_i32": (Step("extui", (X,)),),
    },
}


def _of_two(dtype: DType) -> dict[str, str]:
    if dtype == "i1":
        return dict(LOGICAL)
    number = int(dtype == "i32")
    both = {name: pair[number] for name, pair in {**_ARITHMETIC, **_ORDERED}.items()}
    return {**both, **(LOGICAL if number else _OF_FLOATS)}


_OPERATIONS: Mapping[DType, Mapping[str, str]] = {dtype: _of_two(dtype) for dtype in _STEPS}


def takes(name: str, dtype: DType) -> bool:
    """Tell whether a function exists for an element type of its operands.

    All arithmetic exists for f32 and bf16, some for i32. Of three values the last two are meant.
    """
    return name == SELECT or name in _OPERATIONS[dtype] or name in _STEPS[dtype]


def result(name: str, dtype: DType) -> DType:
    """Return the element type of what a function gives, by that of its operands."""
    return "i1" if name in COMPARISONS else _CONVERSIONS.get(name, dtype)


def sum_of(dtype: str) -> str:
    """Return the one of `SUMS` that an element type has."""
    return "or" if dtype == "i1" else "add"


def typed(number: float, dtype: DType) -> float | bool:
    """Return a number as constants of an element type are spelled: 1.0, 1 or True."""
    match dtype:
        case "i1":
            return bool(number)
        case "i32":
            return int(number)
        case _:
            return float(number)


def operation(name: str, dtype: DType) -> str:
    """Return the scalar operation of a function of two or three values of an element type."""
    return SELECT if name == SELECT else _OPERATIONS[dtype][name]


def steps(name: str, dtype: DType) -> tuple[Step, ...]:
    """Return the scalar operations of a function of one value of an element type, in order.

    Two are made of others: sigmoid(x) = 1 / (1 + exp(-x)), relu(x) = max(x, 0).
    """
    return _STEPS[dtype][name]


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
        operands = (
            named[o] if isinstance(o, str) else constant(o, _spelled(o, dtype))
            for o in step.operands
        )
        last = OPS[step.operation].evaluate(*operands)
    return last


def _spelled(number: float | bool, dtype: DType) -> DType:
    """Return the element type of a step's constant, given that of the function's operand."""
    match number:
        case bool():
            return "i1"
        case int():
            return "i32"
        case float():
            return "bf16" if dtype == "bf16" else "f32"
