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

from rdu.configuration.model import Compute, Context, Drive, DType, Operation, Port, Unit
from rdu.configuration.verifier.compute import uses_tree
from rdu.configuration.verifier.limits import fits
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Part:
    """The operations `start..stop` of a context, over its `level` outermost counters.

    `inputs` and `outputs` are ports of the context, by name.
    """

    start: int
    stop: int
    level: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


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
    facts = _Facts(context, types)
    count = len(facts.operations)
    best: list[tuple[int, int, int] | None] = [(0, 0, 0), *[None] * count]
    for stop in range(1, count + 1):
        for start in range(stop):
            before = best[start]
            if before is None:
                continue
            rank = before[0] + 1, before[1] + len(facts.crossing_out(start, stop)), start
            found = best[stop]
            if (found is None or rank < found) and _possible(facts, start, stop, machine):
                best[stop] = rank
    if not count or best[count] is None:
        return None
    bounds = [count]
    while bounds[0] and (found := best[bounds[0]]) is not None:
        bounds.insert(0, found[2])
    return _chain(facts, list(pairwise(bounds)))


class _Facts:
    """What the cuts of one context depend on, by operation number and value name."""

    def __init__(self, context: Context, types: Mapping[str, DType]) -> None:
        assert isinstance(context.action, Compute)
        self.context = context
        self.types = types
        self.operations = context.action.operations
        self.drives = {drive.port: drive.value for drive in context.action.drives}
        self.made = {op.result: number for number, op in enumerate(self.operations)}
        self.ports = {port.name: port for port in context.inputs}
        self.depth = len(context.counters)
        vector = context.vector_counter
        self.vector_level = context.level_index(vector.name) if vector else 0
        self.vectors = {p.name for p in context.inputs if p.kind == "vector"}
        self.vectors |= {vector.name} if vector else set()
        self.masked = self.marked(0, self.depth, set())
        for op in self.operations:
            if self.vectors.intersection(_names(op)) and not uses_tree(op, context):
                self.vectors.add(op.result)
        self.levels = self._levels()

    def _levels(self) -> list[int]:
        """Return the level of a part that starts at each operation."""
        context = self.context
        observed = dict.fromkeys(self.made, 0)
        for port, value in self.drives.items():
            level = self.output_level(port)
            observed[value] = max(observed.get(value, 0), level)
        released = [self.output_level(p.name) for p in context.outputs if p.kind == "control"]
        deepest = max(released, default=0)
        levels: list[int] = []
        for op in reversed(self.operations):
            level = self.depth if op.over else observed[op.result]
            deepest = max(deepest, level, *map(self._level_of, _names(op)), 0)
            for name in _names(op):
                if name in self.made:
                    observed[name] = max(observed[name], level)
            levels.insert(0, deepest)
        levels[:1] = [self.depth] * len(levels[:1])
        return levels

    def _level_of(self, name: str) -> int:
        """Return the level at which an input or counter changes, 0 for a result."""
        if name in self.ports:
            return self.context.level_index(self.ports[name].level)
        return 0 if name in self.made else self.context.level_index(name)

    def output_level(self, name: str) -> int:
        """Return the level at which an output pushes."""
        port = next(port for port in self.context.outputs if port.name == name)
        return self.context.level_index(port.level)

    def marked(self, start: int, level: int, crossing: set[str]) -> set[str]:
        """Return the values whose mask is that of the last vector in a part from `start` on.

        The others are valid in all lanes. `crossing` are values that come from other parts.
        """
        if not self.vector_level:
            return set()
        own = level >= self.vector_level
        marked: set[str] = {*self.ports, *self.context.levels} if own else set()
        marked |= {v for v in crossing if own or (v in self.vectors and v in self.masked)}
        for op in self.operations[start:]:
            if uses_tree(op, self.context):
                continue
            if op.over or marked.intersection(_names(op)):
                marked.add(op.result)
        return marked

    def uses(self, start: int, stop: int) -> set[str]:
        """Return the names of what some operations take."""
        return {name for op in self.operations[start:stop] for name in _names(op)}

    def crossing_in(self, start: int, stop: int) -> list[str]:
        """Return the results of earlier operations that some operations take, in order."""
        used = self.uses(start, stop)
        return [op.result for op in self.operations[:start] if op.result in used]

    def crossing_out(self, start: int, stop: int) -> list[str]:
        """Return the results of some operations that later ones take, in order."""
        used = self.uses(stop, len(self.operations))
        return [op.result for op in self.operations[start:stop] if op.result in used]

    def part(self, start: int, stop: int) -> Part:
        """Return a part with the ports of the context that go with its operations.

        The first takes what no operation uses; control tokens are taken by the first part and
        given by the last.
        """
        used, everywhere = self.uses(start, stop), self.uses(0, len(self.operations))
        made = {op.result for op in self.operations[start:stop]}
        last = stop == len(self.operations)
        inputs = [
            port.name
            for port in self.context.inputs
            if port.name in used or (not start and self._stays(port, everywhere))
        ]
        outputs = [
            port.name
            for port in self.context.outputs
            if (last if port.kind == "control" else self._carries(port.name, made, start))
        ]
        return Part(start, stop, self.levels[start], tuple(inputs), tuple(outputs))

    def _stays(self, port: Port, used: set[str]) -> bool:
        return port.name not in used or port.name in self.drives.values()

    def _carries(self, port: str, made: set[str], start: int) -> bool:
        value = self.drives[port]
        return value in made or (not start and value not in self.made)

    def crossing_port(self, value: str, name: str, level: int) -> Port:
        """Return the port on which a value crosses."""
        kind = "vector" if value in self.vectors else "scalar"
        return Port(name, kind, self.types[value], self.context.levels[level])


