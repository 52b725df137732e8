"""torch-mlir's importer behind one door: an exported program becomes linalg on tensors.

torch-mlir lowers in a context of its own, with its dialects; the result moves into ours as text
with locations. Its private dialects must be gone by then.
"""

from collections.abc import Sequence
from typing import Any

from rdu.mlir_ext import ir
from rdu.mlir_ext.channel import Context
from rdu.mlir_ext.context import parse
from rdu.mlir_ext.locations import source_location
from rdu.support.diagnostics import Diagnostic, RduError, error

LOWERING = (
    "builtin.module(func.func(torch-match-quantized-custom-ops),"
    "torchdynamo-export-to-torch-backend-pipeline{extra-library=},"
    "torch-backend-to-linalg-on-tensors-backend-pipeline{allow-non-finites=true})"
)
"""torch-mlir's own way from the imported program to linalg on tensors."""

DIALECTS = frozenset(
    {"affine", "arith", "builtin", "cf", "complex", "func", "linalg", "math", "scf", "tensor"}
)
"""The dialects that an imported module may hold."""

KEPT = frozenset({"tm_tensor"})
"""Those of torch-mlir whose ops a module may keep, since they are on plain tensors."""


def decompositions() -> dict[Any, Any]:
    """Return the table of operator decompositions that the importer relies on."""
    from torch_mlir.fx import get_decomposition_table

    return get_decomposition_table()


def import_program(program: Any, context: Context, *, keep_strangers: bool = False) -> Any:
    """Import a decomposed `torch.export.ExportedProgram` whose tensors are all user inputs.

    Returns a `builtin.module` in `context` with `func.func @main` in linalg on tensors; an op has
    the location that the stack of its FX node gives. Raises RduError at the user's lines for
    operators that torch-mlir does not lower. With `keep_strangers`, ops of torch-mlir's private
    dialects stay where that is possible, unregistered, so that whoever lowers the module further
    says of all its ops at once which are not supported.
    """
    lowered = _lower(program)
    strangers = _strangers(lowered)
    if strangers and not (keep_strangers and all(name in KEPT for name in strangers)):
        raise RduError([found for each in strangers.values() for found in each])
    context.allow_unregistered_dialects |= bool(strangers)
    text = lowered.operation.get_asm(enable_debug_info=True, print_generic_op_form=bool(strangers))
    return parse(text, context, source_name="<torch-mlir>")


def name_arguments(
    module: Any, *, weights: Sequence[str], inputs: Sequence[str], outputs: Sequence[str]
) -> None:
    """Put `rdu.name` and `rdu.role` on every argument (weights first) and result of `@main`."""
    main = module.body.operations[0]
    with module.context:
        arguments = [*_named(weights, "weight"), *_named(inputs, "input")]
        main.attributes["arg_attrs"] = ir.ArrayAttr.get(arguments)
        main.attributes["res_attrs"] = ir.ArrayAttr.get(_named(outputs, "output"))


def _named(names: Sequence[str], role: str) -> list[ir.DictAttr]:
    return [
        ir.DictAttr.get({"rdu.name": ir.StringAttr.get(n), "rdu.role": ir.StringAttr.get(role)})
        for n in names
    ]


def _lower(program: Any) -> ir.Module:
    from torch_mlir.dialects import torch as torch_dialect  # registers torch-mlir's passes
    from torch_mlir.extras.fx_importer import FxImporter
    from torch_mlir.passmanager import PassManager

    context = Context()
    torch_dialect.register_dialect(context)
    with context.channel.raising():
        try:
            importer = FxImporter(context=context)
            importer.import_program(program, func_name="main")
        except NotImplementedError as failure:
            raise RduError(error(f"torch-mlir cannot import the model: {failure}")) from failure
        with context:
            PassManager.parse(LOWERING).run(importer.module_op)
    return importer.module


def _strangers(module: ir.Module) -> dict[str, list[Diagnostic]]:
    """Return the refusal of each op of a dialect that only torch-mlir knows, by dialect."""
    strangers: dict[str, list[Diagnostic]] = {}

    def visit(operation: ir.Operation) -> ir.WalkResult:
        dialect = operation.name.partition(".")[0]
        if dialect in DIALECTS:
            return ir.WalkResult.ADVANCE
        message = f"'{operation.name}' is not supported: expected ops that lower to linalg"
        found = error(message, source_location(operation.location))
        strangers.setdefault(dialect, []).append(found)
        return ir.WalkResult.SKIP

    module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return strangers
