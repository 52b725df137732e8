"""Copies of encoded tensors with their dimensions in another order, which are read through.

A transposed matrix that is stored by rows, as its source is, cannot be written by loops over the
source: nothing sorts points anew. Read in place it costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdu.analysis.sparse.expression import Index
from rdu.mlir_ext import ir
from rdu.semantics.fibertree import LevelFormat
from rdu.transforms.conversion.linalg.structured import Structured, read_structured
from rdu.transforms.conversion.sparse.encodings import format_of, is_encoded
from rdu.transforms.conversion.sparse.matches import is_matches


def source_of(value: ir.Value, index: Index) -> tuple[ir.Value, Index]:
    """Return the tensor that is read in place of a copy, and where; the same if it is no copy."""
    while (copy := _copied(value)) is not None:
        value, dimensions = copy
        index = tuple(index[dimension] for dimension in dimensions)
    return value, index


def is_seen_through(value: ir.Value) -> bool:
    """Tell whether a tensor is a copy that only structured ops read, none to start from it."""
    if _copied(value) is None:
        return False
    uses = list(value.uses)
    return bool(uses) and all(_is_input(use) for use in uses)


def readers(value: ir.Value) -> Iterator[Any]:
    """Return the uses of a tensor, and those of its copies, which are uses of it as well.

    A copy that is only read through is no use itself.
    """
    for use in value.uses:
        results = list(use.owner.operation.results)
        copy = results[0] if _is_input(use) and _copied(results[0]) is not None else None
        if copy is not None:
            yield from readers(copy)
        if copy is None or not is_seen_through(copy):
            yield use


def _copied(value: ir.Value) -> tuple[ir.Value, tuple[int, ...]] | None:
    """Return what a value copies, and for each dimension of that the one of the value.

    None unless both have encodings, with levels of the same kinds for dimensions of the source.
    """
    owner = value.owner
    if isinstance(owner, ir.Block) or not is_encoded(value.type):
        return None
    op = read_structured(owner.operation) if owner.operation.name.startswith("linalg.") else None
    if op is None or len(op.operation.results) != 1:
        return None
    number = op.operand(op.yielded[0])
    if number is None or number >= op.initial(0):
        return None
    source = op.operation.operands[number]
    dimensions = _dimensions(op, number)
    if dimensions is None or not is_encoded(source.type):
        return None
    there, here = _kinds(source.type), _kinds(value.type)
    if not there or not here or there != [here[dimension] for dimension in dimensions]:
        return None
    return source, dimensions


def _dimensions(op: Structured, number: int) -> tuple[int, ...] | None:
    """Return for each dimension of an operand the one of the result; None if some have none."""
    loops = [[row.dimension for row in op.maps[each]] for each in (number, op.initial(0))]
    source, result = loops
    if None in source or sorted(map(str, source)) != sorted(map(str, result)):
        return None
    if len(set(source)) != len(source):
        return None
    return tuple(result.index(loop) for loop in source)


def _kinds(kind: Any) -> list[LevelFormat] | None:
    """Return the level that stores each dimension, None if that is not one for each."""
    try:
        form = format_of(kind)
    except ValueError:  # reported where the tensor is read
        return None
    if sorted(form.order) != list(range(len(kind.shape))):
        return None
    return [form.levels[form.order.index(dimension)] for dimension in range(len(kind.shape))]


def _is_input(use: Any) -> bool:
    operation = use.owner.operation
    if not operation.name.startswith("linalg."):
        return False
    op = None if is_matches(operation) else read_structured(operation)
    return op is not None and use.operand_number < op.initial(0)
