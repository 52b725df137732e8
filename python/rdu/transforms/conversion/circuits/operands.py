"""Operands of graphs as the tensors of a program: levels and values, and how much there is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from rdu.dialects import sam
from rdu.mlir_ext import ir
from rdu.mlir_ext.elements import NOT_IN_THE_TEXT, array_of
from rdu.mlir_ext.locations import source_location
from rdu.semantics.dtypes import NUMPY, DType
from rdu.semantics.fibertree import Fibertree, convert, store
from rdu.support.diagnostics import Collector, suggest
from rdu.transforms.conversion.circuits.stored import STORED, StoredTensor
from rdu.transforms.conversion.circuits.tensors import TensorTable, names_of

Array = NDArray[Any]


def bind(
    function: Any, operands: Mapping[str, Fibertree | Array], capacity: Sequence[int]
) -> dict[str, Array]:
    """Say at each bind how much is stored; return the parts of all tensors by name.

    Raises RduError listing every operand that is missing, unknown, or of the wrong shape or type.
    """
    problems = Collector()
    table = table_of(function, capacity)
    names = names_of(function)
    arguments = [names[a] for a in function.regions[0].blocks[0].arguments]
    report_unknown(operands, arguments, problems)
    arrays: dict[str, Array] = {}
    stored: dict[str, Sequence[int]] = {}
    tensors = {tensor.name: tensor for tensor in table.bound.values()}
    given: dict[ir.Value, Fibertree | Array | None] = {}
    for name, source in table.sources.items():
        if source not in given:
            made = _constant(source, problems)
            given[source] = made
            if made is None:
                given[source] = _operand(names[source], tensors[name], operands, problems)
        tree = _in_format(given[source], tensors[name], problems)
        if tree is not None:
            arrays |= _parts(tree, tensors[name])
            stored[name] = [*tree.positions, tree.stored]
    problems.check()
    for op in _binds(function):
        name = table.bound[op.bound].name
        if name in stored:
            op.operation.attributes[STORED] = ir.DenseI64ArrayAttr.get(stored[name])
    return arrays


def report_unknown(
    operands: Collection[str], arguments: Sequence[str], problems: Collector
) -> None:
    """Report names of operands that no argument has."""
    known = ", ".join(f"'{name}'" for name in arguments) or "none"
    for name in (name for name in operands if name not in arguments):
        hint = suggest(name, arguments)
        problems.error(f"operand '{name}' is unknown: expected {known}", hint=hint)


def table_of(function: Any, capacity: Sequence[int]) -> TensorTable:
    """Return the function's tensors; what is wrong with them is for the pass to say."""
    table = TensorTable(function, capacity, lambda *_, **__: None)
    for op in function.regions[0].blocks[0].operations:
        if isinstance(op, sam.GraphOp):
            table.graph(op)
    return table


def _binds(function: Any) -> list[Any]:
    graphs = function.regions[0].blocks[0].operations
    inside = [o for g in graphs if isinstance(g, sam.GraphOp) for o in g.body.blocks[0].operations]
    return [op for op in inside if isinstance(op, sam.BindOp)]


def _constant(value: ir.Value, problems: Collector) -> Array | None:
    """Return the array of a tensor that the function makes itself, None for an argument.

    Reports constants whose values are not in the text.
    """
    if isinstance(value.owner, ir.Block):
        return None
    dtype = NUMPY[_dtype(value.type.element_type)]
    shape: list[int] = value.type.shape
    if value.owner.operation.name != "arith.constant":
        return np.zeros(shape, dtype)
    elements: Any = value.owner.operation.attributes["value"]
    if not isinstance(elements, ir.DenseElementsAttr):
        place = source_location(value.owner.operation.location)
        problems.error(f"'arith.constant' {NOT_IN_THE_TEXT}", place)
        return np.zeros(shape, dtype)
    return array_of(elements, shape, dtype)


def _operand(
    name: str,
    tensor: StoredTensor,
    operands: Mapping[str, Fibertree | Array],
    problems: Collector,
) -> Fibertree | Array | None:
    """Return what is given for a tensor; report what is missing or does not fit."""
    dtype = NUMPY[_dtype(tensor.element)]
    need = f"{dtype}{list(tensor.shape)}"
    if name not in operands:
        problems.error(f"operand '{name}' is missing: expected {need}")
        return None
    given = operands[name]
    values = given.values if isinstance(given, Fibertree) else given
    have = f"{values.dtype}{list(given.shape)}"
    if have != need:
        problems.error(f"operand '{name}' is {have}: expected {need}")
        return None
    return given


def _in_format(
    given: Fibertree | Array | None, tensor: StoredTensor, problems: Collector
) -> Fibertree | None:
    """Return what is given in the tensor's format; report what does not go into it."""
    form = tensor.form
    try:
        if given is None or (isinstance(given, Fibertree) and given.format == form):
            return given
        if isinstance(given, Fibertree):
            return convert(given, form)
        return store(given, [str(level) for level in form.levels], form.order)
    except ValueError as problem:
        problems.error(f"operand '{tensor.name}' does not go into '{form}': {problem}")
        return None


def _parts(tree: Fibertree, tensor: StoredTensor) -> dict[str, Array]:
    """Return a tree's arrays by the names of the program's tensors, none of them empty."""
    words = {"segments": "segments", "crds": "coordinates", "mask": "words"}
    parts = {
        f"{tensor.name}.{words[word]}{number}": _words(array)
        for number, level in enumerate(tree.levels)
        for word, array in level.arrays().items()
        if word in words
    }
    parts[f"{tensor.name}.values"] = tree.values
    return {name: a if a.size else np.zeros(1, a.dtype) for name, a in parts.items()}


def _words(array: Array) -> Array:
    """Return an array of indices, or of rows of bits in bytes, as i32 words."""
    if array.dtype != np.uint8:
        return array.astype(np.int32)
    padded = np.pad(array, ((0, 0), (0, -array.shape[1] % 4)))
    return np.ascontiguousarray(padded).view("<i4").reshape(-1).astype(np.int32)


def _dtype(element: Any) -> DType:
    return cast(DType, str(element))
