"""SAM's accumulators take points: the coordinates of outer levels held for each inner one."""

from __future__ import annotations

from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.naming import Names
from rdu.frontends.sparse.graphs.primitives import CRD


def add_points(survey: Survey, names: Names) -> None:
    """Hold coordinates for every accumulator, and write those around it from its points.

    A level around an accumulator is written as the accumulator sends it, which in SAM leaves out
    coordinates under which there is nothing, as its other outputs do.
    """
    graph = survey.graph
    for node in [node for node in graph.nodes.values() if node.kind == "accumulate"]:
        ports = [port for port in ("crd_a", "crd_b", "crd_c") if port in node.inputs]
        crds = [node.inputs[port][0] for port in ports]
        nesting = survey.facts[node.inputs["reduced"][0]].nesting
        reduced = survey.stream_of(nesting, CRD)
        if reduced is None or nesting.parent is None:
            node.inputs.pop("reduced")
            continue
        node.inputs["reduced"] = [reduced]
        around = [survey.stream_of(level, CRD) for level in nesting.parent.ancestors[:-1]]
        outers = [stream for stream in around if stream is not None]
        if len(outers) < len(around):
            continue
        _write_from_points(survey, node, outers)
        levels = [*reversed(outers), reduced, *crds]
        held = [
            _held(survey, names, stream, levels[levels.index(stream) + 1 :])
            for stream in [*outers, *crds[:-1]]
        ]
        node.inputs["outers"] = held[: len(outers)]
        for port, stream in zip(ports, [*held[len(outers) :], crds[-1]], strict=True):
            node.inputs[port] = [stream]


def _held(survey: Survey, names: Names, outer: Stream, inner: list[Stream]) -> Stream:
    """Hold coordinates for each level below in turn."""
    graph, variable = survey.graph, names.variable(outer)
    for stream in inner:
        inputs = {"outer": [outer], "inner": [stream]}
        node = graph.add(Node(graph.fresh("hold"), "hold", "hold", None, inputs))
        survey.visit(node)
        outer = Stream(node.name, "held")
        names.hold(outer, variable)
    return outer


def _write_from_points(survey: Survey, node: Node, outers: list[Stream]) -> None:
    written = survey.facts[Stream(node.name, "out_a")].nesting
    end = next(each for each in survey.graph.nodes.values() if each.kind == "yield")
    if written not in survey.facts[end.inputs["values"][0]].nesting.ancestors:
        return
    for writer in survey.graph.nodes.values():
        if writer.kind == "fiber_write" and writer.inputs["crd"][0] in outers:
            number = outers.index(writer.inputs["crd"][0])
            through = Stream(node.name, "through", number)
            survey.facts[through] = survey.facts[outers[number]]
            writer.inputs["crd"] = [through]
