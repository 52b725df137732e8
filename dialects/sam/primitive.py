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
    StreamType,
    TensorType,
    stream,
)
from rdu.mlir_ext import ir
from rdu.semantics.dtypes import DType

ANY = (CRD, REF, VAL, BV)
"""Every kind of stream."""

INDEX: DType = "i32"
"""The element type of coordinates that are taken for values."""


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
            each_kind = kinds if isinstance(kinds, Sequence) and kinds not in ANY else [kinds]
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
    """Return what a stream carries, in a word: `val` for vectors as well."""
    kind = value.type.kind
    return VAL if isinstance(kind, ir.VectorType) else kind.value


def carried(value: ir.Value) -> Kind:
    """Return what a stream carries: for vectors their type."""
    kind = value.type.kind
    return kind if isinstance(kind, ir.VectorType) else kind.value


def lanes_of(value: ir.Value) -> int:
    """Return how many values a token of a stream carries: those of a vector, else 1."""
    kind = value.type.kind
    return kind.shape[0] if isinstance(kind, ir.VectorType) else 1


def widest(*values: ir.Value) -> Kind:
    """Return what value streams carry together: vectors if one does, scalars being on all lanes."""
    kind = carried(max(values, key=lanes_of))
    return VAL if isinstance(kind, str) else kind


def value_type(values: ir.Value) -> DType:
    """Return the element type of a stream of values: the loaded tensor's, else the graph's."""
    loaded = getattr(values.owner.opview, "tensor", None)
    if loaded is None or not hasattr(loaded.type, "shape"):
        return element_of(values.owner)
    return cast(DType, str(loaded.type.shape.element_type))


def element_of(op: Any) -> DType:
    """Return the element type of the values that an op computes with, `f32`.

    That is the one of the tensor that they are loaded from, or i32 where they were coordinates.
    Where an op has no values of another one, it is that of the graph's output.
    """
    while True:
        tensors = [v.type for v in op.operands if isinstance(v.type, TensorType)]
        if tensors:
            return cast(DType, str(tensors[0].shape.element_type))
        value = next((v for v in op.operands if is_values(v)), None)
        if value is not None:
            op = value.owner.opview
        elif any(map(is_values, op.results)):
            return INDEX
        else:
            return cast(DType, str(op.operation.parent.opview.output.type.element_type))


def is_values(value: ir.Value) -> bool:
    """Tell whether something is a stream of values."""
    return isinstance(value.type, StreamType) and kind_of(value) == VAL
