"""What is true of every stream of a graph: nesting, extent of coordinates, walk of references.

One pass in the order of the streams, with a rule for each kind of node. On its way it settles what
files leave open: the storage level of each lookup, and the tensor that Comal's locations read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from rdu.frontends.sparse.graphs.graph import Graph, Node, Stream
from rdu.frontends.sparse.graphs.nesting import Nesting, Nestings
from rdu.frontends.sparse.graphs.ports import kind_of
from rdu.frontends.sparse.graphs.primitives import CRD, REF, VAL
from rdu.frontends.sparse.graphs.storage import Storage, UnfitError, Walk
from rdu.support.diagnostics import Collector

ROOT = Walk("", -1)
"""The walk of references to a root, which are the same for all tensors."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is true of one stream."""

    nesting: Nesting
    kind: str = ""
    extent: int | None = None
    walk: Walk | None = None


Facts = dict[str, list[Fact]]
"""The facts of a node's streams by port."""


@dataclass(slots=True)
class Survey:
    """The facts of a graph, as far as they are known."""

    graph: Graph
    storage: Storage
    problems: Collector
    nestings: Nestings = field(default_factory=Nestings)
    facts: dict[Stream, Fact] = field(default_factory=dict[Stream, Fact])
    forked: dict[Nesting, Nesting] = field(default_factory=dict[Nesting, Nesting])
    visited: set[str] = field(default_factory=set[str])

    def run(self) -> None:
        """Establish the facts of every stream, and report what does not fit."""
        for node in self.graph.in_order()[0]:
            self.visit(node)

    def visit(self, node: Node) -> None:
        """Establish the facts of one node's streams; nothing if those before it have none."""
        given: Facts = {}
        for port, streams in node.inputs.items():
            known = [self.facts[stream] for stream in streams if stream in self.facts]
            if len(known) < len(streams):
                self._report_unsent(node, port, streams)
                return
            if known:
                given[port] = known
        try:
            made = RULES[node.kind](self, node, given)
        except UnfitError as problem:
            self.problems.error(f"{node.title} {problem}", node.place)
            return
        self.visited.add(node.name)
        for port, facts in made.items():
            for position, fact in enumerate(facts):
                stream = Stream(node.name, port, position)
                self.facts[stream] = replace(fact, kind=kind_of(self.graph, stream))

    def _report_unsent(self, node: Node, port: str, streams: list[Stream]) -> None:
        """Report streams that nobody sends; those of nodes with problems of their own are known."""
        for stream in streams:
            if stream not in self.facts and stream.node in self.visited:
                source = self.graph.nodes[stream.node]
                message = f"{node.title} takes as {port} what {source.title} does not send"
                self.problems.error(message, node.place)

    def stream_of(self, nesting: Nesting, *kinds: str) -> Stream | None:
        """Return the first stream of a nesting, of the first of the kinds that there is."""
        for kind in kinds:
            for stream, fact in self.facts.items():
                if fact.nesting is nesting and fact.kind == kind:
                    return stream
        return None

    def undropped(self, crd: Stream, need: Nesting) -> Stream:
        """Return the coordinates of a nesting of which some were dropped to give `crd`, if so."""
        stream = crd
        while self.facts[stream].nesting is not need:
            node = self.graph.nodes[stream.node]
            if node.kind != "crd_drop":
                return crd
            stream = node.inputs[_BEFORE[stream.port]][0]
        return stream


_BEFORE = {"outer_out": "outer", "inner_out": "inner"}
"""The input of a drop of which some is left at an output."""

Rule = Callable[[Survey, Node, Facts], Facts]


def _parent(nesting: Nesting, doing: str) -> Nesting:
    if nesting.parent is None:
        raise UnfitError(f"{doing} a stream without fibers: expected a deeper one")
    return nesting.parent


def _root(survey: Survey, _node: Node, _given: Facts) -> Facts:
    return {"ref": [Fact(survey.nestings.root, walk=ROOT)]}


def _fiber_lookup(survey: Survey, node: Node, given: Facts) -> Facts:
    fact = given["ref"][0]
    level = survey.storage.level_of(node, fact.walk)
    _check_walk(survey, node, fact.walk, level - 1)
    nesting = survey.nestings.below(fact.nesting, "node", node.name)
    extent = survey.storage.extent_of(node, level)
    return {
        "crd": [Fact(nesting, extent=extent)],
        "child": [Fact(nesting, walk=Walk(node.tensor, level))],
    }


