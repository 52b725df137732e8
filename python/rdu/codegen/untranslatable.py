"""What a configuration can say and the rdu dialect cannot: all of it is reported at once."""

from collections.abc import Iterator
from typing import NamedTuple

from rdu.configuration.model import (
    SYSTOLIC,
    Action,
    Affine,
    Compute,
    Context,
    Counter,
    Load,
    Memory,
    Port,
    Program,
    Read,
    Route,
    Section,
    Sink,
    Span,
    Sparse,
    Store,
    Update,
    Write,
)
from rdu.support.diagnostics import Collector, SourceLocation


class _Finding(NamedTuple):
    """A form that the dialect lacks: what has it, where, what it could be instead, what it is."""

    subject: str
    span: Span
    need: str
    have: str


def check_translatable(program: Program) -> None:
    """Raise RduError with every place of a program that no rdu op can say, if there is one."""
    errors = Collector()
    for found in sorted(
        _in_program(program), key=lambda found: (found.span.line, found.span.column)
    ):
        location = SourceLocation(program.file, found.span.line, found.span.column)
        text = f"{found.subject} is beyond the rdu dialect: expected {found.need}, got {found.have}"
        errors.error(text, location)
    errors.check()


def _in_program(program: Program) -> Iterator[_Finding]:
    for section in program.sections:
        yield from _in_section(section)


def _in_section(section: Section) -> Iterator[_Finding]:
    for unit in section.units:
        for memory in unit.memories:
            yield from _in_memory(memory)
        for context in unit.contexts:
            yield from _in_context(context)
    for net in section.nets:
        for sink in net.sinks:
            yield from _in_sink(sink)


def _in_memory(memory: Memory) -> Iterator[_Finding]:
    if memory.skew is not None:
        subject = f"memory '{memory.name}'"
        yield _Finding(subject, memory.span, "no skew", f"'skew {memory.skew}'")


def _in_context(context: Context) -> Iterator[_Finding]:
    if context.repeat is None:
        subject = f"context '{context.name}'"
        yield _Finding(subject, context.span, "a number of passes", "'repeat forever'")
    for counter in context.counters:
        yield from _in_counter(counter)
    streams = isinstance(context.action, Sparse)
    for port in (*context.inputs, *context.outputs):
        yield from _in_port(port, streams=streams)
    yield from _in_action(context)


def _in_counter(counter: Counter) -> Iterator[_Finding]:
    if counter.extent is None:
        data = [b for b in (counter.start, counter.stop) if isinstance(b, str)]
        have = f"'until {counter.until}'" if counter.until else f"'{data[0]}'"
        yield _Finding(f"counter '{counter.name}'", counter.span, "integers as bounds", have)


def _in_port(port: Port, *, streams: bool) -> Iterator[_Finding]:
    subject = f"port '{port.name}'"
    if port.stream and not streams:
        yield _Finding(subject, port.span, "plain tokens", "'stream'")
    if port.when is not None:
        yield _Finding(subject, port.span, "no condition", "'when'")


def _in_action(context: Context) -> Iterator[_Finding]:
    action = context.action
    if isinstance(action, Compute):
        for operation in action.operations:
            if operation.mnemonic == SYSTOLIC:
                subject = f"result '{operation.result}'"
                need = "an operation of the scalar table"
                yield _Finding(subject, operation.span, need, f"'{SYSTOLIC}'")
        return
    subject = f"action of context '{context.name}'"
    if isinstance(action, Update | Route):
        need = "a load, store, read, write, sparse primitive or computation"
        word = "update" if isinstance(action, Update) else action.primitive
        yield _Finding(subject, action.span, need, f"'{word}'")
    if isinstance(action, Read) and action.back != Affine():
        yield _Finding(subject, action.span, "the buffer in turn", "'back'")
    counters = {counter.name for counter in context.counters}
    names = [name for affine in _indices(action) for name, _ in affine.terms]
    data = next((name for name in names if name not in counters), None)
    if data is not None:
        yield _Finding(subject, action.span, "an index over counters", f"'{data}'")


def _indices(action: Action) -> tuple[Affine, ...]:
    match action:
        case Load() | Store():
            return action.index
        case Read() | Write() | Update():
            return (action.address,)
        case Compute() | Route() | Sparse():
            return ()


def _in_sink(sink: Sink) -> Iterator[_Finding]:
    subject = f"channel to '{sink.to}'"
    if sink.discard:
        yield _Finding(subject, sink.span, "an end as at the start", "'discard'")
    if sink.virtual_channel is not None:
        yield _Finding(subject, sink.span, "a direct or static way", "'dynamic'")
