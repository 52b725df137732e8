"""The op that holds a graph of `sam` primitives, and what ties it to the tensors outside."""

from typing import Any

from rdu.dialects.sam.primitive import kind_for, lanes_of
from rdu.dialects.sam.streams import (
    CRD,
    REF,
    VAL,
    Sam,
    StreamType,
    TensorType,
    describe_storage,
    stream,
)
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Region, Result, Terminator

ELEMENTS = ("bf16", "f32", "i1", "i32")
"""The types of values; those of masks are i1."""

COPY = "sam.copy"
"""Attribute of graphs that compute nothing: they store a tensor anew."""


class GraphOp(Sam.Operation, name="graph", traits=[Pure]):
    """Compute a tensor from tensors by a graph of stream primitives.

    Inside, `sam.bind` gives each tensor a format for each level, streams connect primitives, and
    `sam.fiber_write` takes the coordinates of each level of the result, whose values `sam.yield`
    takes. The order of the ops means nothing beyond that. Values are of the result's type, but for
    streams that say another one.

    Values may be yielded as vectors. The coordinates of the last level are then those of blocks
    of as many. The lanes are a level of their own, which `Format` calls `blocked`, unless the last
    level is written as a dense one.

    ```mlir
    %x = "sam.graph"() ({
      %B = "sam.bind"(%b) : (tensor<4x5xf32>)
        -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
      %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
      %i, %ri = "sam.fiber_lookup"(%B, %root) {level = 0} : (...) -> (...)
      %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1} : (...) -> (...)
      %v = "sam.array"(%B, %rj) : (...) -> !sam.stream<"val", 2 : i64>
      %s = "sam.reduce"(%v, %i) {function = "add"} : (...) -> !sam.stream<"val", 1 : i64>
      "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1 : i64>) -> ()
      "sam.yield"(%s) : (!sam.stream<"val", 1 : i64>) -> ()
    }) : () -> tensor<4xf32>
    ```

    Lowers to contexts and channels of `rdu`: a primitive becomes a context, a stream a channel.
    """

    output: Result[ir.RankedTensorType]
    """The tensor computed; coordinates that the graph does not write are zero."""
    order: ir.DenseI64ArrayAttr | None
    """The dimension of each level written, outermost first; in order if absent."""
    body: Region
    """The graph."""

    messages = {  # noqa: RUF012
        "arguments": "body takes {have} arguments: expected none",
        "levels": "writes the levels {have}: expected {need}, one for each dimension of the output",
        "order": "writes levels of the dimensions {have}: expected each of {need} once",
        "element": "computes with {have}: expected f32, bf16, i32 or i1",
        "lanes": "yields vectors of {have}: expected lanes that divide {need}, the extent of the "
        "last level, which is written as dense",
        "yield": "yields {have}: expected {need}, as deep as the output has dimensions",
    }
    terminators = {"body": "sam.yield"}  # noqa: RUF012

    def verify_body(self) -> None:
        """Check that the graph writes every level of the output, and its values."""
        block = self.body.blocks[0]
        rank = self.output.type.rank
        if len(block.arguments):
            self.error("arguments", have=len(block.arguments))
        levels = [writer.level.value for writer in self.writers]
        if levels != list(range(rank)):
            self.error("levels", have=levels, need=list(range(rank)))
        if sorted(self.written_order) != list(range(rank)):
            self.error("order", have=self.written_order, need=list(range(rank)))
        element = str(self.output.type.element_type)
        for op in block.operations:
            tensors = [v.type for v in op.results if isinstance(v.type, TensorType)]
            elements = [str(tensor.shape.element_type) for tensor in tensors]
            for have in (each for each in elements if each not in ELEMENTS):
                self.error("element", at=op, have=have)
        end = block.operations[-1]
        need = stream(kind_for(end, element, lanes_of(end.values)), rank)
        if end.values.type != need:
            self.error("yield", at=end, have=end.values.type, need=stream(VAL, rank))
            return
        extent = self.output.type.shape[self.written_order[-1]] if rank else 1
        is_whole = not rank or self.writers[-1].dense is not None
        if is_whole and extent % lanes_of(end.values):
            self.error("lanes", at=end, have=lanes_of(end.values), need=extent)

    def verify(self) -> None:
        """Check that values are of a type that primitives compute with."""
        if (element := str(self.output.type.element_type)) not in ELEMENTS:
            self.error("element", have=element)

    @property
    def written_order(self) -> list[int]:
        """The dimension of each level written, outermost first."""
        return list(range(self.output.type.rank) if self.order is None else self.order)

    @property
    def writers(self) -> list[Any]:
        """What writes each level, outermost first."""
        ops = [op.operation.opview for op in self.body.blocks[0].operations]
        written = [op for op in ops if isinstance(op, FiberWriteOp)]
        return sorted(written, key=lambda op: op.level.value)


