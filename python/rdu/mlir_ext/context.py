"""Contexts with our dialects loaded, and parsing and verifying in them."""

import threading

from torch_mlir._mlir_libs import _mlir  # pyright: ignore[reportMissingTypeStubs, reportAttributeAccessIssue]

from rdu.mlir_ext import ir
from rdu.mlir_ext.channel import UNNAMED, Context, has_errors
from rdu.mlir_ext.custom_form import ops_in_custom_form
from rdu.mlir_ext.dialect import Dialect, project_dialects
from rdu.support.diagnostics import RduError

_LOADING = threading.Lock()

# The bindings import a dialect's Python module whenever they meet an op of it, and try again each
# time until one is found; without this, every look at one of our ops searches the import path.
_mlir.globals.append_dialect_search_prefix("rdu.dialects")


def make_context(
    *extra: type[Dialect], allow_unregistered_dialects: bool = False, project: bool = True
) -> Context:
    """Create a context with the project's dialects, and `extra` ones, loaded.

    Args:
        extra: dialects to load besides, such as a test's own.
        allow_unregistered_dialects: accept ops of dialects that nobody loaded.
        project: load the dialects under `rdu.dialects`.
    """
    context = Context()
    context.allow_unregistered_dialects = allow_unregistered_dialects
    dialects = (*(project_dialects() if project else ()), *extra)
    with _LOADING, context, ir.Location.unknown():
        for dialect in dialects:
            dialect.load()
    return context


def parse(text: str, context: Context, *, source_name: str = "<string>") -> ir.OpView:
    """Parse and verify a module; an absent `builtin.module` around the ops is added.

    Returns the `builtin.module` op. Raises RduError with every diagnostic when the text does not
    parse or verify. Locations name `source_name`.
    """
    channel = context.channel
    channel.source_name = source_name
    with context, channel.raising():
        return _parse_module(text, context, source_name)
    raise AssertionError("unreachable: a failed parse raises")


def verify(operation: ir.OpView | ir.Operation) -> None:
    """Verify an operation and all in it; raises RduError with every error found."""
    context = operation.context
    if not isinstance(context, Context):
        operation.verify()
        return
    with context.channel.raising():
        operation.verify()


def _parse_module(text: str, context: Context, source_name: str) -> ir.OpView:
    with context.channel.capture() as captured:
        try:
            top = ir.Operation.parse(text, source_name=source_name)
        except ir.MLIRError:
            top = None
    if top is None and any("single top-level operation" in d.message for d in captured):
        return _parse_many(text, source_name)
    for diagnostic in captured:
        context.channel.emit(diagnostic)
    if top is None:
        ours = [dialect.DIALECT_NAMESPACE for dialect in project_dialects()]
        silent = not has_errors(captured)
        raise RduError(ops_in_custom_form(text, ours, source_name) if silent else [])
    if top.operation.name == "builtin.module":
        return top
    module = ir.Module.create(ir.Location.file(source_name, 1, 1))
    module.body.append(top)
    return module.operation.opview


def _parse_many(text: str, source_name: str) -> ir.OpView:
    """Parse several top-level ops: only `Module.parse` takes them, and it takes no name."""
    module = ir.Module.parse(text)

    def rename(operation: ir.Operation) -> ir.WalkResult:
        return _rename(operation, source_name)

    module.operation.walk(rename)
    return module.operation.opview


def _rename(operation: ir.Operation, source_name: str) -> ir.WalkResult:
    operation.location = _renamed(operation.location, source_name)
    blocks = (block for region in operation.regions for block in region.blocks)
    for argument in (argument for block in blocks for argument in block.arguments):
        argument.set_location(_renamed(argument.location, source_name))
    return ir.WalkResult.ADVANCE


def _renamed(location: ir.Location, source_name: str) -> ir.Location:
    if not isinstance(location, ir.FileLineColLoc) or location.filename != UNNAMED:
        return location
    return ir.Location.file(source_name, location.start_line, location.start_col)
