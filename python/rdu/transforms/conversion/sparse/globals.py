"""Globals that nobody uses, as the seed that torch-mlir declares in each module."""

from __future__ import annotations

from typing import Any

from rdu.mlir_ext import ir


def erase_unused_globals(module: Any) -> None:
    """Erase the private globals of a module whose names nothing in it mentions."""
    mentioned: set[str] = set()

    def visit(operation: ir.Operation) -> ir.WalkResult:
        for name in operation.attributes:
            attribute = operation.attributes[name]
            if isinstance(attribute, ir.FlatSymbolRefAttr):
                mentioned.add(attribute.value)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    for operation in [view.operation for view in module.body.operations]:
        if operation.name != "ml_program.global" or "sym_visibility" not in operation.attributes:
            continue
        name = ir.StringAttr(operation.attributes["sym_name"]).value
        hidden = ir.StringAttr(operation.attributes["sym_visibility"]).value == "private"
        if hidden and name not in mentioned:
            operation.erase()
