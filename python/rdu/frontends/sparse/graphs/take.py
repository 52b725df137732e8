"""From a module to a graph, and what is true of its streams: the common part of both writers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from rdu.dialects.sam import BindOp, GraphOp
from rdu.dialects.sam.streams import level_formats, storage_order
from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Graph, Node, Parameter, Stream, Tensor
from rdu.frontends.sparse.graphs.primitives import PRIMITIVES
from rdu.frontends.sparse.graphs.storage import Storage
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.locations import source_location
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector

_PLAIN = re.compile(r"\w+")
_LEVELS = ("dense", "compressed")


def take(module: ir.OpView, problems: Collector) -> Survey:
    """Return the graph of a module that holds one function with one `sam.graph`, and its facts.

    Raises RduError for modules that hold anything else, and lists every op and every level that
    only the dialect has.
    """
    compute, arguments, names = _find(module, problems)
    place = source_location(compute.operation.location)
    graph = Graph(place.file if place else "<module>")
    graph.element = str(compute.output.type.element_type)
    order = tuple(compute.written_order)
    *operands, result = names
    graph.result = Tensor(
        result, ("compressed",) * len(order), order, tuple(compute.output.type.shape)
    )
    bound = dict(_tensors(compute, arguments, operands, problems))
    graph.operands = list(bound.values())
    tensors = {op.bound: t for op, t in zip(_binds(compute), bound.values(), strict=True)}
    _add_nodes(graph, compute, tensors, problems)
    problems.check()
    formats = {t.name: Format.of(t.levels, t.order) for t in graph.operands}
    shapes = {t.name: t.shape for t in graph.operands}
    survey = Survey(graph, Storage(formats, shapes), problems)
    survey.run()
    problems.check()
    return survey


def _find(module: ir.OpView, problems: Collector) -> tuple[Any, list[ir.Value], list[str]]:
    """Return the graph, the function's arguments, and the names of these and of the result."""
    functions = [op for op in module.body.operations if isinstance(op, func.FuncOp)]
    place = source_location(module.operation.location)
    if len(functions) != 1 or functions[0].is_external:
        problems.error(f"there are {len(functions)} functions: expected one, with a body", place)
        problems.check()
    function = functions[0]
    block = function.regions[0].blocks[0]
    ops = list(block.operations)
    place = source_location(function.operation.location)
    whole = (
        len(ops) == 2
        and isinstance(ops[0].operation.opview, GraphOp)
        and list(ops[1].operands) == list(ops[0].results)
    )
    if not whole:
        problems.error("the function does not just return what one 'sam.graph' computes", place)
        problems.check()
    arguments = list(block.arguments)
    letters = [chr(ord("B") + n) if n < 22 else f"T{n}" for n in range(len(arguments))]
    names = [
        *_names(function, "arg_attrs", letters),
        *_names(function, "res_attrs", ["X"]),
    ]
    plain = all(_PLAIN.fullmatch(name) for name in names)
    if len(set(names)) < len(names) or not plain:
        names = [*letters, "X"]
    return ops[0].operation.opview, arguments, names


def _names(function: Any, attribute: str, otherwise: list[str]) -> Iterator[str]:
    given = list(function.attributes[attribute]) if attribute in function.attributes else []
    for number, name in enumerate(otherwise):
        known = number < len(given) and "rdu.name" in given[number]
        yield given[number]["rdu.name"].value if known else name


def _binds(compute: Any) -> list[Any]:
    return [op for op in compute.body.blocks[0].operations if isinstance(op, BindOp)]


def _tensors(
    compute: Any, arguments: list[ir.Value], names: list[str], problems: Collector
) -> Iterator[tuple[Any, Tensor]]:
    met: dict[str, None] = {}
    for op in _binds(compute):
        place = source_location(op.operation.location)
        levels, order = tuple(level_formats(op.bound.type)), tuple(storage_order(op.bound.type))
        name = names[arguments.index(op.tensor)] if op.tensor in arguments else "?"
        if other := [level for level in levels if level not in _LEVELS]:
            need = " or ".join(f"'{level}'" for level in _LEVELS)
            problems.error(f"tensor '{name}' has a level '{other[0]}': expected {need}", place)
        if name in met:
            problems.error(f"tensor '{name}' is stored in two ways: expected one", place)
        met[name] = None
        yield op, Tensor(name, levels, order, tuple(op.bound.type.shape.shape))


def _add_nodes(
    graph: Graph, compute: Any, tensors: Mapping[ir.Value, Tensor], problems: Collector
) -> None:
    streams: dict[ir.Value, Stream] = {}
    number = 0
    for op in compute.body.blocks[0].operations:
        if isinstance(op, BindOp):
            continue
        kind, place = op.operation.name.removeprefix("sam."), source_location(op.location)
        if kind not in PRIMITIVES or not PRIMITIVES[kind].op:
            problems.error(f"'{op.operation.name}' has no counterpart there", place)
            continue
        name = "root" if kind == "root" else str(number)
        number += kind != "root"
        node = Node(name, kind, f"'{op.operation.name}'", place)
        if kind == "root" and "root" in graph.nodes:
            streams[op.results[0]] = Stream("root", "ref")
            continue
        if not _fill(node, op, tensors, streams):
            continue
        if kind in ("fiber_write", "yield"):
            node.parameters["tensor"] = graph.result.name
        if kind == "fiber_write":
            node.parameters["mode"] = graph.result.order[int(node.parameters["level"])]
        graph.add(node)


def _fill(
    node: Node, op: Any, tensors: Mapping[ir.Value, Tensor], streams: dict[ir.Value, Stream]
) -> bool:
    """Fill in a node's ports and parameters; False where a stream comes from what was refused."""
    rule = PRIMITIVES[node.kind]
    operands = list(op.operands)
    tensor = tensors.get(operands.pop(0)) if rule.tensor else None
    if tensor is not None:
        node.parameters["tensor"] = tensor.name
    elif rule.tensor:
        return False
    for attribute in rule.attributes:
        if attribute in op.attributes:
            node.parameters[attribute] = _value(op.attributes[attribute])
    if tensor is not None and "level" in node.parameters:
        level = int(node.parameters["level"])
        node.parameters |= {"mode": tensor.order[level], "format": tensor.levels[level]}
    inputs = [name for name, port in rule.inputs.items() if not port.foreign]
    for port, count in zip(inputs, _sizes(op, "operand", len(operands)), strict=True):
        given, operands = operands[:count], operands[count:]
        if any(value not in streams for value in given):
            return False
        if given:
            node.inputs[port] = [streams[value] for value in given]
    results = list(op.results)
    outputs = [name for name, port in rule.outputs.items() if not port.passes]
    if node.kind == "fork":
        node.parameters["branches"] = len(results)
    sent = iter(results)
    for port, count in zip(outputs, _sizes(op, "result", len(results)), strict=True):
        streams |= {next(sent): Stream(node.name, port, position) for position in range(count)}
    return True


def _sizes(op: Any, side: str, total: int) -> list[int]:
    name = f"{side}SegmentSizes"
    return list(op.attributes[name]) if name in op.attributes else [1] * total


def _value(attribute: Any) -> Parameter:
    return attribute.value
