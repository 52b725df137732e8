"""What stands in a context of the `rdu` dialect: ports, memory accesses, reductions."""

from rdu.dialects.checks import REDUCTION, check_reduction
from rdu.dialects.rdu.holder import Rdu
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Operand, Result
from rdu.mlir_ext.linear import linear_map

VALUE_KINDS = ("vector", "scalar")

_LEVEL = {"level": "level is {have}: expected 0 to {last}, the context's counters"}


class _InContext(Rdu.Operation):
    """What all ops of a context share."""

    messages = _LEVEL
    parents = ("rdu.context",)

    def verify(self) -> None:
        """Check the level."""
        last = len(self.operation.parent.opview.names)
        if not 0 <= self.level.value <= last:
            self.error("level", have=self.level.value, last=last)


class _DataPort(_InContext):
    """What ports with a value share."""

    messages = _LEVEL | {"kind": "kind is '{have}': expected vector or scalar"}

    def verify(self) -> None:
        """Check level and kind."""
        super().verify()
        if self.kind.value not in VALUE_KINDS:
            self.error("kind", have=self.kind.value)


class PopOp(_DataPort, name="pop"):
    """Take a token from an input port at the first firing of each iteration of `level`.

    ```mlir
    %a = "rdu.pop"() {port = "a", kind = "vector", level = 3 : i64} : () -> f32
    ```

    Is an `in` line of the configuration.
    """

    port: ir.StringAttr
    """The port's name."""
    kind: ir.StringAttr
    """`vector` or `scalar`."""
    level: ir.IntegerAttr
    """The level at which it pops."""
    value: Result[Any]
    """The token's value."""


class PushOp(_DataPort, name="push"):
    """Send a value from an output port at the last firing of each iteration of `level`.

    ```mlir
    "rdu.push"(%s) {port = "s", kind = "vector", level = 2 : i64} : (f32) -> ()
    ```

    Is an `out` line of the configuration.
    """

    value: Operand[Any]
    """The value."""
    port: ir.StringAttr
    """The port's name."""
    kind: ir.StringAttr
    """`vector` or `scalar`."""
    level: ir.IntegerAttr
    """The level at which it pushes."""


class AcquireOp(_InContext, name="acquire"):
    """Take a control token at the first firing of each iteration of `level`.

    ```mlir
    "rdu.acquire"() {port = "full", level = 1 : i64} : () -> ()
    ```

    Is an `in` line of kind control: a buffer becomes this context's own.
    """

    port: ir.StringAttr
    """The port's name."""
    level: ir.IntegerAttr
    """The level at which it pops."""


class ReleaseOp(_InContext, name="release"):
    """Send a control token at the last firing of each iteration of `level`.

    ```mlir
    "rdu.release"() {port = "free", level = 1 : i64} : () -> ()
    ```

    Is an `out` line of kind control: a buffer passes to another context.
    """

    port: ir.StringAttr
    """The port's name."""
    level: ir.IntegerAttr
    """The level at which it pushes."""


class _ScratchpadAccess(_InContext):
    """What scratchpad reads and writes share."""

    messages = _LEVEL | {
        "address": "address is {have}: expected one sum of the {need} counters times constants"
    }

    def verify(self) -> None:
        """Check buffer level and address."""
        super().verify()
        address = ir.AffineMapAttr(self.address).value
        need = len(self.operation.parent.opview.names)
        if address.n_dims != need or len(address.results) != 1 or linear_map(address) is None:
            self.error("address", have=address, need=need)


class ReadOp(_ScratchpadAccess, name="read"):
    """Read a word of the buffer that is owned at `level`.

    ```mlir
    %v = "rdu.read"() {memory = "w", address = affine_map<(n, k) -> (n * 33 + k)>,
      level = 0 : i64} : () -> f32
    ```

    Is a `read` line of the configuration.
    """

    memory: ir.StringAttr
    """A memory of the same unit."""
    address: ir.AffineMapAttr
    """From the counters to a word."""
    level: ir.IntegerAttr
    """The level whose iterations rotate the buffers."""
    value: Result[Any]
    """The word."""


