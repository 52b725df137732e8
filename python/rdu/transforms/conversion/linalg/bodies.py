"""From a structured op's body to a pattern's."""

from collections.abc import Callable
from typing import Any

from rdu.dialects.pattern import IndexOp, ReadOp
from rdu.mlir_ext import arith, ir
from rdu.mlir_ext.linear import affine_map
from rdu.semantics.dtypes import DTYPES
from rdu.semantics.scalar import BY_MLIR
from rdu.transforms.conversion.linalg.structured import Space, Structured, body_slice
from rdu.transforms.conversion.linalg.views import Content, Splat, View

HINTS = {
    "arith.index_cast": "a coordinate is an i32",
    "math.fpowi": "the pass math-expand-ops{ops=fpowi} turns constant powers into products",
}
"""Advice by the op that is not supported."""

_PREDICATES = {"arith.cmpf": "CmpFPredicate", "arith.cmpi": "CmpIPredicate"}


def scalar_problem(operation: ir.Operation) -> str | None:
    """Return the signature of an op of a body that patterns cannot hold; None if they can."""
    operands: list[Any] = [str(value.type) for value in operation.operands]
    results = [str(value.type) for value in operation.results]
    predicate = operation.attributes.get("predicate")
    number = None if predicate is None else predicate.value
    scalar = BY_MLIR.get((operation.name, number))
    rule = _RULES.get(operation.name)
    if rule(operation, results) if rule else scalar and scalar.result_type(operands) in results:
        return None
    signature = f"({', '.join(operands)}) -> {', '.join(results) or 'nothing'}"
    if number is None:
        return signature
    kind = getattr(arith, _PREDICATES[operation.name])
    return f"{signature} with predicate {kind(number)}"


def located(operation: ir.Operation, around: ir.Operation) -> ir.Location:
    """Return the location of an op of a body; bodies of named ops have none of their own."""
    unknown = isinstance(operation.location, ir.UnknownLoc)
    return around.location if unknown else operation.location


class BodyWriter:
    """Writes a body's values at the current insertion point.

    Args:
        op: the op whose body it is.
        space: the pattern's domain.
        contents: where each operand's elements come from; a scalar operand is a `Splat`.
    """

    def __init__(self, op: Structured, space: Space, contents: list[Content]) -> None:
        self._op, self._space, self._contents = op, space, contents
        self._written: dict[ir.Value, ir.Value] = {}

    def write(self, value: ir.Value) -> ir.Value:
        """Write what computes a value of the old body; returns the new value."""
        for operation in body_slice(self._op, value):
            written = self._copy(operation)
            if written is not None:
                self._written[operation.results[0]] = written
        return self._use(value)

    def _use(self, value: ir.Value) -> ir.Value:
        if value not in self._written:
            number = self._op.operand(value)
            self._written[value] = value if number is None else self.element(number)
        return self._written[value]

    def element(self, number: int) -> ir.Value:
        """Return the element of an operand at the current point."""
        content = self._contents[number]
        rows = self._space.rows(self._op.maps[number])
        return read(content.at(rows, len(self._space.domain)), len(self._space.domain))

    def _copy(self, operation: ir.Operation) -> ir.Value | None:
        if operation.name == "linalg.index":
            return None  # written by the cast that reads it
        if operation.name == "arith.index_cast":
            loop = int(operation.operands[0].owner.operation.attributes["dim"].value)
            dimension = self._space.loops[loop].dimension
            return IndexOp(
                dimension, ir.IntegerType.get_signless(32), loc=operation.location
            ).result
        if operation.name == "arith.truncf":  # of a constant: there is no other f64
            kind = ir.F32Type.get()
            value = ir.FloatAttr.get(kind, _constant_of(operation))
            return arith.ConstantOp(kind, value, loc=operation.location).result
        operands = [self._use(operand) for operand in operation.operands]
        copy = operation.clone(ip=ir.InsertionPoint.current).operation
        for position, operand in enumerate(operands):
            copy.operands[position] = operand
        copy.location = located(operation, self._op.operation)
        return copy.results[0]


def read(content: Content, dims: int) -> ir.Value:
    """Write a read of a content at the current point; a splat is its scalar."""
    if isinstance(content, Splat):
        return content.value
    if not isinstance(content, View):
        raise TypeError("an unwritten tensor has no elements")
    access = affine_map(content.rows, dims)
    return ReadOp(content.source, access, content.source.type.element_type).result


def _constant_of(operation: ir.Operation) -> float | None:
    """Return the value of an op's operand if it is a constant float."""
    owner = operation.operands[0].owner
    if isinstance(owner, ir.Block) or owner.operation.name != "arith.constant":
        return None
    return owner.operation.attributes["value"].value


def _reads_index(operation: ir.Operation) -> bool:
    owner = operation.operands[0].owner
    return not isinstance(owner, ir.Block) and owner.operation.name == "linalg.index"


_RULES: dict[str, Callable[[ir.Operation, list[str]], bool]] = {
    "linalg.index": lambda _operation, _results: True,
    "arith.constant": lambda _operation, results: results[0] in DTYPES,
    "arith.index_cast": lambda each, results: results == ["i32"] and _reads_index(each),
    "arith.truncf": lambda each, results: results == ["f32"] and _constant_of(each) is not None,
}
"""When a body may hold ops that are no scalar operations of the fabric themselves."""
