"""What a section's contexts pop and push, counted in firings, without data and without time.

Only channels on an undirected circle can stop each other for good, so a section falls into parts,
each without a channel whose loss would disconnect it (its 2-edge-connected components). The tokens
of a part's channels have a greatest common divisor K: its run consists of K equal rounds, and
finishes if one round does, since a round ends in the state in which it began (the argument of
Lee and Messerschmitt, "Static Scheduling of Synchronous Data Flow Programs", 1987).
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdu.simulator.specification import Access, ChannelSpec, ContextSpec, ElaboratedSection, When

STATIC_KINDS = ("compute", "read", "write", "update", "load", "store")
"""Kinds of contexts whose ports act by their levels alone."""


@dataclass(frozen=True, slots=True)
class Link:
    """A channel inside a part; `push_every` and `pop_every` are its ends' firings a token."""

    channel: int
    source: int
    sink: int
    push_every: int
    pop_every: int
    init: int


@dataclass(frozen=True, slots=True)
class Part:
    """Contexts that can stop each other, by number.

    Attributes:
        links: the channels among them.
        round: firings of each context in one round.
        in_flight: the most firings of each context that have not retired; inf if unknown.
    """

    links: tuple[Link, ...]
    round: Mapping[int, int]
    in_flight: Mapping[int, float]


def counts_are_static(context: ContextSpec) -> bool:
    """Whether what a context pops and pushes at each firing is known before the run.

    Nothing is said about other contexts: the channels at their ends are taken to have tokens and
    room whenever they are asked.
    """
    ports = (*context.inputs, *context.outputs)
    return (
        context.kind in STATIC_KINDS
        and context.repeat > 0
        and all(level.trips > 0 for level in context.levels)
        and all(port.when == When() and not port.stream for port in ports)
    )


def firings(context: ContextSpec) -> int:
    """Return how often a context fires in a run that finishes; 0 where data decides."""
    if not counts_are_static(context):
        return 0
    return context.repeat * math.prod(level.trips for level in context.levels)


def parts(section: ElaboratedSection) -> tuple[Part, ...]:
    """Return the parts of a section that can stand still, in the order of their first channel."""
    links = counted_links(section)
    home = _connected_twice([(link.source, link.sink) for link in links], len(section.contexts))
    by_home: dict[int, list[Link]] = {}
    for link in links:
        if home[link.source] == home[link.sink]:
            by_home.setdefault(home[link.source], []).append(link)
    return tuple(_part(section, inside) for inside in by_home.values())


def counted_links(section: ElaboratedSection) -> list[Link]:
    """Return the channels between contexts whose counts are static, in their order."""
    every: dict[tuple[str, int], int] = {}
    for context in section.contexts:
        if not counts_are_static(context):
            continue
        trips = [level.trips for level in context.levels]
        for port in context.inputs:
            every["pop", port.channel] = math.prod(trips[port.level :])
        for port in context.outputs:
            for channel in port.channels:
                every["push", channel] = math.prod(trips[port.level :])
    return [
        Link(
            number,
            channel.source,
            channel.sink,
            every["push", number],
            every["pop", number],
            channel.init,
        )
        for number, channel in enumerate(section.channels)
        if ("push", number) in every and ("pop", number) in every and _is_plain(channel)
    ]


def _is_plain(channel: ChannelSpec) -> bool:
    """Whether only its two ends decide when a channel is full, and all its tokens are popped."""
    return channel.virtual_channel < 0 and not channel.discard


def _part(section: ElaboratedSection, links: Sequence[Link]) -> Part:
    numbers = sorted({end for link in links for end in (link.source, link.sink)})
    total = {number: firings(section.contexts[number]) for number in numbers}
    pushed = [total[link.source] // link.push_every for link in links]
    popped = [total[link.sink] // link.pop_every for link in links]
    # Rates that do not match have no rounds; the verifier refuses them.
    rounds = math.gcd(*pushed) if pushed == popped else 1
    return Part(
        links=tuple(links),
        round={number: total[number] // rounds for number in numbers},
        in_flight={n: in_flight(section.contexts[n], section) for n in numbers},
    )


def in_flight(context: ContextSpec, section: ElaboratedSection) -> float:
    """Return the most firings in flight; inf where data may mask all that a firing requests."""
    if context.kind in ("compute", "read", "write"):
        return context.depth
    if context.kind == "load" and context.access is not None and not context.access.ports:
        return max(1, section.outstanding // _least_bursts(context, context.access, section))
    return math.inf


def _least_bursts(context: ContextSpec, access: Access, section: ElaboratedSection) -> int:
    """Return how many bursts a firing of a load requests at least, wherever its first lane is."""
    vector = context.vector_level - 1
    if vector < 0:
        return 1
    level, tensor = context.levels[vector], section.tensors[access.target]
    burst_bytes = section.tiers[tensor.tier].burst_bytes
    # The last firing of the vector counter has the fewest lanes.
    last = level.start + (level.trips - 1) * level.stride
    others = (min(level.stop, last + level.stride) - last - 1) // level.step
    spacing = abs(access.coefficients[vector]) * level.step * tensor.element_bytes
    return 1 + (others if spacing >= burst_bytes else others * spacing // burst_bytes)


def _connected_twice(edges: Sequence[tuple[int, int]], nodes: int) -> list[int]:
    """Return a representative of each node's 2-edge-connected component.

    Args:
        edges: pairs of nodes; several may join the same two.
        nodes: how many nodes there are.

    Every edge outside of a spanning forest closes a circle with the forest's path between its ends,
    so all nodes on that path belong together.
    """
    neighbours: list[list[int]] = [[] for _ in range(nodes)]
    for number, (a, b) in enumerate(edges):
        neighbours[a].append(number)
        neighbours[b].append(number)
    parent, depth, in_forest = list(range(nodes)), [-1] * nodes, [False] * len(edges)
    for root in range(nodes):
        if depth[root] >= 0:
            continue
        depth[root] = 0
        queue = deque([root])
        while queue:
            node = queue.popleft()
            for number in neighbours[node]:
                other = sum(edges[number]) - node
                if depth[other] < 0:
                    parent[other], depth[other] = node, depth[node] + 1
                    in_forest[number] = True
                    queue.append(other)

    # Nodes that belong together are represented by the one nearest to the root.
    home = list(range(nodes))

    def find(node: int) -> int:
        while home[node] != node:
            home[node] = home[home[node]]
            node = home[node]
        return node

    for number, (a, b) in enumerate(edges):
        a, b = find(a), find(b)
        while not in_forest[number] and a != b:
            if depth[a] < depth[b]:
                a, b = b, a
            home[a] = parent[a]
            a = find(a)
    return [find(node) for node in range(nodes)]
