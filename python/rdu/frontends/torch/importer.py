"""Import a PyTorch model: export, check, decompose, lower to linalg, name the arguments."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rdu.frontends.torch import checks
from rdu.frontends.torch.decompositions import overrides
from rdu.frontends.torch.densify import densify
from rdu.frontends.torch.lines import Frame, failing_line, pin_user_lines, user_line
from rdu.frontends.torch.model import (
    ELEMENT_TYPES,
    ImportedModel,
    TensorSignature,
    narrowed,
)
from rdu.frontends.torch.narrow import narrow_border
from rdu.support.diagnostics import Collector, Diagnostic, RduError, as_notes, error

if TYPE_CHECKING:
    import torch
    from torch.export import ExportedProgram

    from rdu.mlir_ext.channel import Context


def import_module(
    model: torch.nn.Module,
    example_args: Sequence[torch.Tensor],
    context: Context | None = None,
    *,
    layouts: Collection[str] = ("strided",),
    marked: Collection[str] = (),
    keep_strangers: bool = False,
    hosted: bool = False,
) -> ImportedModel:
    """Import a PyTorch model as linalg on tensors.

    Args:
        model: a module whose `forward` takes and returns tensors of f32 or i32 with static shapes.
        example_args: one tensor for each argument of `forward`; their values do not matter.
        context: the MLIR context to import into; a new one by default.
        layouts: those that inputs may have; all are dense tensors in what is imported.
        keep_strangers: whether ops without a form in linalg stay, as
            `rdu.mlir_ext.torch_import.import_program` has it, for whoever refuses all at once.
        hosted: whether tensors may be of `HOSTED` dtypes, which are i32 in what is imported.
        marked: nodes of the exported graph whose names the locations of their ops are to keep.

    Raises:
        RduError: everything found wrong with the model, each at the user's line: other dtypes,
            dynamic or empty shapes, mutated buffers or inputs, training behaviour, operators that
            cannot be exported or lowered; or torch is not installed.
    """
    _require_torch()
    from rdu.mlir_ext import torch_import
    from rdu.mlir_ext.context import make_context

    problems = Collector()
    checks.check_call(model, example_args, problems)
    problems.check()
    checks.check_inputs(model, example_args, problems, layouts, hosted=hosted)
    with _quiet():
        with _refusing(model, problems):
            exported = _export(model, tuple(example_args))
            densify(exported)
            program = _decompose(exported, torch_import.decompositions() | overrides())
        checks.check_program(model, exported, program, problems, hosted=hosted)
        problems.check()
        weights = [
            (name, narrowed(f"weight '{name}'", value, problems) if hosted else value)
            for name, value in _weights_to_arguments(program)
        ]
        problems.check()
        dtypes = narrow_border(program) if hosted else {}
        inputs, outputs = _signatures(program, weights, dtypes)
        pin_user_lines(list(program.graph.nodes), marked)
        with _naming_operators(exported):
            module, refused = torch_import.import_program(
                program, context or make_context(), keep_strangers=keep_strangers
            )
    torch_import.name_arguments(
        module,
        weights=[name for name, _ in weights],
        inputs=[signature.name for signature in inputs],
        outputs=[signature.name for signature in outputs],
        hosted=[signature.hosted for signature in outputs],
    )
    tree = program.call_spec.out_spec
    operators = _operators(exported)
    return ImportedModel(module, weights, inputs, outputs, tree, operators, refused=refused)


def _require_torch() -> None:
    try:
        import torch  # noqa: F401  # pyright: ignore[reportUnusedImport]
    except ImportError as missing:
        hint = "pip install 'rdu-compiler[torch]'"
        raise RduError(error("PyTorch models need torch, which is not installed", hint=hint)) from (
            missing
        )


@contextmanager
def _quiet() -> Generator[None]:
    """Keep torch's notices about its own code away from the user."""
    disabled = logging.root.manager.disable
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        logging.disable(logging.ERROR)  # it logs its own traceback, too
        try:
            yield
        finally:
            logging.disable(disabled)


@contextmanager
def _refusing(model: torch.nn.Module, problems: Collector) -> Generator[None]:
    """Turn whatever the model or torch.export raises into an error at the user's line."""
    try:
        with redirect_stderr(io.StringIO()):  # torch.export prints its graph when it fails
            yield
    except Exception as failure:
        message = str(failure).strip().partition("\n")[0] or type(failure).__name__
        problems.error(
            f"'{type(model).__name__}' cannot be exported: {message}",
            failing_line(failure.__traceback__),
            hint=checks.EXPORT_HINTS.get(type(failure).__name__),
        )
        raise RduError(problems.diagnostics) from failure