class BindOp(Sam.Operation, name="bind", traits=[Pure]):
    """Say how a tensor of the program around the graph is stored.

    ```mlir
    %B = "sam.bind"(%b) : (tensor<4x5xf32>)
      -> !sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>
    ```

    Lowers to the tensor's levels and values in a memory tier.
    """

    tensor: Operand[ir.RankedTensorType]
    """The tensor."""
    bound: Result[TensorType]
    """The tensor with its format."""

    messages = {  # noqa: RUF012
        "shape": "binds {have}: expected {need}",
        "storage": "has no such storage: {problem}",
    }
    parents = ("sam.graph",)

    def verify(self) -> None:
        """Check that the storage is one of this tensor."""
        if self.bound.type.shape != self.tensor.type:
            self.error("shape", have=self.bound.type.shape, need=self.tensor.type)
        if problem := describe_storage(self.bound.type):
            self.error("storage", problem=problem)


class RootOp(Sam.Operation, name="root", traits=[Pure]):
    """Start the walk of a tensor: the stream `0 D`, a reference to the root of any tree.

    ```mlir
    %root = "sam.root"() : () -> !sam.stream<"ref", 0 : i64>
    ```

    Becomes the initial token of a channel.
    """

    ref: Result[StreamType]
    """A reference stream of depth 0."""

    messages = {"stream": "gives {have}: expected {need}"}  # noqa: RUF012
    parents = ("sam.graph",)

    def verify(self) -> None:
        """Check the stream's type."""
        if self.ref.type != stream(REF, 0):
            self.error("stream", have=self.ref.type, need=stream(REF, 0))


class FiberWriteOp(Sam.Operation, name="fiber_write"):
    """Write the coordinates of one level of the result.

    Empty fibers are kept: under three coordinates `0 2 S0 S0 3 S1 D` makes three fibers, the second
    one empty. How many there are is told by the level above, which the graph writes too.

    Of a `dense` level nothing is stored: every fiber has all coordinates, which is not checked.

    ```mlir
    "sam.fiber_write"(%i) {level = 0} : (!sam.stream<"crd", 1 : i64>) -> ()
    ```

    Stands for an AG that stores a level.
    """

    crd: Operand[StreamType]
    """The coordinates, one deeper than the level's number."""
    level: ir.IntegerAttr
    """The level of the result, 0 outermost."""
    dense: ir.UnitAttr | None
    """Whether the level has every coordinate under each one above it."""

    messages = {"stream": "takes {have}: expected {need}"}  # noqa: RUF012
    parents = ("sam.graph",)

    def verify(self) -> None:
        """Check kind and depth."""
        need = stream(CRD, self.level.value + 1)
        if self.crd.type != need:
            self.error("stream", have=self.crd.type, need=need)


class YieldOp(Sam.Operation, name="yield", traits=[Terminator]):
    """End a graph with the values of its result.

    ```mlir
    "sam.yield"(%s) : (!sam.stream<"val", 1 : i64>) -> ()
    ```

    Stands for an AG that stores the values.
    """

    values: Operand[StreamType]
    """The values, in the order of the coordinates written."""

    parents = ("sam.graph",)
