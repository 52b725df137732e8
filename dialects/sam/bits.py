"""Primitives on bit vectors: words whose bits are the coordinates of a fiber, or of a chunk."""

from collections.abc import Sequence

from rdu.dialects.sam.primitive import Primitive, Sized, depth_of
from rdu.dialects.sam.streams import BV, CRD, REF, StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result


class BvBuildOp(Primitive, name="bv_build", traits=[Pure]):
    """Make each fiber of coordinates one bit vector; an empty fiber stays without.

    ```mlir
    %w = "sam.bv_build"(%j) : (!sam.stream<"crd", 2 : i64>) -> !sam.stream<"bv", 2 : i64>
    ```

    `0 2 3 S0 1 S1 D` gives the words 13 and 2: `13 S0 2 S1 D`. Stands for an accumulating stage.
    """

    crd: Operand[StreamType]
    """Coordinates."""
    words: Result[StreamType]
    """A word for each fiber, as deep."""

    def verify(self) -> None:
        """Check the streams."""
        depth = depth_of(self.crd)
        self.expect(crd=(CRD, depth), words=(BV, depth))


class BvExpandOp(Sized, name="bv_expand", traits=[Pure]):
    """Make bit vectors coordinates again.

    ```mlir
    %j = "sam.bv_expand"(%w) {width = 4}
      : (!sam.stream<"bv", 2 : i64>) -> !sam.stream<"crd", 2 : i64>
    ```

    Words `13 2 S0 D` of 4 bits give `0 2 3 5 S0 D`. Stands for a scanner of bits.
    """

    words: Operand[StreamType]
    """Words, the first of each fiber with the lowest coordinates."""
    width: ir.IntegerAttr
    """How many coordinates a word spans."""
    crd: Result[StreamType]
    """The coordinates of set bits, as deep."""

    def verify(self) -> None:
        """Check the width and the streams."""
        self.expect_positive("width")
        depth = depth_of(self.words)
        self.expect(words=(BV, depth), crd=(CRD, depth))


class BvChunkOp(Sized, name="bv_chunk", traits=[Pure]):
    """Cut bit vectors into words of a width, lowest first, with a reference for each.

    ```mlir
    %c, %rc = "sam.bv_chunk"(%w, %r) {width = 4, extent = 8}
      : (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>)
      -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    ```

    The word 141 of 8 bits, in words of 4: `13 8 S0 D` with `0 3 S0 D`. Stands for a port that
    shifts.
    """

    words: Operand[StreamType]
    """Words, one in each fiber."""
    ref: Operand[StreamType]
    """The reference of each word's first bit set."""
    width: ir.IntegerAttr
    """The bits of a chunk."""
    extent: ir.IntegerAttr
    """The bits of a word."""
    chunks: Result[StreamType]
    """The chunks, as deep."""
    chunk_ref: Result[StreamType]
    """The reference of each chunk's first bit set."""

    def verify(self) -> None:
        """Check the sizes and the streams."""
        self.expect_positive("width", "extent")
        depth = depth_of(self.words)
        words = dict.fromkeys(("words", "chunks"), (BV, depth))
        self.expect(**words, ref=(REF, depth), chunk_ref=(REF, depth))


class _Meet(Primitive):
    """Two or more streams of words, each with references."""

    messages = Primitive.messages | {
        "sides": "joins {words} streams of words with {refs} of references into {out}: expected "
        "as many of each, at least 2",
    }

    def verify(self) -> None:
        """Check the streams."""
        counts = [len(self.words), len(self.refs), len(self.out)]
        if len(set(counts)) > 1 or min(counts) < 2:
            words, refs, out = counts
            self.error("sides", words=words, refs=refs, out=out)
            return
        depth = depth_of(self.words[0])
        self.expect(words=(BV, depth), refs=(REF, depth), met=(BV, depth), out=(REF, depth))


class BvIntersectOp(_Meet, name="bv_intersect", traits=[Pure]):
    """Keep the bits that are set in all words, with a reference of each tensor for each bit.

    ```mlir
    %w, %ra, %rb = "sam.bv_intersect"(%wa, %wb, %pa, %pb)
      {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"bv", 1 : i64>, !sam.stream<"bv", 1 : i64>,
         !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
      -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    ```

    Words 13 and 7 share 5; with references 0 the bits' are `0 1 S0 D` and `0 2 S0 D`. Stands for a
    stage of a PCU.
    """

    words: Sequence[Operand[StreamType]]
    """Words, equally deep."""
    refs: Sequence[Operand[StreamType]]
    """For each of them the reference of its first bit set."""
    met: Result[StreamType]
    """Words of the shared bits; 0 is sent."""
    out: Sequence[Result[StreamType]]
    """For each stream, a reference for each bit."""


class BvUnionOp(_Meet, name="bv_union", traits=[Pure]):
    """Keep the bits that are set in any word, with a reference, or `N`, of each tensor for each.

    ```mlir
    %w, %ra, %rb = "sam.bv_union"(%wa, %wb, %pa, %pb)
      {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"bv", 1 : i64>, !sam.stream<"bv", 1 : i64>,
         !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
      -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    ```

    Words 9 and 3 have 11; with references 0 the bits' are `0 N 1 S0 D` and `0 1 N S0 D`. Stands for
    a stage of a PCU.
    """

    words: Sequence[Operand[StreamType]]
    """Words, equally deep."""
    refs: Sequence[Operand[StreamType]]
    """For each of them the reference of its first bit set."""
    met: Result[StreamType]
    """Words of all bits."""
    out: Sequence[Result[StreamType]]
    """For each stream, a reference or `N` for each bit."""


class BvDropOp(Primitive, name="bv_drop", traits=[Pure]):
    """Clear bits of a bit tree under which no bit is set, and drop their fibers.

    ```mlir
    %o1, %i1 = "sam.bv_drop"(%o, %i) : (!sam.stream<"bv", 1 : i64>, !sam.stream<"bv", 2 : i64>)
      -> (!sam.stream<"bv", 1 : i64>, !sam.stream<"bv", 2 : i64>)
    ```

    The word 5, `5 S0 D`, over `3 S0 S1 D` gives `1 S0 D` and `3 S1 D`. Stands for a filter at an
    output port of a PCU.
    """

    outer: Operand[StreamType]
    """Words."""
    inner: Operand[StreamType]
    """A fiber of words for each bit set in them."""
    outer_out: Result[StreamType]
    """The words, some bits cleared."""
    inner_out: Result[StreamType]
    """The fibers of the bits left."""

    def verify(self) -> None:
        """Check the streams."""
        depth = depth_of(self.outer)
        self.expect(outer=(BV, depth), outer_out=(BV, depth))
        self.expect(inner=(BV, depth + 1), inner_out=(BV, depth + 1))
