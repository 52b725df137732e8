"""Positions that may count from the end, as PyTorch has them: -1 is the last one."""

from __future__ import annotations

from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse.splats import constant_of


def unwrapped(value: ir.Value, extent: int) -> tuple[ir.Value, bool]:
    """Return x of `x < 0 ? x + extent : x`, and whether a value is that."""
    choice = made_by(value, "arith.select")
    if choice is None:
        return value, False
    condition, wrapped, read = choice.operands
    compare, added = made_by(condition, "arith.cmpi"), made_by(wrapped, "arith.addi")
    if compare is None or added is None:
        return value, False
    is_less = ir.IntegerAttr(compare.attributes["predicate"]).value == 2
    zero, end = constant_of(compare.operands[1]), constant_of(added.operands[1])
    is_it = compare.operands[0] == read == added.operands[0] and (zero, end) == (0, extent)
    return (read, True) if is_less and is_it else (value, False)


def made_by(value: ir.Value, name: str) -> ir.Operation | None:
    """Return the op of a name that makes a value, None if another does."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != name:
        return None
    return owner.operation
