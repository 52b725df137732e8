"""A function of graphs as functions of one graph each, for results that the host stores anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.streams import storage_order
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.functions import defined_functions


@dataclass(frozen=True, slots=True)
class Step:
    """A module with a part of a function.

    Attributes:
        module: a `builtin.module` with one function, which returns one tensor.
        result: the name of that tensor, under which later steps take it as an argument.
    """

    module: Any
    result: str


def steps_of(module: Any) -> list[Step]:
    """Return the function of a module in steps that read results as graphs write them.

    That is one step, the module itself, if all graphs do so. Otherwise each graph is a step, and
    whoever runs them stores a result anew in the format that the next one binds it in.
    """
    graphs = _graphs(module)
    if all(_as_written(graph) for graph in graphs):
        return [Step(module, f"result{len(graphs) - 1}")]
    return [_step(module, number) for number in range(len(graphs))]


def ends_in_graphs(module: Any) -> bool:
    """Tell whether a module's function returns what graphs compute."""
    (function,) = defined_functions(module)
    block = function.body.blocks[0]
    end = block.operations[len(block.operations) - 1]
    owners = [value.owner for value in end.operands]
    return all(not isinstance(o, ir.Block) and o.operation.name == "sam.graph" for o in owners)


def _step(module: Any, number: int) -> Step:
    """Return a copy of a module that has only one of its graphs."""
    copy = module.operation.clone().opview
    (function,) = defined_functions(copy)
    graphs = _graphs(copy)
    block = function.body.blocks[0]
    names = [ir.DictAttr(each) for each in function.attributes["arg_attrs"]]
    with copy.context, copy.location:
        for earlier, graph in enumerate(graphs[:number]):
            if not any(_bound_in(bind, graphs[number]) for bind in graph.output.uses):
                continue
            argument = block.add_argument(graph.output.type, graph.location)
            graph.output.replace_all_uses_with(argument)
            name = ir.StringAttr.get(f"result{earlier}")
            names.append(ir.DictAttr.get({"rdu.name": name}))
        end = block.operations[len(block.operations) - 1]
        with ir.InsertionPoint(end), end.location:
            func.ReturnOp([graphs[number].output])
        end.operation.erase()
        for other, graph in reversed(list(enumerate(graphs))):
            if other != number:
                graph.operation.erase()
        function.attributes["arg_attrs"] = ir.ArrayAttr.get(names)
        given = [argument.type for argument in block.arguments]
        kind = ir.FunctionType.get(given, [graphs[number].output.type])
        function.attributes["function_type"] = ir.TypeAttr.get(kind)
    return Step(copy, f"result{number}")


def _graphs(module: Any) -> list[Any]:
    (function,) = defined_functions(module)
    operations = list(function.body.blocks[0].operations)
    return [op for op in operations if isinstance(op, sam.GraphOp)]


def _as_written(graph: Any) -> bool:
    """Tell whether all that read a graph's result have its levels in the order written."""
    binds = [use.owner.opview for use in graph.output.uses]
    binds = [bind for bind in binds if isinstance(bind, sam.BindOp)]
    return all(storage_order(bind.bound.type) == graph.written_order for bind in binds)


def _bound_in(use: Any, graph: Any) -> bool:
    return use.owner.operation.parent == graph.operation
