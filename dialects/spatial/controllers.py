"""Controllers of the `spatial` dialect, and the counters that they put around what they hold."""

from rdu.dialects.checks import COUNTERS, check_counters
from rdu.dialects.spatial.memories import Spatial
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Region, Terminator

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
        if len(scalars) == len(operations):
            self._verify_hazards(operations)
            return
        for operation in scalars:
            if operation.operation.name not in _DECLARATIONS:
                self.error("mixed", have=operation.operation.name, at=operation)

    def _verify_hazards(self, operations: list[Any]) -> None:
        read = [o.memory for o in operations if o.operation.name == "spatial.read"]
        for operation in operations:
            if operation.operation.name == "spatial.write" and operation.memory in read:
                self.error("hazard", at=operation)


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
