"""Which lookups are told from behind where to go on: those that only an intersection reads."""

from __future__ import annotations

from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.streams import level_formats
from rdu.mlir_ext import ir

STORED = ("compressed", "dense")
"""The levels in which a lookup may go on anywhere."""


def sides_of(op: Any) -> list[Any | None]:
    """Return for each side of an intersection that skips its lookup, None if that cannot be told.

    It can if it walks a level of these kinds, and nobody else reads what it sends.
    """
    return [_walk(crd, payload) for crd, payload in zip(op.crds, op.payloads, strict=True)]


def told(op: Any) -> list[Any | None]:
    """Return the sides of an intersection that has `skip`; none of another op."""
    if not isinstance(op, sam.IntersectOp) or op.skip is None or not op.skip.value:
        return []
    return sides_of(op)


def is_told(lookup: Any) -> bool:
    """Tell whether a lookup is a side of an intersection that skips."""
    reader = next((use.owner.opview for use in lookup.crd.uses), None)
    return any(side is not None and side == lookup for side in told(reader))


def _walk(crd: Any, payload: Any) -> Any | None:
    lookup: Any = None if isinstance(crd.owner, ir.Block) else crd.owner.opview
    if not isinstance(lookup, sam.FiberLookupOp) or (lookup.crd, lookup.child) != (crd, payload):
        return None
    level: int = lookup.level.value
    kind = level_formats(lookup.tensor.type)[level]
    alone = all(len(list(value.uses)) == 1 for value in (crd, payload))
    return lookup if alone and kind in STORED else None
