"""What the ops of the `sam` dialect compute: streams are lists of tokens, tensors are fibertrees.

The rules of the primitives themselves are in `rdu.semantics.sparse`; what refers to values is in
`meaning_values`.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rdu.dialects.sam import bits, drop, join, meaning_values, scan, shape
from rdu.dialects.sam.meaning_values import primitive
from rdu.dialects.sam.primitive import depth_of
from rdu.dialects.sam.streams import BV
from rdu.mlir_ext.frame import Frame
from rdu.semantics import sparse
from rdu.semantics.fibertree import DenseLevel, Fibertree
from rdu.semantics.sparse import Tokens
from rdu.semantics.tokens import EMPTY

__all__ = ["meaning_values"]

_PREDICATES: Mapping[str, Callable[[Any, Any], bool]] = {
    name: getattr(operator, name) for name in drop.PREDICATES
}


@primitive(scan.FiberLookupOp)
def fiber_lookup(op: Any, _frame: Frame, tensor: Fibertree, refs: Tokens) -> tuple[Tokens, Tokens]:
    """Look up fibers of a level."""
    number: int = op.level.value
    level = tensor.levels[number]
    return sparse.lookup(level.bits if op.crd.type.kind.value == BV else level.fiber, refs)


@primitive(scan.LocateOp)
def locate(op: Any, _frame: Frame, tensor: Fibertree, crds: Tokens, parents: Tokens) -> Tokens:
    """Find coordinates in fibers of a level."""
    number: int = op.level.value
    level = tensor.levels[number]

    def find(parent: int, crd: int) -> Any:
        if isinstance(level, DenseLevel):
            return level.first(parent) + crd if crd < level.extent else EMPTY
        stored = level.coordinates(parent)
        place = int(np.searchsorted(stored, crd))
        found = place < len(stored) and stored[place] == crd
        return level.first(parent) + place if found else EMPTY

    return sparse.locate(find, crds, parents)


@primitive(scan.RepeatOp, scan.HoldOp)
def repeat(_op: Any, _frame: Frame, tokens: Tokens, like: Tokens) -> Tokens:
    """Repeat references, values or coordinates."""
    return sparse.repeat(tokens, like)


@primitive(scan.GenRefOp)
def gen_ref(_op: Any, _frame: Frame, like: Tokens) -> Tokens:
    """Count tokens."""
    return sparse.number(like)


@primitive(join.IntersectOp)
def intersect(op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, ...]:
    """Intersect coordinates."""
    count = len(op.crds)
    crd, out = sparse.intersect(operands[:count], operands[count:])
    return crd, *out


@primitive(join.UnionOp)
def union(op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, ...]:
    """Unite coordinates."""
    count = len(op.crds)
    crd, out = sparse.unite(operands[:count], operands[count:])
    return crd, *out


@primitive(drop.CrdDropOp)
def crd_drop(op: Any, _frame: Frame, outer: Tokens, inner: Tokens) -> tuple[Tokens, Tokens]:
    """Drop coordinates without content."""
    return sparse.drop_coordinates(outer, inner, depth_of(op.inner) - depth_of(op.outer))


@primitive(drop.StopDropOp)
def stop_drop(op: Any, _frame: Frame, stream: Tokens) -> Tokens:
    """Drop stops."""
    return sparse.drop_stops(op.levels.value, stream)


@primitive(drop.FiberDropOp)
def fiber_drop(_op: Any, _frame: Frame, stream: Tokens) -> Tokens:
    """Drop empty fibers."""
    return sparse.drop_empty_fibers(stream)


@primitive(drop.MaskOp)
def mask(
    op: Any, _frame: Frame, outer: Tokens, crds: Tokens, payloads: Tokens
) -> tuple[Tokens, Tokens]:
    """Drop coordinates by comparison."""
    compare, offset = _PREDICATES[op.predicate.value], op.offset.value
    return sparse.mask(lambda i, j: compare(j, i + offset), outer, crds, payloads)


@primitive(shape.SplitOp)
def split(op: Any, _frame: Frame, crds: Tokens, payloads: Tokens) -> tuple[Tokens, ...]:
    """Split a level."""
    whole = op.whole is not None and op.whole.value
    return sparse.split(op.factor.value, crds, payloads, local=not whole)


@primitive(shape.FlattenOp)
def flatten(op: Any, _frame: Frame, outer: Tokens, inner: Tokens) -> Tokens:
    """Flatten two levels."""
    return sparse.flatten(op.factor.value, outer, inner)


@primitive(shape.ConcatOp)
def concat(op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, Tokens]:
    """Put fibers behind each other."""
    count, gap = len(op.crds), depth_of(op.payloads[0]) - depth_of(op.crds[0])
    return sparse.concatenate(list(op.offsets), operands[:count], operands[count:], gap)


@primitive(shape.ForkOp)
def fork(op: Any, _frame: Frame, stream: Tokens) -> tuple[Tokens, ...]:
    """Share a stream out."""
    return tuple(sparse.fork(len(op.branches), op.chunk.value, stream))


@primitive(shape.JoinOp)
def bring_together(op: Any, _frame: Frame, like: Tokens, *branches: Tokens) -> Tokens:
    """Bring branches together."""
    gap = depth_of(op.branches[0]) - depth_of(op.like)
    return sparse.join(op.chunk.value, branches, like, gap)


@primitive(bits.BvBuildOp)
def bv_build(_op: Any, _frame: Frame, crds: Tokens) -> Tokens:
    """Make fibers bit vectors."""
    return sparse.build_bits(crds)


@primitive(bits.BvExpandOp)
def bv_expand(op: Any, _frame: Frame, words: Tokens) -> Tokens:
    """Make bit vectors coordinates."""
    return sparse.expand_bits(op.width.value, words)


@primitive(bits.BvChunkOp)
def bv_chunk(op: Any, _frame: Frame, words: Tokens, refs: Tokens) -> tuple[Tokens, Tokens]:
    """Cut bit vectors."""
    return sparse.chunk_bits(op.width.value, op.extent.value, words, refs)


@primitive(bits.BvIntersectOp)
def bv_intersect(op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, ...]:
    """Intersect bit vectors."""
    count = len(op.words)
    met, out = sparse.intersect_bits(operands[:count], operands[count:])
    return met, *out


@primitive(bits.BvUnionOp)
def bv_union(op: Any, _frame: Frame, *operands: Tokens) -> tuple[Tokens, ...]:
    """Unite bit vectors."""
    count = len(op.words)
    met, out = sparse.unite_bits(operands[:count], operands[count:])
    return met, *out


@primitive(bits.BvDropOp)
def bv_drop(_op: Any, _frame: Frame, outer: Tokens, inner: Tokens) -> tuple[Tokens, Tokens]:
    """Clear bits without content."""
    return sparse.drop_bits(outer, inner)
