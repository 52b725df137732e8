"""The op of torch-mlir's `tm_tensor` that sorts, which is not registered here."""

from __future__ import annotations

from typing import Any, NamedTuple

from rdu.mlir_ext import arith, ir, linalg, tensor

SORT = "tm_tensor.sort"

ASCENDING, DESCENDING = "ascending", "descending"

_ORDERS = {"ole": ASCENDING, "oge": DESCENDING, "sle": ASCENDING, "sge": DESCENDING}
"""The order that each comparison of a value with the next one stands for.

torch-mlir writes these, for floats and integers; NaN goes where PyTorch has it, as the greatest.
"""


class Sort(NamedTuple):
    """What a sort does: the dimension that it runs along, and the order."""

    dimension: int
    order: str


def read_sort(operation: ir.Operation) -> Sort | None:
    """Return what a `tm_tensor.sort` does; None if its comparison is not one that is known.

    Its first operand is sorted, and all others along with it.
    """
    (block,) = operation.regions[0].blocks
    compared = [view.operation for view in block.operations][:-1]
    (yielded,) = block.operations[len(block.operations) - 1].operands
    if len(compared) != 1 or list(compared[0].results) != [yielded]:
        return None
    if list(compared[0].operands) != [block.arguments[0], block.arguments[1]]:
        return None
    order = _ORDERS.get(_predicate(compared[0]))
    along = ir.IntegerAttr(operation.attributes["dimension"]).value
    return None if order is None else Sort(along, order)


def sorts_positions(operation: ir.Operation) -> bool:
    """Tell whether an op sorts a tensor, alone or with the positions along the same dimension."""
    if operation.name != SORT:
        return False
    sort, (_, *beside) = read_sort(operation), operation.operands
    return sort is not None and [positions_along(v) for v in beside] in ([], [sort.dimension])


def positions_along(value: ir.Value) -> int | None:
    """Return the dimension whose coordinates a tensor of integers holds; None if it is another."""
    owner = value.owner
    if isinstance(owner, ir.Block) or owner.operation.name != "linalg.generic":
        return None
    operation = owner.operation
    maps = [ir.AffineMapAttr(m).value for m in ir.ArrayAttr(linalg.get_indexing_maps(operation))]
    rows = [getattr(row, "position", None) for each in maps for row in each.results]
    if len(maps) != 1 or rows != list(range(maps[0].n_dims)):
        return None
    inside = [view.operation for view in operation.regions[0].blocks[0].operations]
    if [each.name for each in inside] != ["linalg.index", "arith.index_cast", "linalg.yield"]:
        return None
    index, cast, end = inside
    if cast.operands[0] != index.results[0] or end.operands[0] != cast.results[0]:
        return None
    return ir.IntegerAttr(index.attributes["dim"]).value


def write_sort(
    operation: ir.Operation, kinds: list[Any], source: ir.Value, dimension: int
) -> list[ir.Value]:
    """Write a sort again at the insertion point, on tensors of other types.

    Args:
        operation: one that `sorts_positions`.
        kinds: the types of its results.
        source: what is sorted.
        dimension: the dimension that it runs along now.
    """
    beside = [_positions(kind, dimension) for kind in kinds[1:]]
    made = operation.clone().operation
    for number, value in enumerate([source, *beside]):
        made.operands[number] = value
    long = ir.IntegerType.get_signless(64)
    made.attributes["dimension"] = ir.IntegerAttr.get(long, dimension)
    for result, kind in zip(made.results, kinds, strict=True):
        result.set_type(kind)
    return list(made.results)


def _positions(kind: Any, dimension: int) -> ir.Value:
    """Write a tensor of the coordinates of a dimension."""
    started = tensor.EmptyOp(list(kind.shape), kind.element_type).result
    every = ir.AffineMapAttr.get(ir.AffineMap.get_identity(kind.rank))
    parallel = ir.Attribute.parse("#linalg.iterator_type<parallel>")
    loops = ir.ArrayAttr.get([parallel] * kind.rank)
    made = linalg.GenericOp([kind], [], [started], ir.ArrayAttr.get([every]), loops)
    block = made.regions[0].blocks.append(kind.element_type, arg_locs=[made.operation.location])
    with ir.InsertionPoint(block):
        index = linalg.IndexOp(dimension).result
        linalg.YieldOp([arith.IndexCastOp(kind.element_type, index).result])
    return made.operation.results[0]


def _predicate(operation: ir.Operation) -> str:
    """Return how an op compares its operands, `ole`; nothing if it does not."""
    if operation.name not in ("arith.cmpf", "arith.cmpi"):
        return ""
    number = ir.IntegerAttr(operation.attributes["predicate"]).value
    known = arith.CmpFPredicate if operation.name == "arith.cmpf" else arith.CmpIPredicate
    return str(known(number))
