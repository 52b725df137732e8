"""Running a module on arrays."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from rdu.interpreter.fabric import run_on_fabric
from rdu.interpreter.signature import bind, signature_of
from rdu.mlir_ext import ir
from rdu.mlir_ext.frame import Frame
from rdu.mlir_ext.locations import source_location
from rdu.mlir_ext.meaning import MEANINGS
from rdu.semantics.dtypes import Array
from rdu.support.diagnostics import Collector, UsageError

FABRIC = "rdu.section"
"""The op that a module of the `rdu` level holds."""

UPSTREAM = ("scalars", "tensors", "structured")
"""Modules of this package with the meanings of upstream's ops."""


def run(
    module: ir.OpView,
    inputs: Mapping[str, Array] | Sequence[Array],
    function: str = "main",
    machine: str = "plasticine",
    *,
    absorbing: bool = False,
) -> dict[str, Array]:
    """Run a module and return its outputs by name.

    Args:
        module: a verified `builtin.module` of any level.
        inputs: an array for each input, by name, or in order: the function's arguments, then
            declared tensors of role `input` or `weight`. f32 is float32, i32 int32, i1 bool.
        function: which `func.func` to run.
        machine: the machine on which a module of the `rdu` level runs.
        absorbing: whether zero times anything is zero in upstream's ops, as sparse tensor algebra
            has it (docs/tensor-notation.md), where IEEE says NaN.

    Returns:
        The function's results and declared tensors of role `output`, by name.

    Raises:
        RduError: inputs that do not fit, ops without a meaning (all of them, at their lines), a
            queue that runs empty, or what a simulation may raise.
    """
    if any(op.operation.name == FABRIC for op in module.body.operations):
        return run_on_fabric(module, inputs, machine)
    load_meanings()
    target = _find(module, function)
    _check_meanings(target)
    signature = signature_of(target)
    bound = bind(signature, inputs)
    block = target.regions[0].blocks[0]
    names = [tensor.name for tensor in signature.inputs[: len(block.arguments)]]
    frame = Frame(tensors=bound, absorbing=absorbing)
    results = iter(frame.run(block, *(bound[name] for name in names)))
    returned = len(block.operations[-1].operands)
    outputs = {
        tensor.name: next(results) if position < returned else bound[tensor.name]
        for position, tensor in enumerate(signature.outputs)
    }
    return {name: np.asarray(array, order="C") for name, array in outputs.items()}


@cache
def load_meanings() -> None:
    """Import every module that registers meanings: the dialects' own, and ours of upstream's."""
    for name in UPSTREAM:
        import_module(f"rdu.interpreter.{name}")
    dialects = import_module("rdu.dialects")
    for module in pkgutil.iter_modules(dialects.__path__, "rdu.dialects."):
        if module.ispkg and find_spec(f"{module.name}.meaning"):
            import_module(f"{module.name}.meaning")


def _find(module: Any, name: str) -> Any:
    functions = {
        op.name.value: op for op in module.body.operations if op.operation.name == "func.func"
    }
    if name not in functions:
        known = ", ".join(f"'{known}'" for known in functions) or "none"
        raise UsageError(f"function '{name}' is unknown: expected {known}")
    return functions[name]


def _check_meanings(function: Any) -> None:
    """Refuse ops without a meaning, all at once."""
    problems = Collector()

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if operation.name not in MEANINGS and operation.name != "func.func":
            place = source_location(operation.location)
            problems.error(f"'{operation.name}' has no executable meaning", place)
            return ir.WalkResult.SKIP
        return ir.WalkResult.ADVANCE

    function.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    problems.check()
