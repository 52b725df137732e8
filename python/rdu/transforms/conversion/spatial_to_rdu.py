"""Conversion of controllers and memories to units, contexts and nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rdu.dialects import rdu, spatial
from rdu.dialects.spatial.levels import operand_level, value_levels
from rdu.mlir_ext import arith, func, ir
from rdu.mlir_ext.linear import Linear, affine_map, linear_map
from rdu.mlir_ext.passes import Pass, option, register


@dataclass(frozen=True)
class ConvertOptions:
    """What the fabric gives."""

    lanes: int = option(16, help="lanes of a vector, for tile transfers", min=1)
    fifo_depth: int = option(16, help="capacity of a vector channel in tokens", min=1)
    tier: str = option("dram", help="memory tier that holds the tensors")


@register
class SpatialToRdu(Pass):
    """Give every controller, memory and transfer its units, and connect them.

    Accepts functions without arguments whose inner controllers are not unrolled any more. Each
    function becomes tensors, a section in state `virtual` and a run of it:

    * an inner controller is a PCU context over the counters around it and its own;
    * a scratchpad memory is a PMU; each read of a controller is a read context there, shared by
      copies that read the same words in the same order; each write is a write context;
    * a tile transfer is an address generator and a context of the memory's PMU;
    * between every writer and reader of a memory go a full and a free token for each buffer, at
      the level of the innermost controller around both.
    """

    name = "spatial-to-rdu"
    level_in = "spatial"
    level_out = "rdu"
    Options = ConvertOptions
    messages = {  # noqa: RUF012
        "unrolled": "is unrolled: expected spatial-unroll before this pass",
        "memory": "has no place on the fabric yet: expected a spatial.sram",
        "unwritten": "is read and never written",
        "unread": "is written and never read",
        "depths": "is shared at different depths of the nest: expected one controller around all "
        "pairs of writer and reader",
        "stale": "depends on a reduced counter after the reduction: expected outer counters only",
        "arguments": "has arguments: expected spatial.dram declarations instead",
    }
    statistics = {"units": "units made", "contexts": "contexts made", "nets": "nets made"}  # noqa: RUF012

    def run(self, module: ir.OpView, options: ConvertOptions) -> None:
        """Convert every function of the module."""
        for function in [o for o in module.body.operations if isinstance(o, func.FuncOp)]:
            self._check(function)
            if self.failed:
                continue
            fabric = _Fabric(options)
            _Walk(self, fabric, options).function(function)
            self._own(fabric)
            if self.failed:
                continue
            with ir.InsertionPoint(function.operation), function.location:
                fabric.emit(function.name.value, _inside(function))
            self.count("units", len(fabric.units))
            self.count("contexts", sum(len(u.contexts) for u in fabric.units.values()))
            self.count("nets", len(fabric.nets))
            function.operation.erase()

    def _check(self, function: ir.OpView) -> None:
        if len(function.arguments):
            self.error(function, "arguments")

        def visit(operation: ir.Operation) -> ir.WalkResult:
            op = operation.opview
            if isinstance(op, spatial.ControllerOp) and any(n > 1 for n in op.unroll):
                self.error(op, "unrolled")
            if isinstance(op, spatial.RegOp | spatial.LutOp):
                self.error(op, "memory")
            return ir.WalkResult.ADVANCE

        function.operation.walk(visit)

    def _own(self, fabric: _Fabric) -> None:
        """Find the level at which each memory changes hands, and connect its tokens."""
        for memory, accesses in fabric.accesses.items():
            declaration = memory.owner.opview
            writers = [a for a in accesses if a.writes]
            readers = [a for a in accesses if not a.writes]
            if not writers or not readers:
                self.error(declaration, "unread" if writers else "unwritten")
                continue
            levels = {_shared_level(w.scope, r.scope) for w in writers for r in readers}
            if len(levels) > 1:
                self.error(declaration, "depths")
                continue
            fabric.own(memory, writers, readers, levels.pop())


# -- plans: what will be emitted --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Counter:
    name: str
    start: int
    stop: int
    step: int = 1
    lanes: int = 1


_Chain = tuple[_Counter, ...]


@dataclass(slots=True)
class _Access:
    """A context that reads or writes a memory.

    `scope` are the outer controllers around it; `key` tells accesses of the same words in the same
    order apart from others.
    """

    memory: ir.Value
    writes: bool
    context: str
    chain: _Chain
    address: Linear
    scope: tuple[ir.Value | ir.Operation, ...]
    location: ir.Location
    level: int = 0
    acquires: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Transfer:
    """A context of an address generator."""

    loads: bool
    tensor: str
    chain: _Chain
    index: tuple[Linear, ...]
    element: ir.Type
    location: ir.Location


@dataclass(slots=True)
class _Compute:
    """A context of a PCU, with the port of each read, pop, write and push."""

    controller: ir.OpView
    chain: _Chain
    prefix: int
    inputs: dict[ir.Operation, tuple[str, int]]
    outputs: dict[str, tuple[ir.Value, int]]


@dataclass(slots=True)
class _Unit:
    kind: str
    location: ir.Location
    memory: ir.Value | None = None
    contexts: dict[str, _Access | _Transfer | _Compute] = field(default_factory=dict)


@dataclass(slots=True)
class _Net:
    kind: str
    sinks: list[tuple[str, int, int]] = field(default_factory=list)


class _Fabric:
    """Units and nets in the making."""

    def __init__(self, options: ConvertOptions) -> None:
        self.options = options
        self.units: dict[str, _Unit] = {}
        self.nets: dict[tuple[str, str], _Net] = {}
        self.accesses: dict[ir.Value, list[_Access]] = {}
        self.home: dict[ir.Value, str] = {}
        self.shared: dict[tuple[object, ...], str] = {}

    def unit(self, kind: str, name: str, location: ir.Location) -> str:
        """Add a unit; return its name, made unique."""
        unique, number = name, 1
        while unique in self.units:
            number += 1
            unique = f"{name}_{number}"
        self.units[unique] = _Unit(kind, location)
        return unique

    def memory(self, declaration: ir.OpView) -> None:
        """Add the PMU that holds a memory."""
        name = self.unit("pmu", declaration.name.value, declaration.location)
        self.units[name].memory = declaration.result
        self.home[declaration.result] = name
        self.accesses[declaration.result] = []

    def connect(
        self, source: str, sink: str, kind: str, capacity: int | None = None, init: int = 0
    ) -> None:
        """Connect an output port to an input port."""
        net = self.nets.setdefault((source, kind), _Net(kind))
        net.sinks.append((sink, capacity or self.options.fifo_depth, init))

    def write(self, access: _Access) -> str:
        """Add a write context; return the port that takes its data."""
        return self._access(access, "write")

    def read(self, access: _Access) -> str:
        """Add a read context, or find the one that reads the same; return its data port."""
        shape = tuple((c.stop, c.step, c.lanes) for c in access.chain[_depth(access.scope) :])
        key = (access.memory, access.scope, shape, access.address)
        if key not in self.shared:
            self.shared[key] = self._access(access, "read")
        return self.shared[key]

    def _access(self, access: _Access, verb: str) -> str:
        home = self.home[access.memory]
        contexts = self.units[home].contexts
        same = sum(name.startswith(verb) for name in contexts)
        access.context = f"{verb}_{same + 1}" if same else verb
        contexts[access.context] = access
        self.accesses[access.memory].append(access)
        return f"{home}.{access.context}.data"

    def own(
        self, memory: ir.Value, writers: list[_Access], readers: list[_Access], level: int
    ) -> None:
        """Connect full and free tokens between every writer and reader of a memory."""
        home, buffers = self.home[memory], memory.owner.opview.buffers.value
        for access in (*writers, *readers):
            access.level = level
        for givers, takers, token, init in (
            (writers, readers, "full", 0),
            (readers, writers, "free", buffers),
        ):
            for giver in givers:
                giver.releases.append(token)
            for taker in takers:
                for number, giver in enumerate(givers):
                    port = token if len(givers) == 1 else f"{token}_{number}"
                    taker.acquires.append(port)
                    self.connect(
                        f"{home}.{giver.context}.{token}",
                        f"{home}.{taker.context}.{port}",
                        "control",
                        buffers,
                        init,
                    )

    # -- emission -------------------------------------------------------------------------------

    def emit(self, name: str, declarations: Sequence[ir.OpView]) -> None:
        """Emit tensors, the section and its run at the insertion point."""
        tensors = [d for d in declarations if isinstance(d, spatial.DramOp)]
        for tensor in tensors:
            rdu.TensorOp(
                name=tensor.name.value,
                role=tensor.role.value,
                type=tensor.result.type.tensor,
                tier=self.options.tier,
                loc=tensor.location,
            )
        section = rdu.SectionOp(name=name, state="virtual")
        with ir.InsertionPoint(section.body.blocks.append()):
            for tensor in tensors:
                rdu.FormalOp(
                    name=tensor.name.value, type=tensor.result.type.tensor, loc=tensor.location
                )
            for unit_name, unit in self.units.items():
                self._emit_unit(unit_name, unit)
            for number, ((source, _), net) in enumerate(self.nets.items()):
                rdu.NetOp(
                    name=f"n{number}",
                    kind=net.kind,
                    source=source,
                    sinks=[sink for sink, _, _ in net.sinks],
                    capacities=[capacity for _, capacity, _ in net.sinks],
                    inits=[init for _, _, init in net.sinks],
                    loc=self.units[source.partition(".")[0]].location,
                )
        names = [tensor.name.value for tensor in tensors]
        rdu.RunOp(section=name, formals=names, tensors=names)

    def _emit_unit(self, name: str, unit: _Unit) -> None:
        op = rdu.UnitOp(name=name, kind=unit.kind, loc=unit.location)
        with ir.InsertionPoint(op.body.blocks.append()), unit.location:
            if unit.memory is not None:
                declaration = unit.memory.owner.opview
                rdu.MemoryOp(
                    name=declaration.name.value,
                    element=unit.memory.type.tensor.element_type,
                    words=declaration.words,
                    buffers=declaration.buffers.value,
                )
            for context_name, context in unit.contexts.items():
                _emit_context(context_name, context)


def _emit_context(name: str, plan: _Access | _Transfer | _Compute) -> None:
    chain = plan.chain
    location = plan.controller.location if isinstance(plan, _Compute) else plan.location
    context = rdu.ContextOp(
        name=name,
        names=[c.name for c in chain],
        starts=[c.start for c in chain],
        stops=[c.stop for c in chain],
        steps=[c.step for c in chain],
        lanes=[c.lanes for c in chain],
        loc=location,
    )
    with ir.InsertionPoint(context.body.blocks.append()), location:
        if isinstance(plan, _Access):
            _emit_access(plan)
        elif isinstance(plan, _Transfer):
            _emit_transfer(plan)
        else:
            _emit_compute(plan)


def _emit_access(plan: _Access) -> None:
    declaration = plan.memory.owner.opview
    element = plan.memory.type.tensor.element_type
    innermost = len(plan.chain)
    place = {
        "memory": declaration.name.value,
        "address": affine_map([plan.address], innermost),
        "level": plan.level,
    }
    for port in plan.acquires:
        rdu.AcquireOp(port=port, level=plan.level)
    if plan.writes:
        word = rdu.PopOp(port="data", kind="vector", level=innermost, value=element).value
        rdu.WriteOp(value=word, **place)
    else:
        word = rdu.ReadOp(value=element, **place).value
        rdu.PushOp(value=word, port="data", kind="vector", level=innermost)
    for port in plan.releases:
        rdu.ReleaseOp(port=port, level=plan.level)


def _emit_transfer(plan: _Transfer) -> None:
    innermost = len(plan.chain)
    place = {"tensor": plan.tensor, "index": affine_map(plan.index, innermost)}
    if plan.loads:
        word = rdu.LoadOp(value=plan.element, **place).value
        rdu.PushOp(value=word, port="data", kind="vector", level=innermost)
    else:
        word = rdu.PopOp(port="data", kind="vector", level=innermost, value=plan.element).value
        rdu.StoreOp(value=word, **place)


def _emit_compute(plan: _Compute) -> None:
    values: dict[ir.Value, ir.Value] = {}
    for op in plan.controller.body.blocks[0].operations:
        with op.location:
            if isinstance(op, spatial.ReadOp | spatial.PopOp):
                port, level = plan.inputs[op.operation]
                values[op.value] = rdu.PopOp(
                    port=port, kind="vector", level=level, value=op.value.type
                ).value
            elif isinstance(op, spatial.IndexOp):
                values[op.result] = rdu.CounterOp(level=op.dim.value + 1).result
            elif isinstance(op, spatial.ReduceOp):
                init = None if op.init is None else _value(op.init, values)
                values[op.result] = rdu.ReduceOp(
                    value=_value(op.value, values),
                    init=init,
                    combiner=op.combiner.value,
                    over=plan.prefix + op.over.value + 1,
                    result=op.result.type,
                ).result
            elif op.operation.name.partition(".")[0] in ("arith", "math"):
                copy = ir.Operation.create(
                    op.operation.name,
                    results=[r.type for r in op.operation.results],
                    operands=[_value(o, values) for o in op.operation.operands],
                    attributes={n: op.attributes[n] for n in op.attributes},
                )
                values[op.operation.results[0]] = copy.results[0]
    for port, (value, level) in plan.outputs.items():
        rdu.PushOp(value=_driven(value, values), port=port, kind="vector", level=level)


def _value(value: ir.Value, values: dict[ir.Value, ir.Value]) -> ir.Value:
    if value not in values:
        # A constant from outside: every context gets its own copy.
        values[value] = value.owner.clone().results[0]
    return values[value]


def _driven(value: ir.Value, values: dict[ir.Value, ir.Value]) -> ir.Value:
    """Return what an output carries; a constant passes through a stage first."""
    mapped = _value(value, values)
    if not isinstance(mapped.owner.opview, arith.ConstantOp):
        return mapped
    true = arith.ConstantOp(ir.IntegerType.get_signless(1), 1).result
    return arith.SelectOp(true, mapped, mapped).result


# -- the walk over a function -----------------------------------------------------------------------


class _Walk:
    """Plans contexts for the ops of a function, with the outer controllers around them."""

    def __init__(self, owner: SpatialToRdu, fabric: _Fabric, options: ConvertOptions) -> None:
        self.owner = owner
        self.fabric = fabric
        self.options = options
        self.scope: tuple[ir.Operation, ...] = ()
        self.chain: _Chain = ()
        self.pushed: dict[ir.Value, str] = {}

    def function(self, function: ir.OpView) -> None:
        def declare(operation: ir.Operation) -> ir.WalkResult:
            if isinstance(operation.opview, spatial.SramOp):
                self.fabric.memory(operation.opview)
            return ir.WalkResult.ADVANCE

        function.operation.walk(declare)
        self._sequence(_inside(function))

    def _sequence(self, operations: Sequence[ir.OpView]) -> None:
        for op in operations:
            if isinstance(op, spatial.LoadOp | spatial.StoreOp):
                self._transfer(op)
            elif isinstance(op, spatial.ControllerOp) and op.is_inner:
                self._compute(op)
            elif isinstance(op, spatial.ControllerOp):
                scope, chain = self.scope, self.chain
                self.scope, self.chain = (*scope, op.operation), chain + _own_chain(op)
                self._sequence(list(op.body.blocks[0].operations))
                self.scope, self.chain = scope, chain

    def _transfer(self, op: ir.OpView) -> None:
        """Plan a tile transfer: an address generator and a context of the memory's PMU."""
        loads = isinstance(op, spatial.LoadOp)
        declaration = op.sram.owner.opview
        tile = [_Counter(f"d{d}", 0, extent) for d, extent in enumerate(declaration.shape)]
        if tile:
            tile[-1] = replace(tile[-1], lanes=self.options.lanes)
        chain, outer = (*self.chain, *tile), len(self.chain)
        offsets = linear_map(ir.AffineMapAttr(op.offsets).value)
        assert offsets is not None, "the verifier refuses other maps"
        index = tuple(
            Linear(row.coefficients + _unit(d, len(tile)), row.constant)
            for d, row in enumerate(offsets)
        )
        address = Linear((0,) * outer + tuple(declaration.layout) if tile else (0,) * outer)
        access = _Access(op.sram, loads, "", chain, address, self.scope, op.location)
        verb = "load" if loads else "store"
        unit = self.fabric.unit("ag", f"{verb}_{declaration.name.value}", op.location)
        self.fabric.units[unit].contexts["main"] = _Transfer(
            loads,
            op.dram.owner.opview.name.value,
            chain,
            index,
            op.sram.type.tensor.element_type,
            op.location,
        )
        if loads:
            self.fabric.connect(f"{unit}.main.data", self.fabric.write(access), "vector")
        else:
            self.fabric.connect(self.fabric.read(access), f"{unit}.main.data", "vector")

    def _compute(self, controller: ir.OpView) -> None:
        """Plan an inner controller: a PCU context and the accesses that feed and drain it."""
        written = [
            o.memory.owner.opview.name.value
            for o in controller.body.blocks[0].operations
            if isinstance(o, spatial.WriteOp)
        ]
        name = f"make_{written[0]}" if written else "partial"
        unit = self.fabric.unit("pcu", name, controller.location)
        chain, prefix = self.chain + _own_chain(controller), len(self.chain)
        plan = _Compute(controller, chain, prefix, {}, {})
        self.fabric.units[unit].contexts["main"] = plan
        levels = value_levels(controller)
        taken = {c.name for c in chain}
        for op in controller.body.blocks[0].operations:
            if isinstance(op, spatial.ReadOp):
                level = prefix + self._read_level(op, controller, levels)
                port = _unique(op.memory.owner.opview.name.value, taken)
                plan.inputs[op.operation] = (port, level)
                source = self.fabric.read(self._access(op, chain, level, writes=False))
                self.fabric.connect(source, f"{unit}.main.{port}", "vector")
            elif isinstance(op, spatial.PopOp):
                port = _unique(op.fifo.owner.opview.name.value, taken)
                plan.inputs[op.operation] = (port, prefix + op.level.value)
                depth = op.fifo.owner.opview.depth.value
                self.fabric.connect(self.pushed[op.fifo], f"{unit}.main.{port}", "vector", depth)
        ports: dict[ir.Value, str] = {}
        for op in controller.body.blocks[0].operations:
            if not isinstance(op, spatial.WriteOp | spatial.PushOp):
                continue
            level = prefix + levels.get(op.value, len(controller.names))
            if op.value not in ports:
                ports[op.value] = _unique("out", taken)
                plan.outputs[ports[op.value]] = (op.value, level)
            source = f"{unit}.main.{ports[op.value]}"
            if isinstance(op, spatial.PushOp):
                self.pushed[op.fifo] = source
            else:
                access = self._access(op, chain, level, writes=True)
                self.fabric.connect(source, self.fabric.write(access), "vector")

    def _read_level(
        self, op: spatial.ReadOp, controller: ir.OpView, levels: dict[ir.Value, int]
    ) -> int:
        """The level at which a read's token is popped, counted in the controller's own counters.

        It is the deepest counter that the address depends on; but not outside of the counter that
        the lanes run along, so that the token is the vector that the operations need.
        """
        innermost = len(controller.names)
        used = max(
            (_use_level(use.owner.opview, op.value, levels, innermost) for use in op.value.uses),
            default=innermost,
        )
        rows = linear_map(ir.AffineMapAttr(op.map).value)
        assert rows is not None, "the verifier refuses other maps"
        outer = len(self.chain)
        depends = max(
            (i + 1 for row in rows for i, c in enumerate(row.coefficients[outer:]) if c), default=0
        )
        lanes = next((i + 1 for i, n in enumerate(controller.lanes) if n > 1), 0)
        if depends > used:
            self.owner.error(op, "stale")
        return max(depends, lanes) if lanes <= used else depends

    def _access(
        self, op: spatial.ReadOp | spatial.WriteOp, chain: _Chain, level: int, *, writes: bool
    ) -> _Access:
        """Plan the access of an op over the outer part of a chain, own counters from 0."""
        declaration = op.memory.owner.opview
        rows = linear_map(ir.AffineMapAttr(op.map).value)
        assert rows is not None, "the verifier refuses other maps"
        coefficients = [0] * len(chain)
        constant = 0
        for row, stride in zip(rows, declaration.layout, strict=True):
            constant += row.constant * stride
            for i, coefficient in enumerate(row.coefficients):
                coefficients[i] += coefficient * stride
        outer = len(self.chain)
        rebased = list(chain[:level])
        for i in range(outer, level):
            constant += coefficients[i] * chain[i].start
            rebased[i] = replace(chain[i], start=0, stop=chain[i].stop - chain[i].start)
        address = Linear(tuple(coefficients[:level]), constant)
        return _Access(op.memory, writes, "", tuple(rebased), address, self.scope, op.location)


