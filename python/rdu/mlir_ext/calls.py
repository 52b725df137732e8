"""Functions that call others of their module."""

from __future__ import annotations

from typing import Any

from rdu.mlir_ext import func, ir
from rdu.mlir_ext.driver import run_pipeline
from rdu.mlir_ext.functions import defined_functions, ops_of
from rdu.mlir_ext.pipeline import parse_pipeline


def uncalled(module: Any) -> list[Any]:
    """Return the functions that no other one calls; all of them if each is called."""
    functions = defined_functions(module)
    called = {
        ir.FlatSymbolRefAttr(call.operation.attributes["callee"]).value
        for function in functions
        for call in ops_of(function, func.CallOp)
    }
    return [each for each in functions if each.name.value not in called] or functions


def keep_only(module: Any, name: str) -> None:
    """Leave one function of a module, with all that it calls as part of it."""
    others = [each for each in defined_functions(module) if each.name.value != name]
    if any(ops_of(module, func.CallOp)):
        for each in others:
            private = ir.StringAttr.get("private", module.context)
            each.operation.attributes["sym_visibility"] = private
        run_pipeline(module, parse_pipeline("inline", module.context))
        others = [each for each in defined_functions(module) if each.name.value != name]
    for each in others:
        each.operation.erase()
