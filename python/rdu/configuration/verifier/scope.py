"""What the checks of one section share: the section, its machine, and its ports by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from rdu.configuration import messages
from rdu.configuration.model import (
    Context,
    Counter,
    Endpoint,
    Memory,
    Port,
    Section,
    Span,
    Unit,
)
from rdu.configuration.report import Report
from rdu.support.diagnostics import suggest

if TYPE_CHECKING:
    from rdu.targets import Machine


INT_MIN, INT_MAX = -(2**31), 2**31 - 1
"""The values of an i32."""

N = TypeVar("N", bound="Named")


class Named(Protocol):
    """An entity with a name."""

    @property
    def name(self) -> str:
        """Its name."""
        ...


def by_name(entities: Iterable[N]) -> dict[str, N]:
    """Return entities by name, in order; of those with one name, the first."""
    found: dict[str, N] = {}
    for entity in entities:
        found.setdefault(entity.name, entity)
    return found


class View(NamedTuple):
    """A context with its names looked up once; levels give their depths."""

    unit: Unit
    context: Context
    memories: dict[str, Memory]
    levels: dict[str, int]
    counters: dict[str, Counter]
    inputs: dict[str, Port]

    def lies_inside(self, level: str, other: str) -> bool:
        """Whether a level lies inside of another; False if either is unknown."""
        levels = self.levels
        return level in levels and other in levels and levels[level] > levels[other]


def views_of(unit: Unit) -> Iterator[View]:
    """Yield the contexts of a unit with their names looked up."""
    memories = by_name(unit.memories)
    for context in unit.contexts:
        levels: dict[str, int] = {}
        for depth, name in enumerate(context.levels):
            levels.setdefault(name, depth)
        counters, inputs = by_name(context.counters), by_name(context.inputs)
        yield View(unit, context, memories, levels, counters, inputs)


class Place(NamedTuple):
    """A port with the context that it belongs to."""

    view: View
    port: Port


@dataclass(slots=True)
class Scope:
    """One section under examination. Of entities with one name, the first counts."""

    section: Section
    machine: Machine
    report: Report
    units: dict[str, Unit] = field(init=False)
    views: list[View] = field(init=False)
    sources: dict[Endpoint, Place] = field(init=False)
    sinks: dict[Endpoint, Place] = field(init=False)

    def __post_init__(self) -> None:
        self.units = by_name(self.section.units)
        self.sources = {}
        self.sinks = {}
        self.views = [view for unit in self.section.units for view in views_of(unit)]
        for view in self.views:
            unit, context = view.unit, view.context
            for ports, table in ((context.outputs, self.sources), (context.inputs, self.sinks)):
                for port in ports:
                    endpoint = Endpoint(unit.name, context.name, port.name)
                    table.setdefault(endpoint, Place(view, port))

    def unknown(self, kind: str, name: str, known: Collection[object], span: Span) -> None:
        """Report a reference to something that does not exist."""
        report_unknown(self.report, kind, name, known, span)


MOST_WRITTEN = 10**30
"""The largest number that a message writes out."""

MOST_LISTED = 8
"""Names that a message lists."""

MOST_COMPARED = 1000
"""Names that are searched for a likely spelling."""


def report_unknown(
    report: Report, kind: str, name: str, known: Collection[object], span: Span
) -> None:
    """Report a reference to something that does not exist; `known` is what does."""
    hint, need = None, f"one of {len(known)} declared"
    if len(known) <= MOST_LISTED:
        need = f"one of {', '.join(repr(str(k)) for k in known)}" if known else f"a declared {kind}"
    if report.wants_hint and len(known) <= MOST_COMPARED:
        hint = suggest(name, map(str, known))
    report(messages.UNKNOWN, span, need, repr(name), hint=hint, kind=kind, name=name)


def number_text(number: int) -> str:
    """Return a number for a message; one with more digits than can be read is only bounded."""
    return f"{number}" if number <= MOST_WRITTEN else "more than 10^30"


def last_value(counter: Counter) -> int:
    """Return the largest value of a sound counter; masked lanes do not count."""
    assert counter.extent is not None
    start, stop = counter.extent
    return start + (stop - 1 - start) // counter.step * counter.step


def is_sound(counter: Counter) -> bool:
    """Whether a counter advances, has lanes and takes a value that the text says."""
    if counter.extent is None:
        return False
    start, stop = counter.extent
    return counter.step > 0 and counter.par > 0 and stop > start