def _use_level(
    user: ir.OpView, value: ir.Value, levels: dict[ir.Value, int], innermost: int
) -> int:
    """The level at which an op uses a value."""
    if isinstance(user, spatial.ReduceOp) and user.init is not None and user.init == value:
        return user.over.value
    return operand_level(user, levels, innermost)


def _inside(function: ir.OpView) -> list[ir.OpView]:
    return list(function.regions[0].blocks[0].operations)


def _own_chain(controller: ir.OpView) -> _Chain:
    fields = (controller.starts, controller.stops, controller.steps, controller.lanes)
    return tuple(map(_Counter, controller.counter_names, *fields))


def _shared_level(one: Sequence[ir.Operation], other: Sequence[ir.Operation]) -> int:
    """How many counters the controllers around both have."""
    level = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        level += len(a.opview.names)
    return level


def _depth(scope: Sequence[ir.Operation]) -> int:
    return sum(len(controller.opview.names) for controller in scope)


def _unit(position: int, size: int) -> tuple[int, ...]:
    return tuple(int(i == position) for i in range(size))


def _unique(name: str, taken: set[str]) -> str:
    """Return a port name that no counter or port has and that is no numbered value."""
    base = f"{name}_in" if name[:1] == "v" and name[1:].isdigit() else name
    unique, number = base, 1
    while unique in taken:
        number += 1
        unique = f"{base}_{number}"
    taken.add(unique)
    return unique
