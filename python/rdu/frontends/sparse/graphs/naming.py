"""Names of index variables and of the sides of joiners: files have them, the dialect does not."""

from __future__ import annotations

from rdu.frontends.sparse.graphs.facts import ROOT, Survey
from rdu.frontends.sparse.graphs.graph import Node, Stream
from rdu.frontends.sparse.graphs.primitives import SINKS

_LETTERS = "ijklmnopqrstuvw"
_LEVELS = {
    "fiber_lookup": "crd",
    "repeat": "like",
    "repeat_signal": "like",
    "intersect": "crd",
    "union": "crd",
    "fiber_write": "crd",
}
"""The port of each kind whose stream walks the level that gives the node its index."""


class Names:
    """The names of a graph: `i`, `j`, ... in the order in which levels are met."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey
        self._letters: dict[int, str] = {}
        self._held: dict[Stream, str] = {}
        self._readers = survey.graph.consumers()
        self._extents: dict[str, str] = {}
        for stream, fact in survey.facts.items():
            if fact.nesting.depth:
                self.variable(stream)
        for node in survey.graph.in_order()[0]:
            if node.kind == "fiber_lookup":
                variable = self.variable(Stream(node.name, "crd"))
                self._extents.setdefault(variable, f"{node.tensor}{node.parameters['mode']}_dim")

    def variable(self, stream: Stream) -> str:
        """Return the index variable of the level that a stream walks, or whose points it holds."""
        if stream in self._held:
            return self._held[stream]
        nestings = self._survey.nestings
        number = nestings.variable(self._survey.facts[stream].nesting)
        if number not in self._letters:
            count = len(self._letters)
            self._letters[number] = _LETTERS[count] if count < len(_LETTERS) else f"i{count}"
        return self._letters[number]

    def hold(self, stream: Stream, variable: str) -> None:
        """Say that a stream holds coordinates of a variable at points of an inner level."""
        self._held[stream] = variable

    def tensor(self, stream: Stream) -> str:
        """Return the tensor that references lead into, empty if there is none.

        A reference to the root leads into the tensor that is read by it first.
        """
        walk = self._survey.facts[stream].walk
        if walk != ROOT:
            return walk.tensor if walk else ""
        found = [stream]
        for each in found:
            for name, port, position in self._readers.get(each, []):
                node = self._survey.graph.nodes[name]
                if node.tensor and port in ("ref", "fibers"):
                    return node.tensor
                sent = {"repeat": ("repeated", 0), "payloads": ("out", position)}
                where = sent.get(node.kind) or sent.get(port)
                found += [Stream(name, *where)] if where else []
        return ""

    def sizes(self, node: Node) -> dict[str, str]:
        """Return how much room a writer needs at most, as SAM's tools say it."""
        if node.kind not in SINKS:
            return {}
        writers = [each for each in self._survey.graph.nodes.values() if each.kind == "fiber_write"]
        writers.sort(key=lambda each: int(each.parameters["level"]))
        above = writers if node.kind == "yield" else writers[: int(node.parameters["level"])]
        rows = "*".join(self._extents.get(self.index(each), "1") for each in above)
        if node.kind == "yield":
            return {"size": f"1*{rows}" if rows else "1"}
        extent = self._extents.get(self.index(node), "1")
        coordinates = f"{rows}*{extent}" if rows else extent
        return {"segsize": f"{rows}+1" if rows else "2", "crdsize": coordinates}

    def sides(self, node: Node) -> list[str]:
        """Return a name for each side of a joiner: the tensor's, if that tells them apart."""
        found: list[str] = []
        for number, stream in enumerate(node.inputs["payloads"]):
            tensor = self.tensor(stream)
            found.append(tensor if tensor and tensor not in found else f"{tensor or 'v'}_{number}")
        return found

    def index(self, node: Node) -> str:
        """Return the index variable of a node, empty for those that have none."""
        port = _LEVELS.get(node.kind)
        if port is None:
            return ""
        streams = node.inputs.get(port)
        return self.variable(streams[0] if streams else Stream(node.name, port))
