"""torch-mlir's importer behind one door: an exported program becomes linalg on tensors.

torch-mlir lowers in a context of its own, with its dialects; the result moves into ours as text
with locations. Its private dialects must be gone by then.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

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

_MATCHED = "torch.quantized_decomposed."
"""How the names of unknown operators begin that torch-mlir's lowering matches."""


def decompositions() -> dict[Any, Any]:
    """Return the table of operator decompositions that the importer relies on."""
    from torch_mlir.fx import get_decomposition_table

    return get_decomposition_table()


class Imported(NamedTuple):
    """A `builtin.module` with `func.func @main`, and the refusals of operators that are not in it.

    What these would give are arguments behind all others.
    """

    module: Any
    refused: tuple[Diagnostic, ...]


def import_program(program: Any, context: Context, *, keep_strangers: bool = False) -> Imported:
    """Import a decomposed `torch.export.ExportedProgram` whose tensors are all user inputs.

    Returns a module in `context`, in linalg on tensors; an op has the location that the stack of
    its FX node gives. Raises RduError at the user's lines for operators that torch-mlir does not
    lower. With `keep_strangers`, ops of torch-mlir's private dialects stay where that is possible,
    unregistered, and operators that torch-mlir does not know are left out, so that whoever lowers
    the module further says of all its ops at once which are not supported.
    """
    lowered, refused = _lower(program, keep_strangers=keep_strangers)
    strangers = _strangers(lowered)
    if strangers and not (keep_strangers and all(name in KEPT for name in strangers)):
        raise RduError([found for each in strangers.values() for found in each])
    context.allow_unregistered_dialects |= bool(strangers)
    text = lowered.operation.get_asm(enable_debug_info=True, print_generic_op_form=bool(strangers))
    return Imported(parse(text, context, source_name="<torch-mlir>"), tuple(refused))


def name_arguments(
    module: Any,
    *,
    weights: Sequence[str],
    inputs: Sequence[str],
    outputs: Sequence[str],
    hosted: Sequence[str | None] = (),
) -> None:
    """Put `rdu.name` and `rdu.role` on every argument (weights first) and result of `@main`.

    Results that a host makes another dtype of have it as `rdu.hosted`.
    """
    main = module.body.operations[0]
    more = len(main.body.blocks[0].arguments) - len(weights) - len(inputs)
    with module.context:
        arguments = [*_named(weights, "weight"), *_named(inputs, "input")]
        arguments += _named([f"refused.{number}" for number in range(more)], "input")
        main.attributes["arg_attrs"] = ir.ArrayAttr.get(arguments)
        results = _named(outputs, "output")
        for number, dtype in enumerate(hosted):
            if dtype is not None:
                own = {each.name: each.attr for each in results[number]}
                made = {**own, "rdu.hosted": ir.StringAttr.get(dtype)}
                results[number] = ir.DictAttr.get(made)
        main.attributes["res_attrs"] = ir.ArrayAttr.get(results)


def _named(names: Sequence[str], role: str) -> list[ir.DictAttr]:
    return [
        ir.DictAttr.get({"rdu.name": ir.StringAttr.get(n), "rdu.role": ir.StringAttr.get(role)})
        for n in names
    ]


def _lower(program: Any, *, keep_strangers: bool) -> tuple[ir.Module, list[Diagnostic]]:
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
        unknown = _unknown(importer.module)
        refused = [_refusal(_operator(each), each.location) for each in unknown]
        if refused and not keep_strangers:
            raise RduError(refused)
        with context:
            _leave_out(importer.module, unknown)
            PassManager.parse(LOWERING).run(importer.module_op)
    return importer.module, refused


def _unknown(module: ir.Module) -> list[ir.Operation]:
    """Return the calls of operators that torch-mlir has no op for."""
    found: list[ir.Operation] = []

    def visit(operation: ir.Operation) -> ir.WalkResult:
        if operation.name == "torch.operator" and not _operator(operation).startswith(_MATCHED):
            found.append(operation)
        return ir.WalkResult.ADVANCE

    module.operation.walk(visit)
    return found


def _operator(call: ir.Operation) -> str:
    return ir.StringAttr(call.attributes["name"]).value


def _leave_out(module: ir.Module, calls: Sequence[ir.Operation]) -> None:
    """Let arguments stand for what calls give."""
    main = module.body.operations[0]
    (block,) = main.body.blocks
    for call in calls:
        for result in call.results:
            made = block.add_argument(result.type, call.location)
            result.replace_all_uses_with(made)
        call.erase()
    kind = main.type
    taken = [argument.type for argument in block.arguments]
    main.attributes["function_type"] = ir.TypeAttr.get(ir.FunctionType.get(taken, kind.results))


def _refusal(name: str, location: ir.Location) -> Diagnostic:
    message = f"'{name}' is not supported: expected ops that lower to linalg"
    return error(message, source_location(location))


def _strangers(module: ir.Module) -> dict[str, list[Diagnostic]]:
    """Return the refusal of each op of a dialect that only torch-mlir knows, by dialect."""
    strangers: dict[str, list[Diagnostic]] = {}

    def visit(operation: ir.Operation) -> ir.WalkResult:
        dialect = operation.name.partition(".")[0]
        if dialect in DIALECTS:
            return ir.WalkResult.ADVANCE
        found = _refusal(operation.name, operation.location)
        strangers.setdefault(dialect, []).append(found)
        return ir.WalkResult.SKIP

    module.operation.walk(visit, ir.WalkOrder.PRE_ORDER)
    return strangers
