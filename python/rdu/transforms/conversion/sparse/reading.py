"""Reading structured ops of linalg as statements about tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from rdu.analysis.sparse.expression import Apply, Constant, Expression, Index, Reduce
from rdu.analysis.sparse.statement import Statement
from rdu.dialects.sam.graph import ELEMENTS
from rdu.mlir_ext import ir, linalg
from rdu.mlir_ext.functions import operand_title
from rdu.mlir_ext.linear import Linear
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.reduction import REDUCTIONS, identity
from rdu.semantics.sparse.functions import SELECT, sum_of
from rdu.transforms.conversion.linalg.bodies import located
from rdu.transforms.conversion.linalg.structured import Reduction, Structured, read_masked
from rdu.transforms.conversion.sparse.blocks import Blocks
from rdu.transforms.conversion.sparse.bodies import FUNCTIONS, Leaves, read_body
from rdu.transforms.conversion.sparse.copies import source_of
from rdu.transforms.conversion.sparse.encodings import DROPS, format_problem
from rdu.transforms.conversion.sparse.loop_names import loop_names, wished_order
from rdu.transforms.conversion.sparse.splats import CONVERSIONS, splat_of
from rdu.transforms.conversion.sparse.tensors import Tensors

COMBINERS = {
    name: FUNCTIONS[f"arith.{name}"]
    for name in (
        *("addf", "addi", "mulf", "muli", "maximumf", "maxsi", "minimumf", "minsi"),
        *("andi", "ori"),
    )
}
"""The reductions that primitives have, by the combiner's name."""

Refuse = Callable[..., None]

_SPECIALIZE = "the pass linalg-specialize gives shapes, and narrows 64-bit floats"


@dataclass(frozen=True, slots=True)
class _Maps:
    """The variables of an op's loops, and which tensors are accessed where by them."""

    names: tuple[str, ...]
    operands: tuple[ir.Value, ...]
    """Those of the op; in place of a copy the tensor that it copies."""
    index: tuple[Index, ...]
    extents: dict[str, int]
    fixed: tuple[str, ...]
    """Variables of extent 1 that stand for an index that is 0."""


