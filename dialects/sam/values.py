"""Primitives between tensors and streams of values: they load, store, and take for coordinates."""

from typing import Any

from rdu.dialects.sam.primitive import (
    Primitive,
    Sized,
    carried,
    depth_of,
    element_stored,
    kind_for,
    lanes_of,
)
from rdu.dialects.sam.streams import CRD, REF, StreamType, TensorType, level_formats, one_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result


class ArrayOp(Primitive, name="array", traits=[Pure]):
    """Load a tensor's values at references; an absent reference `N` loads 0.

    Of a tensor whose last level is `blocked:16` it may load that level's 16 values at once, as a
    vector; references are then those of the level above.

    ```mlir
    %v = "sam.array"(%B, %r) : (!sam.tensor<...>, !sam.stream<"ref", 2 : i64>)
      -> !sam.stream<"val", 2 : i64>
    ```

    Of the values 10, 11, 12, 13 the references `0 3 S0 N 1 S1 D` load `10 13 S0 0 11 S1 D`. Stands
    for a PMU read, or a gather of an AG.
    """

    tensor: Operand[TensorType]
    """The tensor, as bound."""
    ref: Operand[StreamType]
    """Positions among the stored values."""
    values: Result[StreamType]
    """The values."""

    messages = Primitive.messages | {
        "vector": "loads {have}: expected 2 or more lanes of {need}",
        "lanes": "loads {have} of a tensor whose last level is '{level}': expected '{need}'",
    }

    def verify(self) -> None:
        """Check the streams, and that vectors are the innermost blocks of the tensor."""
        depth = depth_of(self.ref)
        kind: Any = carried(self.values)
        element = element_stored(self.tensor)
        if not isinstance(kind, ir.VectorType):
            self.expect(ref=(REF, depth), values=(kind_for(self, element), depth))
            return
        self.expect(ref=(REF, depth), values=(kind, depth))
        need = f"blocked:{lanes_of(self.values)}"
        level = (level_formats(self.tensor.type) or [""])[-1]
        if len(kind.shape) != 1 or kind.shape[0] < 2 or str(kind.element_type) != element:
            self.error("vector", have=kind, need=element)
        elif level != need:
            self.error("lanes", have=kind, level=level, need=need)


class AsCrdOp(Sized, name="as_crd", traits=[Pure]):
    """Take values of an index tensor for coordinates of a level, token by token.

    So other tensors are accessed by values: `sam.locate` finds such coordinates (a gather),
    `sam.accumulate` merges by them (a scatter). They need not rise in a fiber, and may repeat. A
    value that is no coordinate of the level is a fault; `N` is the coordinate 0, as a value `N` is
    zero.

    ```mlir
    %c = "sam.as_crd"(%v) {below = 4}
      : (!sam.stream<i32, 1 : i64>) -> !sam.stream<"crd", 1 : i64>
    ```

    The values `3 0 S0 3 S1 D` give the coordinates `3 0 S0 3 S1 D`. Stands for a stage of a
    PCU that compares.
    """

    values: Operand[StreamType]
    """Values of i32, whatever the graph's result is of."""
    below: ir.IntegerAttr
    """The extent of the level."""
    wrap: ir.BoolAttr | None
    """Whether negative values count from the end: -1 is the last coordinate."""
    crd: Result[StreamType]
    """The coordinates."""

    def verify(self) -> None:
        """Check the extent and the streams."""
        self.expect_positive("below")
        depth = depth_of(self.values)
        self.expect(values=(kind_for(self, "i32"), depth), crd=(CRD, depth))


class StoreOp(Primitive, name="store", traits=[Pure]):
    """Store values at references of a dense tensor, which can then be looked up and loaded.

    What was not stored is 0, and of several values at one place the last one stays. Whoever reads
    the tensor waits until the streams are done: this is how a graph keeps an intermediate result.

    ```mlir
    %T = "sam.store"(%r, %v) : (!sam.stream<"ref", 1 : i64>, !sam.stream<"val", 1 : i64>)
      -> !sam.tensor<tensor<4xf32>, ["dense"], array<i64: 0>>
    ```

    `2 0 S0 D` with `5 7 S0 D` stores 7 0 5 0. Stands for a PMU that is written, then read.
    """

    ref: Operand[StreamType]
    """Where: positions in the order of the tensor's levels; of a vector, coordinates will do."""
    values: Operand[StreamType]
    """What, in the same shape."""
    tensor: Result[TensorType]
    """The tensor, all of whose levels are dense."""

    messages = Primitive.messages | {
        "dense": "stores into levels {have}: expected each to be 'dense' or 'blocked'",
    }

    def verify(self) -> None:
        """Check the streams and the format."""
        depth, formats = depth_of(self.ref), level_formats(self.tensor.type)
        kind = kind_for(self, element_stored(self.tensor))
        self.expect(ref=((CRD, REF) if len(formats) == 1 else REF, depth), values=(kind, depth))
        if any(not name.startswith(("dense", "blocked")) for name in formats):
            self.error("dense", have=one_of(formats))
