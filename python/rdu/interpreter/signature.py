"""The named tensors that a function takes and gives, and binding arrays to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rdu.mlir_ext import ir
from rdu.mlir_ext.locations import source_location
from rdu.semantics.dtypes import NUMPY, Array
from rdu.support.diagnostics import Collector, SourceLocation, suggest

ARRAY_TYPES: dict[str, np.dtype[Any]] = {
    **NUMPY,
    "i64": np.dtype(np.int64),
    "index": np.dtype(np.int64),
}
"""NumPy's type of each element type that interpreted IR may hold."""

DRAM = "spatial.dram"


@dataclass(frozen=True, slots=True)
class Tensor:
    """A named tensor of a function's signature."""

    name: str
    shape: tuple[int, ...]
    element: str


@dataclass(frozen=True, slots=True)
class Signature:
    """What a function takes and gives.

    Attributes:
        inputs: in the order in which arrays may be given.
        outputs: in order.
        place: where the function stands.
    """

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    place: SourceLocation | None


def signature_of(function: Any) -> Signature:
    """Return a `func.func`'s signature.

    Arguments and results are named by `rdu.name`, or else `arg0`, ..., `out0`, .... Tensors that
    the body declares as `spatial.dram` come after them, by role.
    """
    kind = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value)
    inputs = _named(kind.inputs, _attributes(function, "arg_attrs"), "arg")
    outputs = _named(kind.results, _attributes(function, "res_attrs"), "out")
    drams = {"input": inputs, "weight": inputs, "output": outputs, "temporary": []}

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if operation.name == DRAM:
            op = operation.opview
            drams[op.role.value].append(_tensor(op.name.value, op.result.type.tensor))
        return ir.WalkResult.ADVANCE

    function.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return Signature(tuple(inputs), tuple(outputs), source_location(function.location))


def bind(signature: Signature, inputs: Mapping[str, Array] | Sequence[Array]) -> dict[str, Array]:
    """Return a copy of each array by the name of the input that it is bound to.

    Raises RduError listing every input that is missing, unknown, or of the wrong shape or type.
    """
    problems, wanted = Collector(), {tensor.name: tensor for tensor in signature.inputs}
    if not isinstance(inputs, Mapping):
        if len(inputs) != len(wanted):
            listed = ", ".join(f"'{name}'" for name in wanted) or "none"
            message = f"{len(inputs)} inputs are given: expected {len(wanted)} ({listed})"
            problems.error(message, signature.place)
        inputs = dict(zip(wanted, inputs, strict=False))
    for name in inputs.keys() - wanted.keys():
        known = ", ".join(f"'{n}'" for n in wanted) or "none"
        message = f"input '{name}' is unknown: expected {known}"
        problems.error(message, signature.place, hint=suggest(name, wanted))
    for name, tensor in wanted.items():
        if name not in inputs:
            message = f"input '{name}' is missing: expected {_describe(tensor)}"
            problems.error(message, signature.place)
            continue
        array = np.asarray(inputs[name])
        if array.shape != tensor.shape or array.dtype != ARRAY_TYPES.get(tensor.element):
            have = f"{array.dtype}{list(array.shape)}"
            message = f"input '{name}' is {have}: expected {_describe(tensor)}"
            problems.error(message, signature.place)
    problems.check()
    return {name: np.array(inputs[name], order="C") for name in wanted}


def _describe(tensor: Tensor) -> str:
    return f"{ARRAY_TYPES.get(tensor.element, tensor.element)}{list(tensor.shape)}"


def _named(types: Sequence[Any], attributes: list[Any], prefix: str) -> list[Tensor]:
    tensors: list[Tensor] = []
    for position, kind in enumerate(types):
        name = f"{prefix}{position}"
        if position < len(attributes) and "rdu.name" in attributes[position]:
            name = attributes[position]["rdu.name"].value
        tensors.append(_tensor(name, kind))
    return tensors


def _attributes(function: Any, name: str) -> list[Any]:
    attributes = function.attributes
    return list(attributes[name]) if name in attributes else []


def _tensor(name: str, kind: Any) -> Tensor:
    if isinstance(kind, ir.RankedTensorType):
        return Tensor(name, tuple(kind.shape), str(kind.element_type))
    return Tensor(name, (), str(kind))
