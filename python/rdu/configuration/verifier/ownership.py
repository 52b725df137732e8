"""Ownership of memories: buffers pass between writers and readers by tokens, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import NamedTuple

from rdu.configuration import messages
from rdu.configuration.model import Context, Endpoint, Memory, Port, Read, Sink, Unit, Write
from rdu.configuration.verifier.scope import Scope, by_name, is_sound

MOST_TRACKED = 2**22
"""Words of a memory that are told apart."""


@dataclass(frozen=True, slots=True)
class _Accessor:
    """A context that reads or writes a memory, and its control ports at the access's level."""

    unit: Unit
    context: Context
    action: Read | Write

    @property
    def name(self) -> str:
        return f"{self.unit.name}.{self.context.name}"

    def controls(self, ports: tuple[Port, ...]) -> list[Endpoint]:
        """Return the control ports among `ports` that act once a buffer."""
        level = self.action.level
        names = [port.name for port in ports if port.kind == "control" and port.level == level]
        return [Endpoint(self.unit.name, self.context.name, name) for name in names]


def check_ownership(scope: Scope) -> None:
    """Check that every access holds its buffer by a token, and who passes it to whom.

    A writer and a reader of one memory with N buffers need a `full` channel of capacity N from the
    writer to the reader and a credit channel back, of capacity N and with N tokens at the start.
    """
    channels = {(net.source, sink.to): sink for net in scope.section.nets for sink in net.sinks}
    for unit in scope.section.units:
        for memory in unit.memories:
            _check_memory(unit, memory, channels, scope)


def _check_memory(
    unit: Unit, memory: Memory, channels: dict[tuple[Endpoint, Endpoint], Sink], scope: Scope
) -> None:
    accessors = [
        _Accessor(unit, context, context.action)
        for context in unit.contexts
        if isinstance(context.action, Read | Write) and context.action.memory == memory.name
    ]
    owners = [accessor for accessor in accessors if _owns(accessor, scope)]
    writers = [owner for owner in owners if isinstance(owner.action, Write)]
    readers = [owner for owner in owners if isinstance(owner.action, Read)]
    if memory.buffers > 0:
        for writer, reader in product(writers, readers):
            if scope.report.full:
                return
            _check_pair(writer, reader, memory, channels, scope)
    written = [(writer, _words(writer, memory)) for writer in writers]
    for (first, ours), (second, theirs) in combinations(written, 2):
        word = _common(ours, theirs)
        if word is not None and not _joined(first, second, channels):
            names = {"writer": first.name, "reader": second.name, "name": memory.name}
            have = f"none, and both write word {word}"
            need = "a control channel from one to the other"
            scope.report(messages.UNORDERED, second.action.span, need, have, **names)
        if scope.report.full:
            return
    if accessors and not any(isinstance(accessor.action, Write) for accessor in accessors):
        span = accessors[0].action.span
        scope.report(messages.NEVER_WRITTEN, span, "a writer", "none", name=memory.name)


def _owns(accessor: _Accessor, scope: Scope) -> bool:
    """Whether a context pops and pushes a token for each buffer; report it if not."""
    context, level = accessor.context, accessor.action.level
    missing = [
        f"a control {direction} @{level}"
        for direction, ports in (("input", context.inputs), ("output", context.outputs))
        if not accessor.controls(ports)
    ]
    if missing:
        need = " and ".join(missing)
        span, name = accessor.action.span, accessor.action.memory
        scope.report(messages.UNOWNED, span, need, "none", name=name)
    return not missing


def _check_pair(
    writer: _Accessor,
    reader: _Accessor,
    memory: Memory,
    channels: dict[tuple[Endpoint, Endpoint], Sink],
    scope: Scope,
) -> None:
    for source, target, init in ((writer, reader, 0), (reader, writer, memory.buffers)):
        outputs = source.controls(source.context.outputs)
        inputs = target.controls(target.context.inputs)
        found = [channels[end] for end in product(outputs, inputs) if end in channels]
        if any(_holds(sink, memory.buffers, init) for sink in found):
            continue
        need = f"a control channel '{source.name}' to '{target.name}' of capacity {memory.buffers}"
        need += f" init {init}" * (init > 0)
        have = _text(found[0]) if found else "none"
        names = {"writer": writer.name, "reader": reader.name, "name": memory.name}
        span = found[0].span if found else target.action.span
        scope.report(messages.UNORDERED, span, need, have, **names)


def _joined(
    first: _Accessor, second: _Accessor, channels: dict[tuple[Endpoint, Endpoint], Sink]
) -> bool:
    """Whether a control channel leads from one of two contexts to the other."""
    for source, target in ((first, second), (second, first)):
        outputs = source.controls(source.context.outputs)
        inputs = target.controls(target.context.inputs)
        if any(end in channels for end in product(outputs, inputs)):
            return True
    return False


class _Words(NamedTuple):
    """Words that an access touches: a bit for each from `low` to `high`; -1 stands for all."""

    low: int
    high: int
    bits: int


def _words(accessor: _Accessor, memory: Memory) -> _Words | None:
    """Return the words that an access touches; None if it has none, or one is out of range.

    Of an access that spans more than `MOST_TRACKED` words, every word in between counts.
    """
    counters = by_name(accessor.context.counters)
    address = accessor.action.address
    low = high = address.constant
    strides: list[tuple[int, int]] = []
    for name, coefficient in address.terms:
        counter = counters.get(name)
        if counter is None or not is_sound(counter):
            return None
        values = range(*(counter.extent or (0, 0)), counter.step)
        ends = coefficient * values[0], coefficient * values[-1]
        low, high = low + min(ends), high + max(ends)
        strides.append(
            (abs(coefficient) * counter.step, 1 + (values[-1] - values[0]) // counter.step)
        )
    if low < 0 or high >= memory.words:
        return None
    if high - low > MOST_TRACKED:
        return _Words(low, high, -1)
    bits = 1
    for stride, length in strides:
        bits = _spread(bits, stride, length)
    return _Words(low, high, bits)


def _spread(bits: int, stride: int, length: int) -> int:
    """Return `length` copies of a set of bits, each `stride` above the one before."""
    copies = 1
    while copies < length:
        more = min(copies, length - copies)
        bits |= bits << stride * more
        copies += more
    return bits


def _common(ours: _Words | None, theirs: _Words | None) -> int | None:
    """Return the first word in both sets, None if there is none."""
    if ours is None or theirs is None:
        return None
    low = max(ours.low, theirs.low)
    if low > min(ours.high, theirs.high):
        return None
    common = (ours.bits >> low - ours.low) & (theirs.bits >> low - theirs.low)
    return low + (common & -common).bit_length() - 1 if common else None


def _holds(sink: Sink, buffers: int, init: int) -> bool:
    return (sink.capacity is None or sink.capacity >= buffers) and sink.init == init


def _text(sink: Sink) -> str:
    capacity = "inf" if sink.capacity is None else sink.capacity
    return f"capacity {capacity} init {sink.init}"
