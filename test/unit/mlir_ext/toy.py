"""A small dialect that uses everything the base classes offer; the tests of `mlir_ext` share it."""

# ruff: noqa: RUF012  (class tables of ops and passes)
from collections.abc import Sequence

from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import (
    Any,
    Dialect,
    Operand,
    Pure,
    Region,
    Result,
    Terminator,
    infer_result,
)


class Toy(Dialect, name="toy"):
    """Buffers and sums, for tests."""


class Buffer(Toy.Type, name="buffer"):
    """A buffer of `words` elements."""

    element: Any
    words: ir.IntegerAttr


class Alloc(Toy.Operation, name="alloc"):
    """Allocate a buffer."""

    buffers: ir.IntegerAttr
    """How many copies the buffer has."""
    label: ir.StringAttr | None
    """A name for people."""
    out: Result[Buffer]
    """The buffer."""

    messages = {"buffers": "has {have} buffers: expected at least 1"}

    def verify(self):
        if self.buffers.value < 1:
            self.error("buffers", have=self.buffers.value, notes=["a buffer holds data"])


class Add(Toy.Operation, name="add", traits=[Pure]):
    """Add two floats."""

    lhs: Operand[ir.F32Type]
    rhs: Operand[ir.F32Type]
    out: Result[ir.F32Type[()]] = infer_result()


class Sum(Toy.Operation, name="sum"):
    """Add what the body yields, over all inputs."""

    inputs: Sequence[Operand[Any]]
    sizes: ir.DenseI64ArrayAttr
    out: Result[Any]
    body: Region

    messages = {
        "rank": "has {have} sizes: expected {need}, one for each input",
        "yield": "yields {have}: expected {need}, the result's type",
    }
    terminators = {"body": "toy.yield"}

    def verify(self):
        if len(self.sizes) != len(self.inputs):
            self.error("rank", have=len(self.sizes), need=len(self.inputs))
        if min(list(self.sizes), default=1) < 1:
            self.error("rank", have=0, need=1)

    def verify_body(self):
        end = self.body.blocks[0].operations[-1]
        if end.value.type != self.out.type:
            self.error("yield", at=end, have=end.value.type, need=self.out.type)


class Yield(Toy.Operation, name="yield", traits=[Terminator]):
    """End the body of a `toy.sum`."""

    value: Operand[Any]
    parents = ("toy.sum",)
