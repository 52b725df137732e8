"""The tensors of a function: their numbers, how they are stored, and those that hold one value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from rdu.analysis.sparse.expression import Access, Constant, Expression, Index, Reduce, accesses
from rdu.analysis.sparse.statement import POINTS, Statement, Stored, fixed_levels, repeated
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import Format
from rdu.semantics.sparse.functions import sum_of
from rdu.transforms.conversion.circuits.tensors import names_of
from rdu.transforms.conversion.sparse import matches
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.matches import is_matches, read_matches
from rdu.transforms.conversion.sparse.moves import is_move, written_form
from rdu.transforms.conversion.sparse.sorts import sort_of, sorted_form
from rdu.transforms.conversion.sparse.splats import splat_of


class Tensors:
    """Numbers tensors as they are met.

    Args:
        density: the share of values that an encoded tensor stores, if nothing says more.
        densities: what is said of the function's arguments.
        numbers: gives numbers.

    Attributes:
        values: the tensor of each number.
    """

    def __init__(
        self, density: float, densities: Sequence[float | None], numbers: count[int]
    ) -> None:
        self._density, self._densities, self._numbers = density, densities, numbers
        self.values: dict[int, ir.Value] = {}
        self._number: dict[ir.Value, int] = {}
        self._stored: dict[int, Stored] = {}

    def number(self, value: ir.Value) -> int:
        """Return the number of a tensor, or of a scalar, which is one without dimensions."""
        if value not in self._number:
            number = next(self._numbers)
            self._number[value] = number
            self.values[number] = value
            self._stored[number] = self._describe(value)
        return self._number[value]

    def read(self, value: ir.Value, index: Index) -> Expression:
        """Return the element of an operand: a constant if it holds one value everywhere."""
        known = splat_of(value)
        return Access(self.number(value), index) if known is None else Constant(known)

    def table(self, expression: Expression) -> dict[int, Stored]:
        """Return how the tensors of an expression are stored."""
        return {access.tensor: self._stored[access.tensor] for access in accesses(expression)}

    def format(self, kind: Any) -> Format | None:
        """Return the format of an encoded type, None of another one."""
        return format_of(kind) if is_encoded(kind) else None

    def deduplicated(self, statement: Statement, element: str) -> Statement:
        """Let results be accumulated where an operand repeats coordinates of the output.

        Such a level (of a list of points) gives several results for one coordinate when inner
        variables are reduced, and a coordinate several times where a result has it once. They are
        merged by a sum over one more variable, of extent 1, around it.

        Args:
            statement: a statement.
            element: the element type of its result.
        """
        names = _repeated(statement)
        if not names or any(len(names) > 1 for names in statement.output):
            return statement
        body, own = statement.expression, tuple[str, ...]()
        function = sum_of(element)
        if isinstance(body, Reduce) and body.function == function:
            body, own = body.body, body.variables
        return replace(
            statement,
            expression=Reduce(function, (POINTS, *own), body),
            extents={**statement.extents, POINTS: 1},
            wishes=(*statement.wishes, *((POINTS, name) for name in names)),
        )

    def _describe(self, value: ir.Value) -> Stored:
        kind: Any = value.type
        shape = tuple(kind.shape) if isinstance(kind, ir.RankedTensorType) else ()
        form = self.format(kind)
        name = _name_of(value)
        sort = None if isinstance(value.owner, ir.Block) else sort_of(value.owner.operation)
        if sort is not None:
            order = sorted_form(sort).order
            return Stored(name, shape, Format.of(["dense"] * len(order), order), False, 1.0)
        if not isinstance(value.owner, ir.Block) and is_move(value.owner.operation):
            return Stored(name, shape, written_form(value.owner.operation), False, self._density)
        found = None if isinstance(value.owner, ir.Block) else read_matches(value.owner.operation)
        if found is not None:
            return Stored(name, shape, matches.written_form(found), False, self._density)
        if form is None:
            hosted = isinstance(value.owner, ir.Block) or not is_structured(value.owner.operation)
            dense = Format.of(["dense"] * len(shape))
            return Stored(name, shape, dense, False, 1.0, hosted=hosted)
        dense = all(level.kind == "dense" for level in form.levels)
        said = self._densities[_position(value)] if isinstance(value.owner, ir.Block) else None
        assumed = 1.0 if dense else self._density
        return Stored(name, shape, form, True, assumed if said is None else said)


def _repeated(statement: Statement) -> list[str]:
    """Return the variables of the output of which an operand repeats coordinates."""
    found: list[str] = []
    for access in accesses(statement.expression):
        found += repeated(fixed_levels(access.index, statement.tensors[access.tensor].form))
    own = set(statement.output_variables)
    return [name for name in dict.fromkeys(found) if name in own]


def is_structured(operation: ir.Operation) -> bool:
    """Tell whether an op is one of linalg on tensors that goes by its loops alone."""
    if not operation.name.startswith("linalg.") or not len(operation.results):
        return False
    return not is_matches(operation)


def _name_of(value: ir.Value) -> str:
    if isinstance(value.owner, ir.Block):
        return f"'{names_of(value.owner.owner)[value]}'"
    return f"the result of '{value.owner.operation.name}'"


def _position(value: ir.Value) -> int:
    argument: Any = ir.BlockArgument(value)
    return argument.arg_number
