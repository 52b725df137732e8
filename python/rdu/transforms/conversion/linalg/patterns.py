"""Writing patterns: one for each result of a structured op that is more than a view."""

from collections.abc import Sequence
from typing import Any

from rdu.dialects.pattern import MapOp, ReduceOp, YieldOp
from rdu.mlir_ext import ir
from rdu.mlir_ext.linear import Linear
from rdu.semantics.reduction import REDUCTIONS
from rdu.transforms.conversion.linalg.bodies import BodyWriter, read
from rdu.transforms.conversion.linalg.structured import Reduction, Space, Structured
from rdu.transforms.conversion.linalg.views import Content, Splat, View, of_rank, whole


def write_elementwise(
    op: Structured, space: Space, result: int, contents: list[Content]
) -> Content:
    """Return a result without reduction: a copy is a view, all else a map."""
    value, kind = op.yielded[result], op.operation.results[result].type
    used = op.operand(value)
    if used is not None:
        copied = contents[used].at(space.rows(op.maps[used]), len(space.domain))
        return copied if len(kind.shape) else copied.at([Linear(())], 0)
    if value.owner.operation.parent != op.operation:
        return Splat(value)
    pattern = _map(space.domain, kind.element_type)
    with ir.InsertionPoint(pattern.body.blocks.append()):
        YieldOp(BodyWriter(op, space, contents).write(value))
    return of_rank(pattern.result, len(kind.shape))


def write_reduction(
    op: Structured, space: Space, result: int, reduction: Reduction, contents: list[Content]
) -> Content:
    """Return a reduction's result, combined with an initial value that is no identity."""
    kind = op.operation.results[result].type
    start = contents[op.initial(result)]
    pattern = ReduceOp(
        reduction.combiner,
        list(space.reduced),
        list(space.domain),
        ir.RankedTensorType.get(space.kept, kind.element_type),
    )
    with ir.InsertionPoint(pattern.body.blocks.append()):
        YieldOp(BodyWriter(op, space, contents).write(reduction.value))
    if _is_identity(start, reduction.combiner):
        return of_rank(pattern.result, len(kind.shape))
    combined = _map(space.kept, kind.element_type)
    with ir.InsertionPoint(combined.body.blocks.append()):
        reduced, rank = whole(pattern.result), len(space.kept)
        rows = reduced.rows if len(kind.shape) else ()
        operands = [read(start.at(rows, rank), rank), read(reduced, rank)]
        name = op.yielded[result].owner.operation.name
        combining = ir.Operation.create(name, results=[kind.element_type], operands=operands)
        YieldOp(combining.results[0])
    return of_rank(combined.result, len(kind.shape))


def write_result(content: Content, kind: ir.Type) -> ir.Value:
    """Return a content as a tensor that a pattern computes, in a copying map if need be."""
    shape = list(kind.shape) or [1]
    if isinstance(content, View) and _is_computed(content, kind):
        return _reshaped(content.source, kind)
    rank = len(shape)
    pattern = _map(shape, kind.element_type)
    with ir.InsertionPoint(pattern.body.blocks.append()):
        YieldOp(read(content if len(kind.shape) else content.at((), rank), rank))
    return _reshaped(pattern.result, kind)


def _map(domain: Sequence[int], element: ir.Type) -> MapOp:
    return MapOp(list(domain), ir.RankedTensorType.get(list(domain), element))


def _is_computed(view: View, kind: ir.Type) -> bool:
    """Whether a view of type `kind` is all of a pattern's result."""
    owner = view.source.owner
    if isinstance(owner, ir.Block) or not owner.operation.name.startswith("pattern."):
        return False
    return view == of_rank(view.source, len(kind.shape))


def _reshaped(computed: ir.Value, kind: ir.Type) -> ir.Value:
    """Return a computed tensor as type `kind`, which differs in rank 0 only."""
    if computed.type == kind:
        return computed
    groups = {"reassociation": ir.ArrayAttr.get([])}
    collapse = ir.Operation.create(
        "tensor.collapse_shape", results=[kind], operands=[computed], attributes=groups
    )
    return collapse.results[0]


def _is_identity(content: Content, combiner: str) -> bool:
    """Whether an initial value is a constant that the combiner ignores."""
    if not isinstance(content, Splat) or isinstance(content.value.owner, ir.Block):
        return False
    constant = content.value.owner.operation
    if constant.name != "arith.constant":
        return False
    element: Any = str(content.value.type)
    value, identity = constant.attributes["value"].value, REDUCTIONS[combiner][element]
    return bool(value) == identity if element == "i1" else value == identity
