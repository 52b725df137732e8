"""Which port of a node an edge of a dot file begins or ends at."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rdu.frontends.sparse.graphs.dot.kinds import OPERAND, SIDE, VARIABLE, DotKind
from rdu.frontends.sparse.graphs.dot.syntax import DotEdge, DotFile, DotNode
from rdu.frontends.sparse.graphs.primitives import SIGNAL, STREAMS
from rdu.support.diagnostics import Collector

Port = tuple[str, int | None]
"""A port and the position in it; None for the next one."""

_PREFIXES = ("outer-", "inner-", "out-", "in-")
_SIDES = {"crd": "crds", "ref": "payloads", "val": "payloads"}
_LETTERS = "abc"
_WORDS = re.compile(r"[-_\s]+")


class Endings:
    """Finds ports; what an edge says has a meaning only with the node at its end."""

    def __init__(self, read: DotFile, kinds: Mapping[str, DotKind], problems: Collector) -> None:
        self._nodes, self._kinds, self._problems = read.nodes, kinds, problems
        self._sides: dict[str, list[str]] = {}
        for edge in read.edges:
            if self._rule(edge, edge.sink, "takes") == SIDE:
                sides = self._sides.setdefault(edge.sink, [])
                name = variable_of(edge)
                if name and name not in sides:
                    sides.append(name)

    def sides(self, name: str) -> list[str]:
        """Return the names of a node's sides, in the order of their streams."""
        return self._sides.get(name, [])

    def source(self, edge: DotEdge) -> tuple[str, int] | None:
        """Return the port where an edge begins, None after reporting that there is none."""
        rule = self._checked(edge, edge.source, "gives")
        if rule is None:
            return None
        kind = self._kinds[edge.source]
        if rule == SIDE:
            return self._side(edge, edge.source, "out")
        if rule != VARIABLE:
            return rule, 0
        place = self._variable(edge, self._nodes[edge.source], kind.kind)
        if place is None:
            return None
        sent = _SENT[kind.kind].get(place[0])
        if sent is None:
            self._say(edge, f"names '{variable_of(edge)}', which node '{edge.source}' reduces")
        return None if sent is None else (sent, place[1])

    def sink(self, edge: DotEdge) -> Port | None:
        """Return the port where an edge ends, None after reporting that there is none."""
        rule = self._checked(edge, edge.sink, "takes")
        if rule is None:
            return None
        kind = self._kinds[edge.sink]
        if rule == SIDE:
            return self._side(edge, edge.sink, _SIDES[edge.attributes["type"]])
        if rule == VARIABLE:
            place = self._variable(edge, self._nodes[edge.sink], kind.kind)
            return None if place is None else (place[0], place[1] if place[0] == "outers" else None)
        if rule == OPERAND:
            return self._operand(edge, kind)
        return rule, None

    def _rule(self, edge: DotEdge, name: str, direction: str) -> str | None:
        kind = self._kinds.get(name)
        if kind is None:
            return None
        rules = kind.takes if direction == "takes" else kind.gives
        return rules.get(edge.attributes.get("type", ""))

    def _checked(self, edge: DotEdge, name: str, direction: str) -> str | None:
        """Return the rule for an end of an edge; each thing that is wrong is said once."""
        kind, stream = self._kinds.get(name), edge.attributes.get("type")
        if name not in self._nodes:
            self._say(edge, f"names node '{name}', which is not in the file")
        elif stream not in (*STREAMS, SIGNAL):
            if direction == "gives":
                have = "no type" if stream is None else f"the type '{stream}'"
                self._say(edge, f"has {have}: expected crd, ref, val or repsig")
        elif kind is not None:
            rule = self._rule(edge, name, direction)
            if rule is None:
                verb = "takes" if direction == "takes" else "sends"
                need = ", ".join(kind.takes if direction == "takes" else kind.gives) or "none"
                self._say(edge, f"is '{stream}', but node '{name}' ({kind.type}) {verb} {need}")
            return rule
        return None

    def _say(self, edge: DotEdge, message: str) -> None:
        self._problems.error(f"edge {edge.source} -> {edge.sink} {message}", edge.place)

    def _side(self, edge: DotEdge, name: str, port: str) -> tuple[str, int] | None:
        sides, tensor = self._sides.get(name, []), variable_of(edge)
        if tensor in sides:
            return port, sides.index(tensor)
        known = ", ".join(f"'{side}'" for side in sides) or "none"
        have = f"names '{tensor}'" if tensor else "names no tensor"
        self._say(edge, f"{have} at node '{name}': expected one of its sides, {known}")
        return None

    def _operand(self, edge: DotEdge, kind: DotKind) -> Port:
        if kind.operands == 1:
            return "operand", None
        comment = edge.attributes.get("comment", "")
        if comment in ("lhs", "rhs"):
            return comment, None
        taken = self._sides.setdefault(edge.sink, [])
        taken.append("")
        return ("lhs" if len(taken) == 1 else "rhs"), None

    def _variable(self, edge: DotEdge, node: DotNode, kind: str) -> tuple[str, int] | None:
        """Return the port of the variable that an edge names, as inputs are called."""
        comment = edge.attributes.get("comment", "")
        if kind == "accumulate":
            return _accumulated(node, _named(edge, _variables(node)))
        outer, inner = (node.attributes.get(side, "") for side in ("outer", "inner"))
        name = _named(edge, [outer, inner])
        if outer == inner == name and comment.startswith(("outer-", "inner-")):
            return comment.partition("-")[0], 0
        for port, variable in (("outer", outer), ("inner", inner)):
            if variable == name:
                return port, 0
        need = f"'{outer}' or '{inner}'"
        self._say(edge, f"names '{name}' at node '{node.name}': expected {need}")
        return None


