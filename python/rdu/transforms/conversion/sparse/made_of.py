"""Functions of linalg that are made of those of value streams: logarithms and powers."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from rdu.analysis.sparse.expression import Apply, Constant, Expression

Operand = Callable[[], Expression]
"""Gives an operand, another expression each time."""


def _scaled_log(base: float) -> Callable[[Operand], Expression]:
    def made(x: Operand) -> Expression:
        return Apply("mul", (Apply("log", (x(),)), Constant(1 / math.log(base))))

    return made


def _exp_of(x: Operand, factor: float) -> Expression:
    return Apply("exp", (Apply("mul", (x(), Constant(factor))),))


MADE_OF: Mapping[str, Callable[[Operand], Expression]] = {
    "math.exp2": lambda x: _exp_of(x, math.log(2)),
    "math.log10": _scaled_log(10),
    "math.log2": _scaled_log(2),
}
"""Functions of one value by the op's name."""

POWER = "math.powf"


def is_power(base: float | None, exponent: float | None) -> bool:
    """Tell whether a power is made of other functions, given the operands that are constants.

    The base is a positive constant, or the exponent is 2 or no integer: negative numbers have such
    powers by products, or none.
    """
    if exponent is None:
        return base is not None and 0 < base < math.inf
    return math.isfinite(exponent) and (exponent == 2 or exponent != int(exponent))


def power(base: float | None, exponent: float | None, x: Operand, y: Operand) -> Expression:
    """Return a power `x ** y` of which `is_power` holds: x * x, a root, or exp(y * log(x))."""
    if exponent is None:
        return _exp_of(y, math.log(base or 1))
    if exponent == 2:
        return Apply("mul", (x(), x()))
    if abs(exponent) == 0.5:
        return Apply("sqrt" if exponent > 0 else "rsqrt", (x(),))
    return _exp_of(lambda: Apply("log", (x(),)), exponent)
