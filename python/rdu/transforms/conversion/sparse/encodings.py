"""Sparse encodings of MLIR's types as formats of fibertrees."""

from __future__ import annotations

from typing import Any

from rdu.mlir_ext import ir, sparse_tensor
from rdu.semantics.fibertree import Format

DROPS = "sam.drop_zeros"
"""Attribute of an op: zeros that it computes are not stored in compressed levels of its result."""

_KINDS = ("dense", "compressed", "singleton")

_BATCH = 1 << 17
"""The number of a level format that the bindings do not name."""


def is_encoded(kind: Any) -> bool:
    """Tell whether a type is a tensor with a sparse encoding."""
    if not isinstance(kind, ir.RankedTensorType) or kind.encoding is None:
        return False
    try:
        sparse_tensor.EncodingAttr(kind.encoding)
    except ValueError:  # another attribute: the bindings have no other way to tell
        return False
    return True


def format_problem(kind: Any) -> str | None:
    """Return what is expected of a type's encoding instead, None if it can be stored."""
    try:
        if is_encoded(kind):
            format_of(kind)
    except ValueError as problem:
        return f"another encoding: this one {problem}"
    return None


def format_of(kind: Any) -> Format:
    """Return how an encoded tensor is stored.

    Levels are dense, compressed or singleton; `d0 floordiv 2` with `d0 mod 2` further in stores
    blocks of 2. Raises ValueError, which says what is expected, for everything else.
    """
    encoding = sparse_tensor.EncodingAttr(kind.encoding)
    affine_map = encoding.dim_to_lvl
    expressions: list[Any] = list(affine_map.results)
    inside = {_block(expression) for expression in expressions} - {None}
    levels: list[str] = []
    order: list[int] = []
    formats: list[int] = list(encoding.lvl_formats_enum)
    for expression, number in zip(expressions, formats, strict=True):
        level, dimension = _level(expression, _kind(number)), _dimension(expression)
        levels.append(level)
        order.append(dimension)
        if isinstance(expression, ir.AffineFloorDivExpr):
            size = ir.AffineConstantExpr(expression.rhs).value
            if (dimension, size) not in inside:
                raise ValueError(f"has blocks of {size} without a level 'd{dimension} mod {size}'")
    return Format.of(levels, order)


def _kind(number: int) -> str:
    names = {int(getattr(sparse_tensor.LevelFormat, name)): name for name in _KINDS}
    names |= {_BATCH: "batch", int(sparse_tensor.LevelFormat.loose_compressed): "loose_compressed"}
    name = names.get(number, "structured")
    if name not in _KINDS:
        raise ValueError(f"has a level '{name}': expected {', '.join(_KINDS)}")
    return name


def _level(expression: Any, kind: str) -> str:
    """Return a level as formats write it."""
    block = _block(expression)
    if block is None:
        return kind
    if kind != "dense":
        raise ValueError(f"has a level '{expression} : {kind}': expected '{expression} : dense'")
    return f"blocked:{block[1]}"


def _block(expression: Any) -> tuple[int, int] | None:
    """Return dimension and size if a level is the inside of blocks."""
    if not isinstance(expression, ir.AffineModExpr):
        return None
    return _dimension(expression), ir.AffineConstantExpr(expression.rhs).value


def _dimension(expression: Any) -> int:
    """Return the dimension that a level stores."""
    if isinstance(expression, ir.AffineModExpr | ir.AffineFloorDivExpr):
        expression = expression.lhs
    if not isinstance(expression, ir.AffineDimExpr):
        raise ValueError(f"has a level '{expression}': expected a dimension, or blocks of one")
    return expression.position
