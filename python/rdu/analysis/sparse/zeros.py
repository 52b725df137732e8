"""What functions make of zeros: whether absent operands make an absent result.

An absent value is a zero, so a function may skip a point only if it gives zero there. As everywhere
in sparse tensor algebra zero times anything counts as zero, infinities and NaN included.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache

import numpy as np

from rdu.analysis.sparse.expression import Apply, Constant, Expression, Reduce
from rdu.semantics.sparse import functions


class Zeros(Enum):
    """Where the result of a function may differ from zero."""

    ALL_PRESENT = "where all operands are present"
    ANY_PRESENT = "where any operand is present"
    EVERYWHERE = "everywhere"


def zeros_of(apply: Apply) -> Zeros:
    """Tell where a function's result may differ from zero; constants are present everywhere."""
    if apply.function == "mul":
        return Zeros.ALL_PRESENT
    divides_by = apply.operands[-1]
    if apply.function == "div" and not isinstance(divides_by, Constant):
        return Zeros.EVERYWHERE  # 0/0 and x/0 are not 0
    return Zeros.ANY_PRESENT if at_zero(apply) == 0 else Zeros.EVERYWHERE


def at_zero(apply: Apply) -> float:
    """Return a function's value where all its operands are zero, but for constants."""
    numbers = (o.value if isinstance(o, Constant) else 0.0 for o in apply.operands)
    return _value(apply.function, tuple(numbers))


@lru_cache(maxsize=1024)
def _value(function: str, operands: tuple[float, ...]) -> float:
    find = functions.unary if len(operands) == 1 else functions.binary
    with np.errstate(all="ignore"):
        return float(find(function, "f32")(*map(np.asarray, map(np.float32, operands))))


def keeps_zero(expression: Expression, inside: Expression) -> bool:
    """Tell whether an expression is zero where one inside of it is; its other leaves are constants.

    Args:
        expression: functions around `inside`, one in another.
        inside: what is zero.
    """
    while expression is not inside:
        if not isinstance(expression, Apply):
            return False
        if zeros_of(expression) is Zeros.EVERYWHERE:
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
