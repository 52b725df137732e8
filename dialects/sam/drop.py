"""Primitives that leave tokens out: coordinates without content, zeros, stops, masked parts."""

from rdu.dialects.sam.primitive import (
    ANY,
    Primitive,
    carried,
    depth_of,
    element_in,
    kind_for,
)
from rdu.dialects.sam.streams import CRD, StreamType, one_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result

PREDICATES = ("eq", "ge", "gt", "le", "lt", "ne")
"""How a mask may compare coordinates."""


class CrdDropOp(Primitive, name="crd_drop", traits=[Pure]):
    """Drop outer coordinates under which there is nothing, and their empty fibers.

    The inner stream may be any number of levels below, so that several can be made to follow: drop
    the inner levels first, then what is above by each of them. References of the same shape tell
    which coordinates a location did not find.

    ```mlir
    %i1, %j1 = "sam.crd_drop"(%i, %j) : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>)
      -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>)
    ```

    `0 1 2 3 S0 D` over `1 S0 1 S0 S0 1 S1 D` gives `0 1 3 S0 D` and `1 S0 1 S0 1 S1 D`. Stands for
    a filter at an output port of a PCU.
    """

    outer: Operand[StreamType]
    """Coordinates to drop."""
    inner: Operand[StreamType]
    """A deeper stream, or one of the same shape, of which every `N` is nothing."""
    outer_out: Result[StreamType]
    """The coordinates that stay."""
    inner_out: Result[StreamType]
    """What is under them."""

    def verify(self) -> None:
        """Check the streams."""
        outer, inner = depth_of(self.outer), max(depth_of(self.inner), depth_of(self.outer))
        kind = carried(self.inner)
        self.expect(outer=(CRD, outer), outer_out=(CRD, outer))
        self.expect(inner=(kind, inner), inner_out=(kind, inner))


class ValDropOp(Primitive, name="val_drop", traits=[Pure]):
    """Drop values that are zero, with their coordinates; fibers that become empty stay.

    ```mlir
    %j1, %v1 = "sam.val_drop"(%j, %v) : (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    ```

    `1 2 S0 3 S1 D` with `5 0 S0 0 S1 D` gives `1 S0 S1 D` and `5 S0 S1 D`. Stands for a filter at
    an output port of a PCU.
    """

    crd: Operand[StreamType]
    """Coordinates."""
    values: Operand[StreamType]
    """Their values."""
    crd_out: Result[StreamType]
    """Coordinates of what is not zero."""
    values_out: Result[StreamType]
    """What is not zero."""

    def verify(self) -> None:
        """Check the streams."""
        depth, kind = depth_of(self.crd), kind_for(self, element_in(self.values))
        self.expect(crd=(CRD, depth), values=(kind, depth))
        self.expect(crd_out=(CRD, depth), values_out=(kind, depth))


class StopDropOp(Primitive, name="stop_drop", traits=[Pure]):
    """Drop the stops of the innermost levels, which become one.

    ```mlir
    %p = "sam.stop_drop"(%v) {levels = 2}
      : (!sam.stream<"val", 2 : i64>) -> !sam.stream<"val", 0 : i64>
    ```

    `1 2 S0 3 S1 D` less 2 levels is `1 2 3 D`, less 1 it is `1 2 3 S0 D`. A stream of depth 0 has
    no stops, and so any number of tokens. Stands for an input port.
    """

    operand: Operand[StreamType]
    """Any stream."""
    levels: ir.IntegerAttr
    """How many levels, from the innermost."""
    flat: Result[StreamType]
    """The same payloads, so much less deep."""

    messages = Primitive.messages | {
        "levels": "drops {have} levels: expected 1 to {depth}",
    }

    def verify(self) -> None:
        """Check the levels and the streams."""
        depth, kind, levels = depth_of(self.operand), carried(self.operand), self.levels.value
        if not 1 <= levels <= depth:
            self.error("levels", have=levels, depth=depth)
            return
        self.expect(flat=(kind, depth - levels))


class FiberDropOp(Primitive, name="fiber_drop", traits=[Pure]):
    """Drop fibers without payload, on every level but the outermost.

    Stops in a row become the highest of them. What held the fibers' coordinates has to drop these
    too: `sam.crd_drop` does both.

    ```mlir
    %j1 = "sam.fiber_drop"(%j) : (!sam.stream<"crd", 2 : i64>) -> !sam.stream<"crd", 2 : i64>
    ```

    `1 S0 S0 3 S0 S1 D` gives `1 S0 3 S1 D`. Stands for an input port.
    """

    operand: Operand[StreamType]
    """Any stream."""
    dropped: Result[StreamType]
    """The same payloads."""

    def verify(self) -> None:
        """Check the streams."""
        self.expect(dropped=(carried(self.operand), depth_of(self.operand)))


class MaskOp(Primitive, name="mask", traits=[Pure]):
    """Drop coordinates by comparison with the outer coordinate: triangles and bands, not stored.

    Keeps the coordinate j under i where `j predicate i + offset`. Fibers that become empty stay.

    ```mlir
    %j1, %r1 = "sam.mask"(%i, %j, %r) {predicate = "le", offset = 0}
      : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    With `le`, `0 1 S0 D` over `0 1 2 S0 0 1 2 S1 D` leaves `0 S0 0 1 S1 D`: the causal mask. Stands
    for a filter at an output port of a PCU.
    """

    outer: Operand[StreamType]
    """Coordinates i."""
    crd: Operand[StreamType]
    """Coordinates j, one level below."""
    payload: Operand[StreamType]
    """What goes with j."""
    predicate: ir.StringAttr
    """`eq`, `ge`, `gt`, `le`, `lt` or `ne`."""
    offset: ir.IntegerAttr
    """What is added to i."""
    crd_out: Result[StreamType]
    """The coordinates j that stay."""
    payload_out: Result[StreamType]
    """What goes with them."""

    messages = Primitive.messages | {
        "predicate": "predicate is '{have}': expected {need}",
    }

    def verify(self) -> None:
        """Check the predicate and the streams."""
        if self.predicate.value not in PREDICATES:
            self.error("predicate", have=self.predicate.value, need=one_of(PREDICATES))
        depth, kind = depth_of(self.outer), carried(self.payload)
        self.expect(outer=(CRD, depth), crd=(CRD, depth + 1), crd_out=(CRD, depth + 1))
        self.expect(payload=(ANY, depth + 1), payload_out=(kind, depth + 1))
