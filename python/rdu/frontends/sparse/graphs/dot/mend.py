"""What dot files say amiss, or in words of their own, where only one meaning is possible.

Files are written by hand as well, for chips and for drawings: types of edges are misspelt, nodes
are left behind, writers have no values, comments were copied. Each of these has a warning at its
line. What cannot be told is left as it is, and is refused later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rdu.frontends.sparse.graphs.declarations import Declarations
from rdu.frontends.sparse.graphs.dot.exponential import take_exponentials
from rdu.frontends.sparse.graphs.dot.kinds import TYPES, VALUES
from rdu.frontends.sparse.graphs.dot.syntax import DotFile, DotNode
from rdu.frontends.sparse.graphs.primitives import SIGNAL, STREAMS
from rdu.semantics.fibertree import Format
from rdu.support.diagnostics import Collector, SourceLocation

_LOOKUP = "fiberlookup"
_LEVELS = ("compressed", "dense")


def mend(read: DotFile, problems: Collector) -> None:
    """Rewrite a file to what it means; its nodes and edges are changed."""
    _settle_types(read, problems)
    _leave_out_lone_nodes(read, problems)
    _leave_out_coordinates_alone(read, problems)
    _pass_by_holds_of_values(read)
    take_exponentials(read, problems)


def _settle_types(read: DotFile, problems: Collector) -> None:
    """Give edges without a type, or with an unknown one, the only one that both ends have."""
    for edge in read.edges:
        have = edge.attributes.get("type")
        if have in (*STREAMS, SIGNAL):
            continue
        common = set(_ends(read, edge.source, "gives")) & set(_ends(read, edge.sink, "takes"))
        if len(common) == 1:
            (stream,) = common
            edge.attributes = {**edge.attributes, "type": stream}
            what = f"has the type '{have}'" if have else "has no type"
            message = f"{what}: taken as '{stream}', which alone both ends have"
            problems.warning(f"edge {edge.source} -> {edge.sink} {message}", edge.place)


def _ends(read: DotFile, name: str, direction: str) -> Iterator[str]:
    """Give the types of edges that a node may have, whatever of its type it is."""
    node = read.nodes.get(name)
    for kind in TYPES.get(node.attributes.get("type", ""), ()) if node else ():
        yield from kind.takes if direction == "takes" else kind.gives


def _leave_out_lone_nodes(read: DotFile, problems: Collector) -> None:
    joined = {end for edge in read.edges for end in (edge.source, edge.sink)}
    for node in list(read.nodes.values()) if joined else []:
        if node.name not in joined and node.attributes.get("type") in TYPES:
            problems.warning(f"node '{node.name}' has no edges: left out", node.place)
            del read.nodes[node.name]


def _leave_out_coordinates_alone(read: DotFile, problems: Collector) -> None:
    """Leave out writers of a tensor whose values are not written, beside one whose are."""
    writers = [n for n in read.nodes.values() if n.attributes.get("type") == "fiberwrite"]
    whole = {_tensor(node) for node in writers if node.attributes.get("mode") == "vals"}
    named = whole and "" not in whole
    alone = [node for node in writers if named and _tensor(node) not in whole]
    for tensor in dict.fromkeys(_tensor(node) for node in alone):
        first = next(node for node in alone if _tensor(node) == tensor)
        message = f"tensor '{tensor}' is written without values: its coordinates are left out"
        problems.warning(message, first.place)
    names = {node.name for node in alone}
    read.edges = [edge for edge in read.edges if edge.sink not in names]
    for name in names:
        del read.nodes[name]


def _tensor(node: DotNode) -> str:
    return node.attributes.get("tensor", "")


def _pass_by_holds_of_values(read: DotFile) -> None:
    """Let holds for values pass on what arrives: under a coordinate there is one value."""
    for node in list(read.nodes.values()):
        given = node.attributes
        if given.get("type") != "crdhold" or given.get("inner") not in VALUES:
            continue
        for stream in ("crd", "val"):
            name = f"{node.name}.{stream}"
            read.nodes[name] = DotNode(name, node.place, {"type": "broadcast"})
        del read.nodes[node.name]
        for edge in read.edges:
            stream = edge.attributes.get("type")
            if stream in ("crd", "val"):
                edge.source = f"{node.name}.{stream}" if edge.source == node.name else edge.source
                edge.sink = f"{node.name}.{stream}" if edge.sink == node.name else edge.sink


def settle_formats(read: DotFile, declared: Declarations, file: str, problems: Collector) -> None:
    """Let lookups that agree on the format of a level overrule the graph's comment."""
    place = read.places.get("comment", SourceLocation(file))
    for tensor, form in declared.formats.items():
        levels = [str(level) for level in form.levels]
        seen = _formats_read(read, tensor)
        for number, dimension in enumerate(form.order):
            if len(seen.get(dimension, ())) == 1:
                levels[number] = next(iter(seen[dimension]))
        if levels != [str(level) for level in form.levels]:
            declared.formats[tensor] = replace(form, levels=Format.of(levels, form.order).levels)
            have, need = (", ".join(map(str, each)) for each in (form.levels, levels))
            message = f"tensor '{tensor}' is declared as {have}, but all read it as {need}"
            problems.warning(f"{message}: taken so", place)


def _formats_read(read: DotFile, tensor: str) -> Mapping[int, set[str]]:
    """Return the formats in which lookups read each dimension of a tensor."""
    lookups = [n.attributes for n in read.nodes.values() if n.attributes.get("type") == _LOOKUP]
    found: dict[int, set[str]] = {}
    for given in lookups:
        mode, form = given.get("mode", ""), given.get("format", "")
        if given.get("tensor") == tensor and mode.isdecimal() and form in _LEVELS:
            found.setdefault(int(mode), set()).add(form)
    return found
