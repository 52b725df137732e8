"""Choosing a schedule in space: lanes, tiles and copies, from a model of time and of units.

The search starts with one copy of every kernel and adds copies step by step, as long as the units
last and the pipeline gets shorter. Steps keep tensors between kernels whole or cut them where
both sides agree: columns that a producer computes in copies are the slices of the reduction that
its consumer's copies add up, each with its own memory, so that no copy waits for a shared port.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from rdu.analysis.cost import Copies, Cost, CostModel, vectors, whole_vectors
from rdu.analysis.kernels import Kernel, Site
from rdu.analysis.schedule import Schedule
from rdu.mlir_ext import ir
from rdu.targets import Machine, UnitKind

LANE_GAIN = 4
"""Lanes run along a reduction only if that takes this many times fewer firings: its tree costs
stages."""

MOST_COPIES = 16

BEAM = 24
"""Plans kept after every step of the search."""

PATIENCE = 6
"""Steps without a better plan before the search ends."""

SLOWEST = 3
"""Kernels, slowest first, that a step may give copies once all memories fit."""

Counter = tuple[int, int]
"""A kernel's number and a counter's number in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a tile (0: no tile loop) and each kernel's schedule."""

    rows: int
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """A plan in the search and what it costs."""

    cost: Cost
    copies: Copies

    def rank(self) -> tuple[float, float, float, int]:
        """Order plans: those that fit first, then fast ones, then small ones."""
        cost = self.cost
        return cost.overflow, cost.misfit, cost.time, cost.units


def make_plan(
    kernels: Sequence[Kernel], returned: Sequence[ir.Value], machine: Machine, utilization: float
) -> Plan:
    """Choose a schedule for the kernels of one function.

    Args:
        kernels: in program order.
        returned: the tensors that the function returns.
        machine: what there is.
        utilization: share of each kind of unit to use at most, so that nets find their way.
    """
    return _Planner(kernels, returned, machine, utilization).plan()


def is_tileable(kernels: Sequence[Kernel]) -> bool:
    """Whether all kernels share a leading parallel dimension that can be cut into tiles.

    Every tensor computed here must be read at the same row as it is written, every other at the
    same row or independently of it, and a kernel needs a parallel dimension besides.
    """
    if not kernels or any(len(k.parallel) < 2 for k in kernels):
        return False
    if len({k.parallel[0] for k in kernels}) > 1:
        return False
    results = {k.result for k in kernels}
    return all(_row_wise(site, results) for k in kernels for site in k.sites)


def _row_wise(site: Site, results: set[ir.Value]) -> bool:
    uses = [bool(row.coefficients[0]) for row in site.rows]
    if not any(uses):
        return site.tensor not in results
    return site.rows[0].dimension == 0 and not any(uses[1:])


