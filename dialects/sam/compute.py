"""Primitives that compute values from values, token by token."""

from rdu.dialects.sam.functions import Function, each_width
from rdu.dialects.sam.primitive import Primitive, depth_of, element_in, kind_for, lanes_of
from rdu.dialects.sam.streams import StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result
from rdu.semantics.sparse.functions import BINARY, UNARY


class AluOp(Function, name="alu", traits=[Pure]):
    """Combine two value streams token by token; their stops have to agree, and `N` is a zero.

    Vectors are combined lane by lane; a scalar beside them stands on all lanes. Comparisons give a
    mask, a stream of i1; masks are combined by `and`, `or` and `xor`.

    ```mlir
    %p = "sam.alu"(%a, %b) {function = "mul"}
      : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %m = "sam.alu"(%a, %b) {function = "lt"}
      : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<i1, 1 : i64>
    ```

    `2 3 S0 D` and `5 N S0 D` multiply to `10 0 S0 D`. Stands for a stage of a PCU.
    """

    lhs: Operand[StreamType]
    """First values."""
    rhs: Operand[StreamType]
    """Second values."""
    function: ir.StringAttr
    """`add`, `sub`, `mul`, `div`, `max`, `min`; `eq`, `lt` and so on; `and`, `or` or `xor`."""
    values: Result[StreamType]
    """The combined values."""

    def verify(self) -> None:
        """Check the function and the streams."""
        element, lanes = element_in(self.lhs), max(map(lanes_of, (self.lhs, self.rhs)))
        self.expect_function(BINARY, element)
        depth, kinds = depth_of(self.lhs), each_width(self, element, lanes)
        self.expect(lhs=(kinds, depth), rhs=(kinds, depth))
        self.expect(values=(self.given(element, lanes), depth))


class UnaryOp(Function, name="unary", traits=[Pure]):
    """Apply a function of one value, or of a value and a constant, to each value of a stream.

    `N` is a zero, so `exp` gives 1 for it; values that are not in the stream are not computed.

    ```mlir
    %e = "sam.unary"(%v) {function = "exp"}
      : (!sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    %h = "sam.unary"(%v) {function = "mul", constant = 0.5 : f64}
      : (!sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    Stands for a stage, or the tail, of a PCU.
    """

    operand: Operand[StreamType]
    """The values."""
    function: ir.StringAttr
    """`exp`, `rsqrt`, `sigmoid`, `relu`, ..., or with a constant one of `sam.alu`'s."""
    constant: ir.FloatAttr | None
    """The second operand of a function of two."""
    values: Result[StreamType]
    """The results."""

    def verify(self) -> None:
        """Check the function and the streams."""
        element, lanes = element_in(self.operand), lanes_of(self.operand)
        self.expect_function(UNARY if self.constant is None else BINARY, element)
        depth = depth_of(self.operand)
        self.expect(operand=(kind_for(self, element, lanes), depth))
        self.expect(values=(self.given(element, lanes), depth))


class SelectOp(Primitive, name="select", traits=[Pure]):
    """Give the one value or the other, as a mask says; each may be a constant.

    `N` is a zero, and so false. Vectors are chosen from lane by lane; a scalar beside them stands
    on all lanes.

    ```mlir
    %s = "sam.select"(%m, %a, %b) {operandSegmentSizes = array<i32: 1, 1, 1>}
      : (!sam.stream<i1, 1 : i64>, !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>)
      -> !sam.stream<"val", 1 : i64>
    %p = "sam.select"(%m, %a) {other_constant = 0.0 : f64,
      operandSegmentSizes = array<i32: 1, 1, 0>}
      : (!sam.stream<i1, 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    Of `1 0 N S0 D`, `5 6 7 S0 D` and `8 N 9 S0 D` it gives `5 0 9 S0 D`. Stands for a stage of a
    PCU.
    """

    mask: Operand[StreamType]
    """Whether to give the first value."""
    chosen: Operand[StreamType] | None
    """What to give where the mask is true."""
    other: Operand[StreamType] | None
    """What to give where it is not."""
    chosen_constant: ir.FloatAttr | None
    """The number to give instead of `chosen`."""
    other_constant: ir.FloatAttr | None
    """The number to give instead of `other`."""
    values: Result[StreamType]
    """The values."""

    messages = Primitive.messages | {
        "operand": "has {have} of '{name}' and '{name}_constant': expected one",
    }

    def verify(self) -> None:
        """Check that there are two values to choose from, and the streams."""
        depth, element = depth_of(self.mask), element_in(self.values)
        streams = [value for value in (self.mask, self.chosen, self.other) if value is not None]
        lanes = max(map(lanes_of, streams))
        self.expect(mask=(each_width(self, "i1", lanes), depth))
        for name in ("chosen", "other"):
            stream, constant = getattr(self, name), getattr(self, f"{name}_constant")
            if (stream is None) == (constant is None):
                self.error("operand", name=name, have="none" if stream is None else "both")
            self.expect(**{name: (each_width(self, element, lanes), depth)})
        self.expect(values=(kind_for(self, element, lanes), depth))