_SENT: Mapping[str, Mapping[str, str]] = {
    "hold": {"outer": "held", "inner": "through"},
    "crd_drop": {"outer": "outer_out", "inner": "inner_out"},
    "accumulate": {
        "crd_a": "out_a",
        "crd_b": "out_b",
        "crd_c": "out_c",
        "outers": "through",
    },
}
"""The output that belongs to an input, of kinds whose edges name variables."""


def variable_of(edge: DotEdge) -> str:
    """Return the tensor or index variable that an edge's comment names, empty if it names none."""
    comment = edge.attributes.get("comment", "")
    prefix = next((prefix for prefix in _PREFIXES if comment.startswith(prefix)), "")
    return comment.removeprefix(prefix)


def _named(edge: DotEdge, variables: Sequence[str]) -> str:
    """Return which of some variables an edge's comment names; what it names if it is another.

    Graphs written by hand have comments of their own kinds, `outer_i` or `drop-crd-j-out`: of these
    the one word that is a variable counts.
    """
    name = variable_of(edge)
    words = _WORDS.split(edge.attributes.get("comment", ""))
    found = [word for word in words if word in variables]
    return name if name in variables or len(found) != 1 else found[0]


def _variables(node: DotNode) -> list[str]:
    """Return the variables that an accumulator keeps, innermost first, and those around."""
    numbered = [node.attributes.get(f"in{number}") for number in range(10)]
    variables = [variable for variable in numbered if variable is not None]
    index = node.attributes.get("index", "")
    return variables or [node.attributes.get("accum_index", index)]


def _accumulated(node: DotNode, name: str) -> tuple[str, int]:
    """Return the port of an accumulator for a variable: its own, one around, or the reduced one."""
    variables = _variables(node)
    order = node.attributes.get("order", "1")
    count = int(order) if order in ("1", "2", "3") else 1
    if name not in variables:
        return "reduced", 0
    number = variables.index(name)
    if number >= count:
        return "outers", number - count
    return f"crd_{_LETTERS[count - 1 - number]}", 0
