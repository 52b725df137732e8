"""What functions make of zeros: which absent operands make an absent result.

An absent value is a zero, so a function may skip a point only if it gives zero there. As everywhere
in sparse tensor algebra zero times anything counts as zero, infinities and NaN included.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from rdu.analysis.sparse.expression import Apply, Constant, Expression, Reduce
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.sparse import functions

_TYPES: tuple[DType, ...] = ("f32", "i32", "i1")

Places = tuple[int, ...]
"""Operands by number."""

ANNIHILATE: Mapping[str, tuple[Places, ...]] = {
    "and": ((0,), (1,)),
    "mul": ((0,), (1,)),
    "select": ((1, 2), (0, 2)),
}
"""The sets of operands of a function that make it zero by being zero, whatever the others are.

Of any other function all operands do together, if any do.
"""


def zero_where(apply: Apply) -> list[tuple[Expression, ...]]:
    """Return which operands make a function zero by being zero: sets, each of which suffices.

    Constants are present everywhere. No set is given of which another one is a part; there is none
    where the result may be anything though all operands are absent.
    """
    operands = apply.operands
    declared = ANNIHILATE.get(apply.function)
    if declared is None:
        varying = tuple(o for o in operands if not isinstance(o, Constant))
        divides = apply.function == "div" and not isinstance(operands[-1], Constant)
        return [] if divides or at_zero(apply) != 0 else [varying]  # 0/0 and x/0 are not 0
    sets = [
        tuple(n for n in places if not isinstance(operands[n], Constant))
        for places in declared
        if not any(_is_number(operands[n]) for n in places)
    ]
    sets = [each for each in sets if each]  # else it is zero everywhere
    least = [each for each in sets if not any(set(other) < set(each) for other in sets)]
    return [tuple(operands[n] for n in places) for places in dict.fromkeys(least)]


def at_zero(apply: Apply) -> float:
    """Return a function's value where all its operands are zero, but for constants."""
    numbers = (o.value if isinstance(o, Constant) else 0.0 for o in apply.operands)
    return _value(apply.function, tuple(numbers))


@lru_cache(maxsize=1024)
def _value(function: str, operands: tuple[float, ...]) -> float:
    find = functions.unary if len(operands) == 1 else functions.binary
    types: list[DType] = [each for each in _TYPES if functions.takes(function, each)]
    dtype = types[0]
    given = (np.asarray(functions.typed(number, dtype)) for number in operands)
    with np.errstate(all="ignore"):
        return float(find(function, dtype)(*(array.astype(NUMPY[dtype]) for array in given)))


def keeps_zero(expression: Expression, inside: Expression) -> bool:
    """Tell whether an expression is zero where one inside of it is; its other leaves are constants.

    Args:
        expression: functions around `inside`, one in another.
        inside: what is zero.
    """
    while expression is not inside:
        if not isinstance(expression, Apply) or not zero_where(expression):
            return False
        expression = next(o for o in expression.operands if not isinstance(o, Constant))
    return True


def root_reduction(expression: Expression) -> Reduce | None:
    """Return the reduction at the root, looked for through functions of one value and constants."""
    while isinstance(expression, Apply):
        varying = [o for o in expression.operands if not isinstance(o, Constant)]
        if len(varying) != 1:
            return None
        expression = varying[0]
    return expression if isinstance(expression, Reduce) else None


def _is_number(operand: Expression) -> bool:
    return isinstance(operand, Constant) and operand.value != 0
