"""From a graph as a file has it to a module: the steps between, and the ops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rdu.dialects.sam import StreamType, TensorType
from rdu.frontends.sparse.graphs.complete import complete
from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Graph, Node, Stream, Tensor
from rdu.frontends.sparse.graphs.ports import check_ports
from rdu.frontends.sparse.graphs.primitives import PRIMITIVES
from rdu.frontends.sparse.graphs.simplify import simplify
from rdu.frontends.sparse.graphs.storage import Shape, Storage
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.context import make_context, verify
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector


def build(
    graph: Graph,
    declared: Mapping[str, Format],
    shapes: Mapping[str, Shape],
    result: str,
    problems: Collector,
) -> ir.OpView:
    """Return a module with one function that holds the graph.

    Args:
        graph: the nodes as they were read; it is changed.
        declared: the formats that the file declares, in order, but for the result's.
        shapes: the shapes that are known, by tensor.
        result: the name of the result, if no writer has one.
        problems: what is wrong so far; nothing else is looked at then.

    Raises RduError for a graph that is not connected, does not fit its tensors, or does not verify.
    """
    problems.check()
    check_ports(graph, problems)
    problems.check()
    simplify(graph)
    survey = Survey(graph, Storage(declared, shapes), problems)
    survey.run()
    graph.operands = survey.storage.operands(graph, problems)
    problems.check()
    complete(survey, result)
    problems.check()
    return _module(graph, survey)


def _module(graph: Graph, survey: Survey) -> ir.OpView:
    context = make_context()
    with context, ir.Location.file(graph.file, 0, 0):
        module = ir.Module.create()
        with ir.InsertionPoint(module.body):
            _function(graph, survey)
        verify(module.operation)
    return module.operation.opview


def _function(graph: Graph, survey: Survey) -> None:
    element = ir.Type.parse(graph.element)
    operands = [ir.RankedTensorType.get(each.shape, element) for each in graph.operands]
    output = ir.RankedTensorType.get(graph.result.shape, element)
    function = func.FuncOp("main", (operands, [output]))
    names = [ir.DictAttr.get({"rdu.name": ir.StringAttr.get(t.name)}) for t in graph.operands]
    name = ir.DictAttr.get({"rdu.name": ir.StringAttr.get(graph.result.name)})
    function.attributes["arg_attrs"] = ir.ArrayAttr.get(names)
    function.attributes["res_attrs"] = ir.ArrayAttr.get([name])
    block = function.add_entry_block()
    with ir.InsertionPoint(block):
        order = graph.result.order
        dimensions = ir.DenseI64ArrayAttr.get(order)
        attributes = {} if order == tuple(sorted(order)) else {"order": dimensions}
        compute = ir.Operation.create(
            "sam.graph", results=[output], attributes=attributes, regions=1
        )
        func.ReturnOp(compute.results)
    with ir.InsertionPoint(compute.regions[0].blocks.append()):
        _body(graph, survey, list(block.arguments))


def _body(graph: Graph, survey: Survey, arguments: list[ir.Value]) -> None:
    bound = {
        tensor.name: _bind(tensor, argument)
        for tensor, argument in zip(graph.operands, arguments, strict=True)
    }
    values: dict[Stream, ir.Value] = {}
    nodes = graph.in_order()[0]
    for node in sorted(nodes, key=lambda node: node.kind == "yield"):
        made = iter(_operation(node, survey, bound, values).results)
        for stream in _outputs(node, survey):
            values[stream] = next(made)


def _bind(tensor: Tensor, argument: ir.Value) -> ir.Value:
    levels = ir.ArrayAttr.get([ir.StringAttr.get(level) for level in tensor.levels])
    kind = TensorType.get(argument.type, levels, ir.DenseI64ArrayAttr.get(tensor.order))
    return ir.Operation.create("sam.bind", results=[kind], operands=[argument]).results[0]


def _outputs(node: Node, survey: Survey) -> list[Stream]:
    """Return a node's streams, in the order of the op's results."""
    found: list[Stream] = []
    for port in PRIMITIVES[node.kind].outputs:
        position = 0
        while (stream := Stream(node.name, port, position)) in survey.facts:
            found.append(stream)
            position += 1
    return found


def _operation(
    node: Node, survey: Survey, bound: Mapping[str, ir.Value], values: Mapping[Stream, ir.Value]
) -> ir.Operation:
    rule = PRIMITIVES[node.kind]
    inputs = {name: port for name, port in rule.inputs.items() if not port.foreign}
    outputs = {name: port for name, port in rule.outputs.items() if not port.passes}
    operands = [bound[node.tensor]] if rule.tensor else []
    operands += [values[s] for port in inputs for s in node.inputs.get(port, [])]
    streams = _outputs(node, survey)
    facts = [survey.facts[stream] for stream in streams]
    attributes = {
        name: _attribute(node.parameters[name])
        for name in rule.attributes
        if name in node.parameters
    }
    if any(port.many or port.optional for port in inputs.values()):
        sizes = [len(node.inputs.get(port, [])) for port in inputs]
        attributes["operandSegmentSizes"] = ir.DenseI32ArrayAttr.get(sizes)
    if any(port.many or port.optional for port in outputs.values()):
        sizes = [sum(s.port == port for s in streams) for port in outputs]
        attributes["resultSegmentSizes"] = ir.DenseI32ArrayAttr.get(sizes)
    return ir.Operation.create(
        f"sam.{node.kind}",
        results=[StreamType.get(fact.kind, fact.nesting.depth) for fact in facts],
        operands=operands,
        attributes=attributes,
        loc=_location(node),
    )


def _location(node: Node) -> ir.Location | None:
    place = node.place
    return ir.Location.file(place.file, place.line, place.column) if place else None


def _attribute(value: Any) -> ir.Attribute:
    if isinstance(value, str):
        return ir.StringAttr.get(value)
    if isinstance(value, float):
        return ir.FloatAttr.get(ir.F64Type.get(), value)
    return ir.IntegerAttr.get(ir.IntegerType.get_signless(64), value)
