"""From a dot file's nodes and edges to a graph of primitives."""

from __future__ import annotations

from collections.abc import Mapping

from rdu.frontends.sparse.graphs.declarations import Declarations
from rdu.frontends.sparse.graphs.dot.endings import Endings
from rdu.frontends.sparse.graphs.dot.kinds import ANY, OPERAND, PARAMETERS, TYPES, DotKind
from rdu.frontends.sparse.graphs.dot.syntax import DotEdge, DotFile, DotNode
from rdu.frontends.sparse.graphs.graph import Graph, Node, Stream
from rdu.support.diagnostics import Collector, suggest

ROOT = "root"
"""The node that starts the walks of all tensors; files imply it."""

_ABSENT = Stream("", "")
_WALKS = {"fiber_lookup": "ref", "repeat": "ref", "locate": "fibers"}
"""The port of a node that is fed by a root, if the node says so."""


def read_nodes(read: DotFile, declarations: Declarations, file: str, problems: Collector) -> Graph:
    """Return the graph that statements make, as they are; report what has no meaning."""
    graph = Graph(file, element=declarations.element)
    kinds: dict[str, DotKind] = {}
    graph.add(Node(ROOT, "root", "the root"))
    for dot in read.nodes.values():
        kind = _kind_of(dot, read, problems)
        if kind is not None:
            kinds[dot.name] = kind
            graph.add(_node(dot, kind, problems))
    endings = Endings(read, kinds, problems)
    ordered: set[str] = set()
    for edge in read.edges:
        source, sink = endings.source(edge), endings.sink(edge)
        if source is None or sink is None:
            continue
        port, position = sink
        if kinds[edge.sink].takes[edge.attributes["type"]] == OPERAND and _named(edge):
            ordered.add(edge.sink)
        _connect(graph.nodes[edge.sink], port, position, Stream(edge.source, *source))
    for name, kind in kinds.items():
        walk = _WALKS.get(kind.kind)
        node = graph.nodes[name]
        if walk and not node.inputs.get(walk) and read.nodes[name].attributes.get("root") == "true":
            node.inputs[walk] = [Stream(ROOT, "ref")]
        for port, streams in node.inputs.items():
            if _ABSENT in streams:
                side = endings.sides(name)[streams.index(_ABSENT)]
                problems.error(f"{node.title} has no {port} of its side '{side}'", node.place)
                node.inputs[port] = [stream for stream in streams if stream != _ABSENT]
    _order_differences(graph, list(declarations.formats), ordered)
    return graph


def _kind_of(dot: DotNode, read: DotFile, problems: Collector) -> DotKind | None:
    """Return what the node's type means, after its attributes and the number of its operands."""
    name = dot.attributes.get("type")
    if name is None:
        problems.error(f"node '{dot.name}' has no type: expected an attribute 'type'", dot.place)
        return None
    if name not in TYPES:
        hint = suggest(name, TYPES)
        problems.error(
            f"node '{dot.name}' has the type '{name}', which has no meaning here",
            dot.place,
            hint=hint,
        )
        return None
    operands = sum(
        edge.sink == dot.name and edge.attributes.get("type") == "val" for edge in read.edges
    )
    fitting = [kind for kind in TYPES[name] if _fits(dot, kind)] or list(TYPES[name])
    return min(fitting, key=lambda kind: abs((kind.operands or operands) - operands))


def _fits(dot: DotNode, kind: DotKind) -> bool:
    return all(
        (ANY in values and attribute in dot.attributes)
        or dot.attributes.get(attribute, "") in values
        for attribute, values in kind.when.items()
    )


def _node(dot: DotNode, kind: DotKind, problems: Collector) -> Node:
    node = Node(dot.name, kind.kind, f"node '{dot.name}' ({kind.type})", dot.place)
    node.parameters |= kind.fixed
    for attribute in kind.reads:
        name, convert = PARAMETERS[attribute]
        text = dot.attributes.get(attribute)
        if text is None:
            continue
        try:
            node.parameters[name] = convert(text)
        except ValueError:
            what = "a number" if convert is float else "a whole number"
            problems.error(f"{node.title} has {attribute} '{text}': expected {what}", dot.place)
    return node


def _named(edge: DotEdge) -> bool:
    return edge.attributes.get("comment", "") in ("lhs", "rhs")


def _connect(node: Node, port: str, position: int | None, stream: Stream) -> None:
    """Add a stream to a port, at a position if there is one."""
    streams = node.inputs.setdefault(port, [])
    if position is None:
        streams.append(stream)
        return
    streams.extend([_ABSENT] * (position + 1 - len(streams)))
    if streams[position] != _ABSENT:
        streams.append(stream)
    else:
        streams[position] = stream


def _order_differences(graph: Graph, tensors: list[str], ordered: set[str]) -> None:
    """Put the operands of differences in the order of the expression.

    Edges come in the order of a walk, and SAM's simulator minds none. The graph's comment names the
    tensors as the expression does: what is subtracted from comes first.
    """
    for node in graph.nodes.values():
        if node.parameters.get("function") != "sub" or node.name in ordered:
            continue
        left, right = node.inputs.get("lhs", []), node.inputs.get("rhs", [])
        if _first(graph, right, tensors) < _first(graph, left, tensors):
            node.inputs |= {"lhs": right, "rhs": left}


def _first(graph: Graph, streams: list[Stream], tensors: list[str]) -> int:
    """Return the place of the first tensor whose values a stream depends on."""
    rank: Mapping[str, int] = {tensor: number for number, tensor in enumerate(tensors)}
    seen: set[str] = set()
    found, best = [stream.node for stream in streams], len(tensors)
    while found:
        node = graph.nodes.get(found.pop())
        if node is None or node.name in seen:
            continue
        seen.add(node.name)
        if node.kind == "array":
            best = min(best, rank.get(node.tensor, best))
        else:
            found += [stream.node for stream in node.arriving()]
    return best
