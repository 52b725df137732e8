"""Writing graphs of stream primitives by hand, in Python."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from rdu.dialects import sam
from rdu.dialects.sam.primitive import depth_of, element_in, kind_for, kind_of
from rdu.dialects.sam.streams import CRD, REF, VAL, stream
from rdu.mlir_ext import func, ir
from rdu.mlir_ext.context import make_context, verify
from rdu.semantics.dtypes import DType
from rdu.semantics.sparse.functions import result

Side = tuple[ir.Value, ir.Value]
"""Coordinates, and what goes with them."""

MOST_LEVELS = 3
"""The levels that an accumulation may merge."""


@dataclass(frozen=True, slots=True)
class Operand:
    """A tensor that a graph reads.

    Attributes:
        shape: the extent of each dimension.
        levels: the format of each level, outermost first.
        order: the dimension of each level; in order if None.
    """

    shape: Sequence[int]
    levels: Sequence[str]
    order: Sequence[int] | None = None


class GraphBuilder:
    """Writes a function with one graph, primitive by primitive.

    Streams and tensors are MLIR values; each method writes one op and returns its results.

    Args:
        output: the shape of the result, which is named `X`.
        operands: the tensors that are read, by name, in the order of the function's arguments.
        order: the dimension of each level of the result; in order if None.
        element: of all tensors.
    """

    def __init__(
        self,
        output: Sequence[int],
        operands: Mapping[str, Operand],
        *,
        order: Sequence[int] | None = None,
        element: DType = "f32",
    ) -> None:
        with make_context(), ir.Location.unknown():
            self._element = ir.Type.parse(element)
            self._module = ir.Module.create()
            dense = [self._dense(operand.shape) for operand in operands.values()]
            result = self._dense(output)
            with ir.InsertionPoint(self._module.body):
                function = func.FuncOp("main", (dense, [result]))
            function.attributes["arg_attrs"] = ir.ArrayAttr.get(list(map(_named, operands)))
            function.attributes["res_attrs"] = ir.ArrayAttr.get([_named("X")])
            entry = function.add_entry_block()
            with ir.InsertionPoint(entry):
                graph = sam.GraphOp(result, order=None if order is None else list(order))
                func.ReturnOp([graph.operation.results[0]])
            self._point = ir.InsertionPoint(graph.operation.regions[0].blocks.append())
        self._tensors = {
            name: self._bind(operand, value)
            for (name, operand), value in zip(operands.items(), entry.arguments, strict=True)
        }

    def tensor(self, name: str) -> ir.Value:
        """Return an operand, as bound."""
        return self._tensors[name]

    def root(self) -> ir.Value:
        """Start the walk of a tensor."""
        with self._here():
            return sam.RootOp(stream(REF, 0)).ref

    def lookup(self, tensor: ir.Value, level: int, refs: ir.Value) -> Side:
        """Look up fibers of a level; returns coordinates and references of their children."""
        with self._here():
            kinds = (stream(kind, depth_of(refs) + 1) for kind in (CRD, REF))
            op = sam.FiberLookupOp(tensor, refs, level, *kinds)
            return op.crd, op.child

    def locate(self, tensor: ir.Value, level: int, crd: ir.Value, fibers: ir.Value) -> ir.Value:
        """Find coordinates in a level; returns the references of what is found."""
        with self._here():
            return sam.LocateOp(tensor, crd, fibers, level, stream(REF, depth_of(crd))).ref

    def repeat(self, held: ir.Value, like: ir.Value) -> ir.Value:
        """Send each token once for each token of its fiber in a stream one deeper."""
        with self._here():
            return sam.RepeatOp(held, like, stream(kind_of(held), depth_of(like))).repeated

    def hold(self, outer: ir.Value, inner: ir.Value) -> ir.Value:
        """Send each coordinate once for each coordinate under it."""
        with self._here():
            return sam.HoldOp(outer, inner, stream(CRD, depth_of(inner))).held

    def intersect(self, *sides: Side) -> tuple[ir.Value, ...]:
        """Return the coordinates that all sides have, and what goes with them on each side."""
        return self._join(sam.IntersectOp, sides)

    def union(self, *sides: Side) -> tuple[ir.Value, ...]:
        """Return the coordinates that any side has, and what goes with them on each side."""
        return self._join(sam.UnionOp, sides)

    def array(self, tensor: ir.Value, refs: ir.Value) -> ir.Value:
        """Load values."""
        with self._here():
            return sam.ArrayOp(tensor, refs, stream(VAL, depth_of(refs))).values

    def store(self, refs: ir.Value, values: ir.Value, shape: Sequence[int]) -> ir.Value:
        """Store values in a dense tensor of a shape; returns it."""
        with self._here():
            rank = len(shape)
            kind = sam.TensorType.get(self._dense(shape), ["dense"] * rank, list(range(rank)))
            return sam.StoreOp(refs, values, kind).tensor

    def alu(self, function: str, lhs: ir.Value, rhs: ir.Value) -> ir.Value:
        """Combine values."""
        with self._here():
            return sam.AluOp(lhs, rhs, function, _given(function, lhs)).values

    def unary(self, function: str, values: ir.Value, constant: float | None = None) -> ir.Value:
        """Apply a function of a value, or of a value and a constant."""
        with self._here():
            number = None if constant is None else ir.FloatAttr.get(ir.F64Type.get(), constant)
            kind = _given(function, values)
            return sam.UnaryOp(values, function, kind, constant=number).values

    def reduce(self, function: str, values: ir.Value, outer: ir.Value) -> ir.Value:
        """Reduce the innermost fibers, one for each token of the stream above."""
        with self._here():
            return sam.ReduceOp(values, outer, function, stream(VAL, depth_of(outer))).reduced

    def accumulate(
        self, function: str, reduced: ir.Value, crds: Sequence[ir.Value], values: ir.Value
    ) -> tuple[ir.Value, ...]:
        """Merge the fibers under a level that is reduced; returns coordinates, then values."""
        with self._here():
            kinds = [stream(CRD, depth_of(crd) - 1) for crd in crds]
            absent = [None] * (MOST_LEVELS - len(crds))
            first, *given = [*crds, *absent]
            first_kind, *out = [*kinds, *absent]
            op = sam.AccumulateOp(
                reduced=reduced,
                crd_a=first,
                crd_b=given[0],
                crd_c=given[1],
                values=values,
                function=function,
                out_a=first_kind,
                out_b=out[0],
                out_c=out[1],
                total=stream(VAL, depth_of(values) - 1),
            )
            return (*[op.out_a, op.out_b, op.out_c][: len(crds)], op.total)

    def finish(self, crds: Sequence[ir.Value], values: ir.Value) -> ir.OpView:
        """Write the levels of the result, outermost first, and its values; return the module.

        Raises RduError if the graph does not verify.
        """
        with self._here():
            for level, crd in enumerate(crds):
                sam.FiberWriteOp(crd, level)
            sam.YieldOp(values)
        verify(self._module.operation)
        return self._module.operation.opview

    @contextmanager
    def _here(self) -> Generator[None]:
        with self._module.context, ir.Location.unknown(), self._point:
            yield

    def _bind(self, operand: Operand, value: ir.Value) -> ir.Value:
        with self._here():
            order = range(len(operand.levels)) if operand.order is None else operand.order
            kind = sam.TensorType.get(value.type, list(operand.levels), list(order))
            return sam.BindOp(value, kind).bound

    def _join(self, op: Any, sides: Sequence[Side]) -> tuple[ir.Value, ...]:
        with self._here():
            crds, payloads = (list(values) for values in zip(*sides, strict=True))
            depth = depth_of(crds[0])
            kinds = [stream(kind_of(payload), depth) for payload in payloads]
            joined = op(crds, payloads, stream(CRD, depth), kinds)
            return (joined.crd, *joined.out)

    def _dense(self, shape: Sequence[int]) -> ir.Type:
        return ir.RankedTensorType.get(list(shape), self._element)


def _named(name: str) -> ir.Attribute:
    return ir.DictAttr.get({"rdu.name": ir.StringAttr.get(name)})


def _given(function: str, values: ir.Value) -> Any:
    """Return the type of the stream that a function of a stream of values gives."""
    kind = kind_for(values.owner, result(function, element_in(values)))
    return stream(kind, depth_of(values))
