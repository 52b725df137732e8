"""Elaboration: a section, a machine and tensor addresses become plain numbers for the engines.

Both engines run an `ElaboratedSection` and nothing else, so that what a name, a route or a level
means is decided once, here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from rdu.configuration.model import (
    ELEMENT_BYTES,
    Affine,
    Compute,
    Context,
    Counter,
    Endpoint,
    Load,
    Operand,
    Operation,
    Port,
    Read,
    Route,
    Section,
    Store,
    Unit,
    Update,
    Write,
)
from rdu.configuration.verifier.compute import uses_tree
from rdu.configuration.verifier.limits import stages_of
from rdu.semantics.dtypes import DType
from rdu.semantics.scalar import OPS
from rdu.simulator.specification import (
    Access,
    ChannelSpec,
    ContextSpec,
    ElaboratedSection,
    Input,
    Level,
    MemorySpec,
    Output,
    Step,
    TensorSpec,
    TierSpec,
)
from rdu.targets import Machine


def elaborate(
    section: Section, machine: Machine, addresses: Mapping[str, tuple[str, int]]
) -> ElaboratedSection:
    """Elaborate a verified section; `addresses` gives each formal's tier and byte address."""
    channels, wires = _channels(section, machine)
    memories = {
        (unit.name, memory.name): MemorySpec(
            f"{unit.name}.{memory.name}",
            memory.dtype,
            memory.words,
            memory.buffers,
            machine.pmu.banks,
        )
        for unit in section.units
        for memory in unit.memories
    }
    tiers = tuple(dict.fromkeys(tier for tier, _ in addresses.values())) or tuple(machine.tiers)[:1]
    tensors = {
        f.name: TensorSpec(
            name=f.name,
            dtype=f.dtype,
            elements=math.prod(f.shape),
            address=addresses[f.name][1],
            tier=tiers.index(addresses[f.name][0]),
            element_bytes=ELEMENT_BYTES[f.dtype],
        )
        for f in section.formals
    }
    shapes = {f.name: f.shape for f in section.formals}
    memory_numbers = {key: i for i, key in enumerate(memories)}
    tensor_numbers = {key: i for i, key in enumerate(tensors)}
    contexts = [
        _Elaborator(unit, context, machine, wires).run(memory_numbers, tensor_numbers, shapes)
        for unit, context in section.contexts()
    ]
    return ElaboratedSection(
        name=section.name,
        lanes=machine.pcu.lanes,
        outstanding=machine.ag.outstanding,
        contexts=tuple(contexts),
        channels=tuple(channels),
        memories=tuple(memories.values()),
        tensors=tuple(tensors.values()),
        tiers=tuple(_tier(machine, tier) for tier in tiers),
    )


@dataclass(frozen=True, slots=True)
class _Wires:
    """The channels of each output port, and that of each input port, by number."""

    by_source: Mapping[Endpoint, list[int]]
    by_sink: Mapping[Endpoint, int]


def _channels(section: Section, machine: Machine) -> tuple[list[ChannelSpec], _Wires]:
    """Return a channel for each sink of each net, in the order of the text."""
    names = {(u.name, c.name): i for i, (u, c) in enumerate(section.contexts())}
    channels: list[ChannelSpec] = []
    by_source: dict[Endpoint, list[int]] = {}
    by_sink: dict[Endpoint, int] = {}
    for net in section.nets:
        for sink in net.sinks:
            by_source.setdefault(net.source, []).append(len(channels))
            by_sink[sink.to] = len(channels)
            hops = max(0, len(sink.route) - 1)
            channel = ChannelSpec(
                name=f"{net.source} -> {sink.to}",
                kind=net.kind,
                capacity=-1 if sink.capacity is None else sink.capacity,
                init=sink.init,
                latency=1 + hops * machine.network.hop_latency,
                source=names[net.source.unit, net.source.context],
                sink=names[sink.to.unit, sink.to.context],
            )
            channels.append(channel)
    return channels, _Wires(by_source, by_sink)


def _tier(machine: Machine, name: str) -> TierSpec:
    tier = machine.tiers[name]
    rate = tier.bytes_per_cycle
    return TierSpec(
        name=name,
        channels=tier.channels,
        burst_bytes=tier.burst_bytes,
        burst_ticks=tier.burst_bytes * rate.denominator,
        ticks_per_cycle=rate.numerator,
        latency=tier.latency,
        row_bursts=tier.row_bytes // tier.burst_bytes,
        row_banks=tier.row_banks,
        row_miss_ticks=tier.row_miss * rate.numerator,
    )


