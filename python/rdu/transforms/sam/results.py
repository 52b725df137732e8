"""What a function of graphs returns: each tensor once, under a name."""

from __future__ import annotations

from typing import Any

from rdu.dialects import sam
from rdu.mlir_ext import func, ir


def return_once(function: Any) -> list[str] | None:
    """Let a function return each result of its graphs once, and nothing else.

    Args:
        function: a `func.func` whose arguments and results have an `rdu.name`.

    Returns:
        For each tensor that was returned the name under which it is to be found: that of an
        argument, or of a result. None, and no change, if one is computed by no graph.
    """
    block = function.body.blocks[0]
    end = block.operations[len(block.operations) - 1]
    given, names = _names(function, "arg_attrs"), _names(function, "res_attrs")
    places: list[str] = []
    kept: dict[ir.Value, int] = {}
    for number, value in enumerate(end.operands):
        if isinstance(value.owner, ir.Block):
            argument: Any = ir.BlockArgument(value)
            places.append(given[int(argument.arg_number)])
        elif isinstance(value.owner.opview, sam.GraphOp):
            places.append(names[kept.setdefault(value, number)])
        else:
            return None
    attributes = list(function.attributes["res_attrs"])
    with end.context, ir.InsertionPoint(end), end.location:
        func.ReturnOp(list(kept))
        end.operation.erase()
        own = [attributes[number] for number in kept.values()]
        function.attributes["res_attrs"] = ir.ArrayAttr.get(own)
        kind = ir.FunctionType.get([a.type for a in block.arguments], [v.type for v in kept])
        function.attributes["function_type"] = ir.TypeAttr.get(kind)
    return places


def _names(function: Any, table: str) -> list[str]:
    return [ir.StringAttr(own["rdu.name"]).value for own in function.attributes[table]]
