"""Ownership of memories: buffers pass between writers and readers by tokens, or not at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.model import (
    PASS,
    Context,
    Endpoint,
    Memory,
    Port,
    Read,
    Sink,
    Span,
    Sparse,
    Unit,
    Update,
    Write,
)
from rdu.configuration.sparse import FORMS
from rdu.configuration.verifier.expressions import value_range
from rdu.configuration.verifier.scope import Scope, by_name
from rdu.configuration.verifier.words import ALL, Words, common_word, touched_words

Channels = Mapping[tuple[Endpoint, Endpoint], Sink]


@dataclass(frozen=True, slots=True)
class _Accessor:
    """A context that reads or writes a memory, and its control ports at the access's level."""

    unit: Unit
    context: Context
    action: Read | Write | Update | Sparse
    memory: str

    @property
    def name(self) -> str:
        return f"{self.unit.name}.{self.context.name}"

    @property
    def reads(self) -> bool:
        if isinstance(self.action, Sparse):
            return not FORMS[self.action.primitive].stores
        return not isinstance(self.action, Write)

    @property
    def writes(self) -> bool:
        if isinstance(self.action, Sparse):
            return FORMS[self.action.primitive].stores
        return not isinstance(self.action, Read)

    @property
    def is_alone(self) -> bool:
        """Whether it may have a memory for itself: it reads what it has written."""
        action = self.action
        return isinstance(action, Update) or (
            isinstance(action, Sparse) and FORMS[action.primitive].in_memory
        )

    @property
    def level(self) -> str:
        """The level that a buffer is held for: of a sparse primitive, all of its only pass."""
        return PASS if isinstance(self.action, Sparse) else self.action.level

    def words(self, memory: Memory) -> Words | None:
        """Return the words that a write may touch."""
        if isinstance(self.action, Sparse):
            return Words(0, memory.words - 1, ALL)
        return touched_words(self.action.address, self.context, memory)

    @property
    def window(self) -> int | None:
        """How many buffers a read looks at, back from its own; None where that is unknown."""
        if not isinstance(self.action, Read):
            return 1
        found = value_range(self.action.back, by_name(self.context.counters))
        return found and 1 + found[1]

    def controls(self, ports: tuple[Port, ...]) -> list[Port]:
        """Return the control ports among `ports` at the level that a buffer is held for."""
        return [port for port in ports if port.kind == "control" and port.level == self.level]

    def ends(self, ports: tuple[Port, ...]) -> list[Endpoint]:
        """Return the ends of the control ports among `ports` that act for every buffer."""
        return [
            Endpoint(self.unit.name, self.context.name, port.name)
            for port in self.controls(ports)
            if port.when is None
        ]


class _Fault(NamedTuple):
    """A channel between two accessors that is not as it must be."""

    span: Span
    need: str
    have: str


def check_ownership(scope: Scope) -> None:
    """Check that every access holds its buffer by a token, and who passes it to whom.

    A writer and a reader of one memory with N buffers need a `full` channel of capacity N from the
    writer to the reader and a credit channel back, of capacity N and with N tokens at the start. A
    reader that looks at a window of K buffers leaves the writer K - 1 fewer. An update reads and
    writes; a memory that it has for itself needs no tokens.
    """
    channels = {(net.source, sink.to): sink for net in scope.section.nets for sink in net.sinks}
    for unit in scope.section.units:
        for memory in unit.memories:
            if scope.report.full:
                return
            _check_memory(unit, memory, channels, scope)


def _check_memory(unit: Unit, memory: Memory, channels: Channels, scope: Scope) -> None:
    accessors = [
        _Accessor(unit, context, context.action, memory.name)
        for context in unit.contexts
        if isinstance(context.action, Read | Write | Update | Sparse)
        and memory.name in _memories(context.action)
    ]
    if len(accessors) == 1 and accessors[0].is_alone:
        return
    owners = [accessor for accessor in accessors if _owns(accessor, scope)]
    for first, second in combinations(owners, 2):
        if scope.report.full:
            return
        _check_pair(first, second, memory, channels, scope)
    _check_writers([owner for owner in owners if not owner.reads], memory, channels, scope)
    if accessors and not any(accessor.writes for accessor in accessors):
        span = accessors[0].action.span
        scope.report(messages.NEVER_WRITTEN, span, "a writer", "none", name=memory.name)


