"""Controllers of the `spatial` dialect and what stands in them."""

from rdu.dialects.checks import COUNTERS, REDUCTION, check_counters, check_reduction
from rdu.dialects.spatial.memories import Dram, Fifo, Lut, Reg, Spatial, Sram, is_static_tensor
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Operand, Pure, Region, Result, Terminator
from rdu.mlir_ext.linear import Linear, linear_map

SCHEDULES = ("pipelined", "sequenced", "streaming", "fork_join")


class ControllerOp(Spatial.Operation, name="controller"):
    """Run a body over a chain of counters.

    An inner controller holds scalar operations only and starts an iteration each cycle. An outer
    one holds controllers and tile transfers: `sequenced` runs them one after another, `pipelined`
    overlaps successive iterations, `streaming` lets them run as their queues allow, `fork_join`
    runs independent ones side by side. The result is that of running in program order.

    `lanes` of a counter are neighbouring values processed as one vector, `unroll` copies of the
    controller share its range; neither changes the result (beyond the order of a reduction
    along lanes).

    ```mlir
    "spatial.controller"() ({
      %a = "spatial.read"(%x) {map = affine_map<(i) -> (i)>}
        : (!spatial.scratchpad<tensor<64xf32>>) -> f32
      %b = arith.negf %a : f32
      "spatial.write"(%b, %y) {map = affine_map<(i) -> (i)>}
        : (f32, !spatial.scratchpad<tensor<64xf32>>) -> ()
      "spatial.yield"() : () -> ()
    }) {schedule = "pipelined", names = ["i"], starts = array<i64: 0>, stops = array<i64: 64>,
        steps = array<i64: 1>, lanes = array<i64: 16>, unroll = array<i64: 1>} : () -> ()
    ```

    Inner controllers become contexts of PCUs and of the PMUs that they access; outer ones become
    counters around those, and tokens between them.
    """

    messages = COUNTERS | {
        "schedule": "schedule is '{have}': expected {need}",
        "names": "names a counter {have}: expected a string",
        "grains": "counters have grains {have}: expected {need} entries of at least 1",
        "unroll": "counters are unrolled {have} times: expected entries of at least 1",
        "repeated": "counter name '{name}' is taken: expected names that differ along the nest",
        "mixed": "holds controllers or transfers beside '{have}': expected one kind or the other",
        "hazard": "reads and writes the same memory: expected two memories",
    }
    terminators = {"body": "spatial.yield"}  # noqa: RUF012

    schedule: ir.StringAttr
    """`pipelined`, `sequenced`, `streaming` or `fork_join`."""
    names: ir.ArrayAttr
    """A name for each counter, outermost first."""
    starts: ir.DenseI64ArrayAttr
    """First value of each counter."""
    stops: ir.DenseI64ArrayAttr
    """Bound of each counter, not reached."""
    steps: ir.DenseI64ArrayAttr
    """Distance between values of each counter."""
    lanes: ir.DenseI64ArrayAttr
    """Values of each counter processed at once as a vector."""
    unroll: ir.DenseI64ArrayAttr
    """Copies that share each counter's range."""
    grains: ir.DenseI64ArrayAttr | None
    """Values of each counter that unrolling keeps together; its lanes if absent."""
    body: Region
    """What runs on each iteration."""

    @property
    def counter_names(self) -> list[str]:
        """Names of the own counters."""
        return [name.value for name in self.names if isinstance(name, ir.StringAttr)]

    @property
    def well_formed(self) -> bool:
        """Whether every counter has a name, and bounds and a step that make sense."""
        fields = (self.counter_names, self.starts, self.stops, self.steps)
        if any(len(field) != len(self.names) for field in fields):
            return False
        bounds = zip(self.starts, self.stops, self.steps, strict=True)
        return all(start < stop and step > 0 for start, stop, step in bounds)

    @property
    def trips(self) -> list[int]:
        """Iterations of each own counter, each lane counted."""
        bounds = zip(self.starts, self.stops, self.steps, strict=True)
        return [-(-(stop - start) // step) for start, stop, step in bounds]

    @property
    def grain_sizes(self) -> list[int]:
        """Values of each own counter that unrolling keeps together."""
        return list(self.lanes if self.grains is None else self.grains)

    @property
    def is_inner(self) -> bool:
        """Whether the body holds scalar operations only."""
        return not any(o.operation.name in _OUTER for o in self.body.blocks[0].operations)

    def verify(self) -> None:
        """Check the schedule and the counters."""
        if self.schedule.value not in SCHEDULES:
            self.error("schedule", have=self.schedule.value, need=" or ".join(SCHEDULES))
        for name in self.names:
            if not isinstance(name, ir.StringAttr):
                self.error("names", have=name)
        if not check_counters(self, ("starts", "stops", "steps", "lanes", "unroll")):
            return
        if any(n < 1 for n in self.unroll):
            self.error("unroll", have=list(self.unroll))
        grains = self.grain_sizes
        if len(grains) != len(self.names) or any(g < 1 for g in grains):
            self.error("grains", have=grains, need=len(self.names))
        outer = [n for c in enclosing_controllers(self)[:-1] for n in c.counter_names]
        taken = set(outer)
        for name in self.counter_names:
            if name in taken:
                self.error("repeated", name=name)
            taken.add(name)

    def verify_body(self) -> None:
        """Check that the body is all structure or all computation, without hazards."""
        operations = list(self.body.blocks[0].operations)[:-1]
        scalars = [o for o in operations if o.operation.name not in _OUTER]
        if len(scalars) != len(operations):
            for operation in scalars:
                if operation.operation.name not in _DECLARATIONS:
                    self.error("mixed", have=operation.operation.name, at=operation)
            return
        read = [o.memory for o in operations if isinstance(o, ReadOp)]
        for operation in operations:
            if isinstance(operation, WriteOp) and any(operation.memory == m for m in read):
                self.error("hazard", at=operation)


class _Transfer(Spatial.Operation):
    """What tile transfers share."""

    messages = {  # noqa: RUF012
        "dims": "offsets take {have} dimensions: expected {need}, the enclosing counters",
        "rank": "offsets have {have} results: expected {need}, the tensor's rank",
        "linear": "offsets are {have}: expected sums of counters times constants",
        "shape": "moves a tile {tile} of {tensor}: expected static tensors of one rank and element "
        "type",
        "bounds": "reaches elements {low} to {high} of dimension {dimension}: expected 0 to {last}",
    }

    def verify(self) -> None:
        """Check that the tile lies inside the tensor on every iteration."""
        tensor, tile = self.dram.type.tensor, self.sram.type.tensor
        static = is_static_tensor(tensor) and is_static_tensor(tile)
        if not static or (tensor.rank, tensor.element_type) != (tile.rank, tile.element_type):
            self.error("shape", tile=tile, tensor=tensor)
            return
        offsets = ir.AffineMapAttr(self.offsets).value
        _verify_map(self, offsets, list(tensor.shape), list(tile.shape))


class LoadOp(_Transfer, name="load"):
    """Copy a tile of a tensor into a scratchpad memory.

    ```mlir
    "spatial.load"(%x, %t) {offsets = affine_map<(i) -> (4 * i, 0)>}
      : (!spatial.offchip<tensor<64x784xf32>>, !spatial.scratchpad<tensor<4x784xf32>>) -> ()
    ```

    Becomes an address generator that loads and a PMU context that writes.
    """

    dram: Operand[Dram]
    """The tensor."""
    sram: Operand[Sram]
    """The memory; its shape is the tile's."""
    offsets: ir.AffineMapAttr
    """From the enclosing counters to the tile's first element."""


class StoreOp(_Transfer, name="store"):
    """Copy a scratchpad memory to a tile of a tensor.

    ```mlir
    "spatial.store"(%t, %y) {offsets = affine_map<(i) -> (4 * i, 0)>}
      : (!spatial.scratchpad<tensor<4x10xf32>>, !spatial.offchip<tensor<64x10xf32>>) -> ()
    ```

    Becomes a PMU context that reads and an address generator that stores.
    """

    sram: Operand[Sram]
    """The memory; its shape is the tile's."""
    dram: Operand[Dram]
    """The tensor."""
    offsets: ir.AffineMapAttr
    """From the enclosing counters to the tile's first element."""


class _Access(Spatial.Operation):
    """What reads and writes share."""

    messages = {  # noqa: RUF012
        "place": "stands outside of any controller",
        "dims": "map takes {have} dimensions: expected {need}, the enclosing counters",
        "rank": "map has {have} results: expected {need}, the memory's rank",
        "linear": "map is {have}: expected sums of counters times constants",
        "bounds": "accesses elements {low} to {high} of dimension {dimension}: expected 0 to "
        "{last}",
        "element": "moves {have}: expected {need}",
        "tensor": "accesses {have}: expected a ranked tensor of static shape",
    }

    def verify(self) -> None:
        """Check the map and the element type."""
        if not enclosing_controllers(self):
            self.error("place")
            return
        memory = self.memory.type
        tensor = None if isinstance(memory, Reg) else memory.tensor
        if tensor is not None and not is_static_tensor(tensor):
            self.error("tensor", have=tensor)
            return
        element = memory.element if tensor is None else tensor.element_type
        moved = self.value.type
        if moved != element:
            self.error("element", have=moved, need=element)
        shape = [] if tensor is None else list(tensor.shape)
        _verify_map(self, ir.AffineMapAttr(self.map).value, shape, [1] * len(shape))


class ReadOp(_Access, name="read"):
    """Read one element of an on-chip memory.

    ```mlir
    %a = "spatial.read"(%t) {map = affine_map<(t, i, k) -> (i, k)>}
      : (!spatial.scratchpad<tensor<4x784xf32>>) -> f32
    ```

    Becomes a read context of the memory's PMU and a channel to the PCU that computes.
    """

    memory: Operand[Sram | Reg | Lut]
    """The memory."""
    map: ir.AffineMapAttr
    """From the enclosing counters to the element."""
    value: Result[Any]
    """The element."""


class WriteOp(_Access, name="write"):
    """Write one element of an on-chip memory.

    A value that was reduced is written once, when the reduction is complete.

    ```mlir
    "spatial.write"(%s, %t) {map = affine_map<(t, i, j, k) -> (i, j)>}
      : (f32, !spatial.scratchpad<tensor<4x512xf32>>) -> ()
    ```

    Becomes a write context of the memory's PMU.
    """

    value: Operand[Any]
    """The value."""
    memory: Operand[Sram | Reg]
    """The memory."""
    map: ir.AffineMapAttr
    """From the enclosing counters to the element."""


class PopOp(Spatial.Operation, name="pop"):
    """Take the next element of a queue, once for each iteration of the outer `level` counters.

    ```mlir
    %p = "spatial.pop"(%f) {level = 2 : i64} : (!spatial.queue<f32>) -> f32
    ```

    Becomes an input port at that level.
    """

    messages = {  # noqa: RUF012
        "level": "level is {have}: expected 0 to {last}, the own controller's counters",
        "element": "gives {have}: expected {need}",
    }
    parents = ("spatial.controller",)

    fifo: Operand[Fifo]
    """The queue."""
    level: ir.IntegerAttr
    """How many of the controller's counters, from the outermost, an element lasts for."""
    value: Result[Any]
    """The element."""

    def verify(self) -> None:
        """Check level and element type."""
        last = len(self.operation.parent.opview.names)
        if not 0 <= self.level.value <= last:
            self.error("level", have=self.level.value, last=last)
        if self.value.type != self.fifo.type.element:
            self.error("element", have=self.value.type, need=self.fifo.type.element)


class PushOp(Spatial.Operation, name="push"):
    """Append a value to a queue; a reduced value when its reduction is complete.

    ```mlir
    "spatial.push"(%s, %f) : (f32, !spatial.queue<f32>) -> ()
    ```

    Becomes an output port at the value's level.
    """

    messages = {"element": "appends {have}: expected {need}"}  # noqa: RUF012
    parents = ("spatial.controller",)

    value: Operand[Any]
    """The value."""
    fifo: Operand[Fifo]
    """The queue."""

    def verify(self) -> None:
        """Check the element type."""
        if self.value.type != self.fifo.type.element:
            self.error("element", have=self.value.type, need=self.fifo.type.element)


class ReduceOp(Spatial.Operation, name="reduce", traits=[Pure]):
    """Combine a value over a counter of the controller and all counters inside it.

    The order is part of the meaning: from `init`, or else the combiner's identity, iteration after
    iteration; if lanes run along a reduced counter, the lanes of each vector are first combined
    by a tree of neighbouring pairs.

    ```mlir
    %s = "spatial.reduce"(%p) {combiner = "addf", over = 2 : i64,
        operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    ```

    Becomes an accumulator in a PCU stage, with the lane tree before it where lanes are reduced.
    """

    messages = REDUCTION | {
        "over": "reduces from counter {have}: expected 0 to {last}, one of the own controller's",
    }
    parents = ("spatial.controller",)

    value: Operand[Any]
    """What to combine on each iteration."""
    init: Operand[Any] | None
    """What to start from; the combiner's identity if absent."""
    combiner: ir.StringAttr
    """A reduction of the scalar table, such as `addf`."""
    over: ir.IntegerAttr
    """The outermost reduced counter's position in the controller."""
    result: Result[Any]
    """The reduced value."""

    def verify(self) -> None:
        """Check the counter, the types and the combiner."""
        last = len(self.operation.parent.opview.names) - 1
        if not 0 <= self.over.value <= last:
            self.error("over", have=self.over.value, last=last)
        check_reduction(self)


class IndexOp(Spatial.Operation, name="index", traits=[Pure]):
    """Give the value of an enclosing counter, counted from the outermost.

    ```mlir
    %i = "spatial.index"() {dim = 1 : i64} : () -> i32
    ```

    Is a counter of the PCU's context.
    """

    messages = {"dim": "counter is {have}: expected 0 to {last}"}  # noqa: RUF012
    parents = ("spatial.controller",)

    dim: ir.IntegerAttr
    """Which counter."""
    result: Result[ir.IntegerType[32]]  # pyright: ignore[reportGeneralTypeIssues]
    """Its value."""

    def verify(self) -> None:
        """Check that the counter exists."""
        bounds = enclosing_bounds(self)
        if bounds is not None and not 0 <= self.dim.value < len(bounds):
            self.error("dim", have=self.dim.value, last=len(bounds) - 1)


class YieldOp(Spatial.Operation, name="yield", traits=[Terminator]):
    """End a controller's body.

    ```mlir
    "spatial.yield"() : () -> ()
    ```
    """

    parents = ("spatial.controller",)


_OUTER = frozenset(("spatial.controller", "spatial.load", "spatial.store"))
_DECLARATIONS = frozenset(("spatial.sram", "spatial.fifo", "spatial.reg", "spatial.lut"))


def enclosing_controllers(operation: ir.OpView) -> list[ControllerOp]:
    """Return the controllers around an op, outermost first; a controller counts as its own last."""
    controllers: list[ControllerOp] = []
    current = operation.operation
    while current is not None and current.name != "func.func":
        if current.name == "spatial.controller":
            controllers.insert(0, current.opview)
        current = current.parent
    return controllers


def enclosing_bounds(operation: ir.OpView) -> list[tuple[int, int, int]] | None:
    """Return (start, stop, step) of every enclosing counter, None if one is not well formed."""
    controllers = enclosing_controllers(operation)
    if not all(controller.well_formed for controller in controllers):
        return None
    return [
        bounds
        for controller in controllers
        for bounds in zip(controller.starts, controller.stops, controller.steps, strict=True)
    ]


def _verify_map(
    operation: Spatial.Operation, access: ir.AffineMap, shape: list[int], size: list[int]
) -> None:
    """Check that a map leads from the counters to `size` elements that lie inside `shape`."""
    bounds = enclosing_bounds(operation)
    if bounds is None:
        return
    rows = linear_map(access)
    if access.n_dims != len(bounds):
        operation.error("dims", have=access.n_dims, need=len(bounds))
    elif len(access.results) != len(shape):
        operation.error("rank", have=len(access.results), need=len(shape))
    elif rows is None:
        operation.error("linear", have=access)
    else:
        _verify_bounds(operation, rows, bounds, shape, size)


def _verify_bounds(
    operation: Spatial.Operation,
    rows: tuple[Linear, ...],
    bounds: list[tuple[int, int, int]],
    shape: list[int],
    size: list[int],
) -> None:
    lows = [start for start, _, _ in bounds]
    highs = [start + (stop - start - 1) // step * step for start, stop, step in bounds]
    for dimension, (row, extent, span) in enumerate(zip(rows, shape, size, strict=True)):
        low, high = row.range(lows, highs)
        high += span - 1
        if low < 0 or high >= extent:
            operation.error("bounds", low=low, high=high, dimension=dimension, last=extent - 1)
