"""Statements: a tensor computed from tensors, and how each of these is stored."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rdu.analysis.sparse.expression import Access, Expression, Index
from rdu.semantics.fibertree import Format, LevelFormat

DENSITY = 0.1
"""The share of values that a tensor with a level that is not dense is assumed to store."""

POINTS = "points'"
"""A variable of extent 1 around those of which a list of points repeats coordinates: to sum over it
merges the points. Like all variables that are no loops of the user's it has no name of theirs."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor that statements read.

    Attributes:
        name: what messages call it.
        shape: its extents.
        form: how its levels store it.
        fixed: whether the order of the levels is given; if not, whoever walks the tensor may have
            it stored in another order.
        density: the share of its values that are stored.
        given: how it is given, if it may be stored anew: with compressed levels where the order is
            another one than that of `form`.
        hosted: whether the host stores it before a run, in any order; if not, a graph has to.
        whole: whether the last level has every coordinate wherever it has any.
    """

    name: str
    shape: tuple[int, ...]
    form: Format
    fixed: bool
    density: float
    given: Format | None = None
    hosted: bool = False
    whole: bool = False

    @property
    def stored(self) -> float:
        """How many values are stored."""
        return math.prod(self.shape) * self.density


@dataclass(frozen=True, slots=True)
class StoredLevel:
    """A level of an access's tensor: what it stores, and of which variable."""

    variable: str
    dimension: int
    format: LevelFormat

    @property
    def dense(self) -> bool:
        """Whether the level has every coordinate."""
        return self.format.kind in ("dense", "blocked")


@dataclass(frozen=True, slots=True)
class Statement:
    """A tensor and the expression of its elements.

    Attributes:
        output: the variables of each dimension of the result.
        form: how the result is to be stored, None if nothing is said about it.
        expression: an element's value; reductions bind the variables that are not of the output.
        tensors: what the accesses read, by number.
        extents: of all variables.
        wishes: orders of some of the variables that loops have to follow.
        drops: whether the zeros that it computes are not to be stored, where `form` allows that.
    """

    output: Index
    form: Format | None
    expression: Expression
    tensors: Mapping[int, Stored]
    extents: Mapping[str, int]
    wishes: tuple[tuple[str, ...], ...] = field(default=())
    drops: bool = False

    @property
    def stores_no_zeros(self) -> bool:
        """Whether zeros are dropped: where the innermost level is compressed, without blocks."""
        if not self.drops or self.form is None or not self.form.levels:
            return False
        blocked = any(len(names) > 1 for names in self.output)
        return not blocked and self.form.levels[-1].kind == "compressed"

    @property
    def output_variables(self) -> tuple[str, ...]:
        """The variables of the output, by dimension."""
        return tuple(name for names in self.output for name in names)

    def levels(self, access: Access, order: Sequence[str]) -> list[StoredLevel]:
        """Return the levels of an access as loops of an order walk them, outermost first.

        A tensor whose order is not given is stored in that of the loops if it cannot be walked as
        it is; a dimension that others store in blocks is then stored in such blocks as well. One
        that is stored anew is so with compressed levels.
        """
        tensor = self.tensors[access.tensor]
        if tensor.fixed:
            return fixed_levels(access.index, tensor.form)
        place = {name: position for position, name in enumerate(order)}
        if len(access.variables) == len(tensor.form.levels):
            stored = fixed_levels(access.index, tensor.form)
            loops = [place[name] for name in levels_entered(stored)]
            if loops == sorted(loops):
                return stored
        kinds = dict(zip(tensor.form.order, tensor.form.levels, strict=True))
        if tensor.given is not None:
            kinds = dict.fromkeys(kinds, LevelFormat("compressed"))
        levels = [
            StoredLevel(name, dimension, self._part(name, part, kinds[dimension]))
            for dimension, names in enumerate(access.index)
            for part, name in enumerate(names)
        ]
        return sorted(levels, key=lambda level: place[level.variable])

    def _part(self, name: str, part: int, kind: LevelFormat) -> LevelFormat:
        if part:
            return LevelFormat("blocked", self.extents[name])
        return LevelFormat("compressed") if kind.kind == "singleton" else kind


def fixed_levels(index: Index, form: Format) -> list[StoredLevel]:
    """Return the levels of a format with the variables that they store, outermost first."""
    parts = [iter(names) for names in index]
    return [
        StoredLevel(next(parts[dimension]), dimension, level)
        for level, dimension in zip(form.levels, form.order, strict=True)
    ]


def levels_entered(levels: Sequence[StoredLevel]) -> dict[str, range]:
    """Return for each variable, in the order of its loops, the levels that its loop enters.

    The first one stores the variable. Those behind it store variables of loops around, or its own,
    once more, as in `B(i,i)`: of each only the coordinate is taken at which that loop is.
    """
    first: dict[str, int] = {}
    for number, level in enumerate(levels):
        first.setdefault(level.variable, number)
    ends = [*first.values(), len(levels)][1:]
    return {name: range(start, end) for (name, start), end in zip(first.items(), ends, strict=True)}


def is_unique(levels: Sequence[StoredLevel], numbers: range) -> bool:
    """Tell whether a loop that enters levels comes by a coordinate at most once a fiber."""
    kinds = [level.format.kind for level in levels]
    return all(kinds[number : number + 2] != ["compressed", "singleton"] for number in numbers)


def repeated(levels: Sequence[StoredLevel]) -> list[str]:
    """Return the variables of whose coordinates a walk comes by some several times."""
    entered = levels_entered(levels)
    return [name for name, numbers in entered.items() if not is_unique(levels, numbers)]
