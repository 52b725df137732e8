"""What the checks of one section share: the section, its machine, and its ports by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from rdu.configuration import messages
from rdu.configuration.model import (
    Context,
    Counter,
    Endpoint,
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


class Place(NamedTuple):
    """A port with the context and unit that it belongs to."""

    unit: Unit
    context: Context
    port: Port


@dataclass(slots=True)
class Scope:
    """One section under examination. Of entities with one name, the first counts."""

    section: Section
    machine: Machine
    report: Report
    units: dict[str, Unit] = field(init=False)
    sources: dict[Endpoint, Place] = field(init=False)
    sinks: dict[Endpoint, Place] = field(init=False)

    def __post_init__(self) -> None:
        self.units = by_name(self.section.units)
        self.sources = {}
        self.sinks = {}
        for unit, context in self.section.contexts():
            for ports, table in ((context.outputs, self.sources), (context.inputs, self.sinks)):
                for port in ports:
                    endpoint = Endpoint(unit.name, context.name, port.name)
                    table.setdefault(endpoint, Place(unit, context, port))

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
