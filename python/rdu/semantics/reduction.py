"""Reductions: which operations reduce, their identities, and the tree over the lanes."""

from __future__ import annotations

import numpy as np

from rdu.semantics.dtypes import NUMPY, Array, DType, name_of
from rdu.semantics.scalar import OPS, ScalarOp

REDUCTIONS: dict[str, dict[DType, float | int | bool]] = {
    "addf": {"f32": 0.0, "bf16": 0.0},
    "mulf": {"f32": 1.0, "bf16": 1.0},
    "maximumf": {"f32": -np.inf, "bf16": -np.inf},
    "minimumf": {"f32": np.inf, "bf16": np.inf},
    "addi": {"i32": 0},
    "muli": {"i32": 1},
    "maxsi": {"i32": -(2**31)},
    "minsi": {"i32": 2**31 - 1},
    "andi": {"i32": -1, "i1": True},
    "ori": {"i32": 0, "i1": False},
    "xori": {"i32": 0, "i1": False},
}
"""Mnemonic: identity for each element type that it reduces.

A reduction without an explicit start begins at the identity. That of `addf` is +0, as users of a
sum expect of an empty one, so a sum of negative zeros is +0.
"""


def identity(name: str, dtype: DType) -> Array:
    """Return the identity of a reduction as a 0-d array; KeyError if it does not reduce `dtype`."""
    return np.asarray(REDUCTIONS[name][dtype], NUMPY[dtype])


def reduce_lanes(op: ScalarOp | str, values: Array, mask: Array) -> tuple[Array, Array]:
    """Reduce the lanes of a vector by the tree of neighbouring pairs.

    Round by round lane 2i is combined with lane 2i + 1, left operand first, until one is left:
    ceil(log2 L) rounds. A pair with one live lane gives that lane's value unchanged, a pair with
    none is masked; an odd lane at the end is passed on.

    Args:
        op: a binary operation `(T, T) -> T`, or its mnemonic.
        values: shape (..., L), L >= 1, of the operation's type.
        mask: bool, same shape; True where a lane is live.

    Returns:
        (value, live), each of shape (...). Where no lane is live, `live` is False and the value is
        the operation's identity.
    """
    op = OPS[op] if isinstance(op, str) else op
    values, mask = np.asarray(values), np.asarray(mask, np.bool_)
    dtype = name_of(values.dtype)
    while (lanes := values.shape[-1]) > 1:
        if lanes % 2:
            values = np.concatenate([values, values[..., -1:]], axis=-1)
            mask = np.concatenate([mask, np.zeros_like(mask[..., -1:])], axis=-1)
        left, right = values[..., ::2], values[..., 1::2]
        left_live, right_live = mask[..., ::2], mask[..., 1::2]
        both = op.evaluate(left, right)
        values = np.where(left_live & right_live, both, np.where(left_live, left, right))
        mask = left_live | right_live
    live = mask[..., 0]
    return np.where(live, values[..., 0], identity(op.name, dtype)), live