class _Elaborator:
    """Numbers one context's registers, then translates its action."""

    def __init__(self, unit: Unit, context: Context, machine: Machine, wires: _Wires) -> None:
        self.unit = unit
        self.context = context
        self.machine = machine
        self.wires = wires
        vector = context.vector_counter
        self.vector_level = 0 if vector is None else context.level_index(vector.name)
        self.constants: list[tuple[int, int | float | bool]] = []
        # A control token has no value; its register is never read.
        ports: list[DType] = [p.dtype or "i1" for p in context.inputs]
        counters: list[DType] = ["i32"] * len(context.counters)
        self.types = ports + counters
        self.numbers = {p.name: i for i, p in enumerate(context.inputs)}
        for i, counter in enumerate(context.counters):
            self.numbers[counter.name] = len(context.inputs) + i

    def run(
        self,
        memories: Mapping[tuple[str, str], int],
        tensors: Mapping[str, int],
        shapes: Mapping[str, tuple[int, ...]],
    ) -> ContextSpec:
        context, action = self.context, self.context.action
        steps: tuple[Step, ...] = ()
        access = None
        match action:
            case Compute():
                steps = tuple(map(self._step, action.operations))
            case Read() | Write() | Update():
                level = context.level_index(action.level)
                target = memories[self.unit.name, action.memory]
                access = self._access(target, (action.address,), (1,), level, action.port)
            case Load() | Store():
                shape = shapes[action.tensor]
                strides = tuple(math.prod(shape[i + 1 :]) for i in range(len(shape)))
                target = tensors[action.tensor]
                access = self._access(target, action.index, strides, -1, action.port)
            case Route():
                pass
        kind = type(action).__name__.lower()
        drives = {d.port: d.value for d in action.drives} if isinstance(action, Compute) else {}
        return ContextSpec(
            name=f"{self.unit.name}.{context.name}",
            kind=kind,
            levels=tuple(map(_level, context.counters)),
            vector_level=self.vector_level,
            repeat=-1 if context.repeat is None else context.repeat,
            depth=self._depth(kind),
            inputs=tuple(
                Input(p.name, self.wires.by_sink[self._at(p)], self._level(p), p.kind, p.dtype)
                for p in context.inputs
            ),
            outputs=tuple(
                Output(
                    p.name,
                    tuple(self.wires.by_source[self._at(p)]),
                    self._level(p),
                    p.kind,
                    p.dtype,
                    self.numbers[drives[p.name]] if p.name in drives else -1,
                )
                for p in context.outputs
            ),
            constants=tuple(self.constants),
            steps=steps,
            registers=tuple(self.types),
            access=access,
            source=context.source,
        )

    def _at(self, port: Port) -> Endpoint:
        return Endpoint(self.unit.name, self.context.name, port.name)

    def _level(self, port: Port) -> int:
        return self.context.level_index(port.level)

    def _depth(self, kind: str) -> int:
        action, lanes = self.context.action, self.machine.pcu.lanes
        if isinstance(action, Compute):
            return max(1, sum(stages_of(op, self.context, lanes) for op in action.operations))
        return self.machine.pmu.depth if kind in ("read", "write") else self.machine.ag.depth

    def _step(self, op: Operation) -> Step:
        operands = tuple(map(self._register, op.operands))
        types: list[DType] = [self.types[r] for r in operands]
        over = -1 if op.over is None else self.context.level_index(op.over)
        init = -1 if op.init is None else self._register(op.init)
        result = OPS[op.mnemonic].result_type([*types, *types] if over >= 0 else types)
        if result is None:
            raise TypeError(f"{op.mnemonic} does not take {types}")
        self.numbers[op.result] = len(self.types)
        self.types.append(result)
        return Step(
            mnemonic=op.mnemonic,
            operands=operands,
            result=self.numbers[op.result],
            over=over,
            init=init,
            tree=uses_tree(op, self.context),
        )

    def _register(self, operand: Operand) -> int:
        """Return the register of a name, or of a constant, which gets a register of its own."""
        if isinstance(operand, str):
            return self.numbers[operand]
        self.constants.append((len(self.types), operand))
        self.types.append(constant_type(operand))
        return len(self.types) - 1

    def _access(
        self,
        target: int,
        index: tuple[Affine, ...],
        strides: tuple[int, ...],
        level: int,
        port: str,
    ) -> Access:
        ports = self.context.inputs if port in self.numbers else self.context.outputs
        pairs = list(zip(index, strides, strict=True))
        return Access(
            target=target,
            constant=sum(a.constant * s for a, s in pairs),
            coefficients=tuple(
                sum(a.coefficient(c.name) * s for a, s in pairs) for c in self.context.counters
            ),
            buffer_level=level,
            port=next(i for i, p in enumerate(ports) if p.name == port),
        )


def _level(counter: Counter) -> Level:
    start, stop = counter.extent or (0, 0)
    stride = counter.step * counter.par
    return Level(start, stop, counter.step, stride, -1 if counter.trips is None else counter.trips)


def constant_type(value: int | float | bool) -> DType:
    """Return the element type that a constant's spelling says: 1 is i32, 1.0 f32, true i1."""
    if isinstance(value, bool):
        return "i1"
    return "i32" if isinstance(value, int) else "f32"