class _Planner:
    def __init__(
        self,
        kernels: Sequence[Kernel],
        returned: Sequence[ir.Value],
        machine: Machine,
        utilization: float,
    ) -> None:
        self.kernels = kernels
        self.width = machine.pcu.lanes
        self.tiled = is_tileable(kernels)
        self.producers = {k.result: i for i, k in enumerate(kernels)}
        self.lanes = [self._lane_counter(k) for k in kernels]
        shares: dict[UnitKind, float] = {"pcu": utilization, "pmu": utilization, "ag": 1.0}
        units: dict[UnitKind, float] = {
            kind: math.floor(len(machine.places(kind)) * share) if machine.grid else math.inf
            for kind, share in shares.items()
        }
        self.model = CostModel(kernels, self.lanes, returned, machine, units, tiled=self.tiled)

    def plan(self) -> Plan:
        """Search from one copy of everything, keeping the best few plans after every step.

        Copies only add units, so a plan with too many of them leads nowhere.
        """
        copies: Copies = tuple((1,) * len(k.extents) for k in self.kernels)
        best = _State(self.model.cost(copies), copies)
        beam, seen, patience = [best], {copies}, PATIENCE
        while beam and patience and not best.cost.overflow:
            fresh = dict.fromkeys(c for s in beam for c in self._steps(s) if c not in seen)
            seen.update(fresh)
            following = [_State(self.model.cost(copies), copies) for copies in fresh]
            fitting = (state for state in following if not state.cost.overflow)
            beam, patience = sorted(fitting, key=_State.rank)[:BEAM], patience - 1
            if beam and beam[0].rank() < best.rank():
                best, patience = beam[0], PATIENCE
        rows = self.model.rows(best.copies)
        return Plan(
            rows, tuple(self._schedule(i, best.copies[i]) for i in range(len(self.kernels)))
        )

    # -- the space of plans ---------------------------------------------------------------------

    def _lane_counter(self, kernel: Kernel) -> int:
        """Return the counter of the lanes: the last parallel one, or the last of all."""
        last = len(kernel.extents) - 1
        if not kernel.parallel:
            return last
        parallel = len(kernel.parallel) - 1
        gain = vectors(kernel, parallel, self.width) / vectors(kernel, last, self.width)
        return last if gain >= LANE_GAIN else parallel

    @cached_property
    def _groups(self) -> list[tuple[Counter, ...]]:
        """Counters that get the same copies, because they cut the same tensor between kernels."""
        groups: list[set[Counter]] = [{c} for i in range(len(self.kernels)) for c in self._free(i)]
        reads = ((i, site) for i, kernel in enumerate(self.kernels) for site in kernel.sites)
        for reader, site in reads:
            producer = self.producers.get(site.tensor)
            if producer is None:
                continue
            shared = ((d, row.dimension) for d, row in enumerate(site.rows))
            for dimension, counter in shared:
                if counter is not None:
                    self._join(groups, (producer, dimension), (reader, counter))
        rows = tuple((i, 0) for i in range(len(self.kernels))) if self.tiled else ()
        return [tuple(sorted(g)) for g in groups] + [rows] * (len(rows) > 1)

    def _free(self, number: int) -> Iterator[Counter]:
        """Counters of a kernel that can be copied: rows, parallel lanes, a single reduced one."""
        kernel, lane = self.kernels[number], self.lanes[number]
        if self.tiled:
            yield number, 0
        if lane < len(kernel.parallel) and not (self.tiled and lane == 0):
            yield number, lane
        if len(kernel.reduced) == 1:
            yield number, len(kernel.parallel)

    def _join(self, groups: list[set[Counter]], one: Counter, other: Counter) -> None:
        """Put two counters into one group, unless they are rows, whose copies may differ."""
        if self.tiled and one[1] == 0:
            return
        found = [g for g in groups if one in g or other in g]
        if len(found) == 2:
            groups.remove(found[1])
            found[0].update(found[1])

    def _steps(self, state: _State) -> Iterator[Copies]:
        """Every plan in which one group has its next larger number of copies.

        Once all memories fit, only groups of the slowest kernels are worth a step.
        """
        slow = set(self.model.slowest(state.copies)[:SLOWEST])
        for group in self._groups:
            if not state.cost.misfit and not slow & {kernel for kernel, _ in group}:
                continue
            now = min(state.copies[kernel][counter] for kernel, counter in group)
            for number in range(now + 1, MOST_COPIES + 1):
                if all(self._piece(c, number) for c in group):
                    yield _with_copies(state.copies, group, number)
                    break

    def _piece(self, counter: Counter, copies: int) -> int:
        """Return the size of the piece that each of some copies takes, 0 if they cannot share.

        Copies along parallel counters share streams of tokens, so they must fire equally often:
        pieces are whole vectors, or equal parts. Lanes along a reduction are cut between vectors.
        """
        kernel, number = self.kernels[counter[0]], counter[1]
        extent, lane = kernel.extents[number], self.lanes[counter[0]]
        rows = self.tiled and number == 0
        if not rows and (size := whole_vectors(extent, copies, self.width)):
            return size
        if extent % copies == 0 and not (number == lane and number >= len(kernel.parallel)):
            return extent // copies
        return 0

    def _schedule(self, number: int, unroll: tuple[int, ...]) -> Schedule:
        lanes = tuple(self.width if c == self.lanes[number] else 1 for c in range(len(unroll)))
        grains = tuple(
            self._piece((number, c), copies) if copies > 1 else lanes[c]
            for c, copies in enumerate(unroll)
        )
        # Rows are counted inside a tile, of which each copy takes one after another.
        if self.tiled:
            grains = (1, *grains[1:])
        return Schedule(lanes, unroll, grains)


def _with_copies(copies: Copies, group: Sequence[Counter], number: int) -> Copies:
    """Return a plan in which the counters of a group have at least a number of copies."""
    changed = [list(own) for own in copies]
    for kernel, counter in group:
        changed[kernel][counter] = max(number, changed[kernel][counter])
    return tuple(map(tuple, changed))
