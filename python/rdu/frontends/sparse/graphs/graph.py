"""A graph of stream primitives in memory, between the files of other tools and the `sam` dialect.

What a node may be, with its ports, is in `primitives`. Streams are named by the output that sends
them; an edge is a stream among a node's inputs.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from rdu.support.diagnostics import SourceLocation

Parameter = str | int | float
"""What a node is parametrised by: a tensor's name, a level, a function, a constant."""


class Stream(NamedTuple):
    """An output of a node; `position` counts the streams of a port that has several."""

    node: str
    port: str
    position: int = 0


@dataclass(slots=True)
class Node:
    """One primitive.

    Attributes:
        name: unique in the graph.
        kind: a key of `PRIMITIVES`.
        title: what messages call it.
        place: where it stands in the file.
        inputs: the streams that arrive at each port.
        parameters: what `PRIMITIVES` declares, and `tensor`, `mode` or `format` as a file has them.
    """

    name: str
    kind: str
    title: str
    place: SourceLocation | None = None
    inputs: dict[str, list[Stream]] = field(default_factory=dict[str, list[Stream]])
    parameters: dict[str, Parameter] = field(default_factory=dict[str, Parameter])

    @property
    def tensor(self) -> str:
        """The name of the tensor that the node reads or writes, empty if there is none."""
        return str(self.parameters.get("tensor", ""))

    def arriving(self) -> list[Stream]:
        """Return the streams of all ports."""
        return [stream for streams in self.inputs.values() for stream in streams]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A tensor as a graph stores it.

    Attributes:
        name: its name in files and in the function.
        levels: the format of each level, outermost first.
        order: the dimension of each level.
        shape: the extent of each dimension.
    """

    name: str
    levels: tuple[str, ...]
    order: tuple[int, ...]
    shape: tuple[int, ...]


@dataclass(slots=True)
class Graph:
    """Nodes by name in the order of the file, and what the file says of tensors.

    Attributes:
        file: the file's name in messages.
        nodes: the primitives.
        operands: the tensors that are read, in order; complete once facts are settled.
        result: the tensor that is computed.
        element: the type of all values.
    """

    file: str
    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    operands: list[Tensor] = field(default_factory=list[Tensor])
    result: Tensor = field(default_factory=lambda: Tensor("X", (), (), ()))
    element: str = "f32"

    @property
    def place(self) -> SourceLocation:
        """The file, for what is said about all of it."""
        return SourceLocation(self.file)

    def add(self, node: Node) -> Node:
        """Add a node and return it."""
        self.nodes[node.name] = node
        return node

    def fresh(self, stem: str) -> str:
        """Return a name that no node has."""
        number = len(self.nodes)
        while (name := f"{stem}.{number}") in self.nodes:
            number += 1
        return name

    def consumers(self) -> dict[Stream, list[tuple[str, str, int]]]:
        """Return for each stream that is read the node, port and position of each reader."""
        found: dict[Stream, list[tuple[str, str, int]]] = {}
        for node in self.nodes.values():
            for port, streams in node.inputs.items():
                for position, stream in enumerate(streams):
                    found.setdefault(stream, []).append((node.name, port, position))
        return found

    def replace(self, streams: Mapping[Stream, Stream]) -> None:
        """Let every reader of a stream read another one."""
        for node in self.nodes.values():
            for port, arriving in node.inputs.items():
                node.inputs[port] = [streams.get(stream, stream) for stream in arriving]

    def in_order(self) -> tuple[list[Node], list[Node]]:
        """Return the nodes, each after those it reads from, else as in the file; and the rest.

        The rest are nodes on cycles, and after them.
        """
        rank = {name: number for number, name in enumerate(self.nodes)}
        readers: dict[str, list[str]] = {name: [] for name in self.nodes}
        waiting: dict[str, int] = {}
        for node in self.nodes.values():
            sources = {stream.node for stream in node.arriving()} & rank.keys()
            waiting[node.name] = len(sources)
            for source in sources:
                readers[source].append(node.name)
        ready = [rank[name] for name, count in waiting.items() if not count]
        heapq.heapify(ready)
        names: Sequence[str] = list(self.nodes)
        ordered: list[Node] = []
        while ready:
            node = self.nodes[names[heapq.heappop(ready)]]
            ordered.append(node)
            for reader in readers[node.name]:
                waiting[reader] -= 1
                if not waiting[reader]:
                    heapq.heappush(ready, rank[reader])
        done = {node.name for node in ordered}
        return ordered, [node for node in self.nodes.values() if node.name not in done]