@contextmanager
def _naming_operators(exported: ExportedProgram) -> Generator[None]:
    """Say in every error of the lowering which PyTorch operators stand on its line."""
    try:
        yield
    except RduError as failure:
        operators = _operators(exported)
        named = [with_operators(found, operators) for found in failure.diagnostics]
        raise RduError(named) from failure


def with_operators(found: Diagnostic, operators: Mapping[Frame, Sequence[str]]) -> Diagnostic:
    """Return a finding with a note of the PyTorch operators on its line."""
    here = found.location
    names = operators.get((here.file, here.line), ()) if here else ()
    listed = ", ".join(f"'{name}'" for name in names)
    notes = as_notes([f"PyTorch operators on this line: {listed}"] if names else [])
    message = found.message.partition(": %")[0]  # what follows is IR of torch-mlir
    return replace(found, message=message, notes=(*found.notes, *notes))


def _operators(exported: ExportedProgram) -> dict[Frame, tuple[str, ...]]:
    """Return the operators on each line of the user's, each once."""
    found: dict[Frame, dict[str, None]] = {}
    for node in exported.graph.nodes:
        line = user_line(node) if hasattr(node.target, "_schema") else None
        if line is not None:
            found.setdefault((line.file, line.line), {})[checks.operator_name(node)] = None
    return {place: tuple(names) for place, names in found.items()}


def _export(model: torch.nn.Module, arguments: tuple[torch.Tensor, ...]) -> ExportedProgram:
    """Export with copies: of a tensor that is given twice, torch.export makes one input."""
    import torch

    copies = tuple(tensor.detach().clone() for tensor in arguments)
    return torch.export.export(model, copies, strict=False)


def _decompose(program: Any, table: dict[Any, Any]) -> ExportedProgram:
    return program.run_decompositions(table)


def _weights_to_arguments(program: ExportedProgram) -> list[tuple[str, torch.Tensor]]:
    """Turn parameters, buffers and constants into leading arguments, dropping those unused.

    Returns their values by name in argument order.
    """
    from torch.export.graph_signature import InputKind

    nodes = {node.name: node for node in program.graph.nodes}
    weights: list[tuple[str, torch.Tensor]] = []
    kept: list[Any] = []
    for spec in program.graph_signature.input_specs:
        if spec.kind != InputKind.USER_INPUT:
            node = nodes[spec.arg.name]
            if not node.users:
                program.graph.erase_node(node)
                continue
            weights.append((spec.target or spec.arg.name, checks.weight_value(program, spec)))
            spec.kind, spec.target, spec.persistent = InputKind.USER_INPUT, None, None
        kept.append(spec)
    program.graph_signature.input_specs[:] = kept
    return weights


def _signatures(
    program: ExportedProgram, weights: list[tuple[str, torch.Tensor]], dtypes: Mapping[str, str]
) -> tuple[tuple[TensorSignature, ...], tuple[TensorSignature, ...]]:
    """Return the signatures of the inputs (named as in `forward`) and of the outputs.

    Args:
        program: with the weights as its first arguments.
        weights: these.
        dtypes: in the model, of what is hosted.
    """
    values = {node.name: node.meta.get("val") for node in program.graph.nodes}
    specs = program.graph_signature
    taken = {name for name, _ in weights}
    inputs = [
        _signature(_unused(spec.arg.name, taken), values[spec.arg.name], dtypes.get(spec.arg.name))
        for spec in specs.input_specs[len(weights) :]
    ]
    outputs = [
        _signature(_unused(f"output{i}", taken), values[spec.arg.name], dtypes.get(spec.arg.name))
        for i, spec in enumerate(specs.output_specs)
    ]
    return tuple(inputs), tuple(outputs)


def _signature(name: str, value: torch.Tensor, hosted: str | None) -> TensorSignature:
    return TensorSignature(name, tuple(value.shape), ELEMENT_TYPES[str(value.dtype)], hosted)


def _unused(name: str, taken: set[str]) -> str:
    """Return `name`, with underscores until nothing else has it, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name
