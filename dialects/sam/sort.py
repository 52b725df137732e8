"""Primitives that put values in order, and that take coordinates for values."""

from rdu.dialects.sam.primitive import Primitive, depth_of, element_in, kind_for
from rdu.dialects.sam.streams import CRD, StreamType, one_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result

ORDERS = ("ascending", "descending")
"""How values may be ordered."""


class SortOp(Primitive, name="sort", traits=[Pure]):
    """Put the values of each innermost fiber in order, and say where each of them was.

    Equal values stay as they come, NaN is the greatest. What no token stands for takes no part:
    zeros that are not stored have to be brought in before, by a union with all coordinates. An
    absent coordinate has no value and comes last. With `keep`, the first so many of each fiber are
    sent, and no more are held.

    ```mlir
    %p, %w, %j = "sam.sort"(%i, %v) {order = "descending", keep = 2}
      : (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>, !sam.stream<"crd", 2 : i64>)
    ```

    `2 3 5 S0 S0 7 S1 D` with `4 9 4 S0 S0 1 S1 D` gives the places `0 1 S0 S0 0 S1 D`, the values
    `9 4 S0 S0 1 S1 D` and the coordinates `3 2 S0 S0 7 S1 D`. Stands for a PMU, or for a priority
    queue of `keep` entries.
    """

    crd: Operand[StreamType]
    """Coordinates."""
    values: Operand[StreamType]
    """Their values."""
    order: ir.StringAttr
    """`ascending` or `descending`."""
    keep: ir.IntegerAttr | None
    """How many of each fiber are sent; all if absent."""
    place: Result[StreamType]
    """Coordinates of the fiber in order: 0, 1, 2 and so on."""
    ordered: Result[StreamType]
    """The values in order."""
    origin: Result[StreamType]
    """The coordinate of each."""

    messages = Primitive.messages | {
        "order": "order is '{have}': expected {need}",
        "keep": "keeps {have}: expected 1 or more",
        "scalar": "sorts what is not in fibers: expected streams 1 deep or more",
    }

    def verify(self) -> None:
        """Check the order, how many are kept, and the streams."""
        if self.order.value not in ORDERS:
            self.error("order", have=self.order.value, need=one_of(ORDERS))
        if self.keep is not None and self.keep.value < 1:
            self.error("keep", have=self.keep.value)
        depth = depth_of(self.crd)
        if depth < 1:
            self.error("scalar")
        kind = kind_for(self, element_in(self.values))
        self.expect(crd=(CRD, depth), values=(kind, depth))
        self.expect(place=(CRD, depth), ordered=(kind, depth), origin=(CRD, depth))


class AsValueOp(Primitive, name="as_value", traits=[Pure]):
    """Take coordinates for values, of i32: positions that a graph gives as its result.

    ```mlir
    %v = "sam.as_value"(%i) : (!sam.stream<"crd", 1 : i64>) -> !sam.stream<i32, 1 : i64>
    ```

    An absent coordinate is a zero, as any absent value is. Costs nothing: it is the same stream.
    """

    crd: Operand[StreamType]
    """Coordinates."""
    values: Result[StreamType]
    """The same as values."""

    def verify(self) -> None:
        """Check the streams."""
        depth = depth_of(self.crd)
        self.expect(crd=(CRD, depth), values=(kind_for(self, "i32"), depth))
