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

from rdu.analysis.kernels import Kernel, Site
from rdu.analysis.schedule import Schedule
from rdu.mlir_ext import ir
from rdu.targets import Machine, UnitKind

LANE_GAIN = 4
"""Lanes run along a reduction only if that takes this many times fewer firings: its tree costs
stages."""

MOST_COPIES = 16
SOFTNESS = 4
"""Power of the mean that stands for the slowest kernel, so that ties still improve."""

SHORTEST = 0.5
"""A pipeline this much faster than DRAM delivers its bytes is fast enough."""

BEAM = 24
"""Plans kept after every step of the search."""

Counter = tuple[int, int]
"""A kernel's number and a counter's number in it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The rows of a tile (0: no tile loop) and each kernel's schedule."""

    rows: int
    schedules: tuple[Schedule, ...]


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan takes.

    `overflow` sums how much too large every resource is, as fractions; `time` is the slowest
    kernel's firings, softly, but never below what DRAM makes pointless; `units` counts them all.
    """

    overflow: float
    time: float
    units: int


@dataclass(frozen=True, slots=True)
class _State:
    """A plan in the search: copies of each counter that has several, and what they cost."""

    cost: Cost
    copies: dict[Counter, int]

    def rank(self) -> tuple[float, float, int]:
        """Order plans: those that fit first, then fast ones, then small ones."""
        return self.cost.overflow, self.cost.time, self.cost.units


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
    uses = [0 in _counters(row.coefficients) for row in site.rows]
    if not any(uses):
        return site.tensor not in results
    return bool(uses) and site.rows[0].dimension == 0 and not any(uses[1:])


def _counters(coefficients: Sequence[int]) -> set[int]:
    return {i for i, c in enumerate(coefficients) if c}


class _Planner:
    def __init__(
        self,
        kernels: Sequence[Kernel],
        returned: Sequence[ir.Value],
        machine: Machine,
        utilization: float,
    ) -> None:
        self.kernels = kernels
        self.returned = returned
        self.machine = machine
        self.tiled = is_tileable(kernels)
        self.producers = {k.result: i for i, k in enumerate(kernels)}
        self.lanes = [self._lane_counter(k) for k in kernels]
        shares: dict[UnitKind, float] = {"pcu": utilization, "pmu": utilization, "ag": 1.0}
        self.units = {
            kind: math.floor(len(machine.places(kind)) * share) if machine.grid else math.inf
            for kind, share in shares.items()
        }

    def plan(self) -> Plan:
        """Search from one copy of everything, keeping the best few plans after every step."""
        beam: list[_State] = [_State(self._cost({}), {})]
        seen: set[frozenset[tuple[Counter, int]]] = set()
        best = beam[0]
        while beam:
            following: list[_State] = []
            for state in beam:
                for copies in self._steps(state.copies):
                    if (key := frozenset(copies.items())) not in seen:
                        seen.add(key)
                        following.append(_State(self._cost(copies), copies))
            following.sort(key=_State.rank)
            beam = following[:BEAM]
            best = min((best, *beam[:1]), key=_State.rank)
        rows = self._rows(best.copies)
        return Plan(rows, tuple(self._schedule(i, best.copies) for i in range(len(self.kernels))))

    # -- the space of plans ---------------------------------------------------------------------

    def _lane_counter(self, kernel: Kernel) -> int:
        """Return the counter of the lanes: the last parallel one, or the last of all."""
        last = len(kernel.extents) - 1
        if not kernel.parallel:
            return last
        parallel = len(kernel.parallel) - 1
        if self._vectors(kernel, last) * LANE_GAIN <= self._vectors(kernel, parallel):
            return last
        return parallel

    def _vectors(self, kernel: Kernel, lane: int) -> int:
        """Count the firings of a kernel whose lanes run along a counter."""
        lanes = self.machine.pcu.lanes
        return math.prod(
            -(-extent // lanes) if i == lane else extent for i, extent in enumerate(kernel.extents)
        )

    def _grain(self, counter: Counter) -> int:
        """Values that copies keep together: rows one by one, everything else by vectors."""
        return 1 if self.tiled and counter[1] == 0 else self.machine.pcu.lanes

    @cached_property
    def _groups(self) -> list[tuple[Counter, ...]]:
        """Counters that get the same copies, because they cut the same tensor between kernels."""
        groups: list[set[Counter]] = [{c} for i in range(len(self.kernels)) for c in self._free(i)]
        for reader, kernel in enumerate(self.kernels):
            for site in kernel.sites:
                producer = self.producers.get(site.tensor)
                if producer is None:
                    continue
                for dimension, row in enumerate(site.rows):
                    if row.dimension is not None:
                        self._join(groups, (producer, dimension), (reader, row.dimension))
        rows = [tuple(c for g in groups for c in g if self.tiled and c[1] == 0)]
        return [tuple(sorted(g)) for g in groups] + [g for g in rows if len(g) > 1]

    def _free(self, number: int) -> Iterator[Counter]:
        """Counters of a kernel that can be copied: rows, lanes, a single reduced one."""
        kernel = self.kernels[number]
        if self.tiled:
            yield number, 0
        if self.lanes[number] not in (0 if self.tiled else -1, *range(len(kernel.parallel), 99)):
            yield number, self.lanes[number]
        if len(kernel.reduced) == 1:
            yield number, len(kernel.parallel)

    def _join(self, groups: list[set[Counter]], one: Counter, other: Counter) -> None:
        """Put two counters into one group, unless they are rows, whose copies may differ."""
        if self.tiled and one[1] == 0:
            return
        found = [g for g in groups if one in g or other in g]
        if len(found) == 2 and found[0] is not found[1]:
            groups.remove(found[1])
            found[0].update(found[1])

    def _steps(self, copies: dict[Counter, int]) -> Iterator[dict[Counter, int]]:
        """Every plan in which one group has its next larger number of copies."""
        for group in self._groups:
            now = min(copies.get(c, 1) for c in group)
            vectors = [self._pieces(c) for c in group]
            larger = (
                n
                for n in range(now + 1, MOST_COPIES + 1)
                if all(pieces % n == 0 for pieces in vectors)
            )
            if (number := next(larger, None)) is not None:
                yield copies | {c: max(number, copies.get(c, 1)) for c in group}

    def _pieces(self, counter: Counter) -> int:
        extent = self.kernels[counter[0]].extents[counter[1]]
        return -(-extent // self._grain(counter))

    # -- the cost of a plan ---------------------------------------------------------------------

    @cached_property
    def _short_enough(self) -> float:
        """A fraction of the cycles that DRAM takes for every tensor once."""
        read = {s.tensor for k in self.kernels for s in k.sites} - set(self.producers)
        words = sum(math.prod(t.type.shape) for t in (*read, *self.returned))
        peak = min(float(self.machine.peak_bytes_per_cycle(t)) for t in self.machine.tiers)
        return SHORTEST * words * 4 / peak

    def _rows(self, copies: dict[Counter, int]) -> int:
        if not self.tiled:
            return 0
        return math.lcm(*(copies.get((i, 0), 1) for i in range(len(self.kernels))))

    def _cost(self, copies: dict[Counter, int]) -> Cost:
        used = dict.fromkeys(self.units, 0)
        overflow, times = 0.0, list[float]()
        for number, kernel in enumerate(self.kernels):
            instances = math.prod(copies.get((number, c), 1) for c in range(len(kernel.extents)))
            used["pcu"] += instances * self._parts(kernel)
            times.append(self._vectors(kernel, self.lanes[number]) / instances)
            for site in {(s.tensor, s.rows): s for s in kernel.sites}.values():
                shards, excess = self._memory(number, site, copies)
                overflow += excess
                used["pmu"] += shards
                used["ag"] += shards if site.tensor not in self.producers else 0
            if kernel.result in self.returned:
                outputs = math.prod(copies.get((number, c), 1) for c in range(len(kernel.parallel)))
                used["pmu"] += outputs
                used["ag"] += outputs
        overflow += sum(max(0.0, used[k] / n - 1) for k, n in self.units.items() if n)
        rows = self._rows(copies)
        if rows and self.kernels[0].parallel[0] % rows:
            overflow += 1
        time = sum(t**SOFTNESS for t in times) ** (1 / SOFTNESS)
        return Cost(overflow, max(time, self._short_enough), sum(used.values()))

    def _parts(self, kernel: Kernel) -> int:
        """PCUs that one copy of a kernel takes, by stages alone."""
        operations = sum(1 for _ in _scalar_operations(kernel.op))
        tree = kernel.reduction is not None and self._lane_counter(kernel) >= len(kernel.parallel)
        stages = operations + (self.machine.pcu.lanes.bit_length() - 1 if tree else 0)
        return max(1, -(-stages // self.machine.pcu.stages))

    def _memory(self, number: int, site: Site, copies: dict[Counter, int]) -> tuple[int, float]:
        """Shards of the memory that a site reads, and how much it asks too much of a PMU."""
        pmu, shape = self.machine.pmu, list(site.tensor.type.shape)
        cuts = self._cuts(number, site)
        if self.tiled and 0 in site.counters():
            shape[0] = self._rows(copies)
        buffers = 2 if self.tiled and 0 in site.counters() else 1
        producer = self.producers.get(site.tensor)
        shards, writers, excess, words, padding = 1, 1, 0.0, buffers, 0
        for dimension, counter in enumerate(cuts):
            cut = 1 if counter is None else copies.get((number, counter), 1)
            shards *= cut
            words *= -(-shape[dimension] // cut)
            padding = max(padding, words // buffers) if dimension < len(cuts) - 1 else padding
            if producer is not None:
                made = copies.get((producer, dimension), 1)
                excess += 1.0 if made % cut else 0.0
                writers *= max(1, made // cut)
        readers = math.prod(copies.get((number, c), 1) for c in site.counters() - set(cuts))
        for have, limit in (
            ((words + buffers * padding) * 4, pmu.bytes),
            (writers, pmu.vector_in),
            (readers, pmu.vector_out),
            (writers + readers, pmu.contexts),
        ):
            excess += max(0.0, have / limit - 1)
        return shards, excess

    def _cuts(self, number: int, site: Site) -> list[int | None]:
        """For each dimension of a site's tensor, the counter whose copies cut it, if any.

        Copies along other counters that the site depends on need a read port each.
        """
        extents = self.kernels[number].extents
        return [
            row.dimension
            if row.dimension is not None
            and (extents[row.dimension] == size or (self.tiled and row.dimension == 0))
            else None
            for row, size in zip(site.rows, site.tensor.type.shape, strict=True)
        ]

    def _schedule(self, number: int, copies: dict[Counter, int]) -> Schedule:
        kernel, lane = self.kernels[number], self.lanes[number]
        counters = range(len(kernel.extents))
        lanes = tuple(self.machine.pcu.lanes if c == lane else 1 for c in counters)
        unroll = tuple(copies.get((number, c), 1) for c in counters)
        grains = tuple(
            max(lanes[c], self._grain((number, c)) if unroll[c] > 1 else 1) for c in counters
        )
        return Schedule(lanes, unroll, grains)


def _scalar_operations(op: ir.OpView) -> Iterator[ir.OpView]:
    """Operations that take a stage: arithmetic, and each reduction's accumulator."""
    for operation in op.body.blocks[0].operations:
        name = operation.operation.name
        if name.partition(".")[0] in ("arith", "math") and name != "arith.constant":
            yield operation
        elif name == "pattern.reduce":
            yield operation
            yield from _scalar_operations(operation)
