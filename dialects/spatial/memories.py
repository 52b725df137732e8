"""Types and declarations of the `spatial` dialect's memories."""

from rdu.dialects.checks import ROLES, is_static_tensor
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Dialect, Result


class Spatial(Dialect, name="spatial"):
    """When and where: explicit memories, and controllers that move data between them.

    After the Spatial language (Koeplinger et al., PLDI 2018). Controllers nest; a controller with
    controllers or tile transfers inside is an outer one, and when it is `pipelined` its children
    overlap on successive iterations, through n-buffered memories (meta-pipelining). Address maps
    take all enclosing counters, outermost first.
    """


class Dram(Spatial.Type, name="offchip"):
    """A tensor in a memory tier: `!spatial.offchip<tensor<64x784xf32>>`."""

    tensor: Any
    """Shape and element type."""


class Sram(Spatial.Type, name="scratchpad"):
    """A tile in on-chip scratchpad: `!spatial.scratchpad<tensor<4x784xf32>>`."""

    tensor: Any
    """Shape and element type of one buffer."""


class Fifo(Spatial.Type, name="queue"):
    """A queue of elements: `!spatial.queue<f32>`."""

    element: Any
    """Element type."""


class Reg(Spatial.Type, name="register"):
    """A single element: `!spatial.register<f32>`."""

    element: Any
    """Element type."""


class Lut(Spatial.Type, name="table"):
    """A read-only table: `!spatial.table<tensor<16xf32>>`."""

    tensor: Any
    """Shape and element type."""


_TENSOR = {"tensor": "holds {have}: expected a ranked tensor of static shape"}


class DramOp(Spatial.Operation, name="dram"):
    """Declare a tensor of the program.

    ```mlir
    %x = "spatial.dram"() {name = "x", role = "input"} : () -> !spatial.offchip<tensor<64x784xf32>>
    ```

    Becomes a tensor of the configuration; address generators reach it.
    """

    messages = _TENSOR | {"role": "role is '{have}': expected {need}"}

    name: ir.StringAttr
    """The tensor's name, to which the caller binds an array."""
    role: ir.StringAttr
    """`input`, `weight`, `output` or `temporary`."""
    result: Result[Dram]
    """The tensor."""

    def verify(self) -> None:
        """Check role and type."""
        if self.role.value not in ROLES:
            self.error("role", have=self.role.value, need=" or ".join(ROLES))
        if not is_static_tensor(self.result.type.tensor):
            self.error("tensor", have=self.result.type.tensor)


class SramOp(Spatial.Operation, name="sram"):
    """Declare a scratchpad memory of `buffers` tiles.

    With several buffers, producer and consumer under a pipelined controller work on different
    iterations at once. `strides` lays a tile out in words (row-major where absent); odd strides
    keep lanes that walk a dimension on different banks.

    ```mlir
    %t = "spatial.sram"() {name = "w", buffers = 1 : i64, strides = array<i64: 785, 1>}
      : () -> !spatial.scratchpad<tensor<64x784xf32>>
    ```

    Becomes a memory of a PMU.
    """

    messages = _TENSOR | {
        "buffers": "has {have} buffers: expected at least 1",
        "strides": "has strides {have}: expected {need}, one for each dimension, each at least 1",
        "overlap": "strides {have} map two elements to one word: expected disjoint elements",
    }

    name: ir.StringAttr
    """The memory's name."""
    buffers: ir.IntegerAttr
    """How many tiles it holds."""
    strides: ir.DenseI64ArrayAttr | None
    """Words between neighbours in each dimension."""
    result: Result[Sram]
    """The memory."""

    @property
    def shape(self) -> list[int]:
        """Extents of a tile."""
        return list(self.result.type.tensor.shape)

    @property
    def layout(self) -> list[int]:
        """Words between neighbours in each dimension."""
        if self.strides is not None:
            return list(self.strides)
        strides: list[int] = []
        words = 1
        for extent in reversed(self.shape):
            strides.insert(0, words)
            words *= extent
        return strides

    @property
    def words(self) -> int:
        """Words of one buffer."""
        return 1 + sum((e - 1) * s for e, s in zip(self.shape, self.layout, strict=True))

    def verify(self) -> None:
        """Check type, buffers and layout."""
        if not is_static_tensor(self.result.type.tensor):
            self.error("tensor", have=self.result.type.tensor)
            return
        if self.buffers.value < 1:
            self.error("buffers", have=self.buffers.value)
        layout, shape = self.layout, self.shape
        if len(layout) != len(shape) or any(s < 1 for s in layout):
            self.error("strides", have=layout, need=len(shape))
            return
        reach = 0
        for stride, extent in sorted(zip(layout, shape, strict=True)):
            if extent > 1 and stride <= reach:
                self.error("overlap", have=layout)
                return
            reach += (extent - 1) * stride


class FifoOp(Spatial.Operation, name="fifo"):
    """Declare a queue between two controllers.

    ```mlir
    %f = "spatial.fifo"() {name = "partial", depth = 16 : i64} : () -> !spatial.queue<f32>
    ```

    Becomes a channel; its depth is a request, the capacity that a channel gets at least.
    """

    messages = {"depth": "has depth {have}: expected at least 1"}  # noqa: RUF012

    name: ir.StringAttr
    """The queue's name."""
    depth: ir.IntegerAttr
    """Vectors that it holds."""
    result: Result[Fifo]
    """The queue."""

    def verify(self) -> None:
        """Check the depth."""
        if self.depth.value < 1:
            self.error("depth", have=self.depth.value)


class RegOp(Spatial.Operation, name="reg"):
    """Declare a register: a memory of one element.

    ```mlir
    %r = "spatial.reg"() {name = "sum"} : () -> !spatial.register<f32>
    ```

    Becomes a one-word memory of a PMU.
    """

    name: ir.StringAttr
    """The register's name."""
    result: Result[Reg]
    """The register."""


class LutOp(Spatial.Operation, name="lut"):
    """Declare a read-only table with its values.

    ```mlir
    %l = "spatial.lut"() {name = "t", values = dense<[1.0, 2.0]> : tensor<2xf32>}
      : () -> !spatial.table<tensor<2xf32>>
    ```

    Becomes a memory of a PMU that is filled before the program starts.
    """

    messages = {"values": "has values of {have}: expected {need}"}  # noqa: RUF012

    name: ir.StringAttr
    """The table's name."""
    values: ir.DenseElementsAttr
    """Its elements."""
    result: Result[Lut]
    """The table."""

    def verify(self) -> None:
        """Check the values against the type."""
        need = self.result.type.tensor
        if self.values.type != need:
            self.error("values", have=self.values.type, need=need)
