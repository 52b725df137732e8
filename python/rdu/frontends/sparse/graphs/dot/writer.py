"""From a graph of primitives to the text of a dot file as SAM's tools read it."""

from __future__ import annotations

from dataclasses import dataclass

from rdu.frontends.sparse.graphs.declarations import write_formats, write_shapes
from rdu.frontends.sparse.graphs.dot.describe import attributes_of, label_of
from rdu.frontends.sparse.graphs.dot.kinds import KINDS, OPERAND, SIDE, VARIABLE, DotKind
from rdu.frontends.sparse.graphs.dot.points import add_points
from rdu.frontends.sparse.graphs.expand import (
    add_broadcasts,
    add_signals,
    drop_implied,
    pass_on,
)
from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.naming import Names
from rdu.frontends.sparse.graphs.ports import kind_of
from rdu.support.diagnostics import Collector

_STYLES = {"crd": " style=dashed", "ref": " style=bold", "repsig": " style=dotted"}
_ORDERED = ("sub", "div")
"""Functions whose operands do not commute: the edges say which is which."""


@dataclass(frozen=True, slots=True)
class _Edge:
    source: Stream
    sink: str
    type: str
    begins: str
    ends: str

    @property
    def comment(self) -> str:
        """What tells the ports at both ends."""
        return self.ends or self.begins

    @property
    def torn(self) -> bool:
        """Whether the two ends need different comments."""
        ends = (self.begins.rpartition("-")[2], self.ends.rpartition("-")[2])
        return all(ends) and ends[0] != ends[1]


def print_dot(survey: Survey, problems: Collector) -> str:
    """Return the text of a graph; the graph is changed.

    Raises RduError with every node for which SAM has no type.
    """
    _kinds(survey, problems)
    problems.check()
    names = Names(survey)
    drop_implied(survey)
    add_points(survey, names)
    add_signals(survey)
    add_broadcasts(survey, "root")
    _mend(survey, names)
    kinds = _kinds(survey, problems)
    graph = survey.graph
    tensors = [graph.result, *graph.operands]
    lines = [
        f'comment="{write_formats(tensors)}"',
        f'shapes="{write_shapes(tensors)}"',
        f'element="{graph.element}"',
    ]
    numbers = {name: str(number) for number, name in enumerate(kinds)}
    for name, kind in kinds.items():
        lines.append(_print_node(numbers[name], graph.nodes[name], kind, names))
    lines += [_print_edge(edge, numbers) for edge in _edges(survey, kinds, names)]
    return "digraph SAM {\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def _kinds(survey: Survey, problems: Collector) -> dict[str, DotKind]:
    """Return the type of each node but the root, which files imply."""
    found: dict[str, DotKind] = {}
    for node in survey.graph.nodes.values():
        kind = next((kind for kind in KINDS if _fits(node, kind)), None)
        if kind is not None:
            found[node.name] = kind
        elif node.kind != "root":
            function = node.parameters.get("function")
            what = f"{node.title} of '{function}'" if function else node.title
            problems.error(f"{what} has no counterpart in SAM's graphs", node.place)
    return found


def _fits(node: Node, kind: DotKind) -> bool:
    constant = ("rb_const" in kind.when) == ("constant" in node.parameters)
    fixed = all(node.parameters.get(name) == value for name, value in kind.fixed.items())
    return node.kind == kind.kind and constant and fixed


def _edges(survey: Survey, kinds: dict[str, DotKind], names: Names) -> list[_Edge]:
    """Return all edges, by the nodes where they end and in the order of their ports."""
    graph, found = survey.graph, list[_Edge]()
    for name, kind in kinds.items():
        node = graph.nodes[name]
        for port, streams in node.inputs.items():
            for position, stream in enumerate(streams):
                type = kind_of(graph, stream)
                if stream.node not in kinds or type not in kind.takes:
                    continue
                ends = _end(node, port, position, kind.takes[type], names)
                begins = _begin(
                    graph.nodes[stream.node], stream, kinds[stream.node].gives[type], names
                )
                found.append(_Edge(stream, name, type, begins, ends))
    return found


def _end(node: Node, port: str, position: int, rule: str, names: Names) -> str:
    """Return what tells the port at the end of an edge."""
    if rule == SIDE:
        return f"in-{names.sides(node)[position]}"
    if rule == VARIABLE:
        variable = names.variable(node.inputs[port][position])
        return f"{port}-{variable}" if port in ("outer", "inner") else f"in-{variable}"
    ordered = rule == OPERAND and node.parameters.get("function") in _ORDERED
    return port if ordered and port in ("lhs", "rhs") else ""


def _begin(node: Node, stream: Stream, rule: str, names: Names) -> str:
    """Return what tells the port where an edge begins."""
    if rule == SIDE:
        return f"out-{names.sides(node)[stream.position]}"
    if rule != VARIABLE and node.kind not in ("crd_drop", "hold"):
        return ""
    source = _SOURCES[stream.port]
    variable = names.variable(node.inputs[source][stream.position])
    return f"{source}-{variable}" if source in ("outer", "inner") else f"out-{variable}"


_SOURCES = {
    "held": "outer",
    "through": "outers",
    "outer_out": "outer",
    "inner_out": "inner",
    "out_a": "crd_a",
    "out_b": "crd_b",
    "out_c": "crd_c",
}
"""The input whose variable an output has."""


def _mend(survey: Survey, names: Names) -> None:
    """Put a broadcast into edges that would have to say two things."""
    for edge in _edges(survey, _kinds(survey, Collector()), names):
        if edge.torn:
            (copy,) = pass_on(survey, "broadcast", edge.source)
            node = survey.graph.nodes[edge.sink]
            for streams in node.inputs.values():
                if edge.source in streams:
                    streams[streams.index(edge.source)] = copy


def _print_node(number: str, node: Node, kind: DotKind, names: Names) -> str:
    attributes = attributes_of(node, kind, names)
    comment = ",".join(f"{name}={value}" for name, value in attributes.items())
    if node.kind == "broadcast":
        return f'{number} [comment="{comment}" shape=point style=invis type="{kind.type}"]'
    label = label_of(node, kind, attributes)
    words = " ".join(f'{name}="{value}"' for name, value in attributes.items())
    return f'{number} [comment="{comment}" label="{label}" shape=box style=filled {words}]'


def _print_edge(edge: _Edge, numbers: dict[str, str]) -> str:
    label = f"{edge.type}_{edge.comment}" if edge.comment else edge.type
    ends = f"{numbers[edge.source.node]} -> {numbers[edge.sink]}"
    style = _STYLES.get(edge.type, "")
    return f'{ends} [label="{label}"{style} type="{edge.type}" comment="{edge.comment}"]'
