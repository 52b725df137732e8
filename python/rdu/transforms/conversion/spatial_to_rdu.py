"""Conversion of controllers and memories to units, contexts and nets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rdu.dialects import spatial
from rdu.dialects.spatial.levels import operand_level, value_levels
from rdu.mlir_ext import ir
from rdu.mlir_ext.functions import defined_functions
from rdu.mlir_ext.linear import Linear, verified_rows
from rdu.mlir_ext.passes import Pass, option, register
from rdu.support.names import unused
from rdu.transforms.conversion.units.emit import emit
from rdu.transforms.conversion.units.fabric import Fabric
from rdu.transforms.conversion.units.plans import Access, Chain, Compute, Counter, Transfer


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
        "queue": "is filled by {pushes} operations and emptied by {pops}: expected one of each",
        "unfed": "takes from a queue that no operation before it fills",
        "arguments": "has arguments: expected spatial.dram declarations instead",
    }
    statistics = {"units": "units made", "contexts": "contexts made", "nets": "nets made"}  # noqa: RUF012

    def run(self, module: ir.OpView, options: ConvertOptions) -> None:
        """Convert every function of the module."""
        for function in defined_functions(module):
            self._check(function)
            if self.failed:
                continue
            fabric = Fabric(options.fifo_depth)
            _Walk(self, fabric, options).function(function)
            self._own(fabric)
            if self.failed:
                continue
            with ir.InsertionPoint(function.operation), function.location:
                emit(fabric, function.name.value, _inside(function), options.tier)
            self.count("units", len(fabric.units))
            self.count("contexts", sum(len(u.contexts) for u in fabric.units.values()))
            self.count("nets", len(fabric.nets))
            function.operation.erase()

    def _check(self, function: ir.OpView) -> None:
        if len(function.arguments):
            self.error(function, "arguments")

        filled: set[ir.Value] = set()

        def visit(operation: ir.Operation) -> ir.WalkResult:
            op = operation.opview
            if isinstance(op, spatial.FifoOp):
                users = [use.owner.name for use in op.result.uses]
                pushes, pops = users.count("spatial.push"), users.count("spatial.pop")
                if (pushes, pops) != (1, 1):
                    self.error(op, "queue", pushes=pushes, pops=pops)
            elif isinstance(op, spatial.PushOp):
                filled.add(op.fifo)
            elif isinstance(op, spatial.PopOp) and op.fifo not in filled:
                self.error(op, "unfed")
            if isinstance(op, spatial.ControllerOp) and any(n > 1 for n in op.unroll):
                self.error(op, "unrolled")
            if isinstance(op, spatial.RegOp | spatial.LutOp):
                self.error(op, "memory")
            return ir.WalkResult.ADVANCE

        function.operation.walk(visit, ir.WalkOrder.PRE_ORDER)

    def _own(self, fabric: Fabric) -> None:
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


class _Walk:
    """Plans contexts for the ops of a function, with the outer controllers around them."""

    def __init__(self, owner: SpatialToRdu, fabric: Fabric, options: ConvertOptions) -> None:
        self.owner = owner
        self.fabric = fabric
        self.options = options
        self.scope: tuple[ir.Operation, ...] = ()
        self.chain: Chain = ()
        self.pushed: dict[ir.Value, str] = {}
        self.paths: dict[ir.Value, int] = {}
        self.turns: dict[ir.Value, tuple[int, int]] = {}

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
        tile = [Counter(f"d{d}", 0, extent) for d, extent in enumerate(declaration.shape)]
        if tile:
            tile[-1] = replace(tile[-1], lanes=self.options.lanes)
        chain, outer = (*self.chain, *tile), len(self.chain)
        offsets = verified_rows(ir.AffineMapAttr(op.offsets).value)
        index = tuple(
            Linear(row.coefficients + _unit(d, len(tile)), row.constant)
            for d, row in enumerate(offsets)
        )
        address = Linear((0,) * outer + tuple(declaration.layout) if tile else (0,) * outer)
        turn = self.paths.get(op.sram, 0), 0
        access = Access(op.sram, loads, "", chain, address, self.scope, turn, op.location)
        verb = "load" if loads else "store"
        unit = self.fabric.unit("ag", f"{verb}_{declaration.name.value}", op.location)
        self.fabric.units[unit].contexts["main"] = Transfer(
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
        plan = Compute(controller, chain, prefix, {}, {})
        self.fabric.units[unit].contexts["main"] = plan
        levels = value_levels(controller)
        taken = {c.name for c in chain}
        path, turn, waits = self._place(controller, prefix)
        for op in controller.body.blocks[0].operations:
            if isinstance(op, spatial.ReadOp):
                level = prefix + self._read_level(op, controller, levels)
                order = turn if level > waits else (turn[0], 0)
                port = _unique(op.memory.owner.opview.name.value, taken)
                plan.inputs[op.operation] = (port, "vector", level)
                source = self.fabric.read(self._access(op, chain, level, order))
                self.fabric.connect(source, f"{unit}.main.{port}", "vector")
            elif isinstance(op, spatial.PopOp):
                port = _unique(op.fifo.owner.opview.name.value, taken)
                kind = _token_kind(controller, op.level.value)
                plan.inputs[op.operation] = (port, kind, prefix + op.level.value)
                depth = op.fifo.owner.opview.depth.value
                self.fabric.connect(self.pushed[op.fifo], f"{unit}.main.{port}", kind, depth)
        ports: dict[tuple[ir.Value, str], str] = {}
        for op in controller.body.blocks[0].operations:
            if not isinstance(op, spatial.WriteOp | spatial.PushOp):
                continue
            level = levels.get(op.value, len(controller.names))
            pushes = isinstance(op, spatial.PushOp)
            kind = _token_kind(controller, level) if pushes else "vector"
            if (op.value, kind) not in ports:
                ports[op.value, kind] = _unique("out", taken)
                plan.outputs[ports[op.value, kind]] = (op.value, kind, prefix + level)
            source = f"{unit}.main.{ports[op.value, kind]}"
            if isinstance(op, spatial.PushOp):
                self.pushed[op.fifo] = source
                self.turns[op.fifo] = turn
            else:
                self.paths[op.memory] = max(path, self.paths.get(op.memory, 0))
                access = self._access(op, chain, prefix + level, turn)
                self.fabric.connect(source, self.fabric.write(access), "vector")

    def _read_level(
        self, op: spatial.ReadOp, controller: ir.OpView, levels: dict[ir.Value, int]
    ) -> int:
        """Return the level at which a read pops, counted in the controller's own counters.

        It is the deepest counter that the address depends on; but not outside of the counter that
        the lanes run along, so that the token is the vector that the operations need.
        """
        innermost = len(controller.names)
        used = max(
            (_use_level(use.owner.opview, op.value, levels, innermost) for use in op.value.uses),
            default=innermost,
        )
        rows = verified_rows(ir.AffineMapAttr(op.map).value)
        outer = len(self.chain)
        depends = max(
            (i + 1 for row in rows for i, c in enumerate(row.coefficients[outer:]) if c), default=0
        )
        lanes = next((i + 1 for i, n in enumerate(controller.lanes) if n > 1), 0)
        if depends > used:
            self.owner.error(op, "stale")
        return max(depends, lanes) if lanes <= used else depends

    def _access(
        self,
        op: spatial.ReadOp | spatial.WriteOp,
        chain: Chain,
        level: int,
        turn: tuple[int, int],
    ) -> Access:
        """Plan the access of an op over the outer part of a chain, own counters from 0.

        A read that does not depend on the counter of the lanes fills all of them, so that copies
        with a shorter last vector can share it: they mask what they take themselves.
        """
        declaration = op.memory.owner.opview
        rows = verified_rows(ir.AffineMapAttr(op.map).value)
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
            size = chain[i].stop - chain[i].start
            if isinstance(op, spatial.ReadOp) and not coefficients[i]:
                vector = chain[i].step * chain[i].lanes
                size = -(-size // vector) * vector
            rebased[i] = replace(chain[i], start=0, stop=size)
        address = Linear(tuple(coefficients[:level]), constant)
        writes = isinstance(op, spatial.WriteOp)
        return Access(op.memory, writes, "", tuple(rebased), address, self.scope, turn, op.location)

    def _place(self, controller: ir.OpView, prefix: int) -> tuple[int, tuple[int, int], int]:
        """Return a controller's path of memories, its turn, and the level at which queues stop it.

        The copies of a chain have the first one's path and a number each as their turn.
        """
        operations = controller.body.blocks[0].operations
        reads = [o.memory for o in operations if isinstance(o, spatial.ReadOp)]
        pops = [o for o in operations if isinstance(o, spatial.PopOp)]
        path = max((1 + self.paths.get(memory, 0) for memory in reads), default=0)
        if not pops:
            return path, (path, 0), prefix
        first, link = max(self.turns[o.fifo] for o in pops)
        return max(path, first), (first, link + 1), prefix + min(o.level.value for o in pops)


def _token_kind(controller: ir.OpView, level: int) -> str:
    """Return the kind of token that a queue carries: outside of the lanes a value is a scalar."""
    lanes = next((i + 1 for i, n in enumerate(controller.lanes) if n > 1), 0)
    return "scalar" if level < lanes else "vector"


def _use_level(
    user: ir.OpView, value: ir.Value, levels: dict[ir.Value, int], innermost: int
) -> int:
    """Return the level at which an op uses a value."""
    if isinstance(user, spatial.ReduceOp) and user.init is not None and user.init == value:
        return user.over.value
    return operand_level(user, levels, innermost)


def _inside(function: ir.OpView) -> list[ir.OpView]:
    return list(function.regions[0].blocks[0].operations)


def _own_chain(controller: ir.OpView) -> Chain:
    fields = (controller.starts, controller.stops, controller.steps, controller.lanes)
    return tuple(map(Counter, controller.counter_names, *fields))


def _shared_level(one: Sequence[ir.Operation], other: Sequence[ir.Operation]) -> int:
    """How many counters the controllers around both have."""
    level = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        level += len(a.opview.names)
    return level


def _unit(position: int, size: int) -> tuple[int, ...]:
    return tuple(int(i == position) for i in range(size))


def _unique(name: str, taken: set[str]) -> str:
    """Return a port name that no counter or port has and that is no numbered value."""
    base = f"{name}_in" if name[:1] == "v" and name[1:].isdigit() else name
    unique = unused(base, taken)
    taken.add(unique)
    return unique
