"""Operations of the `pattern` dialect."""

from rdu.dialects.checks import COMBINER, check_combiner, is_static_tensor
from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Dialect, Operand, Pure, Region, Result, Terminator
from rdu.mlir_ext.linear import linear_map


class Pattern(Dialect, name="pattern"):
    """What is computed: parallel patterns over n-dimensional index domains.

    A pattern evaluates a scalar body at every point of its `domain`. The body reads tensors
    through affine maps from the point to an element, so broadcasts, transpositions and windows
    cost nothing. Patterns nest: one in another's body sees the enclosing point too, and its
    domain's dimensions come after the enclosing ones.
    """


_SHARED = {
    "extent": "domain is {have}: expected at least one dimension, each of extent 1 or more",
    "arguments": "body takes {have} arguments: expected none",
    "result": "result is {have}: expected {need}",
}


class _Pattern(Pattern.Operation):
    """What all patterns share."""

    messages = _SHARED
    terminators = {"body": "pattern.yield"}  # noqa: RUF012

    @property
    def extents(self) -> list[int]:
        """Extents of the op's own domain."""
        return list(self.domain)

    @property
    def nested(self) -> bool:
        """Whether the op stands in another pattern's body."""
        return enclosing_pattern(self) is not None

    @property
    def result_extents(self) -> list[int]:
        """Shape of the result; empty for a scalar."""
        return self.extents

    def verify(self) -> None:
        """Check the domain."""
        if not self.extents or min(self.extents) < 1:
            self.error("extent", have=self.extents)

    def verify_body(self) -> None:
        """Check the body's value against the result."""
        block = self.body.blocks[0]
        if len(block.arguments):
            self.error("arguments", have=len(block.arguments))
        yielded = block.operations[-1].operands[0].type
        shape = self.result_extents
        if not shape:
            if yielded != self.result.type:
                self.error("yield", have=yielded, need=self.result.type)
            return
        need = ir.RankedTensorType.get(shape, yielded, loc=self.location)
        if self.result.type != need:
            self.error("result", have=self.result.type, need=need)


class MapOp(_Pattern, name="map", traits=[Pure]):
    """Evaluate a scalar body at every point of a domain.

    Element `p` of the result is the body's value at point `p`. A body may hold nested reductions,
    the outcome of fusion.

    ```mlir
    %y = "pattern.map"() ({
      %e = "pattern.read"(%x) {map = affine_map<(i, j) -> (i, j)>} : (tensor<64x512xf32>) -> f32
      %c = "pattern.read"(%b) {map = affine_map<(i, j) -> (j)>} : (tensor<512xf32>) -> f32
      %s = arith.addf %e, %c : f32
      "pattern.yield"(%s) : (f32) -> ()
    }) {domain = array<i64: 64, 512>} : () -> tensor<64x512xf32>
    ```

    Lowers to an inner controller of `spatial`; its body becomes the stages of a PCU.
    """

    domain: ir.DenseI64ArrayAttr
    """Extent of each dimension."""
    result: Result[Any]
    """A tensor with the domain's shape."""
    body: Region
    """Computes one element of the result."""


