"""The attributes and labels of nodes as they are written into dot files."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rdu.frontends.sparse.graphs.dot.kinds import PARAMETERS, DotKind
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.naming import Names

Attributes = dict[str, str]


def attributes_of(node: Node, kind: DotKind, names: Names) -> Attributes:
    """Return a node's attributes, in the order in which SAM writes them."""
    found = {"type": kind.type}
    found |= {"index": index} if (index := names.index(node)) else {}
    found |= _INDICES[node.kind](node, names) if node.kind in _INDICES else {}
    if node.kind == "repeat" and (tensor := names.tensor(Stream(node.name, "repeated"))):
        found["tensor"] = tensor
    for attribute in kind.reads:
        name = PARAMETERS[attribute][0]
        if name in node.parameters:
            found[attribute] = f"{node.parameters[name]}"
    found |= kind.writes
    found |= names.sizes(node)
    port = {"fiber_lookup": "ref", "repeat": "ref", "locate": "fibers"}.get(node.kind)
    if port:
        found["root"] = "true" if node.inputs[port][0].node == "root" else "false"
    return found


def label_of(node: Node, kind: DotKind, attributes: Mapping[str, str]) -> str:
    """Return what a picture of the graph shows of a node."""
    index, tensor = attributes.get("index", ""), attributes.get("tensor", "")
    mode = "" if node.kind == "yield" else attributes.get("mode", "")
    pair = ",".join(attributes[side] for side in ("outer", "inner") if side in attributes)
    words = " ".join(filter(None, [kind.title, attributes.get("order", ""), index, pair]))
    return f"{words}: {tensor}{mode}" if tensor else words


def _pair(node: Node, names: Names) -> Attributes:
    inner = node.inputs["inner"][0]
    return {"outer": names.variable(node.inputs["outer"][0]), "inner": names.variable(inner)}


def _val_drop(node: Node, names: Names) -> Attributes:
    return {"outer": names.variable(node.inputs["crd"][0]), "inner": "vals"}


def _accumulate(node: Node, names: Names) -> Attributes:
    crds = [stream for port in ("crd_c", "crd_b", "crd_a") for stream in node.inputs.get(port, [])]
    levels = [*crds, *node.inputs.get("outers", [])]
    numbered = {f"in{n}": names.variable(stream) for n, stream in enumerate(levels)}
    return {"order": str(len(crds)), **numbered}


_INDICES: Mapping[str, Callable[[Node, Names], Attributes]] = {
    "hold": _pair,
    "crd_drop": _pair,
    "val_drop": _val_drop,
    "accumulate": _accumulate,
}
"""Attributes of kinds that name several index variables."""
