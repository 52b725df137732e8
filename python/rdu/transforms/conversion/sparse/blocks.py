"""Dimensions that some operand stores in blocks: their loops are split in two for all operands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from rdu.analysis.sparse.expression import (
    Access,
    Apply,
    Constant,
    Expression,
    Index,
    Reduce,
    reductions,
    renamed,
)
from rdu.analysis.sparse.statement import Statement, Stored
from rdu.analysis.sparse.zeros import zero_where
from rdu.mlir_ext import ir
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded


class Blocks:
    """The loops of an op that have to be split.

    Args:
        index: where each operand is accessed.
        types: of the operands.
        result: which operand the result starts from.

    Attributes:
        problems: values of the message `blocks` for everything that does not fit.
    """

    def __init__(self, index: Sequence[Index], types: Sequence[Any], result: int) -> None:
        self.problems: list[dict[str, Any]] = []
        self._sizes: dict[str, int] = {}
        encoded = [number for number, kind in enumerate(types) if is_encoded(kind)]
        stored = {number: _block_sizes(index[number], types[number]) for number in encoded}
        for sizes in stored.values():
            self._sizes |= {name: found for name, found in sizes if found}
        for number, sizes in stored.items():
            for name, have in sizes:
                need = self._sizes.get(name, 0)
                if have != need:
                    self._refuse(number, name, f"blocks of {have}" if have else "no blocks", need)
        self._check_result(index[result], types[result])

    def check_padding(
        self, expression: Expression, tensors: Mapping[int, Stored], extents: Mapping[str, int]
    ) -> None:
        """Check that the zeros of a last block that is not full add nothing to any reduction.

        Args:
            expression: whose reductions are looked at, before its variables are split.
            tensors: what its accesses read.
            extents: of all variables.
        """
        for reduce in reductions(expression):
            for name in reduce.variables:
                size = self._sizes.get(name, 1)
                rest = extents[name] % size
                adds = reduce.function in _ADDING and _is_zero_outside(reduce.body, name, tensors)
                if rest and not adds:
                    have = f"a last block of {rest}"
                    need = f"blocks of {size} that are full, or sums of products with what has them"
                    self.problems.append(
                        {
                            "what": f"reduction by '{reduce.function}'",
                            "name": name,
                            "have": have,
                            "need": need,
                        }
                    )

    def split(self, statement: Statement) -> Statement:
        """Return a statement whose variables are split where they have to be."""
        if not self._sizes:
            return statement
        names = {name: (f"{name}.block", f"{name}.within") for name in self._sizes}
        extents = dict(statement.extents)
        for name, (block, within) in names.items():
            extents[within] = self._sizes[name]
            extents[block] = -(-extents.pop(name) // self._sizes[name])
        output = tuple(
            tuple(chain.from_iterable(names.get(part, (part,)) for part in parts))
            for parts in statement.output
        )
        expression = renamed(statement.expression, names)
        return replace(
            statement,
            output=output,
            expression=expression,
            extents=extents,
            wishes=tuple(_outer(wish, names) for wish in statement.wishes),
        )

    def _check_result(self, index: Index, kind: Any) -> None:
        """Check that at most one dimension of the result is put together of blocks, all full."""
        parts = [d for d, names in enumerate(index) if names[0] in self._sizes]
        for dimension in parts[1:]:
            self._refuse(-1, index[dimension][0], "a second dimension in blocks", 0)
        for dimension in parts:
            name = index[dimension][0]
            if kind.shape[dimension] % self._sizes[name]:
                have = f"an extent of {kind.shape[dimension]}"
                self._refuse(-1, name, have, self._sizes[name])

    def _refuse(self, number: int, name: str, have: str, need: int) -> None:
        what = "result" if number < 0 else f"operand {number}"
        wanted = f"blocks of {need}, as other operands have, or no encoding"
        if number < 0:
            wanted = f"a multiple of {need}" if need else "one at most"
        self.problems.append({"what": what, "name": name, "have": have, "need": wanted})


def _block_sizes(index: Index, kind: ir.Type) -> list[tuple[str, int]]:
    """Return the variable of each dimension, and the size of its blocks, 0 for one without."""
    form = format_of(kind)
    sizes = dict.fromkeys(range(len(index)), 0)
    for level, dimension in zip(form.levels, form.order, strict=True):
        if level.kind == "blocked":
            sizes[dimension] = level.length
    return [(index[dimension][0], size) for dimension, size in sizes.items()]


_ADDING = ("add", "or")
"""The reductions to which a zero makes no difference."""


def _is_zero_outside(expression: Expression, name: str, tensors: Mapping[int, Stored]) -> bool:
    """Tell whether an expression is zero in the padding of the blocks of a variable."""
    match expression:
        case Access(tensor=number, index=index):
            form = tensors[number].form
            return any(
                level.kind == "blocked" and index[dimension] == (name,)
                for level, dimension in zip(form.levels, form.order, strict=True)
            )
        case Constant(value=value):
            return value == 0
        case Apply():
            sets = zero_where(expression)
            return any(all(_is_zero_outside(each, name, tensors) for each in s) for s in sets)
        case Reduce(function=function, body=body):
            return function in _ADDING and _is_zero_outside(body, name, tensors)


def _outer(wish: tuple[str, ...], names: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    """Return a wish for the numbers of blocks, and for what is in them where there are none."""
    return tuple(names[name][0] if name in names else name for name in wish)
