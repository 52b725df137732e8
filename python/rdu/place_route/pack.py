"""Packing: which units of a netlist share one physical unit.

Units grow one at a time, as in VPack (Betz and Rose, CICC 1997): a seed takes the unit that draws
it most, as long as both fit, then the next. Two units draw each other by each net that joins them,
by its weight over the number of its other ends, which is what a merge may save of it; and, since
most nets lead to another kind of unit, half as much by the neighbours that they share, whose nets
become as short. Units that have nothing in common stay apart while the machine has enough of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from rdu.place_route.netlist import Netlist
from rdu.targets import UnitKind

ORDER: tuple[UnitKind, ...] = ("pmu", "pcu", "ag")
"""Kinds in the order in which they are packed: those with the least choice first.

A group that is done draws as one unit, so that loads follow the memories that they fill.
"""

SHARED = 0.5
"""What a common neighbour counts of the weaker of its two bonds."""

Fits = Callable[[Sequence[str]], bool]
Bonds = dict[str, dict[str, float]]


def pack(netlist: Netlist, fits: Fits, slots: Mapping[UnitKind, int]) -> list[list[str]]:
    """Return groups of units, each of one kind, that fit one physical unit together.

    Groups and their members are in the netlist's order, and every unit is in one group. The result
    depends on the arguments only.

    Args:
        netlist: units and nets.
        fits: whether several units, by name, fit one together.
        slots: how many units of each kind there are.
    """
    order = {unit.name: number for number, unit in enumerate(netlist.units)}
    host = {unit.name: unit.name for unit in netlist.units}
    groups: list[list[str]] = []
    for kind in ORDER:
        names = [unit.name for unit in netlist.units if unit.kind == kind]
        grown = _squeeze(_grow(names, _bonds(netlist, host), fits), fits, slots[kind])
        host |= {name: group[0] for group in grown for name in group}
        groups += grown
    ordered = [sorted(group, key=order.__getitem__) for group in groups]
    return sorted(ordered, key=lambda group: order[group[0]])


def _bonds(netlist: Netlist, host: Mapping[str, str]) -> Bonds:
    """Return how much units draw each other through nets between them; grouped ones are as one."""
    bonds: Bonds = {unit.name: defaultdict(float) for unit in netlist.units}
    for net in netlist.nets:
        ends = list(dict.fromkeys(host[end] for end in (net.source, *net.sinks)))
        for one in ends:
            for other in ends:
                if one != other:
                    bonds[one][other] += net.weight / (len(ends) - 1)
    return bonds


def _grow(names: Sequence[str], bonds: Bonds, fits: Fits) -> list[list[str]]:
    """Group units of a kind around seeds, those with the strongest bonds first."""
    free = dict.fromkeys(sorted(names, key=lambda name: -sum(bonds[name].values())))
    groups: list[list[str]] = []
    while free:
        seed = next(iter(free))
        del free[seed]
        group = [seed]
        draws = _draws(seed, bonds)
        while True:
            near = sorted((name for name in draws if name in free), key=lambda n: (-draws[n], n))
            chosen = next((name for name in near if fits([*group, name])), None)
            if chosen is None:
                break
            del free[chosen]
            group.append(chosen)
            for name, draw in _draws(chosen, bonds).items():
                draws[name] = draws.get(name, 0) + draw
        groups.append(group)
    return groups


def _draws(name: str, bonds: Bonds) -> dict[str, float]:
    """Return how much each unit draws one: by nets that join them and by common neighbours."""
    draws = dict(bonds[name])
    for neighbour, first in bonds[name].items():
        for other, second in bonds[neighbour].items():
            if other != name:
                draws[other] = draws.get(other, 0) + SHARED * min(first, second)
    return draws


def _squeeze(groups: list[list[str]], fits: Fits, slots: int) -> list[list[str]]:
    """Merge groups with nothing in common, small ones first, until there are few enough."""
    left = sorted(groups, key=len)
    done: list[list[str]] = []
    while left and len(left) + len(done) > slots:
        group = left.pop(0)
        partner = next((other for other in left if fits([*group, *other])), None)
        if partner is None:
            done.append(group)
            continue
        left.remove(partner)
        left.append([*group, *partner])
    return [*done, *left]