def _locate(survey: Survey, node: Node, given: Facts) -> Facts:
    crd, fibers = given["crd"][0], given["fibers"][0]
    if not node.tensor:
        return {"ref": [Fact(crd.nesting, walk=Walk("", 0, node.name))]}
    level = survey.storage.level_of(node, fibers.walk)
    _check_walk(survey, node, fibers.walk, level - 1)
    extent = survey.storage.extent_of(node, level)
    if None not in (crd.extent, extent) and crd.extent != extent:
        raise UnfitError(f"finds coordinates below {crd.extent} in a level of extent {extent}")
    return {"ref": [Fact(crd.nesting, walk=Walk(node.tensor, level))]}


def _check_walk(survey: Survey, node: Node, walk: Walk | None, above: int) -> None:
    """Check that references lead to a level of the tensor that a node reads, `above` the next."""
    need = ROOT if above < 0 else Walk(node.tensor, above)
    if walk is not None and walk.locate and above == walk.level:
        location = survey.graph.nodes[walk.locate]
        if location.tensor not in ("", node.tensor):
            raise UnfitError(f"reads tensor '{node.tensor}' at a location in '{location.tensor}'")
        survey.storage.settle_location(location, node.tensor)
    elif walk != need:
        have = "unknown references" if walk is None else _where(walk)
        raise UnfitError(f"reads tensor '{node.tensor}' by {have}: expected {_where(need)}")


def _where(walk: Walk) -> str:
    if walk == ROOT:
        return "references to the root"
    tensor = f"tensor '{walk.tensor}'" if walk.tensor else "a tensor that is located"
    return f"references out of level {walk.level} of {tensor}"


def _repeat(_survey: Survey, _node: Node, given: Facts) -> Facts:
    fact, like = given["ref"][0], given["like"][0]
    if like.nesting.depth != fact.nesting.depth + 1:
        have = f"{like.nesting.depth} deep"
        raise UnfitError(f"repeats by a stream {have}: expected one {fact.nesting.depth + 1} deep")
    return {"repeated": [Fact(like.nesting, walk=fact.walk)]}


def _hold(_survey: Survey, _node: Node, given: Facts) -> Facts:
    return {"held": [Fact(given["inner"][0].nesting, extent=given["outer"][0].extent)]}


def _join_coordinates(survey: Survey, node: Node, given: Facts) -> Facts:
    crds, payloads = given["crds"], given["payloads"]
    if len(crds) != len(payloads) or len(crds) < 2:
        raise UnfitError(
            f"joins {len(crds)} coordinates with {len(payloads)}: expected as many, 2 up"
        )
    if len({fact.nesting.depth for fact in crds + payloads}) > 1:
        raise UnfitError("joins streams of different depths: expected one depth")
    extents = sorted({fact.extent for fact in crds if fact.extent is not None})
    if len(extents) > 1:
        raise UnfitError(f"joins coordinates of extents {' and '.join(map(str, extents))}")
    parent = _parent(crds[0].nesting, "joins")
    nesting = survey.nestings.below(parent, "node", node.name, like=crds[0].nesting)
    for fact in crds:
        survey.nestings.unite(nesting, fact.nesting)
    out = [Fact(nesting, walk=fact.walk) for fact in payloads]
    return {"crd": [Fact(nesting, extent=extents[0] if extents else None)], "out": out}


def _array(survey: Survey, node: Node, given: Facts) -> Facts:
    fact = given["ref"][0]
    level = survey.storage.last_level_of(node, fact.walk)
    _check_walk(survey, node, fact.walk, level)
    return {"values": [Fact(fact.nesting)]}


def _same(source: str, target: str, _survey: Survey, _node: Node, given: Facts) -> Facts:
    return {target: [replace(given[source][0], walk=None)]}


def _alu(_survey: Survey, _node: Node, given: Facts) -> Facts:
    lhs, rhs = given["lhs"][0].nesting, given["rhs"][0].nesting
    if lhs.depth != rhs.depth:
        raise UnfitError(f"combines values {lhs.depth} and {rhs.depth} deep: expected one depth")
    return {"values": [Fact(lhs)]}


