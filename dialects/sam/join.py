"""Primitives that merge fibers of several tensors by their coordinates."""

from collections.abc import Sequence

from rdu.dialects.sam.primitive import Primitive, carried, depth_of
from rdu.dialects.sam.streams import BV, CRD, REF, VAL, StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result


class _Join(Primitive):
    """Two or more streams of coordinates, each with one of references or values."""

    messages = Primitive.messages | {
        "sides": "joins {crds} streams of coordinates with {payloads} of payloads into {out}: "
        "expected as many of each, at least 2",
    }

    def verify(self) -> None:
        """Check the streams."""
        sides = {len(self.crds), len(self.payloads), len(self.out)}
        if len(sides) > 1 or min(sides) < 2:
            crds, payloads, out = len(self.crds), len(self.payloads), len(self.out)
            self.error("sides", crds=crds, payloads=payloads, out=out)
            return
        depth, kind = depth_of(self.crds[0]), carried(self.payloads[0])
        kinds = (REF, VAL) if kind in (CRD, BV) else kind
        self.expect(crds=(CRD, depth), payloads=(kinds, depth), crd=(CRD, depth))
        self.expect(out=(kinds, depth))


class IntersectOp(_Join, name="intersect", traits=[Pure]):
    """Keep the coordinates that all streams share, with the references of all.

    Fibers are merged in coordinate order; empty results keep their stops. This is what
    multiplication needs: a product is zero where a factor is absent. If a fiber is absent (`N`), so
    is the result.

    ```mlir
    %j, %rb, %rc = "sam.intersect"(%jb, %jc, %rbj, %rcj)
      {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 2 : i64>,
         !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    Coordinates `0 2 4 5 S0 D` and `2 3 5 S0 D` give `2 5 S0 D`. Stands for a merge unit at the
    input ports of a PCU.
    """

    crds: Sequence[Operand[StreamType]]
    """Streams of coordinates, equally deep."""
    payloads: Sequence[Operand[StreamType]]
    """For each of them its references; or values for all."""
    skip: ir.BoolAttr | None
    """Whether the lookups before it are told where to go on; changes time, not results."""
    crd: Result[StreamType]
    """The shared coordinates."""
    out: Sequence[Result[StreamType]]
    """The payloads of each stream at the shared coordinates."""


class UnionOp(_Join, name="union", traits=[Pure]):
    """Keep the coordinates that any stream has, with the references of all.

    Where a stream has no such coordinate its reference is `N`. This is what addition needs. An
    absent fiber (`N`) adds nothing; the result is absent only if all are.

    ```mlir
    %j, %rb, %rc = "sam.union"(%jb, %jc, %rbj, %rcj)
      {operandSegmentSizes = array<i32: 2, 2>, resultSegmentSizes = array<i32: 1, 2>}
      : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 2 : i64>,
         !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    Coordinates `0 2 4 5 S0 D` and `2 3 5 S0 D` give `0 2 3 4 5 S0 D`, references `0 1 N 2 3 S0 D`
    and `N 0 1 N 2 S0 D`. Stands for a merge unit at the input ports of a PCU.
    """

    crds: Sequence[Operand[StreamType]]
    """Streams of coordinates, equally deep."""
    payloads: Sequence[Operand[StreamType]]
    """For each of them its references; or values for all."""
    crd: Result[StreamType]
    """All coordinates."""
    out: Sequence[Result[StreamType]]
    """The payloads of each stream at these coordinates, or `N`."""
