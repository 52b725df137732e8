"""Routing: each net a tree of switches, within the tracks of every link.

Negotiated congestion after PathFinder (McMurchie and Ebeling, FPGA 1995): nets may first overuse
links; each round the price of overused links rises, and the nets on them are routed again.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import heappop, heappush

from rdu.place_route.netlist import NET_KINDS, Net, NetKind, Netlist
from rdu.place_route.place import Placement
from rdu.support.diagnostics import ExitCode, RduError, error
from rdu.targets import Machine, Place

Routes = dict[tuple[str, int], tuple[Place, ...]]
"""(net, index of the sink): the switches from one at the source to one at the sink; empty where
both are the same unit."""

Link = tuple[Place, Place]
"""A directed link between neighbouring switches."""

ROUNDS = 60
PRESENT_FACTOR = 0.5
PRESENT_GROWTH = 1.5
HISTORY_FACTOR = 0.5
DEPTH_PRICE = 0.2
"""Price of starting a branch one hop further from the source: keeps latencies short."""

SHOWN = 5
"""How many overused links an error lists."""


def route(netlist: Netlist, machine: Machine, placement: Placement) -> Routes:
    """Route every net of a placed netlist.

    All routes of a net start at one switch and form a tree; a net takes one track of a link
    however many of its sinks are behind it.

    Raises:
        RduError: some links would carry more nets of a kind than they have tracks (exit code 3).
    """
    routes: Routes = {}
    overused: list[tuple[Link, NetKind, list[str]]] = []
    for kind in NET_KINDS:
        nets = [net for net in netlist.nets if net.kind == kind]
        router = _Router(nets, machine, placement, machine.network.tracks(kind))
        router.negotiate()
        for link in router.overused():
            overused.append((link, kind, router.names_on(link)))
        for net in nets:
            routes |= {(net.name, i): path for i, path in enumerate(router.paths(net))}
    if overused:
        raise _congestion(machine, overused)
    return routes


def _congestion(machine: Machine, overused: list[tuple[Link, NetKind, list[str]]]) -> RduError:
    notes = [
        f"link {a} -> {b} is asked to carry {len(names)} {kind} nets"
        f" ({', '.join(names)}), machine '{machine.name}' has {machine.network.tracks(kind)} tracks"
        for (a, b), kind, names in overused[:SHOWN]
    ]
    if len(overused) > SHOWN:
        notes.append(f"and {len(overused) - SHOWN} more links")
    message = (
        f"does not fit: {len(overused)} links need more tracks than machine '{machine.name}' has"
    )
    hint = "another seed, fewer nets into one unit, or fewer units may help"
    return RduError(error(message, notes=notes, hint=hint), ExitCode.DOES_NOT_FIT)


class _Tree:
    """The switches that a net takes: each with the switch before it, None at the root."""

    def __init__(self) -> None:
        self.before: dict[Place, Place | None] = {}
        self.depth: dict[Place, int] = {}

    def path(self, switch: Place) -> tuple[Place, ...]:
        """Return the switches from the root to one of the tree."""
        path = [switch]
        while (before := self.before[path[-1]]) is not None:
            path.append(before)
        return tuple(reversed(path))

    def links(self) -> list[Link]:
        return [(a, b) for b, a in self.before.items() if a is not None]


class _Router:
    """The nets of one kind and the links that they take."""

    def __init__(
        self, nets: list[Net], machine: Machine, placement: Placement, tracks: float
    ) -> None:
        self.nets = nets
        self.machine = machine
        self.tracks = tracks
        self.ends = {name: machine.switches_at(place) for name, place in placement.items()}
        self.around: dict[Place, tuple[Place, ...]] = {}
        self.trees: dict[str, _Tree] = {}
        self.exits: dict[str, dict[str, Place]] = {}
        self.use: defaultdict[Link, int] = defaultdict(int)
        self.history: defaultdict[Link, float] = defaultdict(float)
        self.present = PRESENT_FACTOR

    def negotiate(self) -> None:
        """Route all nets, then again those on overused links until there are none."""
        for net in self.nets:
            self.take(net)
        for _ in range(ROUNDS):
            overused = set(self.overused())
            if not overused:
                return
            for link in overused:
                self.history[link] += HISTORY_FACTOR * (self.use[link] - self.tracks)
            self.present *= PRESENT_GROWTH
            for net in self.nets:
                if not overused.isdisjoint(self.trees[net.name].links()):
                    self.drop(net)
                    self.take(net)

    def overused(self) -> list[Link]:
        """Return the links with more nets than tracks, in order."""
        return sorted(link for link, use in self.use.items() if use > self.tracks)

    def names_on(self, link: Link) -> list[str]:
        """Return the names of the nets on a link."""
        return [net.name for net in self.nets if link in self.trees[net.name].links()]

    def paths(self, net: Net) -> list[tuple[Place, ...]]:
        """Return the route to each sink of a net; empty to the source itself."""
        tree, exits = self.trees[net.name], self.exits[net.name]
        return [() if sink == net.source else tree.path(exits[sink]) for sink in net.sinks]

    def drop(self, net: Net) -> None:
        for link in self.trees[net.name].links():
            self.use[link] -= 1

    def take(self, net: Net) -> None:
        """Grow the tree of a net, nearest sink first."""
        tree, exits = _Tree(), dict[str, Place]()
        self.trees[net.name], self.exits[net.name] = tree, exits
        others = dict.fromkeys(sink for sink in net.sinks if sink != net.source)
        for sink in sorted(others, key=lambda s: _gap(self.ends[net.source], self.ends[s])):
            exits[sink] = self.extend(tree, net.source, self.ends[sink])
        for link in tree.links():
            self.use[link] += 1

    def extend(self, tree: _Tree, source: str, targets: tuple[Place, ...]) -> Place:
        """Add the cheapest path from the tree (or the source) to a target; return its end (A*)."""
        starts = tree.depth or dict.fromkeys(self.ends[source], 0)
        best: dict[Place, float] = {}
        before: dict[Place, Place | None] = {}
        heap: list[tuple[float, float, Place, Place | None]] = []
        for switch, depth in starts.items():
            price = depth * DEPTH_PRICE
            heappush(heap, (price + _gap((switch,), targets), price, switch, None))
        while heap:
            _, price, switch, parent = heappop(heap)
            if switch in before:
                continue
            before[switch] = parent
            if switch in targets:
                return _join(tree, before, switch)
            for after in self.neighbours(switch):
                cost = price + self.price((switch, after))
                if after not in before and cost < best.get(after, cost + 1):
                    best[after] = cost
                    heappush(heap, (cost + _gap((after,), targets), cost, after, switch))
        raise AssertionError("the switches of a grid are connected")

    def price(self, link: Link) -> float:
        """Return the price of one more net on a link: at least 1."""
        excess = max(0, self.use[link] + 1 - self.tracks)
        return (1 + self.history[link]) * (1 + self.present * excess)

    def neighbours(self, switch: Place) -> tuple[Place, ...]:
        if switch not in self.around:
            self.around[switch] = self.machine.neighbours(switch)
        return self.around[switch]


def _join(tree: _Tree, before: dict[Place, Place | None], end: Place) -> Place:
    """Add the found path to the tree."""
    path = [end]
    while (parent := before[path[-1]]) is not None:
        path.append(parent)
    root = path.pop()
    if root not in tree.before:
        tree.before[root], tree.depth[root] = None, 0
    parent = root
    for switch in reversed(path):
        tree.before[switch], tree.depth[switch] = parent, tree.depth[parent] + 1
        parent = switch
    return end


def _gap(sources: tuple[Place, ...], targets: tuple[Place, ...]) -> int:
    """Return the least number of links from one of the sources to one of the targets."""
    return min(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a in sources for b in targets)