class WriteOp(_ScratchpadAccess, name="write"):
    """Write a word of the buffer that is owned at `level`.

    ```mlir
    "rdu.write"(%v) {memory = "w", address = affine_map<(n, k) -> (n * 33 + k)>,
      level = 0 : i64} : (f32) -> ()
    ```

    Is a `write` line of the configuration.
    """

    value: Operand[Any]
    """The word."""
    memory: ir.StringAttr
    """A memory of the same unit."""
    address: ir.AffineMapAttr
    """From the counters to a word."""
    level: ir.IntegerAttr
    """The level whose iterations rotate the buffers."""


class _TensorAccess(Rdu.Operation):
    """What loads and stores share."""

    messages = {  # noqa: RUF012
        "index": "index is {have}: expected sums of the {need} counters times constants"
    }
    parents = ("rdu.context",)

    def verify(self) -> None:
        """Check the index."""
        index = ir.AffineMapAttr(self.index).value
        need = len(self.operation.parent.opview.names)
        if index.n_dims != need or linear_map(index) is None:
            self.error("index", have=index, need=need)


class LoadOp(_TensorAccess, name="load"):
    """Load an element of a formal tensor.

    ```mlir
    %v = "rdu.load"() {tensor = "x", index = affine_map<(m, k) -> (m, k)>} : () -> f32
    ```

    Is a `load` line of the configuration.
    """

    tensor: ir.StringAttr
    """A formal of the section."""
    index: ir.AffineMapAttr
    """From the counters to an element."""
    value: Result[Any]
    """The element."""


class StoreOp(_TensorAccess, name="store"):
    """Store an element of a formal tensor.

    ```mlir
    "rdu.store"(%v) {tensor = "y", index = affine_map<(m, n) -> (m, n)>} : (f32) -> ()
    ```

    Is a `store` line of the configuration.
    """

    value: Operand[Any]
    """The element."""
    tensor: ir.StringAttr
    """A formal of the section."""
    index: ir.AffineMapAttr
    """From the counters to an element."""


class ReduceOp(Rdu.Operation, name="reduce"):
    """Accumulate a value over a counter and all inside it.

    The state restarts at each iteration of the level just outside `over`. Lanes that run along a
    reduced counter are combined by a tree first.

    ```mlir
    %s = "rdu.reduce"(%p) {combiner = "addf", over = 3 : i64,
      operandSegmentSizes = array<i32: 1, 0>} : (f32) -> f32
    ```

    Is a `reduce` line of the configuration.
    """

    messages = REDUCTION | {
        "over": "reduces from level {have}: expected 1 to {last}, one of the context's counters",
    }
    parents = ("rdu.context",)

    value: Operand[Any]
    """What to combine on each firing."""
    init: Operand[Any] | None
    """What to start from; the combiner's identity if absent."""
    combiner: ir.StringAttr
    """A reduction of the scalar table, such as `addf`."""
    over: ir.IntegerAttr
    """Level of the outermost reduced counter."""
    result: Result[Any]
    """The accumulated value."""

    def verify(self) -> None:
        """Check the level, the types and the combiner."""
        last = len(self.operation.parent.opview.names)
        if not 1 <= self.over.value <= last:
            self.error("over", have=self.over.value, last=last)
        check_reduction(self)


class CounterOp(Rdu.Operation, name="counter"):
    """Give the value of a counter, in each lane its own.

    ```mlir
    %i = "rdu.counter"() {level = 1 : i64} : () -> i32
    ```

    Is the counter's name as an operand in the configuration.
    """

    messages = {"level": "level is {have}: expected 1 to {last}, one of the context's counters"}  # noqa: RUF012
    parents = ("rdu.context",)

    level: ir.IntegerAttr
    """Which counter, the outermost is 1."""
    result: Result[ir.IntegerType[32]]  # pyright: ignore[reportGeneralTypeIssues]
    """Its value."""

    def verify(self) -> None:
        """Check that the counter exists."""
        last = len(self.operation.parent.opview.names)
        if not 1 <= self.level.value <= last:
            self.error("level", have=self.level.value, last=last)
