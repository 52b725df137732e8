"""A fault in words: what the data of a run asked for, and what there is."""

from __future__ import annotations

from rdu.configuration.model import (
    ROOT,
    Context,
    Load,
    Read,
    Section,
    Sparse,
    Storage,
    Store,
    Update,
    Write,
)
from rdu.simulator.result import Fault
from rdu.support.diagnostics import Note, RduError, SourceLocation, error

WRITERS = ("write_fibers", "write_values")
"""Primitives that stop where a tensor has no room left."""

TOKENS = {-3: "an absent one", -2: "a value", -1: "done"}


def fault_error(section: Section, fault: Fault, file: str) -> RduError:
    """Return the error of a section that stopped at a fault, with exit code 1.

    Args:
        section: the section as it was elaborated.
        fault: what an engine reports of it.
        file: the configuration's name in messages.
    """
    unit, context = list(section.contexts())[fault.context]
    what, need, have = _words(context, fault)
    place = SourceLocation(file, context.span.line, context.span.column)
    source = context.source
    location = SourceLocation(source.file, source.line) if source else place
    name = f"'{unit.name}.{context.name}'"
    message = f"section '{section.name}' stops at cycle {fault.time}, {name}: {what}"
    notes = [Note(f"the context {name}", place)] if source else []
    text = f"{message}: expected {need}, got {have}"
    return RduError(error(text, location, notes=notes, hint=_hint(context, fault)))


def _hint(context: Context, fault: Fault) -> str | None:
    """Return what helps a result that is larger than its tensor, None for all else."""
    action = context.action
    if fault.kind != "index" or not isinstance(action, Sparse):
        return None
    if action.primitive not in WRITERS:
        return None
    return "more room for what is written: larger tensors, or a larger 'capacity' to compile with"


def _words(context: Context, fault: Fault) -> tuple[str, str, str]:
    """Return what is wrong, what would be right, and what there is."""
    if fault.kind == "index":
        need, have = f"0..{fault.expected - 1}", str(fault.value)
        return f"{_index(context, fault.position)} is out of range", need, have
    # A stream without a port is the root.
    port = context.inputs[fault.position].name if fault.position >= 0 else ROOT
    if fault.kind == "choice":
        need, have = f"0..{fault.expected - 1}", str(fault.value)
        return f"the choice of '{port}' is out of range", need, have
    if isinstance(context.action, Sparse) and context.action.primitive == "as_crd":
        settings = dict(context.action.settings)
        least = -settings["below"] if settings["wrap"] else 0
        need, have = f"{least}..{settings['below'] - 1}", str(fault.value)
        return f"'as_crd' takes a value of '{port}' for a coordinate", need, have
    if fault.kind == "value":
        need, have = f"0..{fault.expected - 1}", str(fault.value)
        return f"what becomes of a coordinate of '{port}' is out of range", need, have
    return f"stream '{port}' disagrees", _token(fault.expected), _token(fault.value)


def _index(context: Context, position: int) -> str:
    match context.action:
        case Read() | Write() | Update() as access:
            return f"the address in memory '{access.memory}'"
        case Load() | Store() as access:
            return f"index {position} of '{access.tensor}'"
        case Sparse(storage=Storage() as storage):
            part = storage.parts[position]
            of = f"'{part}'" if isinstance(part, str) else "its level"
            return f"a position in {of}"
        case _:
            raise TypeError(f"context '{context.name}' has no index")


def _token(code: int) -> str:
    return TOKENS.get(code, f"stop S{code}")
