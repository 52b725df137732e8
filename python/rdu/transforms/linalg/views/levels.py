"""Sparse encodings of tensors whose dimensions are cut into parts: read, and written again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from rdu.mlir_ext import ir, sparse_tensor
from rdu.transforms.linalg.views.strides import parts

FORMAT = "sam.format"
"""Attribute of an op: the sparse encoding of its result."""

_KINDS = ("dense", "compressed", "singleton")


@dataclass(frozen=True, slots=True)
class StoredPart:
    """What a level stores of a dimension: its coordinates' parts from a stride up, or below it.

    Attributes:
        dimension: which one.
        block: the extent of the blocks that it is divided into, 1 if it is not.
        inside: whether the level is what is in a block, and not which block it is.
        kind: of the level; `structured` if it keeps so many of so many coordinates.
    """

    dimension: int
    block: int
    inside: bool
    kind: str

    def has(self, stride: int) -> bool:
        """Tell whether a part of the dimension with some stride is in this level."""
        return (stride < self.block) == self.inside


def result_type(value: ir.Value) -> ir.Type:
    """Return the type of a tensor, with the encoding that its op says it is to be stored in."""
    owner = value.owner
    kind: Any = value.type
    if isinstance(owner, ir.Block) or FORMAT not in owner.operation.attributes:
        return kind
    encoding = owner.operation.attributes[FORMAT]
    return ir.RankedTensorType.get(kind.shape, kind.element_type, encoding)


def read_levels(kind: Any) -> list[StoredPart]:
    """Return the levels of an encoded type, outermost first.

    Raises ValueError, which says what is expected, for levels that are not a dimension or blocks of
    one, and for kinds of levels that no stream primitive reads.
    """
    encoding = sparse_tensor.EncodingAttr(kind.encoding)
    expressions: list[Any] = list(encoding.dim_to_lvl.results)
    numbers: list[int] = list(encoding.lvl_formats_enum)
    levels = [_level(e, _kind(n)) for e, n in zip(expressions, numbers, strict=True)]
    for level in levels:
        extent = kind.shape[level.dimension]
        if extent % level.block:
            have = f"has blocks of {level.block} along dimension {level.dimension}"
            raise ValueError(f"{have}: expected blocks that divide {extent}")
    return levels


def cut_type(kind: Any, strides: Sequence[Collection[int]]) -> ir.Type:
    """Return a type whose dimensions are cut at strides, stored as before; needs a context."""
    numbers: dict[tuple[int, int], int] = {}
    shape: list[int] = []
    for dimension, own in enumerate(strides):
        for extent, stride in parts(kind.shape[dimension], own):
            numbers[dimension, stride] = len(shape)
            shape.append(extent)
    if kind.encoding is None:
        return ir.RankedTensorType.get(shape, kind.element_type)
    order: list[int] = []
    kinds: list[str] = []
    levels = read_levels(kind)
    for level, below in zip_longest(levels, levels[1:]):
        own = [n for (d, s), n in numbers.items() if d == level.dimension and level.has(s)]
        of_points = level.kind == "singleton" or (below is not None and below.kind == "singleton")
        order += own
        kinds += _part_kinds(level.kind, len(own), kinds[-1:], of_points=of_points)
    return encoded(shape, kind.element_type, kinds, order)


def encoded(
    shape: Sequence[int], element: ir.Type, kinds: Sequence[str], order: Sequence[int]
) -> ir.Type:
    """Return the type of tensors whose levels store one dimension each; needs a context.

    Dense levels in the order of the dimensions need no encoding.
    """
    if set(kinds) <= {"dense"} and list(order) == sorted(order):
        return ir.RankedTensorType.get(list(shape), element)
    repeats = [below == "singleton" for below in kinds[1:]] + [False]
    levels = ", ".join(
        f"d{dimension} : {kind}{'(nonunique)' * repeated}"
        for dimension, kind, repeated in zip(order, kinds, repeats, strict=True)
    )
    dimensions = ", ".join(f"d{number}" for number in range(len(shape)))
    text = f"#sparse_tensor.encoding<{{ map = ({dimensions}) -> ({levels}) }}>"
    return ir.RankedTensorType.get(list(shape), element, ir.Attribute.parse(text))


def empty(kind: ir.Type) -> ir.Value:
    """Write a tensor without values yet; needs an insertion point."""
    return ir.Operation.create("tensor.empty", results=[kind]).results[0]


def _part_kinds(kind: str, count: int, above: Sequence[str], *, of_points: bool) -> list[str]:
    """Return the kinds of the levels that one level becomes.

    In a list of points the first level is compressed, each one further in has one coordinate for
    each of its coordinates.
    """
    if not of_points:
        return [kind] * count
    first = "singleton" if set(above) & {"compressed", "singleton"} else "compressed"
    return [first, *["singleton"] * (count - 1)][:count]


def _level(expression: Any, kind: str) -> StoredPart:
    block, inside = 1, False
    if isinstance(expression, ir.AffineFloorDivExpr | ir.AffineModExpr):
        block = ir.AffineConstantExpr(expression.rhs).value
        inside = isinstance(expression, ir.AffineModExpr)
        expression = expression.lhs
    if not isinstance(expression, ir.AffineDimExpr):
        raise ValueError(f"has a level '{expression}': expected a dimension, or blocks of one")
    return StoredPart(expression.position, block, inside, kind)


def _kind(number: int) -> str:
    known = {int(getattr(sparse_tensor.LevelFormat, name)): name for name in _KINDS}
    # So many of so many is stored as any fiber is: by its coordinates.
    known[int(sparse_tensor.LevelFormat.n_out_of_m)] = "compressed"
    if number not in known:
        raise ValueError(f"has a level of another kind: expected {', '.join(_KINDS)}, structured")
    return known[number]
