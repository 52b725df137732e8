"""Checks of a graph as it was read: every input connected, to a stream of a kind that it takes."""

from __future__ import annotations

from rdu.frontends.sparse.graphs.graph import Graph, Node, Stream
from rdu.frontends.sparse.graphs.primitives import PRIMITIVES, Input
from rdu.support.diagnostics import Collector


def kind_of(graph: Graph, stream: Stream) -> str:
    """Return what a stream carries, empty if that cannot be told: on a cycle, or of no node."""
    for _ in range(len(graph.nodes) + 1):
        node = graph.nodes.get(stream.node)
        output = PRIMITIVES[node.kind].outputs.get(stream.port) if node else None
        if node is None or output is None:
            return ""
        if output.kind:
            return output.kind
        sources = node.inputs.get(output.like, [])
        if not sources:
            return ""
        stream = sources[stream.position if output.many and len(sources) > stream.position else 0]
    return ""


def check_ports(graph: Graph, problems: Collector) -> None:
    """Report inputs that are missing, taken twice or fed by the wrong kind, and cycles."""
    for node in graph.nodes.values():
        if PRIMITIVES[node.kind].tensor and not (node.tensor or node.kind == "locate"):
            problems.error(f"{node.title} names no tensor: expected one", node.place)
        for port, rule in PRIMITIVES[node.kind].inputs.items():
            streams = node.inputs.get(port, [])
            _check_count(node, port, rule, len(streams), problems)
            for stream in streams:
                if not _is_passed(graph, stream):
                    title = graph.nodes[stream.node].title
                    message = f"{node.title} takes as {port} what {title} does not get"
                    problems.error(message, node.place)
                kind = kind_of(graph, stream)
                if kind and kind not in rule.kinds:
                    need = " or ".join(f"'{each}'" for each in rule.kinds)
                    message = f"{node.title} takes a stream '{kind}' as {port}: expected {need}"
                    problems.error(message, node.place)
    cycle = _cycle(graph)
    if cycle:
        names = ", ".join(node.title for node in cycle)
        problems.error(f"there is a cycle of {names}", cycle[0].place)


def _cycle(graph: Graph) -> list[Node]:
    """Return the nodes of a cycle, each before the one that it reads; none if there is none."""
    stuck = {node.name: node for node in graph.in_order()[1]}
    path: list[str] = []
    name = next(iter(stuck), None)
    while name is not None and name not in path:
        path.append(name)
        sources = (stream.node for stream in stuck[name].arriving())
        name = next((source for source in sources if source in stuck), None)
    return [stuck[each] for each in path[path.index(name) :]] if name is not None else []


def _is_passed(graph: Graph, stream: Stream) -> bool:
    """Whether a node that only passes a stream on has it."""
    node = graph.nodes[stream.node]
    source = PRIMITIVES[node.kind].outputs[stream.port].passes
    count = len(node.inputs.get(source, []))
    alone = PRIMITIVES[node.kind].inputs[source].many if source else False
    return not source or count > (stream.position if alone else 0)


def _check_count(node: Node, port: str, rule: Input, have: int, problems: Collector) -> None:
    if not have and not (rule.optional or rule.implied):
        problems.error(f"{node.title} has no {port}: expected a stream", node.place)
    if have > 1 and not rule.many:
        problems.error(f"{node.title} has {have} streams as {port}: expected one", node.place)
