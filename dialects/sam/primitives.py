"""Primitives of the `sam` dialect: from streams to streams.

They suffice for products and contractions; a sum of sparse tensors would need a union.
"""

from rdu.dialects.sam.streams import (
    BV,
    CRD,
    REF,
    VAL,
    Sam,
    StreamType,
    TensorType,
    level_formats,
    one_of,
    stream,
)
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result

REDUCTIONS = ("add", "max", "min")
ARITHMETIC = ("add", "sub", "mul")


class _Primitive(Sam.Operation):
    """What all primitives share: they stand in a graph and are typed by kind and depth."""

    messages = {  # noqa: RUF012
        "stream": "'{name}' is {have}: expected {need}",
    }
    parents = ("sam.graph",)

    def expect(self, **needs: tuple[str, int]) -> None:
        """Check that each named operand or result is a stream of the given kind and depth."""
        for name, (kind, depth) in needs.items():
            have, need = getattr(self, name).type, stream(kind, depth)
            if have != need:
                self.error("stream", name=name, have=have, need=need)


def _depth(value: ir.Value) -> int:
    return value.type.depth.value


class FiberLookupOp(_Primitive, name="fiber_lookup", traits=[Pure]):
    """Look up fibers of a tensor's level: for each reference, the coordinates stored under it.

    Each reference names a fiber; the outputs hold the fiber's coordinates and, for each of them,
    the reference to its child. Both are one deeper than the input: a stop `Sn` of the input becomes
    `S(n+1)`, and `S0` ends each fiber that no stop follows. A reference `N` (absent) gives `N`. A
    stop can be sent only after the next input token was seen.

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

    messages = _Primitive.messages | {
        "level": "level is {have}: expected 0 to {last}",
    }

    def verify(self) -> None:
        """Check the level and the streams."""
        formats = level_formats(self.tensor.type)
        level = self.level.value
        if not 0 <= level < len(formats):
            self.error("level", have=level, last=len(formats) - 1)
            return
        depth = _depth(self.ref)
        kind = BV if formats[level] == "bitvector" else CRD
        self.expect(ref=(REF, depth), crd=(kind, depth + 1), child=(REF, depth + 1))


class RepeatOp(_Primitive, name="repeat", traits=[Pure]):
    """Repeat each reference once for every coordinate of a fiber, to broadcast over a level.

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
    """What to repeat."""
    like: Operand[StreamType]
    """Coordinates, one deeper than `ref`."""
    repeated: Result[StreamType]
    """References as deep as `like`."""

    def verify(self) -> None:
        """Check the streams."""
        depth = _depth(self.ref)
        self.expect(ref=(REF, depth), like=(CRD, depth + 1), repeated=(REF, depth + 1))


class IntersectOp(_Primitive, name="intersect", traits=[Pure]):
    """Keep the coordinates that two streams share, with the references of both.

    Fibers are merged pairwise in coordinate order; empty results keep their stops. This is what
    multiplication needs: a product is zero where a factor is absent. An absent token `N` on either
    side gives `N` on all outputs.

    ```mlir
    %j, %rb, %rc = "sam.intersect"(%jb, %rbj, %jc, %rcj)
      : (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>,
         !sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"ref", 2 : i64>, !sam.stream<"ref", 2 : i64>)
    ```

    Coordinates `0 2 4 5 S0 D` and `2 3 5 S0 D` give `2 5 S0 D`. Stands for a merge unit at the
    input ports of a PCU.
    """

    crd_a: Operand[StreamType]
    """Coordinates of the first stream."""
    ref_a: Operand[StreamType]
    """References that go with them."""
    crd_b: Operand[StreamType]
    """Coordinates of the second stream, as deep as the first."""
    ref_b: Operand[StreamType]
    """References that go with them."""
    crd: Result[StreamType]
    """The shared coordinates."""
    out_a: Result[StreamType]
    """References of the first stream at the shared coordinates."""
    out_b: Result[StreamType]
    """References of the second stream at the shared coordinates."""

    def verify(self) -> None:
        """Check the streams."""
        depth = _depth(self.crd_a)
        coordinates = dict.fromkeys(("crd_a", "crd_b", "crd"), (CRD, depth))
        references = dict.fromkeys(("ref_a", "ref_b", "out_a", "out_b"), (REF, depth))
        self.expect(**coordinates, **references)


class ArrayOp(_Primitive, name="array", traits=[Pure]):
    """Load a tensor's values at references; an absent reference `N` loads 0.

    ```mlir
    %v = "sam.array"(%B, %r) : (!sam.tensor<...>, !sam.stream<"ref", 2 : i64>)
      -> !sam.stream<"val", 2 : i64>
    ```

    Stands for a PMU read, or a gather of an AG.
    """

    tensor: Operand[TensorType]
    """The tensor, as bound."""
    ref: Operand[StreamType]
    """Positions among the stored values."""
    values: Result[StreamType]
    """The values."""

    def verify(self) -> None:
        """Check the streams."""
        depth = _depth(self.ref)
        self.expect(ref=(REF, depth), values=(VAL, depth))


class AluOp(_Primitive, name="alu", traits=[Pure]):
    """Combine two value streams token by token; their stops have to agree.

    ```mlir
    %p = "sam.alu"(%a, %b) {function = "mul"}
      : (!sam.stream<"val", 1 : i64>, !sam.stream<"val", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    Stands for a stage of a PCU.
    """

    lhs: Operand[StreamType]
    """First values."""
    rhs: Operand[StreamType]
    """Second values."""
    function: ir.StringAttr
    """`add`, `sub` or `mul`."""
    values: Result[StreamType]
    """The combined values."""

    messages = _Primitive.messages | {
        "function": "function is '{have}': expected {need}",
    }

    def verify(self) -> None:
        """Check the function and the streams."""
        if self.function.value not in ARITHMETIC:
            self.error("function", have=self.function.value, need=one_of(ARITHMETIC))
        depth = _depth(self.lhs)
        self.expect(lhs=(VAL, depth), rhs=(VAL, depth), values=(VAL, depth))


class ReduceOp(_Primitive, name="reduce", traits=[Pure]):
    """Reduce the innermost fibers of a value stream to one value each.

    The result is one less deep: `S0` ends a fiber and disappears, `S(n+1)` becomes `Sn`. An empty
    fiber gives the identity, so that the result stays aligned with the outer coordinates.

    ```mlir
    %s = "sam.reduce"(%v) {function = "add"}
      : (!sam.stream<"val", 2 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    Values `5 5 S0 5 S0 4 8 S1 D` give `10 5 12 S0 D`. Stands for an accumulating stage of a PCU.
    """

    values: Operand[StreamType]
    """The values, at least one deep."""
    function: ir.StringAttr
    """`add`, `max` or `min`."""
    reduced: Result[StreamType]
    """One value for each innermost fiber."""

    messages = _Primitive.messages | {
        "function": "function is '{have}': expected {need}",
        "shallow": "reduces {have}: expected a stream at least 1 deep",
    }

    def verify(self) -> None:
        """Check the function and the streams."""
        if self.function.value not in REDUCTIONS:
            self.error("function", have=self.function.value, need=one_of(REDUCTIONS))
        depth = _depth(self.values)
        if depth < 1:
            self.error("shallow", have=self.values.type)
            return
        self.expect(values=(VAL, depth), reduced=(VAL, depth - 1))
