"""What files imply and the `sam` dialect says: streams that reductions look at, and the result.

Coordinates and values have to go together, level by level. SAM drops coordinates without the values
beneath them: its streams keep the empty fibers, and its writers pass over them, ours do not. So the
values are dropped as well, where a drop of theirs does it; else the result's coordinates are taken
from before the drop, which never changes the tensor: what is under them is zero, and stays so.
"""

from __future__ import annotations

from rdu.frontends.sparse.graphs.facts import Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream, Tensor
from rdu.frontends.sparse.graphs.nesting import Nesting
from rdu.frontends.sparse.graphs.primitives import CRD, REF, SINKS, VAL


def complete(survey: Survey, result: str) -> None:
    """Add what is implied, settle the result, and leave out what nobody reads.

    Args:
        survey: the facts of the graph, all established.
        result: the name of the result, if no writer has one.
    """
    for node in list(survey.graph.nodes.values()):
        if node.kind == "accumulate":
            _complete_accumulation(survey, node)
        elif node.kind == "val_drop":
            followed = _followed(survey, node.inputs["values"][0], node.inputs["crd"][0])
            node.inputs["values"] = [followed] if followed else node.inputs["values"]
    for node in survey.graph.nodes.values():
        if node.kind == "reduce" and not node.inputs.get("outer"):
            nesting = survey.facts[node.inputs["values"][0]].nesting.parent
            node.inputs["outer"] = _like(survey, nesting)
    _settle_result(survey, result)
    _drop_unread(survey)


def _like(survey: Survey, nesting: Nesting | None) -> list[Stream]:
    stream = survey.stream_of(nesting, CRD, REF, VAL) if nesting else None
    return [stream] if stream else []


def _complete_accumulation(survey: Survey, node: Node) -> None:
    """Find the level that is reduced, and pass by a reducer that only passes values on."""
    crds = [node.inputs[f"crd_{letter}"][0] for letter in "abc" if node.inputs.get(f"crd_{letter}")]
    if not node.inputs.get("reduced"):
        node.inputs["reduced"] = _like(survey, survey.facts[crds[0]].nesting.parent)
    if not node.inputs["reduced"]:
        message = f"{node.title} has no reduced: no stream has the fibers around its coordinates"
        survey.problems.error(message, node.place)
    values = node.inputs["values"][0]
    source = survey.graph.nodes[values.node]
    shallow = survey.facts[values].nesting.depth < survey.facts[crds[-1]].nesting.depth
    if shallow and source.kind == "reduce":
        node.inputs["values"] = list(source.inputs["values"])


def _settle_result(survey: Survey, name: str) -> None:
    """Make coordinates and values of the result go together, and find its order and shape."""
    graph, problems = survey.graph, survey.problems
    ends = [node for node in graph.nodes.values() if node.kind == "yield"]
    writers = [node for node in graph.nodes.values() if node.kind == "fiber_write"]
    names = {node.tensor for node in [*writers, *ends] if node.tensor}
    if len(names) > 1:
        listed = " and ".join(f"'{each}'" for each in sorted(names))
        problems.error(
            f"the graph writes {listed}: expected one result", [*ends, *writers][0].place
        )
        return
    if len(ends) != 1:
        problems.error(f"the graph writes {len(ends)} streams of values: expected one", graph.place)
        return
    for writer in writers:
        writer.parameters["level"] = survey.facts[writer.inputs["crd"][0]].nesting.depth - 1
    writers.sort(key=lambda writer: int(writer.parameters["level"]))
    levels = [int(writer.parameters["level"]) for writer in writers]
    depth = survey.facts[ends[0].inputs["values"][0]].nesting.depth
    if levels != list(range(depth)):
        have = f"levels {levels}, for values {depth} deep"
        problems.error(
            f"the graph writes {have}: expected each of {list(range(depth))} once", ends[0].place
        )
        return
    _reconcile(survey, writers, ends[0])
    _describe_result(survey, writers, next(iter(names), name))


def _reconcile(survey: Survey, writers: list[Node], end: Node) -> None:
    """Let the values follow a drop of the innermost coordinates, else undo drops."""
    values = end.inputs["values"][0]
    if writers and not _agree(survey, writers, survey.facts[values].nesting):
        crd = writers[-1].inputs["crd"][0]
        followed = _followed(survey, values, crd)
        if followed is not None and _agree(survey, writers, survey.facts[crd].nesting):
            end.inputs["values"] = [followed]
            return
    levels = reversed(survey.facts[values].nesting.ancestors[:-1])
    for writer, level in zip(writers, levels, strict=True):
        writer.inputs["crd"] = [survey.undropped(writer.inputs["crd"][0], level)]


def _agree(survey: Survey, writers: list[Node], innermost: Nesting) -> bool:
    written = [survey.facts[writer.inputs["crd"][0]].nesting for writer in writers]
    return written == list(reversed(innermost.ancestors[:-1]))


def _followed(survey: Survey, values: Stream, crd: Stream) -> Stream | None:
    """Return values without the fibers that coordinates of their shape lost in a drop, if so."""
    drop = survey.graph.nodes[crd.node]
    if drop.kind != "crd_drop" or crd.port != "inner_out":
        return None
    if survey.facts[drop.inputs["inner"][0]].nesting is not survey.facts[values].nesting:
        return None
    inputs = {"outer": list(drop.inputs["outer"]), "inner": [values]}
    name = survey.graph.fresh(drop.name)
    node = survey.graph.add(Node(name, "crd_drop", drop.title, drop.place, inputs))
    survey.visit(node)
    return Stream(node.name, "inner_out")


def _describe_result(survey: Survey, writers: list[Node], name: str) -> None:
    graph, problems = survey.graph, survey.problems
    modes = [writer.parameters.get("mode") for writer in writers]
    order = tuple(int(mode) if mode is not None else n for n, mode in enumerate(modes))
    declared = survey.storage.declared.get(name)
    if None in modes and declared is not None and len(declared.order) == len(order):
        order = declared.order
    if sorted(order) != list(range(len(order))):
        have = ", ".join(map(str, order))
        need = f"each of 0 to {len(order) - 1} once"
        message = f"the result is written in dimensions {have}: expected {need}"
        problems.error(message, graph.place)
        return
    extents: list[int | None] = [None] * len(order)
    given = survey.storage.shapes.get(name, extents)
    for writer, dimension in zip(writers, order, strict=True):
        extent = survey.facts[writer.inputs["crd"][0]].extent
        known = given[dimension] if dimension < len(given) else None
        extents[dimension] = known if extent is None else extent
        if extents[dimension] is None:
            what = f"the extent of dimension {dimension} of result '{name}'"
            problems.error(f"{what} is unknown: expected its shape to be given", writer.place)
    if len(given) != len(extents) or any(
        g not in (None, e) for g, e in zip(given, extents, strict=True)
    ):
        have, need = ("x".join(map(str, shape)) for shape in (given, extents))
        message = f"result '{name}' has the shape {have}: expected {need}, as its coordinates have"
        problems.error(message, graph.place)
    shape = tuple(extent or 0 for extent in extents)
    graph.result = Tensor(name, ("compressed",) * len(order), order, shape)


def _drop_unread(survey: Survey) -> None:
    """Remove nodes that nothing written depends on."""
    nodes = survey.graph.nodes
    wanted: set[str] = set()
    found = [node.name for node in nodes.values() if node.kind in SINKS]
    while found:
        name = found.pop()
        if name not in wanted:
            wanted.add(name)
            found += [stream.node for stream in nodes[name].arriving()]
    survey.graph.nodes = {name: node for name, node in nodes.items() if name in wanted}
