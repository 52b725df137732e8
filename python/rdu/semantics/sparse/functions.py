"""The functions of value streams by name: what an ALU, a reducer or an accumulator may compute."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from rdu.semantics.dtypes import Array, DType
from rdu.semantics.reduction import identity
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
    "exp": "exp",
    "log": "log",
    "neg": "negf",
    "rsqrt": "rsqrt",
    "sqrt": "sqrt",
    "tanh": "tanh",
}
_INTEGER_UNARY = ("abs", "neg", "relu")

UNARY = tuple(sorted([*_FLOAT_UNARY, "relu", "sigmoid"]))
"""Functions of one value."""


def takes(name: str, dtype: DType) -> bool:
    """Tell whether a function exists for an element type: f32 and bf16 have all, i32 some."""
    if dtype == "i32":
        return name in BINARY or name in _INTEGER_UNARY
    return dtype in ("f32", "bf16") and (name in BINARY or name in UNARY)


def binary(name: str, dtype: DType) -> Function:
    """Return a function of two arrays of an element type."""
    return OPS[BINARY[name][dtype == "i32"]].evaluate


def unary(name: str, dtype: DType) -> Function:
    """Return a function of one array of an element type.

    Two are made of others, each step rounded: sigmoid(x) = 1 / (1 + exp(-x)), relu(x) = max(x, 0).
    """
    if name == "relu":
        return partial(binary("max", dtype), constant(0, dtype))
    if name == "sigmoid":
        return partial(_sigmoid, constant(1, dtype))
    if dtype != "i32":
        return OPS[_FLOAT_UNARY[name]].evaluate
    return _negated if name == "neg" else _absolute


def reduction(name: str, dtype: DType) -> tuple[Callable[[Any, Any], Any], Any]:
    """Return a function of two values of an element type, and its identity."""
    mnemonic = BINARY[name][dtype == "i32"]

    def combine(a: Any, b: Any) -> Any:
        return OPS[mnemonic].evaluate(a, b)[()]

    return combine, identity(mnemonic, dtype)[()]


def _sigmoid(one: Any, x: Array) -> Array:
    power = OPS["exp"].evaluate(OPS["negf"].evaluate(x))
    return OPS["divf"].evaluate(one, OPS["addf"].evaluate(one, power))


def _negated(x: Array) -> Array:
    return OPS["subi"].evaluate(constant(0, "i32"), x)


def _absolute(x: Array) -> Array:
    return OPS["maxsi"].evaluate(x, _negated(x))
