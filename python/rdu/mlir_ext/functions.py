"""The functions of a module, and the ops in it."""

from collections.abc import Callable
from typing import Any

from rdu.mlir_ext import func, ir


def defined_functions(module: ir.OpView) -> list[ir.OpView]:
    """Return the functions that have a body, in order; passes leave declarations alone."""
    functions = [op for op in module.body.operations if isinstance(op, func.FuncOp)]
    return [function for function in functions if not function.is_external]


def only_block(function: Any, report: Callable[..., None]) -> ir.Block | None:
    """Return the block of a function; None where there is none, or after reporting several.

    They are reported as the message `blocks`: how many there are (`have`).
    """
    blocks = list(function.body.blocks)
    if len(blocks) == 1:
        return blocks[0]
    if blocks:
        report(function, "blocks", have=len(blocks))
    return None


def ops_of(root: Any, *classes: type) -> list[Any]:
    """Return the ops of some classes that are in an op, inner ones before those around them."""
    found: list[Any] = []

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if isinstance(operation.opview, classes):
            found.append(operation.opview)
        return ir.WalkResult.ADVANCE

    root.operation.walk(visit)
    return found


def operand_title(operation: ir.Operation, number: int) -> str:
    """Return `operand 0`, or `operand 0, 'B',` for an argument of a function that has a name."""
    name = argument_name(operation.operands[number])
    return f"operand {number}" if name is None else f"operand {number}, '{name}',"


def argument_name(value: ir.Value) -> str | None:
    """Return the `rdu.name` of an argument of a function; None of another value, or without one."""
    if not isinstance(value.owner, ir.Block):
        return None
    function, number = value.owner.owner, ir.BlockArgument(value).arg_number
    if "arg_attrs" not in function.attributes:
        return None
    own = ir.DictAttr(ir.ArrayAttr(function.attributes["arg_attrs"])[number])
    return ir.StringAttr(own["rdu.name"]).value if "rdu.name" in own else None
