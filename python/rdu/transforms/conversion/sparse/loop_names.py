"""What loops are called, and the order in which the user wishes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from rdu.mlir_ext import ir
from rdu.transforms.conversion.linalg.structured import Structured

VARIABLES, ORDER = "sam.variables", "sam.order"
"""Attributes of a structured op: the names of its loops, and these in the order wished for."""


def loop_names(op: Structured, refuse: Callable[..., None]) -> tuple[str, ...] | None:
    """Return the names of an op's loops, `d0`, `d1`, ... without an attribute.

    Returns None after refusing names that are not one for each loop, or an order that is not one of
    these.
    """
    default = tuple(f"d{number}" for number in range(len(op.extents)))
    names = _strings(op.operation.attributes.get(VARIABLES), default)
    order = _strings(op.operation.attributes.get(ORDER), names or ())
    wrong: list[tuple[str, Any, str]] = []
    if names is None or len(names) != len(default) or not _are_names(names):
        wrong.append((VARIABLES, names, f"{len(default)} different names, one for each loop"))
    elif order is None or sorted(order) != sorted(names):
        wrong.append((ORDER, order, f"each of {', '.join(names)} once"))
    for name, _, need in wrong:
        have = op.operation.attributes[name]
        refuse(op.operation, "attribute", name=name, have=have, need=need)
    return None if wrong else names


def _are_names(names: Sequence[str]) -> bool:
    return len(set(names)) == len(names) and all(name.isidentifier() for name in names)


def wished_order(operation: ir.Operation, names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the order that the user wishes for the loops, as a chain, if there is one."""
    wish = _strings(operation.attributes.get(ORDER), ())
    return (wish,) if wish and set(wish) <= set(names) else ()


def _strings(attribute: Any, default: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the strings of an array, None if it is something else."""
    if attribute is None:
        return default
    if not isinstance(attribute, ir.ArrayAttr):
        return None
    elements = list(attribute)
    if not all(isinstance(element, ir.StringAttr) for element in elements):
        return None
    return tuple(element.value for element in elements)
