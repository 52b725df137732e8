"""What flows through a computing context: levels, lane masks, and what would cross a cut."""

from collections.abc import Mapping
from dataclasses import dataclass

from rdu.configuration.model import Compute, Context, DType, Operation, Port
from rdu.configuration.verifier.compute import uses_tree


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


class Flow:
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
            if self.vectors.intersection(names_of(op)) and not uses_tree(op, context):
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
            deepest = max(deepest, level, *map(self._level_of, names_of(op)), 0)
            for name in names_of(op):
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
            if op.over or marked.intersection(names_of(op)):
                marked.add(op.result)
        return marked

    def uses(self, start: int, stop: int) -> set[str]:
        """Return the names of what some operations take."""
        return {name for op in self.operations[start:stop] for name in names_of(op)}

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

    def unused_name(self, wish: str) -> str:
        """Return a name that no port, counter or result has: the wish, or it with a mark."""
        outputs = (port.name for port in self.context.outputs)
        taken = {*self.ports, *outputs, *self.context.levels, *self.made}
        while wish in taken:
            wish += "_"
        return wish

    def crossing_port(self, value: str, name: str, level: int) -> Port:
        """Return the port on which a value crosses."""
        kind = "vector" if value in self.vectors else "scalar"
        return Port(name, kind, self.types[value], self.context.levels[level])


def names_of(operation: Operation) -> list[str]:
    """Return the names among an operation's operands."""
    return [o for o in (*operation.operands, operation.init) if isinstance(o, str)]
