"""Placement: units onto slots of their kind, by greedy construction, then simulated annealing.

The cost of a net is the number of links that its bounding box asks for: a unit spans the switches
at its corners, so neighbours need none. Annealing after Kirkpatrick, Gelatt and Vecchi (Science
220, 1983), with the shrinking move window of VPR (Betz and Rose, FPL 1997).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence

from rdu.place_route.netlist import Netlist
from rdu.support.diagnostics import Collector, ExitCode
from rdu.targets import Machine, Place
from rdu.targets.machine import UNIT_KINDS

Placement = dict[str, Place]
"""The place of each unit by name."""

Box = tuple[int, int, int, int]
"""The switches that a unit touches: first and last row, first and last column."""

MOVES_PER_UNIT = 300
ROUNDS = 40
START_TEMPERATURE = 0.5
"""Times the mean cost of a move of the greedy placement."""
COOLING = 0.85


def place(netlist: Netlist, machine: Machine, seed: int = 0) -> Placement:
    """Place every unit of a netlist on a slot of its kind, no two on one.

    The result depends on the arguments only.

    Raises:
        RduError: the machine has no grid, or too few units of some kind (exit code 3).
    """
    check_fit(netlist, machine)
    state = _State(netlist, machine)
    state.construct()
    state.anneal(random.Random(seed))
    return {unit.name: state.places[i] for i, unit in enumerate(netlist.units)}


def check_fit(netlist: Netlist, machine: Machine) -> None:
    """Raise RduError (exit code 3) unless the machine has enough units of every kind."""
    errors = Collector()
    if machine.grid is None:
        errors.error(f"does not fit: machine '{machine.name}' has no grid to place units on")
    for kind in UNIT_KINDS if machine.grid else ():
        need = sum(unit.kind == kind for unit in netlist.units)
        have = len(machine.places(kind))
        if need > have:
            errors.error(f"does not fit: {need} {kind} units, machine '{machine.name}' has {have}")
    errors.check(ExitCode.DOES_NOT_FIT)


def span(boxes: Iterable[Box]) -> int:
    """Return the least number of links that join boxes of switches, by their bounding box."""
    top, bottom, left, right = zip(*boxes, strict=True)
    return max(0, max(top) - min(bottom)) + max(0, max(left) - min(right))


class _State:
    """A placement under construction, with the cost of every net kept up to date."""

    def __init__(self, netlist: Netlist, machine: Machine) -> None:
        self.kinds = [unit.kind for unit in netlist.units]
        index = {unit.name: i for i, unit in enumerate(netlist.units)}
        self.pins: list[tuple[int, ...]] = []
        self.weights: list[float] = []
        self.nets_of: list[list[int]] = [[] for _ in self.kinds]
        for net in netlist.nets:
            pins = tuple(dict.fromkeys(index[name] for name in (net.source, *net.sinks)))
            if len(pins) == 1:
                continue
            for pin in pins:
                self.nets_of[pin].append(len(self.pins))
            self.pins.append(pins)
            self.weights.append(net.weight)
        self.slots = {kind: machine.places(kind) for kind in UNIT_KINDS}
        self.box_at = {
            slot: _box(machine.switches_at(slot)) for slots in self.slots.values() for slot in slots
        }
        self.places: list[Place] = [(0, 0)] * len(self.kinds)
        self.boxes: list[Box] = [(0, 0, 0, 0)] * len(self.kinds)
        self.unit_at: dict[Place, int] = {}
        self.costs: list[float] = []

    def construct(self) -> None:
        """Place the units one by one, the most connected to those placed first, each greedily."""
        placed: set[int] = set()
        bond = [0.0] * len(self.kinds)
        rest = set(range(len(self.kinds)))
        while rest:
            unit = max(rest, key=lambda u: (bond[u], len(self.nets_of[u]), -u))
            rest.remove(unit)
            self.put(unit, self.best_slot(unit, placed))
            placed.add(unit)
            for net in self.nets_of[unit]:
                for pin in self.pins[net]:
                    bond[pin] += self.weights[net] / (len(self.pins[net]) - 1)
        self.costs = [self.cost(net) for net in range(len(self.pins))]

    def best_slot(self, unit: int, placed: set[int]) -> Place:
        """Return the free slot that costs the nets to placed units least, then nearest the middle.

        A first unit has no such nets and goes to the middle.
        """
        slots = self.slots[self.kinds[unit]]
        rows, columns = slots[-1][0] / 2, max(column for _, column in slots) / 2
        joined = [
            (self.weights[net], [self.boxes[p] for p in self.pins[net] if p in placed])
            for net in self.nets_of[unit]
        ]
        joined = [(weight, boxes) for weight, boxes in joined if boxes]

        def cost(slot: Place) -> tuple[float, float, Place]:
            box = self.box_at[slot]
            links = sum(weight * span([box, *boxes]) for weight, boxes in joined)
            return links, abs(slot[0] - rows) + abs(slot[1] - columns), slot

        return min((slot for slot in slots if slot not in self.unit_at), key=cost)

    def anneal(self, rng: random.Random) -> None:
        """Improve by moves and swaps; keep the best placement that was seen."""
        movable = [u for u in range(len(self.kinds)) if self.nets_of[u]]
        if not movable:
            return
        height = max(row for slots in self.slots.values() for row, _ in slots)
        moves = max(1, MOVES_PER_UNIT * len(movable) // ROUNDS)
        temperature = START_TEMPERATURE * sum(self.costs) / len(movable)
        current = best = sum(self.costs)
        best_places = list(self.places)
        for step in range(ROUNDS):
            reach = max(2, round(height * (1 - step / ROUNDS)))
            for _ in range(moves):
                unit = rng.choice(movable)
                slot = self.near(unit, reach, rng)
                delta, costs = self.try_move(unit, slot)
                if delta > 0 and rng.random() >= math.exp(-delta / max(temperature, 1e-9)):
                    continue
                self.swap(unit, slot)
                for net, cost in costs:
                    self.costs[net] = cost
                current += delta
                if current < best - 1e-9:
                    best, best_places = current, list(self.places)
            temperature *= COOLING
        self.unit_at.clear()
        for unit, slot in enumerate(best_places):
            self.put(unit, slot)

    def near(self, unit: int, reach: int, rng: random.Random) -> Place:
        """Return a random slot of the unit's kind, one within reach if a few draws find it."""
        slots = self.slots[self.kinds[unit]]
        row, column = self.places[unit]
        slot = rng.choice(slots)
        for _ in range(8):
            if abs(slot[0] - row) <= reach and abs(slot[1] - column) <= reach:
                break
            slot = rng.choice(slots)
        return slot

    def try_move(self, unit: int, slot: Place) -> tuple[float, list[tuple[int, float]]]:
        """Return the change in cost if a unit swapped places with a slot, and the nets' costs."""
        other = self.unit_at.get(slot)
        if other == unit:
            return 0.0, []
        touched: Sequence[int] = self.nets_of[unit]
        if other is not None:
            touched = list(dict.fromkeys([*touched, *self.nets_of[other]]))
        mine = self.boxes[unit]
        self.boxes[unit] = self.box_at[slot]
        if other is not None:
            self.boxes[other] = mine
        costs = [(net, self.cost(net)) for net in touched]
        self.boxes[unit] = mine
        if other is not None:
            self.boxes[other] = self.box_at[slot]
        return sum(cost - self.costs[net] for net, cost in costs), costs

    def cost(self, net: int) -> float:
        boxes = self.boxes
        return self.weights[net] * span([boxes[pin] for pin in self.pins[net]])

    def put(self, unit: int, slot: Place) -> None:
        self.places[unit], self.boxes[unit] = slot, self.box_at[slot]
        self.unit_at[slot] = unit

    def swap(self, unit: int, slot: Place) -> None:
        other, old = self.unit_at.get(slot), self.places[unit]
        del self.unit_at[old]
        self.put(unit, slot)
        if other is not None and other != unit:
            self.put(other, old)


def _box(switches: Sequence[Place]) -> Box:
    rows, columns = [row for row, _ in switches], [column for _, column in switches]
    return min(rows), max(rows), min(columns), max(columns)
