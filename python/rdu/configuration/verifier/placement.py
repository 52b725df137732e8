"""Places: every unit on a place of its kind of its own, or none of them placed."""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import Place, Unit
from rdu.configuration.verifier.scope import Scope


def check_placement(scope: Scope) -> None:
    """Check the places of a section's units."""
    taken: dict[Place, Unit] = {}
    placed = [unit for unit in scope.section.units if unit.place is not None]
    for unit in scope.section.units:
        if unit.place is not None:
            _check_place(unit, unit.place, taken, scope)
        elif placed:
            have = f"'{placed[0].name}' placed in line {placed[0].span.line}"
            need = "all units placed or none"
            scope.report(messages.HALF_PLACED, unit.span, need, have, name=unit.name)


def _check_place(unit: Unit, place: Place, taken: dict[Place, Unit], scope: Scope) -> None:
    machine, report = scope.machine, scope.report
    if machine.grid is None:
        report(messages.NO_GRID, unit.span, "no place", place, name=unit.name)
        return
    kind = machine.kind_at(place)
    if kind is None:
        need = f"a place on {machine.grid.rows} rows x {machine.grid.columns} columns"
        report(messages.NO_PLACE, unit.span, need, place, name=unit.name)
    elif kind != unit.kind:
        names = {"kind": unit.kind, "name": unit.name}
        report(messages.PLACE_KIND, unit.span, unit.kind, f"{kind} at {place}", **names)
    if place in taken:
        have = f"{place}, where '{taken[place].name}' is"
        report(messages.PLACE_TAKEN, unit.span, "a place of its own", have, name=unit.name)
    taken.setdefault(place, unit)
