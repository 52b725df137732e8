"""Primitives that load, compute, reduce and store values."""

from typing import Any

from rdu.dialects.sam.primitive import (
    ANY,
    Primitive,
    Sized,
    carried,
    depth_of,
    element_in,
    element_stored,
    kind_for,
    lanes_of,
    widest,
)
from rdu.dialects.sam.streams import (
    CRD,
    REF,
    Kind,
    StreamType,
    TensorType,
    level_formats,
    one_of,
)
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Operand, Pure, Result
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import BINARY, REDUCTIONS, UNARY, result, takes


class _Function(Primitive):
    """A primitive whose attribute `function` names what it computes."""

    messages = Primitive.messages | {
        "function": "function is '{have}': expected {need}",
    }

    def expect_function(self, names: tuple[str, ...], element: DType) -> None:
        """Check that the function is one of those, and exists for values of a type."""
        known = [name for name in names if takes(name, element)]
        if self.function.value not in known:
            self.error("function", have=self.function.value, need=one_of(known))

    def given(self, element: DType, lanes: int) -> Kind:
        """Return what the function gives of operands of a type, `lanes` of them in a token."""
        return kind_for(self, result(self.function.value, element), lanes)


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


class AluOp(_Function, name="alu", traits=[Pure]):
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


def each_width(op: Primitive, element: str, lanes: int) -> tuple[Kind, Kind]:
    """Return what operands of vectors may carry: scalars, which stand on all lanes, or vectors."""
    return kind_for(op, element), kind_for(op, element, lanes)


class UnaryOp(_Function, name="unary", traits=[Pure]):
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


class ReduceOp(_Function, name="reduce", traits=[Pure]):
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


class FoldOp(_Function, name="fold", traits=[Pure]):
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

    messages = _Function.messages | {"vectors": "folds {have}: expected a stream of vectors"}

    def verify(self) -> None:
        """Check the function and the streams."""
        element = element_in(self.vectors)
        self.expect_function(REDUCTIONS, element)
        if lanes_of(self.vectors) == 1:
            self.error("vectors", have=self.vectors.type)
        self.expect(values=(kind_for(self, element), depth_of(self.vectors)))


class AccumulateOp(_Function, name="accumulate", traits=[Pure]):
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

    messages = _Function.messages | {
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
