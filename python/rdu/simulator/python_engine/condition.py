"""Conditions: whether a port acts in a firing."""

from __future__ import annotations

from collections.abc import Callable

from rdu.simulator.python_engine.chain import Chain
from rdu.simulator.specification import ALWAYS, When


def holds(when: When, chain: Chain, is_true: Callable[[int], bool]) -> bool:
    """Return whether a condition holds; `is_true` tells it of an i1 register by number."""
    match when.kind:
        case "first":
            result = chain.is_first(when.level)
        case "last":
            result = chain.is_last(when.level)
        case "held":
            result = is_true(when.register)
        case "negative":
            result = chain.evaluate(when.value) < 0
        case "zero":
            result = chain.evaluate(when.value) == 0
        case _:
            assert when.kind == ALWAYS
            result = True
    return result != when.negated
