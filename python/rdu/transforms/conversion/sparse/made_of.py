"""Functions of linalg that are made of those of value streams: logarithms, powers, rounding."""

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


WHOLE = 2.0**23
"""From here on all f32 are whole numbers; those below are i32, and adding this rounds them."""


def _of(function: str, *operands: Expression | float) -> Expression:
    given = (Constant(o) if isinstance(o, int | float) else o for o in operands)
    return Apply(function, tuple(given))


def _unless_whole(x: Operand, rounded: Operand) -> Expression:
    """Return a rounded x, or x itself where it is as large as `WHOLE`, NaN, or rounds to itself."""
    large = _of("uge", _of("abs", x()), WHOLE)
    return _of("select", _of("or", large, _of("eq", rounded(), x())), x(), rounded())


def _floor(x: Operand) -> Expression:
    """Return what is cut off after the point, less 1 if that is above x."""

    def cut() -> Expression:
        return _of("to_f32", _of("to_i32", x()))

    return _unless_whole(x, lambda: _of("sub", cut(), _of("to_f32", _of("gt", cut(), x()))))


def _ceil(x: Operand) -> Expression:
    return _of("neg", _floor(lambda: _of("neg", x())))


def _round_to_even(x: Operand) -> Expression:
    """Return |x| as the sum with `WHOLE` rounds it, with the sign of x; nothing where x is."""

    def size() -> Expression:
        return _of("add", _of("add", _of("abs", x()), WHOLE), -WHOLE)

    def signed() -> Expression:
        positive = _of("select", _of("gt", x(), 0.0), size(), 0.0)
        return _of("select", _of("lt", x(), 0.0), _of("neg", size()), positive)

    return _unless_whole(x, signed)


def _exp_of(x: Operand, factor: float) -> Expression:
    return Apply("exp", (Apply("mul", (x(), Constant(factor))),))


def _log_1p(x: Operand) -> Expression:
    """Return log(u) * x / (u - 1) of u = 1 + x as it is rounded; x where u is 1 or no number.

    Kahan's, as in Goldberg, What every computer scientist should know, theorem 4.
    """

    def u() -> Expression:
        return _of("add", x(), 1.0)

    itself = _of("or", _of("eq", u(), 1.0), _of("eq", u(), math.inf))
    ratio = _of("div", x(), _of("sub", u(), 1.0))
    return _of("select", itself, x(), _of("mul", _of("log", u()), ratio))


def _exp_m1(x: Operand) -> Expression:
    """Return (u - 1) * x / log(u) of u = exp(x) as it is rounded; x where u is 1.

    Kahan's, as in Higham, Accuracy and stability of numerical algorithms, 1.14.1; as it is, u - 1
    where that is -1 or no number.
    """

    def u() -> Expression:
        return _of("exp", x())

    def less() -> Expression:
        return _of("sub", u(), 1.0)

    ratio = _of("div", x(), _of("log", u()))
    as_it_is = _of("or", _of("eq", less(), -1.0), _of("eq", less(), math.inf))
    far = _of("select", as_it_is, less(), _of("mul", less(), ratio))
    return _of("select", _of("eq", u(), 1.0), x(), far)


MADE_OF: Mapping[str, Callable[[Operand], Expression]] = {
    "math.ceil": _ceil,
    "math.exp2": lambda x: _exp_of(x, math.log(2)),
    "math.expm1": _exp_m1,
    "math.floor": _floor,
    "math.log10": _scaled_log(10),
    "math.log1p": _log_1p,
    "math.log2": _scaled_log(2),
    "math.roundeven": _round_to_even,
}
"""Functions of one value by the op's name."""

POWER = "math.powf"

MOST_FACTORS = 8
"""The greatest power that is a product."""


def is_power(base: float | None, exponent: float | None) -> bool:
    """Tell whether a power is made of other functions, given the operands that are constants.

    The base is a positive constant, or the exponent is a small integer or none: negative numbers
    have such powers by products, or none.
    """
    if exponent is None:
        return base is not None and 0 < base < math.inf
    if not math.isfinite(exponent):
        return False
    return exponent != int(exponent) or abs(exponent) <= MOST_FACTORS


def power(base: float | None, exponent: float | None, x: Operand, y: Operand) -> Expression:
    """Return a power `x ** y` of which `is_power` holds: a product, a root, or exp(y * log(x))."""
    if exponent is None:
        return _exp_of(y, math.log(base or 1))
    if exponent == int(exponent):
        made = _product(x, abs(int(exponent)))
        return made if exponent >= 0 else _of("div", 1.0, made)
    if abs(exponent) == 0.5:
        return Apply("sqrt" if exponent > 0 else "rsqrt", (x(),))
    return _exp_of(lambda: Apply("log", (x(),)), exponent)


def _product(x: Operand, factors: int) -> Expression:
    """Return a product of so many x, of halves where it can be."""
    if factors < 2:
        return x() if factors else Constant(1.0)
    half = factors // 2
    return Apply("mul", (_product(x, half), _product(x, factors - half)))
