"""The functions of a module."""

from rdu.mlir_ext import func, ir


def defined_functions(module: ir.OpView) -> list[ir.OpView]:
    """Return the functions that have a body, in order; passes leave declarations alone."""
    functions = [op for op in module.body.operations if isinstance(op, func.FuncOp)]
    return [function for function in functions if not function.is_external]