def _memories(action: Read | Write | Update | Sparse) -> tuple[str, ...]:
    return action.tensors if isinstance(action, Sparse) else (action.memory,)


def _owns(accessor: _Accessor, scope: Scope) -> bool:
    """Whether a context pops and pushes a token for each buffer; report it if not."""
    context, level = accessor.context, accessor.level
    lacking = {
        f"a control {direction} @{level}": accessor.controls(ports)
        for direction, ports in (("input", context.inputs), ("output", context.outputs))
        if not accessor.ends(ports)
    }
    if lacking:
        conditional = [f"'{port.name}'" for ports in lacking.values() for port in ports]
        have = f"{' and '.join(conditional)} under a condition" if conditional else "none"
        span, name = accessor.action.span, accessor.memory
        scope.report(messages.UNOWNED, span, " and ".join(lacking), have, name=name)
    return not lacking


def _check_pair(
    first: _Accessor, second: _Accessor, memory: Memory, channels: Channels, scope: Scope
) -> None:
    """Check that a writer passes buffers on to a reader, which gives them back.

    Of two updates, either may be the one to begin.
    """
    orders = [
        (writer, reader)
        for writer, reader in ((first, second), (second, first))
        if writer.writes and reader.reads
    ]
    found = [_faults(writer, reader, memory, channels) for writer, reader in orders]
    if orders and all(found):
        writer, reader = orders[0]
        names = {"writer": writer.name, "reader": reader.name, "name": memory.name}
        for fault in found[0]:
            scope.report(messages.UNORDERED, fault.span, fault.need, fault.have, **names)


def _faults(
    writer: _Accessor, reader: _Accessor, memory: Memory, channels: Channels
) -> list[_Fault]:
    """Return what is wrong with the channels between a writer and a reader."""
    faults: list[_Fault] = []
    buffers, window = memory.buffers, reader.window
    room = buffers + 1 - (window or 1)
    if room < 1:
        return []
    least = room if window == 1 else 1
    for source, target, inits in (
        (writer, reader, range(1)),
        (reader, writer, range(least, room + 1)),
    ):
        outputs = source.ends(source.context.outputs)
        inputs = target.ends(target.context.inputs)
        found = [channels[end] for end in product(outputs, inputs) if end in channels]
        if any(_holds(sink, buffers) and sink.init in inits for sink in found):
            continue
        need = f"a control channel '{source.name}' to '{target.name}' of capacity {buffers}"
        if inits[-1] > 0:
            need += f" init {inits[-1]}" + " or less" * (len(inits) > 1)
        have = _text(found[0]) if found else "none"
        faults.append(_Fault(found[0].span if found else target.action.span, need, have))
    return faults


def _check_writers(
    writers: list[_Accessor], memory: Memory, channels: Channels, scope: Scope
) -> None:
    """Check that two writers write different words, or that one waits for the other."""
    written = [(w, w.words(memory)) for w in writers]
    for (first, ours), (second, theirs) in combinations(written, 2):
        if scope.report.full:
            return
        word = common_word(ours, theirs)
        if ours and theirs and word is not None and not _joined(first, second, channels):
            names = {"writer": first.name, "reader": second.name, "name": memory.name}
            verb = "may write" if ALL in (ours.bits, theirs.bits) else "write"
            have = f"none, and both {verb} word {word}"
            need = "a control channel from one to the other"
            scope.report(messages.UNORDERED, second.action.span, need, have, **names)


def _joined(first: _Accessor, second: _Accessor, channels: Channels) -> bool:
    """Whether a control channel leads from one of two contexts to the other."""
    for source, target in ((first, second), (second, first)):
        outputs = source.ends(source.context.outputs)
        inputs = target.ends(target.context.inputs)
        if any(end in channels for end in product(outputs, inputs)):
            return True
    return False


def _holds(sink: Sink, buffers: int) -> bool:
    return sink.capacity is None or sink.capacity >= buffers


def _text(sink: Sink) -> str:
    capacity = "inf" if sink.capacity is None else sink.capacity
    return f"capacity {capacity} init {sink.init}"
