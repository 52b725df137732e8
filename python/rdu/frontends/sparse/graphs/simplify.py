"""From what other tools write to what the `sam` dialect has, on a graph that was just read.

* A broadcast is nothing: a stream may have many readers. So with other streams that a node only
  passes on; a repeat signal is the stream it is made from.
* SAM's accumulator takes points, so that outer coordinates are held for it; ours takes streams with
  stops, and so the coordinates before they were held.
"""

from __future__ import annotations

from rdu.frontends.sparse.graphs.graph import Graph, Stream
from rdu.frontends.sparse.graphs.primitives import PRIMITIVES


def simplify(graph: Graph) -> None:
    """Rewrite what only other tools have; the graph's ports have been checked."""
    for node in graph.nodes.values():
        for port, streams in node.inputs.items():
            points = node.kind == "accumulate" and port != "values"
            node.inputs[port] = [_origin(graph, stream, points) for stream in streams]
    for name, node in list(graph.nodes.items()):
        rule = PRIMITIVES[node.kind]
        for port, declared in rule.inputs.items():
            if declared.foreign:
                node.inputs.pop(port, None)
        if not rule.op:
            del graph.nodes[name]


def _origin(graph: Graph, stream: Stream, points: bool) -> Stream:
    """Return the stream that is passed on as another; for points, from before it was held."""
    while True:
        node = graph.nodes[stream.node]
        source = PRIMITIVES[node.kind].outputs[stream.port].passes
        points = points or (node.kind == "accumulate" and bool(source))
        if not source and points and node.kind == "hold":
            source = "outer"
        if not source:
            return stream
        streams = node.inputs[source]
        stream = streams[stream.position if len(streams) > stream.position else 0]
