"""Elaboration of conditions: comparisons become the sign of a difference."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.configuration.model import Affine, Comparison, Condition, Context, Edge, Holds, Relation
from rdu.simulator.specification import Sum, When

SIGNS: dict[Relation, tuple[str, bool, bool]] = {
    "<": ("negative", False, False),
    "<=": ("negative", True, True),
    "==": ("zero", False, False),
    "!=": ("zero", False, True),
    ">": ("negative", True, False),
    ">=": ("negative", False, True),
}
"""Relation: kind of the condition on `left - right`, whether on `right - left`, whether negated."""


def elaborate_condition(
    condition: Condition | None, context: Context, registers: Mapping[str, int]
) -> When:
    """Return a condition in numbers; `registers` has every i1 value by name."""
    match condition:
        case None:
            return When()
        case Edge():
            return When(condition.which, level=context.level_index(condition.counter))
        case Holds():
            return When("held", register=registers[condition.name], negated=condition.negated)
        case Comparison():
            kind, swapped, negated = SIGNS[condition.relation]
            left, right = condition.left, condition.right
            if swapped:
                left, right = right, left
            return When(kind, value=_difference(left, right, context), negated=negated)


def _difference(left: Affine, right: Affine, context: Context) -> Sum:
    return Sum(
        constant=left.constant - right.constant,
        coefficients=tuple(
            left.coefficient(c.name) - right.coefficient(c.name) for c in context.counters
        ),
    )
