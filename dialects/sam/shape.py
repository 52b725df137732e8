"""Primitives that make levels of others, and that share streams out over branches."""

from collections.abc import Sequence

from rdu.dialects.sam.primitive import Primitive, Sized, carried, depth_of, single
from rdu.dialects.sam.streams import CRD, StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result


class SplitOp(Sized, name="split", traits=[Pure]):
    """Split a level in two: the chunks of so many coordinates, and the coordinates in each.

    ```mlir
    %c, %j1, %r1 = "sam.split"(%j, %r) {factor = 4}
      : (!sam.stream<"crd", 1 : i64>, !sam.stream<"ref", 1 : i64>)
      -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    With 4, `0 1 4 6 9 S0 D` gives chunks `0 1 2 S0 D` and coordinates `0 1 S0 0 2 S0 1 S1 D`.
    Stands for a counter beside a port.
    """

    crd: Operand[StreamType]
    """Coordinates."""
    payload: Operand[StreamType]
    """What goes with them."""
    factor: ir.IntegerAttr
    """How many coordinates a chunk spans."""
    whole: ir.BoolAttr | None
    """Whether coordinates stay as they are rather than being counted in their chunk."""
    outer: Result[StreamType]
    """Chunks that hold something, by number."""
    inner: Result[StreamType]
    """The coordinates, one deeper."""
    payload_out: Result[StreamType]
    """What goes with them."""

    def verify(self) -> None:
        """Check the factor and the streams."""
        self.expect_positive("factor")
        depth, kind = depth_of(self.crd), carried(self.payload)
        self.expect(crd=(CRD, depth), payload=(kind, depth), outer=(CRD, depth))
        self.expect(inner=(CRD, depth + 1), payload_out=(kind, depth + 1))


class FlattenOp(Sized, name="flatten", traits=[Pure]):
    """Make one level of two, with coordinates outer * factor + inner.

    The inverse of `sam.split`, and how blocked levels give the coordinates of the tensor. What goes
    with the inner coordinates follows by `sam.stop_drop`.

    ```mlir
    %j = "sam.flatten"(%o, %i) {factor = 4}
      : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 2 : i64>) -> !sam.stream<"crd", 1 : i64>
    ```

    With 4, `0 1 S0 D` over `0 1 S0 2 S1 D` gives `0 1 6 S0 D`. Stands for a stage of a PCU.
    """

    outer: Operand[StreamType]
    """Coordinates of the outer level."""
    inner: Operand[StreamType]
    """Coordinates of the level below."""
    factor: ir.IntegerAttr
    """The extent of the inner level."""
    crd: Result[StreamType]
    """Coordinates of both levels as one, as deep as `outer`."""

    def verify(self) -> None:
        """Check the factor and the streams."""
        self.expect_positive("factor")
        depth = depth_of(self.outer)
        self.expect(outer=(CRD, depth), inner=(CRD, depth + 1), crd=(CRD, depth))


class ConcatOp(Primitive, name="concat", traits=[Pure]):
    """Put the fibers of several streams behind each other, with what is under them.

    ```mlir
    %i, %v = "sam.concat"(%ia, %ib, %va, %vb) {offsets = array<i64: 0, 3>,
      operandSegmentSizes = array<i32: 2, 2>}
      : (!sam.stream<"crd", 1 : i64>, !sam.stream<"crd", 1 : i64>,
         !sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>)
      -> (!sam.stream<"crd", 1 : i64>, !sam.stream<"val", 1 : i64>)
    ```

    `0 2 S0 D` and, 3 further, `1 S0 D` give `0 2 4 S0 D`. The coordinates of one stream alone are
    raised. Stands for an input port that turns from
    one channel to the next.
    """

    crds: Sequence[Operand[StreamType]]
    """Coordinates, equally deep."""
    payloads: Sequence[Operand[StreamType]]
    """For each of them a stream as deep, or deeper: coordinates or values."""
    offsets: ir.DenseI64ArrayAttr
    """What is added to the coordinates of each."""
    crd: Result[StreamType]
    """All coordinates."""
    payload: Result[StreamType]
    """All payloads."""

    messages = Primitive.messages | {
        "sides": "puts {crds} streams of coordinates together with {payloads} of payloads and "
        "{offsets} offsets: expected as many of each, at least 1",
    }

    def verify(self) -> None:
        """Check the streams."""
        counts = [len(self.crds), len(self.payloads), len(self.offsets)]
        if len(set(counts)) > 1 or min(counts) < 1:
            crds, payloads, offsets = counts
            self.error("sides", crds=crds, payloads=payloads, offsets=offsets)
            return
        depth = depth_of(self.crds[0])
        kind, inner = single(self.payloads[0]), max(depth_of(self.payloads[0]), depth)
        self.expect(crds=(CRD, depth), payloads=(kind, inner))
        self.expect(crd=(CRD, depth), payload=(kind, inner))


class ForkOp(Sized, name="fork", traits=[Pure]):
    """Share a stream out over branches, some tokens to each in turn.

    Stops go to all branches. Streams of one shape are forked alike, each by an op of its own.

    ```mlir
    %a, %b = "sam.fork"(%r) {chunk = 1, resultSegmentSizes = array<i32: 2>}
      : (!sam.stream<"ref", 1 : i64>)
      -> (!sam.stream<"ref", 1 : i64>, !sam.stream<"ref", 1 : i64>)
    ```

    `0 1 2 S0 3 S1 D` over two branches: `0 2 S0 S1 D` and `1 S0 3 S1 D`. Stands for a partition.
    """

    operand: Operand[StreamType]
    """Any stream."""
    chunk: ir.IntegerAttr
    """How many tokens go to a branch in turn."""
    branches: Sequence[Result[StreamType]]
    """A share each."""

    def verify(self) -> None:
        """Check the chunk and the streams."""
        self.expect_positive("chunk")
        self.expect(branches=(carried(self.operand), depth_of(self.operand)))


class JoinOp(Sized, name="join", traits=[Pure]):
    """Bring branches together in the order of the stream that was forked.

    ```mlir
    %x = "sam.join"(%i, %xa, %xb) {chunk = 1, operandSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"crd", 1 : i64>, !sam.stream<"val", 2 : i64>, !sam.stream<"val", 2 : i64>)
      -> !sam.stream<"val", 2 : i64>
    ```

    Stands for a reassembly.
    """

    like: Operand[StreamType]
    """A stream of the shape that was forked, whole."""
    branches: Sequence[Operand[StreamType]]
    """What became of each branch: as deep as `like`, or deeper."""
    chunk: ir.IntegerAttr
    """How many tokens of `like` went to a branch in turn."""
    joined: Result[StreamType]
    """All in order."""

    messages = Sized.messages | {
        "branches": "joins no branches: expected 1 or more",
    }

    def verify(self) -> None:
        """Check the chunk and the streams."""
        self.expect_positive("chunk")
        if not len(self.branches):
            self.error("branches")
            return
        depth = max(depth_of(self.like), depth_of(self.branches[0]))
        kind = carried(self.branches[0])
        self.expect(branches=(kind, depth), joined=(kind, depth))