def _reduce(_survey: Survey, _node: Node, given: Facts) -> Facts:
    return {"reduced": [Fact(_parent(given["values"][0].nesting, "reduces"))]}


def _accumulate(survey: Survey, node: Node, given: Facts) -> Facts:
    letters = [letter for letter in "abc" if f"crd_{letter}" in given]
    for letter, level in zip(reversed(letters), given["values"][0].nesting.ancestors, strict=False):
        node.inputs[f"crd_{letter}"] = [survey.undropped(node.inputs[f"crd_{letter}"][0], level)]
    crds = [survey.facts[node.inputs[f"crd_{letter}"][0]] for letter in letters]
    parent = _parent(_parent(crds[0].nesting, "accumulates"), "accumulates under")
    made: Facts = {}
    for letter, fact in zip(letters, crds, strict=True):
        parent = survey.nestings.below(parent, "node", node.name, like=fact.nesting)
        made[f"out_{letter}"] = [Fact(parent, extent=fact.extent)]
    return made | {"total": [Fact(parent)]}


def _crd_drop(survey: Survey, _node: Node, given: Facts) -> Facts:
    outer, inner = given["outer"][0], given["inner"][0]
    levels = inner.nesting.ancestors
    between = levels[: inner.nesting.depth - outer.nesting.depth]
    if not between or levels[len(between)] is not outer.nesting:
        raise UnfitError("drops coordinates by a stream that is not below them")
    cause = (outer.nesting.number, inner.nesting.number)
    nesting = survey.nestings.below(
        _parent(outer.nesting, "drops"), "kept", *cause, like=outer.nesting
    )
    dropped = Fact(nesting, extent=outer.extent)
    for level in reversed(between):
        nesting = survey.nestings.below(nesting, "kept", *cause, level.number, like=level)
    below = Fact(nesting, extent=inner.extent, walk=inner.walk)
    return {"outer_out": [dropped], "inner_out": [below]}


def _val_drop(survey: Survey, node: Node, given: Facts) -> Facts:
    crd = given["crd"][0]
    parent = _parent(crd.nesting, "drops")
    nesting = survey.nestings.below(parent, "node", node.name, like=crd.nesting)
    return {"crd_out": [Fact(nesting, extent=crd.extent)], "values_out": [Fact(nesting)]}


def _fork(survey: Survey, node: Node, given: Facts) -> Facts:
    whole = given["operand"][0]
    parent, count = _parent(whole.nesting, "forks"), int(node.parameters["branches"])
    branches = [
        survey.nestings.below(parent, "branch", whole.nesting.number, count, n, like=whole.nesting)
        for n in range(count)
    ]
    survey.forked.update(dict.fromkeys(branches, whole.nesting))
    return {"branches": [replace(whole, nesting=nesting) for nesting in branches]}


def _join(survey: Survey, node: Node, given: Facts) -> Facts:
    branch = given["branches"][0]
    forked = [survey.forked[n] for n in branch.nesting.ancestors if n in survey.forked]
    if not forked or branch.nesting.depth != forked[0].depth + 1:
        raise UnfitError("brings branches together that are not one level below a fork")
    like = survey.stream_of(forked[0], CRD, REF, VAL)
    node.inputs.setdefault("like", [like] if like else [])
    nesting = survey.nestings.below(forked[0], "node", node.name, like=branch.nesting)
    return {"joined": [replace(branch, nesting=nesting)]}


def _sink(_survey: Survey, _node: Node, _given: Facts) -> Facts:
    return {}


RULES: Mapping[str, Rule] = {
    "root": _root,
    "fiber_lookup": _fiber_lookup,
    "locate": _locate,
    "repeat": _repeat,
    "hold": _hold,
    "intersect": _join_coordinates,
    "union": _join_coordinates,
    "array": _array,
    "alu": _alu,
    "unary": partial(_same, "operand", "values"),
    "reduce": _reduce,
    "accumulate": _accumulate,
    "crd_drop": _crd_drop,
    "val_drop": _val_drop,
    "fork": _fork,
    "join": _join,
    "fiber_write": _sink,
    "yield": _sink,
}
"""The rule of each kind of node that is left after simplification."""
