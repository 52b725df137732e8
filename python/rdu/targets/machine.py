"""A machine: its parameters as plain numbers, and where its units and switches are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, get_args

from rdu.targets.parameters import (
    Ag,
    Fifo,
    Grid,
    Network,
    Number,
    Pcu,
    Pmu,
    Sparse,
    Systolic,
    Tier,
    parameter,
)

Place = tuple[int, int]
"""Row and column of a unit or of a switch."""

UnitKind = Literal["pcu", "pmu", "ag"]
UNIT_KINDS: tuple[UnitKind, ...] = get_args(UnitKind)

OPERATIONS_PER_STAGE = 2
"""A fused multiply-add takes one stage: the count that gives the published 12.3 TFLOPS."""


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter as a row of a table: `key` is what `--set` takes."""

    key: str
    value: Number
    unit: str
    source: str
    assumed: bool
    meaning: str


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine description. Numbers are attributes: `machine.pcu.lanes`.

    Attributes:
        name: its name in configurations.
        summary: one line.
        grid: None for a machine without one, which holds any number of unplaced units.
        systolic: the array that each PCU has, None if there is none.
        sparse: the primitives of sparse tensor algebra, None if there are none.
        tiers: memory tiers by name.
        rows: every parameter with its unit and source, in the order of the declaration.
        hash: `sha256:` of the name and every number.
    """

    name: str
    summary: str
    grid: Grid | None
    pcu: Pcu
    systolic: Systolic | None
    sparse: Sparse | None
    pmu: Pmu
    ag: Ag
    fifo: Fifo
    network: Network
    tiers: Mapping[str, Tier]
    rows: tuple[Row, ...] = field(repr=False)
    hash: str
    clock_hz: int = parameter("Hz", "clock of the fabric")
    reconfiguration_cycles: int = parameter("cycles", "to load another section", least=0)

    def kind_at(self, place: Place) -> UnitKind | None:
        """Return the kind of the unit at a place, None if there is none."""
        if self.grid is None:
            return None
        row, column = place
        if 0 <= row <= self.grid.rows and column in (-1, self.grid.columns):
            return "ag"
        if not (0 <= row < self.grid.rows and 0 <= column < self.grid.columns):
            return None
        return "pmu" if (row + column) % 2 else "pcu"

    def places(self, kind: UnitKind) -> tuple[Place, ...]:
        """Return the places of the units of a kind, by row, then column."""
        if self.grid is None:
            return ()
        rows, columns = range(self.grid.rows + 1), range(-1, self.grid.columns + 1)
        return tuple((r, c) for r in rows for c in columns if self.kind_at((r, c)) == kind)

    def switches_at(self, place: Place) -> tuple[Place, ...]:
        """Return the switches that the unit at a place touches: four, or one at an AG."""
        kind = self.kind_at(place)
        if kind is None:
            return ()
        row, column = place
        if kind == "ag":
            return ((row, max(column, 0)),)
        return ((row, column), (row, column + 1), (row + 1, column), (row + 1, column + 1))

    def is_switch(self, place: Place) -> bool:
        """Return whether there is a switch at (row, column) of the grid of corners."""
        if self.grid is None:
            return False
        row, column = place
        return 0 <= row <= self.grid.rows and 0 <= column <= self.grid.columns

    def neighbours(self, switch: Place) -> tuple[Place, ...]:
        """Return the switches that a switch has links to: north, west, east, south."""
        row, column = switch
        around = ((row - 1, column), (row, column - 1), (row, column + 1), (row + 1, column))
        return tuple(place for place in around if self.is_switch(place))

    @property
    def peak_operations_per_cycle(self) -> float:
        """PCUs x (lanes x stages, and rows x columns of a systolic array) x 2.

        Every stage of every lane, and every element of the arrays, does a fused multiply-add each
        cycle. Infinite for a machine without a grid.
        """
        if self.grid is None:
            return math.inf
        array = self.systolic
        sites = self.pcu.lanes * self.pcu.stages + (array.rows * array.columns if array else 0)
        return len(self.places("pcu")) * sites * OPERATIONS_PER_STAGE

    def peak_bytes_per_cycle(self, tier: str) -> Fraction:
        """Return the bandwidth of all channels of a tier together; KeyError if unknown."""
        return self.tiers[tier].channels * self.tiers[tier].bytes_per_cycle