class ZipOp(_Pattern, name="zip", traits=[Pure]):
    """Combine tensors of one shape element by element.

    The special case of `pattern.map` in which every read is at the point itself.

    ```mlir
    %z = "pattern.zip"() ({
      %a = "pattern.read"(%x) {map = affine_map<(i) -> (i)>} : (tensor<8xf32>) -> f32
      %b = "pattern.read"(%y) {map = affine_map<(i) -> (i)>} : (tensor<8xf32>) -> f32
      %s = arith.mulf %a, %b : f32
      "pattern.yield"(%s) : (f32) -> ()
    }) {domain = array<i64: 8>} : () -> tensor<8xf32>
    ```

    `pattern-fuse` turns it into a map. Stands for a PCU that pops a vector of each operand on
    each firing.
    """

    messages = _SHARED | {
        "identity": "reads through {have}: expected the identity",
        "pattern": "holds the pattern '{have}': expected scalar operations",
    }

    domain: ir.DenseI64ArrayAttr
    """The shape of the tensors."""
    result: Result[Any]
    """A tensor with the domain's shape."""
    body: Region
    """Computes one element of the result from the elements at the same point."""

    def verify_body(self) -> None:
        """Check that the body reads at the point only."""
        super().verify_body()
        identity = ir.AffineMap.get_identity(len(self.extents))
        for operation in self.body.blocks[0].operations:
            if operation.operation.name in PATTERNS:
                self.error("pattern", have=operation.operation.name, at=operation)
            elif isinstance(operation, ReadOp) and operation.affine_map != identity:
                self.error("identity", have=operation.affine_map, at=operation)


class ReduceOp(_Pattern, name="reduce", traits=[Pure]):
    """Combine the body's values along some dimensions of the domain.

    The result has the remaining dimensions, in order. The reduction starts at the combiner's
    identity; its order is not part of the meaning at this level (it is from `spatial` down).
    Nested in another pattern, every own dimension is reduced and the result is a scalar.

    ```mlir
    %c = "pattern.reduce"() ({
      %x = "pattern.read"(%a) {map = affine_map<(i, j, k) -> (i, k)>} : (tensor<4x16xf32>) -> f32
      %w = "pattern.read"(%b) {map = affine_map<(i, j, k) -> (j, k)>} : (tensor<8x16xf32>) -> f32
      %p = arith.mulf %x, %w : f32
      "pattern.yield"(%p) : (f32) -> ()
    }) {combiner = "addf", dims = array<i64: 2>, domain = array<i64: 4, 8, 16>}
      : () -> tensor<4x8xf32>
    ```

    Becomes the accumulator of a PCU, and its lane tree when the lanes run along the reduction.
    """

    messages = (
        _SHARED
        | COMBINER
        | {
            "dims": "reduced dimensions are {have}: expected increasing numbers from 0 to {last}",
            "yield": "body yields {have}: expected {need}",
            "nested": "is nested and keeps dimensions {kept}: expected all of them reduced",
        }
    )

    combiner: ir.StringAttr
    """How values are combined: a reduction of the scalar table, such as `addf` or `maximumf`."""
    dims: ir.DenseI64ArrayAttr
    """The dimensions of the own domain to reduce."""
    domain: ir.DenseI64ArrayAttr
    """Extent of each dimension."""
    result: Result[Any]
    """A tensor of the dimensions that are left, or a scalar."""
    body: Region
    """Computes the value to combine at one point."""

    @property
    def result_extents(self) -> list[int]:
        """Extents of the dimensions that are not reduced."""
        return [e for d, e in enumerate(self.extents) if d not in list(self.dims)]

    def verify(self) -> None:
        """Check dimensions and domain."""
        super().verify()
        dims, last = list(self.dims), len(self.extents) - 1
        if not dims or sorted(set(dims)) != dims or dims[0] < 0 or dims[-1] > last:
            self.error("dims", have=dims, last=last)
        elif self.nested and self.result_extents:
            self.error("nested", kept=[d for d in range(last + 1) if d not in dims])

    def verify_body(self) -> None:
        """Check the combiner against what the body yields."""
        super().verify_body()
        check_combiner(self, self.body.blocks[0].operations[-1].operands[0].type)


