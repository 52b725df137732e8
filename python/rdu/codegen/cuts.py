"""Where to cut a context that is too large for one PCU: a chain of parts, each of which fits.

The operations keep their order; every part takes a run of them. A part has the counters down to
the level at which anything that it or a later part makes is looked at, so what follows a reduction
runs once for each result. A value that crosses a cut is pushed at the level of its consumer: both
ends then count the same iterations, no token waits for one behind it, and the chain cannot
deadlock. Inputs are popped by every part that uses them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from rdu.codegen.flow import Flow, Part, names_of
from rdu.configuration.model import Compute, Context, Drive, DType, Port, Unit
from rdu.configuration.verifier.compute import uses_tree
from rdu.configuration.verifier.limits import fits, stages_of
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Crossing:
    """A value that one part pushes at a level, on port `port`, for others to pop as `value`."""

    value: str
    port: Port
    source: int
    sinks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A context cut into parts, and the values that cross from part to part."""

    parts: tuple[Part, ...]
    crossings: tuple[Crossing, ...]


def cut(context: Context, types: Mapping[str, DType], machine: Machine) -> Chain | None:
    """Cut a computing context into the fewest parts that fit a PCU each, then fewest crossings.

    Args:
        context: a context whose action is a `Compute`.
        types: the element type of every result.
        machine: whose PCUs the parts have to fit.

    Returns:
        The chain, or None if there is no such cut.
    """
    flow = Flow(context, types)
    for levels in (flow.levels, [flow.depth] * len(flow.operations)):
        flow.levels = levels
        bounds = _fewest(flow, machine)
        chain = _chain(flow, bounds) if bounds else None
        if chain and all(fits(_unit(flow, chain, i), machine) for i in range(len(chain.parts))):
            return chain
    return None


def _fewest(flow: Flow, machine: Machine) -> list[tuple[int, int]]:
    """Return start and stop of the best parts; nothing if no parts are possible.

    Dynamic programming over the ends of the parts; each crossing value is taken to need one port.
    """
    count = len(flow.operations)
    stages = [stages_of(op, flow.context, machine.pcu.lanes) for op in flow.operations]
    best: list[tuple[int, int, int] | None] = [(0, 0, 0), *[None] * count]
    for stop in range(1, count + 1):
        for start in reversed(range(stop)):
            if sum(stages[start:stop]) > machine.pcu.stages:
                break
            before, found = best[start], best[stop]
            if before is None:
                continue
            rank = before[0] + 1, before[1] + len(flow.crossing_out(start, stop)), start
            if (found is None or rank < found) and _possible(flow, start, stop, machine):
                best[stop] = rank
    bounds = [count]
    while bounds[0]:
        found = best[bounds[0]]
        if found is None:
            return []
        bounds.insert(0, found[2])
    return list(pairwise(bounds))


def _possible(flow: Flow, start: int, stop: int, machine: Machine) -> bool:
    """Whether some operations fit a PCU and mean there what they mean in the whole context."""
    part = flow.part(start, stop)
    incoming, outgoing = flow.crossing_in(start, stop), flow.crossing_out(start, stop)
    if not _same_masks(flow, part, set(incoming)):
        return False
    ports = [flow.crossing_port(value, value, part.level) for value in (*incoming, *outgoing)]
    taken, given = ports[: len(incoming)], ports[len(incoming) :]
    drives = [Drive(value, value) for value in outgoing]
    return fits(_pcu(flow, part, taken, given, drives), machine)


def _same_masks(flow: Flow, part: Part, crossing: set[str]) -> bool:
    """Whether lanes that were masked stay so, where it shows: in vector outputs and reductions."""
    marked = flow.marked(part.start, part.level, crossing)
    shown = {
        flow.drives[port.name]
        for port in flow.context.outputs
        if port.kind == "vector" and port.name in part.outputs
    }
    shown |= {v for v in flow.crossing_out(part.start, part.stop) if v in flow.vectors}
    for op in flow.operations[part.start : part.stop]:
        if op.over:
            shown |= {v for v in names_of(op) if v in flow.vectors or uses_tree(op, flow.context)}
    return not (marked ^ flow.masked) & shown


def _unit(flow: Flow, chain: Chain, number: int) -> Unit:
    """Return a part of a chain in a PCU of its own."""
    part = chain.parts[number]
    taken = [replace(c.port, name=c.value) for c in chain.crossings if number in c.sinks]
    given = [c for c in chain.crossings if c.source == number]
    drives = [Drive(c.port.name, c.value) for c in given]
    return _pcu(flow, part, taken, [c.port for c in given], drives)


def _pcu(flow: Flow, part: Part, taken: list[Port], given: list[Port], drives: list[Drive]) -> Unit:
    """Return a PCU that holds a part, with ports for values taken from and given to others."""
    context = flow.context
    own = [Drive(name, value) for name, value in flow.drives.items() if name in part.outputs]
    alone = replace(
        context,
        counters=context.counters[: part.level],
        inputs=(*(p for p in context.inputs if p.name in part.inputs), *taken),
        outputs=(*(p for p in context.outputs if p.name in part.outputs), *given),
        action=Compute(flow.operations[part.start : part.stop], (*own, *drives)),
    )
    return Unit("pcu", context.name, None, (), (alone,))


def _chain(flow: Flow, bounds: list[tuple[int, int]]) -> Chain:
    parts = tuple(flow.part(start, stop) for start, stop in bounds)
    crossings: list[Crossing] = []
    for source, part in enumerate(parts):
        for value in flow.crossing_out(part.start, part.stop):
            takers = [
                number
                for number, later in enumerate(parts)
                if number > source and value in flow.crossing_in(later.start, later.stop)
            ]
            levels = sorted({parts[number].level for number in takers}, reverse=True)
            for level in levels:
                name = value if level == levels[0] else flow.unused_name(f"{value}_{level}")
                sinks = tuple(n for n in takers if parts[n].level == level)
                port = flow.crossing_port(value, name, level)
                crossings.append(Crossing(value, port, source, sinks))
    return Chain(parts, tuple(crossings))
