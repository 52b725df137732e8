"""Several units of a section become one: their memories, contexts and nets under new names."""

from collections.abc import Sequence
from typing import Any

from rdu.dialects import rdu
from rdu.mlir_ext import ir
from rdu.support.names import unused
from rdu.transforms.rdu.wiring import operations_of

MAIN = "main"
"""What the only context of a unit is called where nothing else is known of it."""


def merge(section: rdu.SectionOp, groups: Sequence[Sequence[rdu.UnitOp]]) -> None:
    """Move what the units of each group hold onto its first one, and lead the nets there.

    Args:
        section: a section without places and routes.
        groups: units of one kind each; no unit is in two of them.
    """
    moved: dict[str, str] = {}
    for group in groups:
        moved |= _merge(group)
    for net in operations_of(section, rdu.NetOp):
        sinks = [ir.StringAttr.get(_follow(sink, moved)) for sink in net.sink_names]
        net.attributes["source"] = ir.StringAttr.get(_follow(net.source.value, moved))
        net.attributes["sinks"] = ir.ArrayAttr.get(sinks)


def _merge(group: Sequence[rdu.UnitOp]) -> dict[str, str]:
    """Merge units; return where each context was, `unit.context`, and where it is now."""
    host = group[0]
    moved: dict[str, str] = {}
    contexts: list[Any] = []
    memories: list[Any] = []
    for unit in group:
        before = unit.name.value
        names = _rename_memories(unit, {memory.name.value for memory in memories})
        memories += names
        for context in (op for op in unit.operations if isinstance(op, rdu.ContextOp)):
            old = context.name.value
            taken = {other.name.value for other in contexts}
            new = unused(before if old == MAIN else f"{before}_{old}", taken)
            context.attributes["name"] = ir.StringAttr.get(new)
            moved[f"{before}.{old}"] = f"{host.name.value}.{new}"
            contexts.append(context)
    block = host.body.blocks[0]
    for op in (*memories, *contexts):
        block.append(op)
    for unit in group[1:]:
        unit.operation.erase()
    return moved


def _rename_memories(unit: rdu.UnitOp, taken: set[str]) -> list[rdu.MemoryOp]:
    """Give a unit's memories the unit's name in front, everywhere; return them."""
    memories = [op for op in unit.operations if isinstance(op, rdu.MemoryOp)]
    names: dict[str, str] = {}
    for memory in memories:
        old = memory.name.value
        names[old] = unused(f"{unit.name.value}_{old}", taken | set(names.values()))
        memory.attributes["name"] = ir.StringAttr.get(names[old])
    for context in (op for op in unit.operations if isinstance(op, rdu.ContextOp)):
        for op in context.operations:
            if isinstance(op, rdu.ReadOp | rdu.WriteOp):
                op.attributes["memory"] = ir.StringAttr.get(names[op.memory.value])
            elif isinstance(op, rdu.SparseOp) and op.parts is not None:
                parts = [_part(part, names) for part in op.parts]
                op.attributes["parts"] = ir.ArrayAttr.get(parts)
    return memories


def _part(part: ir.Attribute, names: dict[str, str]) -> ir.Attribute:
    """Return a part of a storage under its new name; formals and extents stay."""
    if not isinstance(part, ir.StringAttr):
        return part
    return ir.StringAttr.get(names.get(part.value, part.value))


def _follow(port: str, moved: dict[str, str]) -> str:
    context, _, name = port.rpartition(".")
    return f"{moved.get(context, context)}.{name}"