class ReadOp(Pattern.Operation, name="read", traits=[Pure]):
    """Read one element of a tensor at the current point.

    ```mlir
    %w = "pattern.read"(%b) {map = affine_map<(i, j, k) -> (k, j)>} : (tensor<16x8xf32>) -> f32
    ```

    Becomes a read context of the PMU that holds the tensor, with the map as its address.
    """

    messages = {  # noqa: RUF012
        "place": "stands outside of any pattern",
        "tensor": "reads {have}: expected a ranked tensor of static shape",
        "dims": "map takes {have} dimensions: expected {need}, all those of the enclosing patterns",
        "rank": "map has {have} results: expected {need}, the tensor's rank",
        "linear": "map is {have}: expected sums of dimensions times constants",
        "bounds": "map reads elements {low} to {high} of dimension {dimension}: expected 0 to "
        "{last}",
        "element": "result is {have}: expected {need}",
    }

    source: Operand[Any]
    """The tensor."""
    map: ir.AffineMapAttr
    """From the point, enclosing domains first, to the element."""
    result: Result[Any]
    """The element."""

    @property
    def affine_map(self) -> ir.AffineMap:
        """The access map."""
        return ir.AffineMapAttr(self.map).value

    def verify(self) -> None:
        """Check the map against the tensor and the domains."""
        extents = enclosing_extents(self)
        kind, access = self.source.type, self.affine_map
        if extents is None:
            self.error("place")
        elif not is_static_tensor(kind):
            self.error("tensor", have=kind)
        elif self.result.type != kind.element_type:
            self.error("element", have=self.result.type, need=kind.element_type)
        elif access.n_dims != len(extents):
            self.error("dims", have=access.n_dims, need=len(extents))
        elif len(access.results) != kind.rank:
            self.error("rank", have=len(access.results), need=kind.rank)
        else:
            self._verify_bounds(access, extents, list(kind.shape))

    def _verify_bounds(self, access: ir.AffineMap, extents: list[int], shape: list[int]) -> None:
        rows = linear_map(access)
        if rows is None:
            self.error("linear", have=access)
            return
        for dimension, (row, extent) in enumerate(zip(rows, shape, strict=True)):
            low, high = row.range([0] * len(extents), [e - 1 for e in extents])
            if low < 0 or high >= extent:
                self.error("bounds", low=low, high=high, dimension=dimension, last=extent - 1)


class IndexOp(Pattern.Operation, name="index", traits=[Pure]):
    """Give the coordinate of the current point in one dimension.

    Dimensions count from the outermost enclosing pattern. The fabric's counters are such indices.

    ```mlir
    %i = "pattern.index"() {dim = 0 : i64} : () -> i32
    ```
    """

    messages = {  # noqa: RUF012
        "place": "stands outside of any pattern",
        "dim": "dimension is {have}: expected 0 to {last}",
    }

    dim: ir.IntegerAttr
    """Which dimension."""
    result: Result[ir.IntegerType[32]]  # pyright: ignore[reportGeneralTypeIssues]
    """The coordinate."""

    def verify(self) -> None:
        """Check that the dimension exists."""
        extents = enclosing_extents(self)
        if extents is None:
            self.error("place")
        elif not 0 <= self.dim.value < len(extents):
            self.error("dim", have=self.dim.value, last=len(extents) - 1)


class YieldOp(Pattern.Operation, name="yield", traits=[Terminator]):
    """End a pattern's body with its value.

    ```mlir
    "pattern.yield"(%v) : (f32) -> ()
    ```
    """

    parents = ("pattern.map", "pattern.zip", "pattern.reduce")

    value: Operand[Any]
    """The body's value at the current point."""


PATTERNS = frozenset(("pattern.map", "pattern.zip", "pattern.reduce"))
"""Names of the ops that have a domain and a body."""


def enclosing_pattern(operation: ir.OpView) -> ir.OpView | None:
    """Return the pattern in whose body an op directly stands, or None."""
    parent = operation.operation.parent
    return parent.opview if parent is not None and parent.name in PATTERNS else None


def enclosing_extents(operation: ir.OpView) -> list[int] | None:
    """Return the extents of all patterns around an op, outermost first; None outside of any."""
    pattern = enclosing_pattern(operation)
    extents: list[int] | None = None
    while pattern is not None:
        extents = [*pattern.domain, *(extents or [])]
        pattern = enclosing_pattern(pattern)
    return extents
