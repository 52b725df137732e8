"""What a body computes of the indices of its loops, computed of integers."""

from __future__ import annotations

from rdu.mlir_ext import arith, ir
from rdu.transforms.conversion.linalg.structured import Structured
from rdu.transforms.conversion.sparse.splats import constant_of, made_by

_CAST = "arith.index_cast"

_SIGNED = {6: 2, 7: 3, 8: 4, 9: 5}
"""The signed predicate of `arith.cmpi` for each unsigned one."""


def in_integers(op: Structured) -> None:
    """Let a body compute with i64 what it computes with `index`."""
    i64 = ir.IntegerType.get_signless(64)
    for each in [view.operation for view in op.body.operations]:
        if each.name == "linalg.index":
            _cast(each, i64)
            continue
        for number, operand in enumerate(each.operands):
            if isinstance(operand.type, ir.IndexType):
                each.operands[number] = _constant(each, operand, i64)
        if each.name == _CAST and each.operands[0].type == each.results[0].type:
            each.results[0].replace_all_uses_with(each.operands[0])
            each.erase()
            continue
        for result in each.results:
            if isinstance(result.type, ir.IndexType):
                result.set_type(i64)
        if each.name == "arith.cmpi":
            _sign(each)


def _cast(index: ir.Operation, kind: ir.Type) -> None:
    """Let all users of an index but its conversions use an integer."""
    users = [use for use in index.results[0].uses if use.owner.operation.name != _CAST]
    if not users:
        return
    with ir.InsertionPoint.after(index), index.location:
        made = arith.IndexCastOp(kind, index.results[0]).result
    for use in users:
        use.owner.operation.operands[use.operand_number] = made


def _constant(user: ir.Operation, value: ir.Value, kind: ir.Type) -> ir.Value:
    """Return a constant of another type; any other value as it is."""
    number = constant_of(value)
    if number is None:
        return value
    with ir.InsertionPoint(user), user.location:
        return arith.ConstantOp(kind, ir.IntegerAttr.get(kind, int(number))).result


def _sign(compare: ir.Operation) -> None:
    """Compare positions and constants, none of which is negative, as signed numbers."""
    predicate = ir.IntegerAttr(compare.attributes["predicate"])
    signed = _SIGNED.get(predicate.value)
    if signed is not None and all(map(_is_natural, compare.operands)):
        compare.attributes["predicate"] = ir.IntegerAttr.get(predicate.type, signed)


def _is_natural(value: ir.Value) -> bool:
    number = constant_of(value)
    if number is not None:
        return number >= 0
    cast = made_by(value, _CAST)
    return cast is not None and made_by(cast.operands[0], "linalg.index") is not None
