"""How the levels that store one variable meet in a loop over it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rdu.analysis.sparse.expression import Access, Apply, Constant, Expression, Reduce
from rdu.analysis.sparse.zeros import zero_where


@dataclass(frozen=True, slots=True)
class Level:
    """What a loop needs to know of the level that stores its variable.

    Attributes:
        dense: whether the level has every coordinate.
        unique: whether it has a coordinate at most once a fiber; else it can only be walked alone.
    """

    dense: bool
    unique: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """The coordinates that a level stores."""

    access: Access


@dataclass(frozen=True, slots=True)
class Intersect:
    """The coordinates that all parts have."""

    parts: tuple[Merge, ...]


@dataclass(frozen=True, slots=True)
class Unite:
    """The coordinates that any part has."""

    parts: tuple[Merge, ...]


Merge = Walk | Intersect | Unite


@dataclass(frozen=True, slots=True)
class Meeting:
    """The coordinates of a loop, and how each access that has the variable follows them.

    Attributes:
        driver: the coordinates; None for all there are.
        beside: accesses that neither restrict nor add coordinates; they are located, or united
            with all coordinates.
    """

    driver: Merge | None
    beside: tuple[Access, ...]


class UnmergeableError(Exception):
    """A level that repeats coordinates would have to be merged with others."""

    def __init__(self, access: Access) -> None:
        super().__init__()
        self.access = access


def meet(
    expression: Expression, level: Callable[[Access], Level | None], *, everywhere: bool = False
) -> Meeting:
    """Return how the levels of a variable meet.

    Args:
        expression: what the loop computes; reductions inside belong to it.
        level: the level of an access that stores the variable, None if the access has none.
        everywhere: take every coordinate, whatever the expression.

    Raises:
        UnmergeableError: the loop would merge a level that repeats coordinates.
    """
    driver, beside = _meet(expression, level)
    if everywhere and driver is not None:
        driver, beside = None, [*beside, *walked(driver)]
    for access in beside:
        found = level(access)
        if found is not None and not found.unique:
            raise UnmergeableError(access)
    return Meeting(driver, tuple(beside))


def walked(merge: Merge | None) -> Iterator[Access]:
    """Return the accesses that a merge walks, from left to right."""
    if isinstance(merge, Walk):
        yield merge.access
    elif merge is not None:
        for part in merge.parts:
            yield from walked(part)


def _meet(
    expression: Expression, level: Callable[[Access], Level | None]
) -> tuple[Merge | None, list[Access]]:
    match expression:
        case Constant():
            return None, []
        case Reduce():
            return _meet(expression.body, level)
        case Access():
            found = level(expression)
            if found is None:
                return None, []
            return (None, [expression]) if found.dense else (Walk(expression), [])
        case Apply():
            return _apply(expression, level)


def _apply(
    apply: Apply, level: Callable[[Access], Level | None]
) -> tuple[Merge | None, list[Access]]:
    """Meet the operands: a function may be skipped where some that make it zero are absent.

    Of two such sets with an operand in common the first is taken whose operands all may be absent.
    What is in no set has to be exact wherever the function is computed, so it is beside.
    """
    varying = [operand for operand in apply.operands if not isinstance(operand, Constant)]
    met: dict[Expression, tuple[Merge | None, list[Access]]] = {
        operand: _meet(operand, level) for operand in varying
    }
    beside = [access for _, more in met.values() for access in more]
    parts: list[Merge] = []
    taken = set[Expression]()
    for operands in zero_where(apply):
        drivers = [driver for driver in (met[o][0] for o in operands) if driver is not None]
        if taken.isdisjoint(operands) and len(drivers) == len(operands):
            parts += [merge for merge in [_union(drivers, level)] if merge is not None]
            taken.update(operands)
    left = [each for o in varying if o not in taken for each in walked(met[o][0])]
    driver, located = _intersection(parts, level)
    return driver, [*beside, *left, *located]


def _intersection(
    parts: Sequence[Merge], level: Callable[[Access], Level | None]
) -> tuple[Merge | None, list[Access]]:
    """Intersect; beside a level that repeats coordinates the others are located."""
    repeating = [part for part in parts if _repeats(part, level)]
    if repeating:
        others = [access for part in parts if part is not repeating[0] for access in walked(part)]
        return repeating[0], others
    if len(parts) < 2:
        return (parts[0] if parts else None), []
    flat = [p for part in parts for p in (part.parts if isinstance(part, Intersect) else (part,))]
    return Intersect(tuple(flat)), []


def _union(parts: Sequence[Merge], level: Callable[[Access], Level | None]) -> Merge | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    for part in parts:
        if _repeats(part, level):
            raise UnmergeableError(next(walked(part)))
    flat = [p for part in parts for p in (part.parts if isinstance(part, Unite) else (part,))]
    return Unite(tuple(flat))


def _repeats(part: Merge, level: Callable[[Access], Level | None]) -> bool:
    found = level(part.access) if isinstance(part, Walk) else None
    return found is not None and not found.unique
