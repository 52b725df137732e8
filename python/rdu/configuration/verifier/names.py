"""Every name is declared once where it is looked up."""

from __future__ import annotations

from collections.abc import Iterable

from rdu.configuration import messages
from rdu.configuration.model import (
    Compute,
    Context,
    Counter,
    Formal,
    Memory,
    Net,
    Port,
    Program,
    Span,
    Unit,
)
from rdu.configuration.report import Report
from rdu.configuration.verifier.scope import Scope

_Entity = Formal | Unit | Net | Memory | Context | Counter | Port


def check_program_names(program: Program, report: Report) -> None:
    """Check the names of tensors and sections."""
    _unique(report, ((tensor.name, "tensor", tensor.span) for tensor in program.tensors))
    _unique(report, ((section.name, "section", section.span) for section in program.sections))


def check_section_names(scope: Scope) -> None:
    """Check formals, units, nets, memories, contexts, and what a context names.

    Ports, counters and results of a context share one space of names: operands refer to it.
    """
    section, report = scope.section, scope.report
    _unique(report, _entities("formal", section.formals))
    _unique(report, _entities("unit", section.units))
    _unique(report, _entities("net", section.nets))
    for unit in section.units:
        _unique(report, _entities("memory", unit.memories))
        _unique(report, _entities("context", unit.contexts))
        for context in unit.contexts:
            _unique(report, _values(context))


def _entities(kind: str, entities: Iterable[_Entity]) -> Iterable[tuple[str, str, Span]]:
    return ((entity.name, kind, entity.span) for entity in entities)


def _values(context: Context) -> Iterable[tuple[str, str, Span]]:
    yield from _entities("counter", context.counters)
    yield from _entities("input", context.inputs)
    yield from _entities("output", context.outputs)
    if isinstance(context.action, Compute):
        for operation in context.action.operations:
            yield operation.result, "result", operation.span


def _unique(report: Report, entities: Iterable[tuple[str, str, Span]]) -> None:
    first: dict[str, tuple[str, Span]] = {}
    for name, kind, span in entities:
        if name not in first:
            first[name] = kind, span
            continue
        other, where = first[name]
        have = f"{other} '{name}' in line {where.line}"
        report(messages.DUPLICATE, span, "a name of its own", have, kind=kind, name=name)
