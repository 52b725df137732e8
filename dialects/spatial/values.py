"""Queues, reductions and counter values: what else an inner controller holds."""

from rdu.dialects.checks import REDUCTION, check_reduction
from rdu.dialects.spatial.controllers import enclosing_bounds
from rdu.dialects.spatial.memories import Fifo, Spatial
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Operand, Pure, Result


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
