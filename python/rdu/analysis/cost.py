"""What a plan costs: firings of the slowest kernel, and units of each kind."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from rdu.analysis.kernels import Kernel, Site
from rdu.mlir_ext import ir
from rdu.targets import Machine, UnitKind

SOFTNESS = 4
"""Power of the mean that stands for the slowest kernel, so that ties still improve."""

SHORTEST = 0.5
"""A pipeline this much faster than DRAM delivers its bytes is fast enough."""

Copies = tuple[tuple[int, ...], ...]
"""For each kernel, how many copies share the range of each of its counters."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan takes.

    `misfit` sums how much memories ask too much of a PMU, which more copies can mend; `overflow`
    how many units too many there are, which they cannot; both as fractions. `time` is the slowest
    kernel's firings, softly, but never below what DRAM makes pointless, and the cycles that DRAM
    takes for the bursts that are loaded; `units` counts all units.
    """

    overflow: float
    misfit: float
    time: float
    units: int


@dataclass(frozen=True, slots=True)
class Read:
    """A kernel's way of reading a tensor.

    `cuts` names for each dimension the counter whose copies cut the memory, if any; copies along
    the other counters that the element depends on need a read port each, and so do the copies
    along a reduction that all take the same tokens, each after its predecessor (`ports`).
    """

    shape: tuple[int, ...]
    cuts: tuple[int | None, ...]
    ports: tuple[int, ...]
    tiled: bool
    producer: int | None


@dataclass(frozen=True, slots=True)
class Load:
    """A kernel as the model sees it; `units` are the PCUs that one copy takes."""

    extents: tuple[int, ...]
    parallel: int
    lane: int
    units: int
    reads: tuple[Read, ...]
    returned: bool


class CostModel:
    """Costs of plans for the kernels of one function.

    Args:
        kernels: in program order.
        lanes: the counter of each kernel that the lanes run along.
        returned: the tensors that the function returns.
        machine: what there is.
        units: how many of each kind of unit to use at most.
        tiled: whether the leading dimension is cut into tiles.
    """

    def __init__(
        self,
        kernels: Sequence[Kernel],
        lanes: Sequence[int],
        returned: Sequence[ir.Value],
        machine: Machine,
        units: dict[UnitKind, float],
        *,
        tiled: bool,
    ) -> None:
        self.machine = machine
        self.units = units
        self.tiled = tiled
        self.rows_in_all = kernels[0].parallel[0] if tiled else 0
        self.producers = {k.result: i for i, k in enumerate(kernels)}
        self.loads = [
            self._load(k, lane, returned=k.result in returned)
            for k, lane in zip(kernels, lanes, strict=True)
        ]
        inputs = {s.tensor for k in kernels for s in k.sites} - set(self.producers)
        self.words = sum(math.prod(t.type.shape) for t in (*inputs, *returned))
        self._one = cache(self._kernel)
        self._time = cache(self._firings)

    def cost(self, copies: Copies) -> Cost:
        """Return what a plan takes."""
        rows = self.rows(copies)
        used: dict[UnitKind, int] = {"pcu": 0, "pmu": 0, "ag": 0}
        misfit, times, bursts = 0.0, 0.0, 0
        for number, load in enumerate(self.loads):
            made = tuple(copies[r.producer] if r.producer is not None else () for r in load.reads)
            pmus, ags, loaded, excess = self._one(number, copies[number], made, rows)
            used["pcu"] += math.prod(copies[number]) * load.units
            used["pmu"] += pmus
            used["ag"] += ags
            bursts += loaded
            misfit += excess
            times += self._time(number, copies[number]) ** SOFTNESS
        if rows and self.rows_in_all % rows:
            misfit += 1
        overflow = sum(max(0.0, used[k] / n - 1 if n else used[k]) for k, n in self.units.items())
        time = max(times ** (1 / SOFTNESS), self._short_enough) + bursts * self._burst_cycles
        return Cost(overflow, misfit, time, sum(used.values()))

    def rows(self, copies: Copies) -> int:
        """Return the rows of a tile: one for each copy along the leading dimension."""
        return math.lcm(*(own[0] for own in copies)) if self.tiled else 0

    def slowest(self, copies: Copies) -> list[int]:
        """Return the kernels' numbers, the one with the most firings a copy first."""
        times = [self._time(number, own) for number, own in enumerate(copies)]
        return sorted(range(len(times)), key=lambda i: -times[i])

    @cached_property
    def _short_enough(self) -> float:
        """A fraction of the cycles that DRAM takes for every tensor once."""
        return SHORTEST * self.words / self._burst_words * self._burst_cycles

    @cached_property
    def _burst_words(self) -> int:
        """Words of the largest burst of any tier."""
        return max(tier.burst_bytes for tier in self.machine.tiers.values()) // 4

    @cached_property
    def _burst_cycles(self) -> float:
        """Cycles that the slowest tier takes for such a burst, all channels busy."""
        peak = min(float(self.machine.peak_bytes_per_cycle(t)) for t in self.machine.tiers)
        return self._burst_words * 4 / peak

    def _load(self, kernel: Kernel, lane: int, *, returned: bool) -> Load:
        sites = {(s.tensor, s.rows): s for s in kernel.sites}.values()
        return Load(
            extents=kernel.extents,
            parallel=len(kernel.parallel),
            lane=lane,
            units=self._parts(kernel, lane),
            reads=tuple(self._read(kernel, lane, site) for site in sites),
            returned=returned,
        )

    def _read(self, kernel: Kernel, lane: int, site: Site) -> Read:
        shape = tuple(site.tensor.type.shape)
        cuts: list[int | None] = []
        for row, size in zip(site.rows, shape, strict=True):
            counter = row.dimension
            whole = counter is not None and (
                kernel.extents[counter] == size or (self.tiled and counter == 0)
            )
            cuts.append(counter if whole and counter not in cuts else None)
        ports = (site.counters() | _repeated(kernel, lane, site)) - set(cuts)
        tiled = self.tiled and 0 in site.counters()
        producer = self.producers.get(site.tensor)
        return Read(shape, tuple(cuts), tuple(sorted(ports)), tiled, producer)

    def _parts(self, kernel: Kernel, lane: int) -> int:
        """Count the PCUs that one copy of a kernel takes, by stages alone."""
        operations = sum(1 for _ in _scalar_operations(kernel.op))
        tree = kernel.reduction is not None and lane >= len(kernel.parallel)
        stages = operations + (self.machine.pcu.lanes.bit_length() - 1 if tree else 0)
        return max(1, -(-stages // self.machine.pcu.stages))

    def _firings(self, number: int, own: tuple[int, ...]) -> int:
        """Count the firings of one copy of a kernel."""
        load = self.loads[number]
        pieces = [
            self._piece(extent, copies, rows=self.tiled and counter == 0)
            for counter, (extent, copies) in enumerate(zip(load.extents, own, strict=True))
        ]
        pieces[load.lane] = -(-pieces[load.lane] // self.machine.pcu.lanes)
        return math.prod(pieces)

    def _kernel(
        self, number: int, own: tuple[int, ...], made: tuple[tuple[int, ...], ...], rows: int
    ) -> tuple[int, int, int, float]:
        """Return the PMUs, AGs and bursts of a kernel's memories, and how far they misfit."""
        load = self.loads[number]
        pmus = ags = math.prod(own[: load.parallel]) if load.returned else 0
        misfit, bursts = 0.0, 0
        for read, producer in zip(load.reads, made, strict=True):
            shards, excess = self._memory(read, own, producer, rows)
            pmus += shards
            misfit += excess
            if read.producer is None:
                ags += shards
                bursts += self._bursts(read, own)
        return pmus, ags, bursts, misfit

    def _piece(self, extent: int, copies: int, *, rows: bool = False) -> int:
        """Return the size of the largest piece of an extent that copies share."""
        vectors = 0 if rows else whole_vectors(extent, copies, self.machine.pcu.lanes)
        return min(extent, vectors or -(-extent // copies))

    def _bursts(self, read: Read, own: tuple[int, ...]) -> int:
        """Count the bursts that loading a tensor takes: vectors across a boundary take two."""
        if not read.shape:
            return 1
        last, counter = read.shape[-1], read.cuts[-1]
        cut = 1 if counter is None else own[counter]
        piece = self._piece(last, cut)
        vectors = math.prod(read.shape[:-1]) * cut * -(-piece // self.machine.pcu.lanes)
        aligned = last % self._burst_words == 0 and piece % self._burst_words == 0
        return vectors if aligned else 2 * vectors

    def _memory(
        self, read: Read, own: tuple[int, ...], producer: tuple[int, ...], rows: int
    ) -> tuple[int, float]:
        """Return the shards of the memory behind a read, and how much it asks of a PMU too much."""
        pmu, buffers = self.machine.pmu, 2 if read.tiled else 1
        shards, writers, misfit, words, padding = 1, 1, 0.0, buffers, 0
        for dimension, counter in enumerate(read.cuts):
            in_tile = read.tiled and dimension == 0
            size = rows if in_tile else read.shape[dimension]
            cut = 1 if counter is None else own[counter]
            shards *= cut
            words *= self._piece(size, cut, rows=in_tile)
            if dimension < len(read.cuts) - 1:
                padding = max(padding, words // buffers)
            if read.producer is not None:
                misfit += 1.0 if producer[dimension] % cut else 0.0
                writers *= max(1, producer[dimension] // cut)
        readers = math.prod(own[c] for c in read.ports)
        for have, limit in (
            ((words + buffers * padding) * 4, pmu.bytes),
            (writers, pmu.vector_in),
            (readers, pmu.vector_out),
            (writers + readers, pmu.contexts),
        ):
            misfit += max(0.0, have / limit - 1)
        return shards, misfit


def whole_vectors(extent: int, copies: int, lanes: int) -> int:
    """Return the size of the pieces of an extent that are equally many vectors, 0 if none are."""
    count = -(-extent // lanes)
    return count // copies * lanes if count % copies == 0 else 0


def vectors(kernel: Kernel, lane: int, lanes: int) -> int:
    """Count the firings of a kernel whose lanes run along a counter."""
    return math.prod(
        -(-extent // lanes) if i == lane else extent for i, extent in enumerate(kernel.extents)
    )


def _repeated(kernel: Kernel, lane: int, site: Site) -> set[int]:
    """Return the reduced counter along which copies all read the same tokens, several a sum."""
    outermost = len(kernel.parallel)
    inside = any(
        (other.tensor, other.rows) == (site.tensor, site.rows)
        and kernel.reduction is not None
        and other.op.operation.parent == kernel.reduction.operation
        for other in kernel.sites
    )
    return {outermost} if inside and max(lane, *site.counters(), 0) >= outermost else set()


def _scalar_operations(op: ir.OpView) -> Iterator[ir.OpView]:
    """List operations that take a stage: arithmetic, and each reduction's accumulator."""
    for operation in op.body.blocks[0].operations:
        name = operation.operation.name
        if name.partition(".")[0] in ("arith", "math") and name != "arith.constant":
            yield operation
        elif name == "pattern.reduce":
            yield operation
            yield from _scalar_operations(operation)