def _names(operation: Operation) -> list[str]:
    return [o for o in (*operation.operands, operation.init) if isinstance(o, str)]


def _possible(facts: _Facts, start: int, stop: int, machine: Machine) -> bool:
    """Whether some operations fit a PCU and mean there what they mean in the whole context."""
    part = facts.part(start, stop)
    crossing = facts.crossing_in(start, stop)
    return _same_masks(facts, part, set(crossing)) and fits(_unit(facts, part), machine)


def _same_masks(facts: _Facts, part: Part, crossing: set[str]) -> bool:
    """Whether lanes that were masked stay so, where it shows: in vector outputs and reductions."""
    marked = facts.marked(part.start, part.level, crossing)
    shown = {
        facts.drives[port.name]
        for port in facts.context.outputs
        if port.kind == "vector" and port.name in part.outputs
    }
    shown |= {v for v in facts.crossing_out(part.start, part.stop) if v in facts.vectors}
    for op in facts.operations[part.start : part.stop]:
        shown |= set(_names(op)) if op.over else set()
    return not (marked ^ facts.masked) & shown


def _unit(facts: _Facts, part: Part) -> Unit:
    """Return a PCU with nothing but a part in it."""
    context = facts.context
    incoming = [
        facts.crossing_port(value, value, part.level)
        for value in facts.crossing_in(part.start, part.stop)
    ]
    outgoing = [
        facts.crossing_port(value, value, part.level)
        for value in facts.crossing_out(part.start, part.stop)
    ]
    drives = [Drive(name, value) for name, value in facts.drives.items() if name in part.outputs]
    drives += [Drive(port.name, port.name) for port in outgoing]
    alone = replace(
        context,
        counters=context.counters[: part.level],
        inputs=(*(p for p in context.inputs if p.name in part.inputs), *incoming),
        outputs=(*(p for p in context.outputs if p.name in part.outputs), *outgoing),
        action=Compute(facts.operations[part.start : part.stop], tuple(drives)),
    )
    return Unit("pcu", context.name, None, (), (alone,))


def _chain(facts: _Facts, bounds: list[tuple[int, int]]) -> Chain:
    parts = tuple(facts.part(start, stop) for start, stop in bounds)
    crossings: list[Crossing] = []
    for source, part in enumerate(parts):
        for value in facts.crossing_out(part.start, part.stop):
            takers = [
                number
                for number, later in enumerate(parts)
                if number > source and value in facts.crossing_in(later.start, later.stop)
            ]
            levels = sorted({parts[number].level for number in takers}, reverse=True)
            for level in levels:
                name = value if level == levels[0] else f"{value}_{level}"
                sinks = tuple(n for n in takers if parts[n].level == level)
                port = facts.crossing_port(value, name, level)
                crossings.append(Crossing(value, port, source, sinks))
    return Chain(parts, tuple(crossings))
