"""The types of the `sam` dialect: streams of tokens, and tensors with a format for each level."""

from collections.abc import Sequence
from typing import TypeAlias

from rdu.mlir_ext import ir
from rdu.mlir_ext.dialect import Any, Dialect
from rdu.semantics.fibertree import Format

CRD, REF, VAL, BV = "crd", "ref", "val", "bv"
"""What a stream may carry: coordinates, references, values, bit vectors."""


class Sam(Dialect, name="sam"):
    """Sparse tensor algebra as streams of tokens between primitives.

    A tensor is stored as a tree of fibers, one level of the tree for each dimension. A stream walks
    one level depth-first: payload tokens, a stop `S0` at the end of a fiber, `S1` where the
    fiber's parent ends too, and `D` at the very end. A higher stop stands for the lower ones.
    Primitives turn streams into streams; a graph of them computes a tensor expression and touches
    only what is stored. A value used twice is a broadcast, which costs nothing.

    `N` stands for something absent: a union gives it as the reference of a tensor that has no such
    coordinate; what is looked up there is a lone `N`; as a value it is a zero. The rules of every
    primitive, token by token, with their reasons, are in `rdu.semantics.sparse`.
    """


_Kind: Any = (
    ir.StringAttr[CRD]
    | ir.StringAttr[REF]
    | ir.StringAttr[VAL]
    | ir.StringAttr[BV]
    | ir.VectorType
    | ir.IntegerType
    | ir.F32Type
    | ir.BF16Type
)
Kind: TypeAlias = str | ir.Type
"""What a stream carries: a kind by its word, or values by their type where `val` is not enough:
vectors, and values of another type than the graph's."""


class StreamType(Sam.Type, name="stream"):
    """A stream of tokens, `!sam.stream<"crd", 2 : i64>`.

    `kind` says what the payload is: `crd` coordinates, `ref` positions in the next level (or among
    the values), `val` values, `bv` bit vectors of coordinates, and `vector<16xf32>` 16 values, one
    on each lane of a unit, in one token: `!sam.stream<vector<16xf32>, 2 : i64>`. `val` are values
    of the type that the graph's result has; others go by their type: `!sam.stream<i1, 2 : i64>` is
    what a comparison gives. `depth` is how many fibers nest: the highest stop that may occur is
    `depth - 1`. Depth 0 has no stops, and but for `sam.stop_drop` it is one token.
    """

    kind: _Kind  # pyright: ignore[reportInvalidTypeForm]
    depth: ir.IntegerAttr


class TensorType(Sam.Type, name="tensor"):
    """A tensor and how it is stored.

    `!sam.tensor<tensor<4x5xf32>, ["dense", "compressed"], array<i64: 0, 1>>` is CSR: `levels` names
    the format of each level of the tree, outermost first, and `order` the dimension that each
    level stores. A `dense` level stores every coordinate, a `compressed` one those present as
    segments and coordinates, a `singleton` one each, a `bitvector` one as bits. A `blocked:4` level
    is the inside of blocks of 4: its dimension comes twice, first the blocks, then what is in them.
    """

    shape: Any
    levels: ir.ArrayAttr
    order: ir.DenseI64ArrayAttr


def level_formats(tensor: TensorType) -> list[str]:
    """Return the format of each storage level, outermost first."""
    return [getattr(level, "value", str(level)) for level in tensor.levels]


def storage_order(tensor: TensorType) -> list[int]:
    """Return the dimension stored at each level, outermost first."""
    return list(ir.DenseI64ArrayAttr(tensor.order))


def describe_storage(tensor: TensorType) -> str | None:
    """Return what is wrong with a tensor type's parameters, None if nothing is.

    Parsing checks only their kinds: how they go together is for the op that makes the tensor.
    """
    if not isinstance(tensor.shape, ir.RankedTensorType) or not tensor.shape.has_static_shape:
        return f"stores {tensor.shape}: expected a ranked tensor of known extents"
    try:
        form = Format.of(level_formats(tensor), storage_order(tensor))
        form.extents(tuple(tensor.shape.shape))
    except ValueError as problem:
        return str(problem)
    return None


def stream(kind: Kind, depth: int) -> StreamType:
    """Return the stream type of a kind and depth, in the current context."""
    return StreamType.get(kind, depth)


def one_of(words: Sequence[str]) -> str:
    """Return a choice of words as messages give it."""
    return " or ".join(f"'{word}'" for word in words)
