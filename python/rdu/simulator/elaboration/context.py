"""Elaboration of a context: its registers are numbered, then its ports and its action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rdu.configuration.constants import constant_type
from rdu.configuration.model import (
    SYSTOLIC,
    Compute,
    Condition,
    Context,
    Counter,
    Endpoint,
    Load,
    Operand,
    Operation,
    Port,
    Read,
    Route,
    Sparse,
    Store,
    Unit,
    Update,
    Write,
)
from rdu.configuration.verifier.compute import uses_tree
from rdu.configuration.verifier.limits import stages_of
from rdu.semantics.dtypes import DType
from rdu.semantics.scalar import OPS
from rdu.simulator.elaboration.access import memory_access, tensor_access
from rdu.simulator.elaboration.condition import elaborate_condition
from rdu.simulator.elaboration.sparse import elaborate_sparse, requests_bursts, sparse_depth
from rdu.simulator.specification import (
    Access,
    Array,
    Choice,
    ContextSpec,
    Input,
    Level,
    Output,
    SparseSpec,
    Step,
    When,
)
from rdu.targets import Machine


@dataclass(frozen=True, slots=True)
class Names:
    """What a section's names stand for, by number.

    Attributes:
        by_source, by_sink: the channels of an output port, and that of an input port.
        memories: number and words of a unit's memory.
        tensors: number and shape of a formal tensor.
        tiers: the tier that it lies in, by name.
    """

    by_source: Mapping[Endpoint, Sequence[int]]
    by_sink: Mapping[Endpoint, int]
    memories: Mapping[tuple[str, str], tuple[int, int]]
    tensors: Mapping[str, tuple[int, tuple[int, ...]]]
    tiers: Mapping[str, str]


def elaborate_context(unit: Unit, context: Context, machine: Machine, names: Names) -> ContextSpec:
    """Return a verified context in numbers."""
    return _Elaborator(unit, context, machine, names).run()


class _Elaborator:
    def __init__(self, unit: Unit, context: Context, machine: Machine, names: Names) -> None:
        self.unit = unit
        self.context = context
        self.machine = machine
        self.names = names
        self.constants: list[tuple[int, int | float | bool]] = []
        # A control token has no value; its register is never read.
        ports: list[DType] = [p.dtype or "i1" for p in context.inputs]
        counters: list[DType] = ["i32"] * len(context.counters)
        self.types = ports + counters
        self.inputs = {p.name: i for i, p in enumerate(context.inputs)}
        self.outputs = {p.name: i for i, p in enumerate(context.outputs)}
        self.numbers = dict(self.inputs)
        for i, counter in enumerate(context.counters):
            self.numbers[counter.name] = len(context.inputs) + i

    def run(self) -> ContextSpec:
        context, vector = self.context, self.context.vector_counter
        operations = context.action.operations if isinstance(context.action, Compute) else ()
        array = None
        if operations and operations[0].mnemonic == SYSTOLIC:
            array = self._array(operations[0])
            operations = operations[1:]
        steps = tuple(map(self._step, operations))
        return ContextSpec(
            name=f"{self.unit.name}.{context.name}",
            kind=SYSTOLIC if array else self._kind(),
            levels=tuple(map(self._level, context.counters)),
            vector_level=0 if vector is None else context.level_index(vector.name),
            repeat=self._repeat(),
            depth=self._depth(operations, array),
            inputs=tuple(map(self._input, context.inputs)),
            outputs=tuple(map(self._output, context.outputs)),
            constants=tuple(self.constants),
            steps=steps,
            registers=tuple(self.types),
            access=self._access(),
            source=context.source,
            array=array,
            choice=self._choice(),
            sparse=self._sparse(),
        )

    def _kind(self) -> str:
        action = self.context.action
        named = isinstance(action, Route | Sparse)
        return action.primitive if named else type(action).__name__.lower()

    @property
    def _is_primitive(self) -> bool:
        return isinstance(self.context.action, Route | Sparse)

    def _repeat(self) -> int:
        """Return the passes; -1 where they have no end or streams decide it."""
        streams = any(counter.until for counter in self.context.counters)
        if streams or self.context.repeat is None or self._is_primitive:
            return -1
        return self.context.repeat

    def _depth(self, operations: Sequence[Operation], array: Array | None) -> int:
        lanes = self.machine.pcu.lanes
        stages = sum(stages_of(op, self.context, lanes) for op in operations)
        match self.context.action:
            case Compute() if array:
                return array.rows + array.columns - 1 + stages
            case Compute() | Route():
                return max(1, stages)
            case Sparse() as action:
                return sparse_depth(action, self.unit.kind, self.machine, self.names.tiers)
            case Read() | Write() | Update():
                return self.machine.pmu.depth
            case Load() | Store():
                return self.machine.ag.depth

    # -- counters and ports ---------------------------------------------------------------------

    def _level(self, counter: Counter) -> Level:
        stride = counter.step * counter.par
        if counter.until is not None:
            return Level(0, 0, 1, 1, -1, stop_port=self.inputs[counter.until], until=True)
        start_port, stop_port = (
            self.inputs[bound] if isinstance(bound, str) else -1
            for bound in (counter.start, counter.stop)
        )
        start, stop = (
            0 if isinstance(bound, str) else bound for bound in (counter.start, counter.stop)
        )
        trips = -1 if counter.trips is None else counter.trips
        return Level(start, stop, counter.step, stride, trips, start_port, stop_port)

    def _input(self, port: Port) -> Input:
        return Input(
            name=port.name,
            channel=self.names.by_sink[self._at(port)],
            level=self.context.level_index(port.level),
            kind=port.kind,
            dtype=port.dtype,
            stream=port.stream,
            when=self._when(port.when),
            default=port.default,
        )

    def _output(self, port: Port) -> Output:
        action = self.context.action
        drives = {d.port: d.value for d in action.drives} if isinstance(action, Compute) else {}
        return Output(
            name=port.name,
            channels=tuple(self.names.by_source[self._at(port)]),
            level=self.context.level_index(port.level),
            kind=port.kind,
            dtype=port.dtype,
            register=self.numbers[drives[port.name]] if port.name in drives else -1,
            stream=port.stream,
            when=self._when(port.when),
        )

    def _at(self, port: Port) -> Endpoint:
        return Endpoint(self.unit.name, self.context.name, port.name)

    def _when(self, condition: Condition | None) -> When:
        return elaborate_condition(condition, self.context, self.numbers)

    # -- operations -----------------------------------------------------------------------------

    def _step(self, op: Operation) -> Step:
        operands = tuple(map(self._register, op.operands))
        types: list[DType] = [self.types[r] for r in operands]
        over = -1 if op.over is None else self.context.level_index(op.over)
        init = -1 if op.init is None else self._register(op.init)
        result = OPS[op.mnemonic].result_type([*types, *types] if over >= 0 else types)
        if result is None:
            raise TypeError(f"{op.mnemonic} does not take {types}")
        return Step(
            mnemonic=op.mnemonic,
            operands=operands,
            result=self._result(op.result, result),
            over=over,
            init=init,
            tree=uses_tree(op, self.context),
        )

    def _array(self, op: Operation) -> Array:
        spec = self.machine.systolic
        if spec is None or op.over is None:
            raise TypeError(f"machine '{self.machine.name}' has no systolic arrays")
        a, b = map(self._register, op.operands)
        return Array(
            a=a,
            b=b,
            result=self._result(op.result, "f32"),
            over=self.context.level_index(op.over),
            rows=spec.rows,
            columns=spec.columns,
            lanes=spec.output_lanes,
            vectors=-(-spec.rows * spec.columns // spec.output_lanes),
            tiles=spec.tiles,
        )

    def _result(self, name: str, dtype: DType) -> int:
        self.numbers[name] = len(self.types)
        self.types.append(dtype)
        return self.numbers[name]

    def _register(self, operand: Operand) -> int:
        """Return the register of a name, or of a constant, which gets a register of its own."""
        if isinstance(operand, str):
            return self.numbers[operand]
        self.constants.append((len(self.types), operand))
        self.types.append(constant_type(operand))
        return len(self.types) - 1

    # -- other actions --------------------------------------------------------------------------

    def _access(self) -> Access | None:
        match self.context.action:
            case Read() | Write() | Update() as action:
                target, words = self.names.memories[self.unit.name, action.memory]
                return memory_access(action, self.context, target, words)
            case Load() | Store() as action:
                target, shape = self.names.tensors[action.tensor]
                return tensor_access(action, self.context, target, shape)
            case Compute() | Route() | Sparse():
                return None

    def _sparse(self) -> SparseSpec | None:
        action = self.context.action
        if not isinstance(action, Sparse):
            return None
        if self.unit.kind != "pmu":
            known = {name: number for name, (number, _) in self.names.tensors.items()}
            requests = requests_bursts(action, self.machine, self.names.tiers)
            return elaborate_sparse(action, self.context, known, in_memory=False, requests=requests)
        known = {
            name: number
            for (unit, name), (number, _) in self.names.memories.items()
            if unit == self.unit.name
        }
        return elaborate_sparse(action, self.context, known, in_memory=True)

    def _choice(self) -> Choice | None:
        action = self.context.action
        if not isinstance(action, Route):
            return None
        return Choice(
            inputs=tuple(self.inputs[name] for name in action.inputs),
            outputs=tuple(self.outputs[name] for name in action.outputs),
            by=-1 if action.by is None else self.inputs[action.by],
            source=-1 if action.source is None else self.outputs[action.source],
        )