class Reader:
    """Reads ops one after another.

    Args:
        tensors: numbers tensors, and knows what they hold.
        refuse: called with a place, a message key and its values for everything not supported.
    """

    def __init__(self, tensors: Tensors, refuse: Refuse) -> None:
        self._tensors, self._refuse = tensors, refuse

    def read(self, op: Structured, result: int) -> Statement | None:
        """Return what computes a result; None after refusing it."""
        maps = self._maps(op)
        initial = op.initial(result)
        operands = maps.operands if maps else op.operation.operands
        types = [value.type for value in operands]
        converted = [n for n in range(op.initial(0)) if _is_converted(op, n, operands[n])]
        admitted = [
            self._admits(op, number, kind)
            for number, kind in enumerate(types)
            if (number < op.initial(0) and number not in converted) or number == initial
        ]
        if maps is None or not all(admitted):
            return None
        blocks = Blocks(maps.index, types, initial)
        expression = self._expression(op, result, maps)
        tensors = self._tensors.table(expression) if expression else {}
        if expression:
            blocks.check_padding(expression, tensors, maps.extents)
        for problem in blocks.problems:
            self._refuse(op.operation, "block", **problem)
        if expression is None or blocks.problems:
            return None
        statement = Statement(
            maps.index[initial],
            self._tensors.format(types[initial]),
            expression,
            tensors,
            maps.extents,
            wished_order(op.operation, maps.names),
            drops=DROPS in op.operation.attributes,
        )
        return self._tensors.deduplicated(blocks.split(statement), str(_element(types[initial])))

    def _admits(self, op: Structured, number: int, kind: Any) -> bool:
        """Refuse an operand of a type that no graph computes with."""
        have = str(_element(kind))
        tensor = isinstance(kind, ir.RankedTensorType)
        needs: list[str] = []
        if have not in ELEMENTS:
            needs.append(f"elements of {', '.join(ELEMENTS)}")
        if tensor and (not kind.has_static_shape or 0 in list(kind.shape)):
            needs.append("static extents of 1 or more")
        if tensor and not needs and (problem := format_problem(kind)):
            needs.append(problem)
        if needs:
            hint = _SPECIALIZE if have == "f64" or (tensor and not kind.has_static_shape) else None
            self._refuse(
                op.operation,
                "type",
                what=f"operand {number}",
                have=kind,
                need=", and ".join(needs),
                hint=hint,
            )
        return not needs

    def _maps(self, op: Structured) -> _Maps | None:
        """Return the loops' variables and the accesses; None after refusing a map or the names."""
        names = loop_names(op, self._refuse)
        if names is None:
            return None
        extents = dict(zip(names, op.extents, strict=True))
        fixed: list[str] = []
        index: list[Index] = []
        for number, rows in enumerate(op.maps):
            index.append(self._index(op, number, rows, names, fixed) or ())
        wanted = [len(rows) for rows in op.maps]
        if [len(each) for each in index] != wanted:
            return None
        operands = list(op.operation.operands)
        for number in range(op.initial(0)):
            operands[number], index[number] = source_of(operands[number], index[number])
        extents |= dict.fromkeys(fixed, 1)
        return _Maps(names, tuple(operands), tuple(index), extents, tuple(fixed))

    def _index(
        self,
        op: Structured,
        number: int,
        rows: Sequence[Linear],
        names: Sequence[str],
        fixed: list[str],
    ) -> Index | None:
        """Return where an operand is accessed; None after refusing the map."""
        loops = [row.dimension for row in rows]
        used = [loop for loop in loops if loop is not None]
        zeros = [
            loop is None and not row.constant and not any(row.coefficients)
            for loop, row in zip(loops, rows, strict=True)
        ]
        again = len(used) - len(set(used)) if number >= op.initial(0) else 0
        if again or len(used) + sum(zeros) != len(rows):
            have = ir.AffineMapAttr(_map_attribute(op, number)).value
            operand = operand_title(op.operation, number)
            need = "different loops, and zeros" if again else "loops and zeros"
            self._refuse(op.operation, "map", operand=operand, have=have, need=need)
            return None
        found: list[tuple[str, ...]] = []
        for loop in loops:
            if loop is None:
                fixed.append(f"zero{len(fixed)}'")
            found.append((fixed[-1] if loop is None else names[loop],))
        return tuple(found)

    def _expression(self, op: Structured, result: int, maps: _Maps) -> Expression | None:
        """Return an element of a result; None after refusing what it is made of."""
        kept = {name for names in maps.index[op.initial(result)] for name in names}
        bound = [name for name in (*maps.names, *maps.fixed) if name not in kept]
        loops = [name for name in bound if name in maps.names]
        reduction = read_masked(op, result) if loops else None
        combiner = None if reduction is None else COMBINERS.get(reduction.combiner)
        if loops and (reduction is None or combiner is None):
            self._refuse(op.operation, "reduction", number=result, need=", ".join(COMBINERS))
            return None

        def operand(number: int) -> Expression:
            return self._tensors.read(maps.operands[number], maps.index[number])

        leaves = Leaves(operand, lambda scalar: self._tensors.read(scalar, ()))
        value = op.yielded[result] if reduction is None else reduction.value
        body = read_body(op, value, leaves, lambda each: self._refuse_scalar(op, each))
        if body is not None and reduction is not None and reduction.mask is not None:
            body = self._masked(op, reduction, body, leaves)
        if body is None or reduction is None or combiner is None:
            function = sum_of(str(_element(op.operation.results[result].type)))
            return Reduce(function, tuple(bound), body) if body and bound else body
        reduced = Reduce(combiner, tuple(bound), body)
        initial = operand(op.initial(result))
        if isinstance(initial, Constant) and initial.value == _identity(reduction.combiner, op):
            return reduced
        return Apply(combiner, (initial, reduced))

    def _masked(
        self, op: Structured, reduction: Reduction, body: Expression, leaves: Leaves
    ) -> Expression | None:
        """Return what is combined where a mask is, and elsewhere what changes nothing."""
        mask = reduction.mask
        nothing = _identity(reduction.combiner, op)
        if mask is None or nothing is None:
            return body
        where = read_body(op, mask, leaves, lambda each: self._refuse_scalar(op, each))
        element: DType = str(_element(op.operation.results[0].type))  # pyright: ignore[reportAssignmentType]
        number = Constant(nothing, element)
        return None if where is None else Apply(SELECT, (where, body, number))

    def _refuse_scalar(self, op: Structured, operation: ir.Operation) -> None:
        types = ", ".join(str(value.type) for value in operation.operands)
        results = ", ".join(str(value.type) for value in operation.results)
        self._refuse(
            located(operation, op.operation),
            "scalar",
            name=operation.name,
            have=f"({types}) -> {results}",
            op=op.operation.name,
        )


def _is_converted(op: Structured, number: int, value: ir.Value) -> bool:
    """Tell whether an operand is one number, of which only conversions are used."""
    uses = [use.owner.operation.name for use in op.body.arguments[number].uses]
    return splat_of(value) is not None and bool(uses) and set(uses) <= set(CONVERSIONS)


def _identity(combiner: str, op: Structured) -> float | None:
    element: DType = str(_element(op.operation.results[0].type))  # pyright: ignore[reportAssignmentType]
    if element not in NUMPY or element not in REDUCTIONS[combiner]:
        return None
    return float(identity(combiner, element))


def _element(kind: Any) -> Any:
    return kind.element_type if isinstance(kind, ir.RankedTensorType) else kind


def _map_attribute(op: Structured, number: int) -> ir.Attribute:
    return ir.ArrayAttr(linalg.get_indexing_maps(op.operation))[number]
