"""Primitives that walk tensors: lookups, location, repetition, numbering."""

from rdu.dialects.sam.primitive import ANY, Primitive, carried, depth_of
from rdu.dialects.sam.streams import BV, CRD, REF, VAL, StreamType, TensorType, level_formats
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result


class _OfLevel(Primitive):
    """A primitive that reads a level of a tensor."""

    messages = Primitive.messages | {
        "level": "level is {have}: expected 0 to {last}",
    }

    def format(self) -> str | None:
        """Return the format of the level, None after reporting that there is no such level."""
        formats = level_formats(self.tensor.type)
        level: int = self.level.value
        if 0 <= level < len(formats):
            return formats[level]
        self.error("level", have=level, last=len(formats) - 1)
        return None


class FiberLookupOp(_OfLevel, name="fiber_lookup", traits=[Pure]):
    """Look up fibers of a tensor's level: for each reference, the coordinates stored under it.

    Each reference names a fiber; the outputs hold the fiber's coordinates and, for each of them,
    the reference to its child. Both are one deeper than the input: a stop `Sn` of the input becomes
    `S(n+1)`, and `S0` ends each fiber that no stop follows. A reference `N` (absent) gives `N`. A
    stop can be sent only after the next input token was seen.

    A dense or blocked level has every coordinate, a compressed one those stored, a singleton one
    each, and a bit-vector level gives one word for each fiber.

    ```mlir
    %j, %rj = "sam.fiber_lookup"(%B, %ri) {level = 1}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>,
         !sam.stream<"ref", 1 : i64>) -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    With segments `0 2 2 3`, coordinates `0 2 3` and input `0 1 2 S0 D` it gives the coordinates
    `0 2 S0 S0 3 S1 D` and references `0 1 S0 S0 2 S1 D`. Stands for a PMU that holds the level, or
    an AG that reads it.
    """

    tensor: Operand[TensorType]
    """The tensor, as bound."""
    ref: Operand[StreamType]
    """Which fibers, as references."""
    level: ir.IntegerAttr
    """The storage level, 0 outermost."""
    crd: Result[StreamType]
    """Coordinates; bit vectors if the level's format is `bitvector`."""
    child: Result[StreamType]
    """References into the next level, or to values after the last; one for each bit vector."""

    def verify(self) -> None:
        """Check the level and the streams."""
        if level := self.format():
            depth = depth_of(self.ref)
            kind = BV if level == "bitvector" else CRD
            self.expect(ref=(REF, depth), crd=(kind, depth + 1), child=(REF, depth + 1))


class LocateOp(_OfLevel, name="locate", traits=[Pure]):
    """Find coordinates in a level of another tensor, instead of walking it and intersecting.

    The references come out in the shape of the coordinates; where the level stores nothing they are
    `N`, so of a dense level none is. The fibers are named by references one level above the
    coordinates, or by the root, which holds for the whole stream.

    ```mlir
    %rc = "sam.locate"(%C, %i, %root) {level = 0}
      : (!sam.tensor<tensor<4x5xf32>, ["dense", "dense"], array<i64: 0, 1>>,
         !sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 0 : i64>) -> !sam.stream<"ref", 1 : i64>
    ```

    In a dense level of 5, coordinates `0 3 S0 1 S1 D` under `2 4 S0 D` give `10 13 S0 21 S1 D`.
    Stands for an address computation.
    """

    tensor: Operand[TensorType]
    """The tensor, as bound."""
    crd: Operand[StreamType]
    """What to find."""
    fibers: Operand[StreamType]
    """In which fibers: one level above the coordinates, or of depth 0."""
    level: ir.IntegerAttr
    """The storage level, 0 outermost."""
    ref: Result[StreamType]
    """The children found."""

    def verify(self) -> None:
        """Check the level and the streams."""
        if self.format() is None:
            return
        depth = depth_of(self.crd)
        above = 0 if depth_of(self.fibers) == 0 else depth - 1
        self.expect(crd=(CRD, depth), fibers=(REF, above), ref=(REF, depth))


class RepeatOp(Primitive, name="repeat", traits=[Pure]):
    """Repeat each reference once for every token of a fiber, to broadcast over a level.

    The n-th reference is sent once for each token of the n-th fiber of `like`; the result has the
    stops of `like`.

    ```mlir
    %rc = "sam.repeat"(%root, %i) : (!sam.stream<"ref", 0 : i64>, !sam.stream<"crd", 1 : i64>)
      -> !sam.stream<"ref", 1 : i64>
    ```

    References `7 8 S0 D` like `0 2 S0 1 S1 D` give `7 7 S0 8 S1 D`. Stands for a port that holds
    its token while an inner counter runs.
    """

    ref: Operand[StreamType]
    """What to repeat: references, or values."""
    like: Operand[StreamType]
    """Any stream, one deeper than `ref`."""
    repeated: Result[StreamType]
    """What was repeated, as deep as `like`."""

    def verify(self) -> None:
        """Check the streams."""
        depth, kind = depth_of(self.ref), carried(self.ref)
        kinds = (REF, VAL) if kind in (CRD, BV) else kind
        self.expect(ref=(kinds, depth), like=(ANY, depth + 1), repeated=(kinds, depth + 1))


class HoldOp(Primitive, name="hold", traits=[Pure]):
    """Hold each outer coordinate while the coordinates under it pass: points instead of fibers.

    ```mlir
    %ij = "sam.hold"(%i, %j) : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>)
      -> !sam.stream<"crd", 2 : i64>
    ```

    Coordinates `0 2 S0 3 S1 D` held for `0 2 3 S0 0 S1 1 S2 D` give `0 0 0 S0 2 S1 3 S2 D`. Stands
    for a port that holds its token while an inner counter runs.
    """

    outer: Operand[StreamType]
    """What to hold."""
    inner: Operand[StreamType]
    """The coordinates one level below."""
    held: Result[StreamType]
    """An outer coordinate for each inner one."""

    def verify(self) -> None:
        """Check the streams."""
        depth = depth_of(self.outer)
        self.expect(outer=(CRD, depth), inner=(CRD, depth + 1), held=(CRD, depth + 1))


class GenRefOp(Primitive, name="gen_ref", traits=[Pure]):
    """Number the tokens of a stream: references to what its values will be stored as.

    ```mlir
    %r = "sam.gen_ref"(%v) : (!sam.stream<"val", 2 : i64>) -> !sam.stream<"ref", 2 : i64>
    ```

    `5 7 S0 N 2 S1 D` gives `0 1 S0 N 2 S1 D`. Stands for a counter.
    """

    like: Operand[StreamType]
    """Any stream."""
    ref: Result[StreamType]
    """0, 1, 2, ... in its shape."""

    def verify(self) -> None:
        """Check the streams."""
        depth = depth_of(self.like)
        self.expect(like=(ANY, depth), ref=(REF, depth))
