"""Whether streams that are joined are shares of one: the same ops on what a fork dealt out.

Then what bounds the whole bounds all shares together, and not each. For that, the shares must come
from different branches of the same forks, and may have nothing else in common that adds to them:
only the tensors that they read, and what is merely repeated or names a fiber to look in.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam import TensorType
from rdu.mlir_ext import ir

HELD = {"sam.repeat": 0, "sam.hold": 0, "sam.locate": 2}
"""The operand of an op that adds no token to its result, whatever it is."""

Pairs = dict[tuple[ir.Value, ir.Value], bool]


def are_shares(streams: Sequence[ir.Value]) -> bool:
    """Tell whether streams are made alike from different branches of the same forks."""
    known: Pairs = {}
    return all(_alike(one, other, known) for one, other in combinations(streams, 2))


def _alike(one: ir.Value, other: ir.Value, known: Pairs) -> bool:
    """Tell whether two streams are made by the same ops from different branches."""
    pair = one, other
    if pair not in known:
        known[pair] = one != other and _made_alike(one, other, known)
    return known[pair]


def _made_alike(one: ir.Value, other: ir.Value, known: Pairs) -> bool:
    first, second = one.owner, other.owner
    if isinstance(first, ir.Block) or isinstance(second, ir.Block):
        return False
    if first == second:
        return isinstance(first.opview, sam.ForkOp)
    return (
        first.name == second.name
        and ir.OpResult(one).result_number == ir.OpResult(other).result_number
        and _attributes(first) == _attributes(second)
        and len(first.operands) == len(second.operands)
        and all(
            _fits(first, place, pair, known)
            for place, pair in enumerate(zip(first.operands, second.operands, strict=True))
        )
    )


def _fits(op: ir.Operation, place: int, pair: tuple[ir.Value, ir.Value], known: Pairs) -> bool:
    """Tell whether a pair of operands lets results be shares."""
    one, other = pair
    if isinstance(one.type, TensorType) or HELD.get(op.name) == place:
        return one == other or _alike(one, other, known)
    return _alike(one, other, known)


def _attributes(op: ir.Operation) -> dict[str, Any]:
    return {name: op.attributes[name] for name in op.attributes}
