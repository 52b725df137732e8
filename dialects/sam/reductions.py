"""Primitives that reduce values: of a fiber, of a vector, or over a level around others."""

from rdu.dialects.sam.functions import Function
from rdu.dialects.sam.primitive import ANY, depth_of, element_in, kind_for, lanes_of, widest
from rdu.dialects.sam.streams import CRD, REF, StreamType
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result
from rdu.semantics.sparse.functions import REDUCTIONS


class ReduceOp(Function, name="reduce", traits=[Pure]):
    """Reduce the innermost fibers of a value stream to one value each.

    The result is one less deep: `S0` ends a fiber and disappears, `S(n+1)` becomes `Sn`. An empty
    fiber gives the identity. How many fibers a stop ends is told by `outer`, so that the result
    always aligns with it: an empty tensor reduces to no value.

    ```mlir
    %s = "sam.reduce"(%v, %i) {function = "add"}
      : (!sam.stream<"val", 2 : i64>, !sam.stream<"crd", 1 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    Values `5 5 S0 5 S0 4 8 S1 D` under `0 1 3 S0 D` give `10 5 12 S0 D`. Stands for an accumulating
    stage of a PCU.
    """

    values: Operand[StreamType]
    """The values, at least one deep."""
    outer: Operand[StreamType]
    """Any stream of the level above: coordinates, references, or the root."""
    function: ir.StringAttr
    """`add`, `mul`, `max` or `min`; `and` or `or` of i1 and i32."""
    reduced: Result[StreamType]
    """One value for each token of `outer`."""

    def verify(self) -> None:
        """Check the function and the streams."""
        self.expect_function(REDUCTIONS, element_in(self.values))
        depth, kind = depth_of(self.outer), widest(self.values)
        self.expect(outer=(ANY, depth), values=(kind, depth + 1), reduced=(kind, depth))


class FoldOp(Function, name="fold", traits=[Pure]):
    """Reduce each vector of a stream to one value, over the tree of its lanes.

    Lane 0 is combined with lane 1, 2 with 3, and so on, round by round: the order of a PCU.

    ```mlir
    %s = "sam.fold"(%v) {function = "add"}
      : (!sam.stream<vector<4xf32>, 1 : i64>) -> !sam.stream<"val", 1 : i64>
    ```

    The vectors `(1 2 3 4) (5 6 7 8) S0 D` give `10 26 S0 D`. Stands for the lane tree of a PCU.
    """

    vectors: Operand[StreamType]
    """The vectors."""
    function: ir.StringAttr
    """`add`, `mul`, `max` or `min`; `and` or `or` of i1 and i32."""
    values: Result[StreamType]
    """A value for each."""

    messages = Function.messages | {"vectors": "folds {have}: expected a stream of vectors"}

    def verify(self) -> None:
        """Check the function and the streams."""
        element = element_in(self.vectors)
        self.expect_function(REDUCTIONS, element)
        if lanes_of(self.vectors) == 1:
            self.error("vectors", have=self.vectors.type)
        self.expect(values=(kind_for(self, element), depth_of(self.vectors)))


class AccumulateOp(Function, name="accumulate", traits=[Pure]):
    """Reduce over a level that is not the innermost: merge the fibers under it by coordinates.

    With one stream of coordinates it sums vectors (order 1), with two matrices, with three tensors.
    The results come when a fiber of the reduced level ends, in order of coordinates, each stream
    one less deep than it was. Equal coordinates of one fiber are merged as well.

    ```mlir
    %xj, %x = "sam.accumulate"(%k, %j, %v) {function = "add",
      operandSegmentSizes = array<i32: 1, 1, 0, 0, 1>, resultSegmentSizes = array<i32: 1, 0, 0, 1>}
      : (!sam.stream<"crd", 2 : i64>, !sam.stream<"crd", 3 : i64>, !sam.stream<"val", 3 : i64>)
      -> (!sam.stream<"crd", 2 : i64>, !sam.stream<"val", 2 : i64>)
    ```

    Under `0 1 S0 4 S1 D` the vectors `0 3 S0 3 S1 0 S2 D` with `1 2 S0 3 S1 4 S2 D` sum to
    `0 3 S0 0 S1 D` with `1 5 S0 4 S1 D`. Stands for a PMU that is updated, then read.
    """

    reduced: Operand[StreamType]
    """Coordinates or references of the level that is reduced."""
    crd_a: Operand[StreamType]
    """Coordinates of the level under it."""
    crd_b: Operand[StreamType] | None
    """Coordinates of the next level, from order 2."""
    crd_c: Operand[StreamType] | None
    """Coordinates of the next level, of order 3."""
    values: Operand[StreamType]
    """Values at the innermost coordinates."""
    function: ir.StringAttr
    """`add`, `mul`, `max` or `min`; `and` or `or` of i1 and i32."""
    out_a: Result[StreamType]
    """Merged coordinates, as deep as `reduced`."""
    out_b: Result[StreamType] | None
    """Merged coordinates of the next level, from order 2."""
    out_c: Result[StreamType] | None
    """Merged coordinates of the next level, of order 3."""
    total: Result[StreamType]
    """The sums."""

    messages = Function.messages | {
        "order": "has coordinates {operands} and results {results}: expected 'a', 'ab' or 'abc' "
        "for both",
    }

    def verify(self) -> None:
        """Check the function, the order and the streams."""
        self.expect_function(REDUCTIONS, element_in(self.values))
        operands = _letters(a=self.crd_a, b=self.crd_b, c=self.crd_c)
        results = _letters(a=self.out_a, b=self.out_b, c=self.out_c)
        if operands != results or operands == "ac":
            self.error("order", operands=f"'{operands}'", results=f"'{results}'")
            return
        depth, order = depth_of(self.reduced), len(operands)
        self.expect(reduced=((CRD, REF), depth), crd_a=(CRD, depth + 1), out_a=(CRD, depth))
        self.expect(crd_b=(CRD, depth + 2), out_b=(CRD, depth + 1))
        self.expect(crd_c=(CRD, depth + 3), out_c=(CRD, depth + 2))
        kind = widest(self.values)
        self.expect(values=(kind, depth + order), total=(kind, depth + order - 1))


def _letters(**present: ir.Value | None) -> str:
    return "".join(letter for letter, value in present.items() if value is not None)
