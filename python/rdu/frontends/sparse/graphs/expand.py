"""From what the `sam` dialect has to what others write: broadcasts where streams are shared."""

from __future__ import annotations

from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.primitives import PRIMITIVES


def pass_on(survey: Survey, kind: str, stream: Stream, copies: int = 1) -> list[Stream]:
    """Add a broadcast of a stream, or a repeat signal made from it, and return what it sends."""
    graph = survey.graph
    rule = PRIMITIVES[kind]
    (source,), (port,) = rule.inputs, rule.outputs
    node = graph.add(Node(graph.fresh("pass"), kind, kind, None, {source: [stream]}))
    sent = [Stream(node.name, port, number) for number in range(copies)]
    for each in sent:
        survey.facts[each] = survey.facts[stream]
    return sent


def add_signals(survey: Survey) -> None:
    """Make a repeat signal of every stream by which others are repeated."""
    made: dict[Stream, Stream] = {}
    for node in list(survey.graph.nodes.values()):
        if node.kind == "repeat":
            like = node.inputs["like"][0]
            if like not in made:
                (made[like],) = pass_on(survey, "repeat_signal", like)
            node.inputs["like"] = [made[like]]


def drop_implied(survey: Survey) -> None:
    """Leave out inputs that files do not have: they follow from the rest of the graph."""
    for node in survey.graph.nodes.values():
        for port, rule in PRIMITIVES[node.kind].inputs.items():
            if rule.implied and node.kind != "accumulate":
                node.inputs.pop(port, None)


def add_broadcasts(survey: Survey, *implied: str) -> None:
    """Send every stream to one reader, by a broadcast if it has several.

    Streams of nodes that are `implied`, the root where files have none, need no broadcast.
    """
    graph = survey.graph
    for stream, readers in graph.consumers().items():
        if len(readers) < 2 or stream.node in implied:
            continue
        copies = pass_on(survey, "broadcast", stream, len(readers))
        for (name, port, position), copy in zip(readers, copies, strict=True):
            graph.nodes[name].inputs[port][position] = copy
