"""What all primitives of the `sam` dialect share: where they stand, and how they are typed."""

from collections.abc import Sequence
from typing import Any, cast

from rdu.dialects.sam.streams import (
    BV,
    CRD,
    REF,
    VAL,
    Kind,
    Sam,
    stream,
)
from rdu.mlir_ext import ir
from rdu.semantics.dtypes import DType

ANY = (CRD, REF, VAL, BV)
"""Every kind of stream."""


class Primitive(Sam.Operation):
    """An op inside a graph whose streams are typed by kind and depth."""

    messages = {  # noqa: RUF012
        "stream": "'{name}' is {have}: expected {need}",
    }
    parents = ("sam.graph",)

    def expect(self, **needs: tuple[Kind | Sequence[Kind], int]) -> None:
        """Check that each named operand or result is a stream of one of the kinds, of a depth.

        Of a variadic field all are checked together: they have one type. An absent one is fine.
        `ANY` kind may be vectors, too.
        """
        for name, (kinds, depth) in needs.items():
            values = each(getattr(self, name))
            if not values or (kinds == ANY and depth_of(values[0]) == depth):
                continue
            have = values[0].type
            one = isinstance(kinds, str | ir.Type)
            each_kind: Sequence[Kind] = [kinds] if one else kinds
            need = list(dict.fromkeys(stream(kind, depth) for kind in each_kind))
            if have not in need:
                words = f"a stream {depth} deep" if kinds == ANY else " or ".join(map(str, need))
                self.error("stream", name=name, have=have, need=words)


class Sized(Primitive):
    """A primitive with attributes that have to be positive."""

    messages = Primitive.messages | {
        "size": "'{name}' is {have}: expected 1 or more",
    }

    def expect_positive(self, *names: str) -> None:
        """Check that integer attributes are at least 1."""
        for name in names:
            if (have := getattr(self, name).value) < 1:
                self.error("size", name=name, have=have)


def each(field: Any) -> list[ir.Value]:
    """Return the values of a field, whether it is single, variadic or absent."""
    if field is None:
        return []
    return [field] if isinstance(field, ir.Value) else list(field)


def depth_of(value: ir.Value) -> int:
    """Return how many fibers of a stream nest."""
    return value.type.depth.value


def kind_of(value: ir.Value) -> str:
    """Return what a stream carries, in a word: `val` for all values."""
    kind = carried(value)
    return kind if isinstance(kind, str) else VAL


def carried(value: ir.Value) -> Kind:
    """Return what a stream carries: for vectors, and values not of the graph's type, their type."""
    kind = value.type.kind
    return kind if isinstance(kind, ir.Type) else kind.value


def single(value: ir.Value) -> Kind:
    """Return what a stream carries that has no vectors: `val` for these, which it may not be."""
    kind = carried(value)
    return VAL if isinstance(kind, ir.VectorType) else kind


def lanes_of(value: ir.Value) -> int:
    """Return how many values a token of a stream carries: those of a vector, else 1."""
    kind = value.type.kind
    return kind.shape[0] if isinstance(kind, ir.VectorType) else 1


def widest(*values: ir.Value) -> Kind:
    """Return what value streams carry together: vectors if one does, scalars being on all lanes."""
    kind = carried(max(values, key=lanes_of))
    return VAL if isinstance(kind, str) else kind


def element_of(op: Any) -> DType:
    """Return the element type of the result of the graph around an op, `f32`."""
    return cast(DType, str(op.operation.parent.opview.output.type.element_type))


def element_in(value: ir.Value) -> DType:
    """Return the element type of a stream's values; that of the graph's where it says no other."""
    kind = carried(value)
    if isinstance(kind, str):
        return element_of(value.owner)
    return cast(DType, str(kind.element_type if isinstance(kind, ir.VectorType) else kind))


def element_stored(tensor: Any) -> DType:
    """Return the element type of the values of a tensor with its format."""
    return cast(DType, str(tensor.type.shape.element_type))


def kind_for(op: Any, element: str, lanes: int = 1) -> Kind:
    """Return what a stream of values of a type carries in the graph around an op."""
    if lanes == 1 and element == element_of(op):
        return VAL
    kind = ir.Type.parse(element, op.operation.context)
    place = op.operation.location
    return ir.VectorType.get([lanes], kind, loc=place) if lanes > 1 else kind
