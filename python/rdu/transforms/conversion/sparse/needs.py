"""What tensors have to be like for graphs to walk them level by level."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rdu.dialects.sam.graph import ELEMENTS
from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse.encodings import format_of, format_problem, is_encoded

WALKABLE = ("dense", "compressed")
"""The kinds of levels that a graph walks."""


def need_of(
    kind: Any, walkable: Sequence[str] = WALKABLE, elements: Sequence[str] = ELEMENTS
) -> str | None:
    """Return what is expected instead of a type, None if it will do.

    Args:
        kind: the type.
        walkable: the kinds of levels that it may have.
        elements: the types of elements.
    """
    if not isinstance(kind, ir.RankedTensorType):
        return "a number that is known"
    if not kind.has_static_shape or 0 in kind.shape:
        return "static shapes with elements"
    if str(kind.element_type) not in elements:
        return f"elements of {', '.join(elements)}"
    if problem := format_problem(kind):
        return problem
    levels = format_of(kind).levels if is_encoded(kind) else ()
    if all(x.kind in walkable for x in levels):
        return None
    return f"{' and '.join(walkable)} levels"
