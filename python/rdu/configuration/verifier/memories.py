"""Memories: each holds something, on a unit that can, in banks that its layout says."""

from __future__ import annotations

from rdu.configuration import messages
from rdu.configuration.model import Memory, Unit
from rdu.configuration.verifier.scope import Scope


def check_memories(scope: Scope) -> None:
    """Check the memories of a section."""
    for unit in scope.section.units:
        for memory in unit.memories:
            _check_memory(unit, memory, scope)


def _check_memory(unit: Unit, memory: Memory, scope: Scope) -> None:
    if unit.kind != "pmu":
        names = {"kind": unit.kind, "unit": unit.name, "name": memory.name}
        scope.report(messages.MEMORY_UNIT, memory.span, "a pmu", unit.kind, **names)
    if memory.words < 1 or memory.buffers < 1:
        have = f"words {memory.words} buffers {memory.buffers}"
        scope.report(messages.EMPTY_MEMORY, memory.span, "1 of each", have, name=memory.name)
    if memory.skew is not None and memory.skew < 1:
        need = "1 word or more"
        scope.report(messages.SKEW, memory.span, need, memory.skew, name=memory.name)
