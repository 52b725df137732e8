"""What of PyTorch is refused, and how it is said: every finding, each at the user's line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

from rdu.frontends.torch.lines import user_line
from rdu.frontends.torch.model import ELEMENT_TYPES, HOSTED, kind_of, no_values
from rdu.support.diagnostics import Collector

if TYPE_CHECKING:
    import torch
    from torch.export import ExportedProgram

EXPECTED_DTYPES = " or ".join(dtype.removeprefix("torch.") for dtype in ELEMENT_TYPES)

TRAINING_ARGUMENTS = frozenset({"train", "training"})
"""Arguments of PyTorch operators that switch to their behaviour in training."""

EXPORT_HINTS = {
    "GuardOnDataDependentSymNode": "shapes and branches may not depend on the values of tensors",
}
"""Advice by the name of what torch.export raises."""


def check_call(model: object, arguments: object, problems: Collector) -> None:
    """Check that the call itself makes sense: a module and a sequence of tensors."""
    import torch

    if not isinstance(model, torch.nn.Module):
        problems.error(f"model: expected a torch.nn.Module, got {kind_of(model)}")
    if not isinstance(arguments, tuple | list):
        hint = "write (x,) for one tensor" if isinstance(arguments, torch.Tensor) else None
        problems.error(
            f"example arguments: expected a tuple of tensors, got {kind_of(arguments)}", hint=hint
        )
        return
    for position, argument in enumerate(cast("Sequence[object]", arguments)):
        if not isinstance(argument, torch.Tensor):
            got = kind_of(argument)
            problems.error(f"example argument {position}: expected a tensor, got {got}")


def check_inputs(
    model: torch.nn.Module,
    arguments: Sequence[torch.Tensor],
    problems: Collector,
    layouts: Collection[str] = ("strided",),
    *,
    hosted: bool = False,
) -> None:
    """Check the example arguments, of one of `layouts`, and every parameter of the model.

    With `hosted`, dense arguments may be of `HOSTED` dtypes.
    """
    for position, argument in enumerate(arguments):
        _check_tensor(f"input {position}", argument, problems, layouts, hosted=hosted)
    for name, parameter in model.named_parameters():
        _check_tensor(f"parameter '{name}'", parameter, problems)


def check_program(
    model: torch.nn.Module,
    exported: ExportedProgram,
    decomposed: ExportedProgram,
    problems: Collector,
    *,
    hosted: bool = False,
) -> None:
    """Check a traced program: its mode, tensors, results, operators, effects and shapes.

    With `hosted`, buffers, constants and results may be of `HOSTED` dtypes.

    What training adds (random numbers, counters in buffers) is not reported besides the mode.
    """
    _check_outputs(exported, problems, hosted=hosted)
    if not (model.training and _check_mode(exported, problems)):
        _check_weights(exported, problems, hosted=hosted)
        _check_operators(decomposed, problems)
        _check_effects(decomposed, problems)
    _check_shapes(decomposed, problems)


def weight_value(program: ExportedProgram, spec: Any) -> torch.Tensor:
    """Return the value of a parameter, buffer or constant of a program."""
    values: dict[str, Any] = {**program.constants, **program.state_dict}
    return values[spec.target]


def operator_name(node: Any) -> str:
    """Return the PyTorch name of what a node calls: `dropout`, `add_`."""
    name = str((getattr(node.target, "_schema", None) and node.target._schema.name) or node.target)
    return name.rpartition("::")[2]


def _check_weights(program: ExportedProgram, problems: Collector, *, hosted: bool) -> None:
    """Check buffers and constants that the program uses (parameters were checked by name)."""
    from torch.export.graph_signature import InputKind

    words = {InputKind.BUFFER: "buffer", InputKind.CONSTANT_TENSOR: "constant"}
    used = {node.name for node in program.graph.nodes if node.users}
    for spec in program.graph_signature.input_specs:
        if spec.kind in words and spec.arg.name in used:
            value = weight_value(program, spec)
            what = f"{words[spec.kind]} '{spec.target}'"
            _check_tensor(what, value, problems, hosted=hosted)


def _check_tensor(
    what: str,
    tensor: torch.Tensor,
    problems: Collector,
    layouts: Collection[str] = ("strided",),
    *,
    hosted: bool = False,
) -> None:
    is_hosted = hosted and str(tensor.dtype) in HOSTED and str(tensor.layout) == "torch.strided"
    if str(tensor.dtype) not in ELEMENT_TYPES and not is_hosted:
        dtype = str(tensor.dtype).removeprefix("torch.")
        problems.error(f"{what}: expected {EXPECTED_DTYPES}, got {dtype}")
    if problem := no_values(tensor, layouts):
        problems.error(f"{what}: {problem}")
        return
    if problem := _shape_problem(tensor.shape):
        problems.error(f"{what}: expected elements, got {problem}")


def _check_operators(program: ExportedProgram, problems: Collector) -> None:
    """Refuse control flow that tensors decide, and random numbers."""
    import torch
    from torch._ops import HigherOrderOperator

    random = torch.Tag.nondeterministic_seeded
    for node in program.graph.nodes:
        reason = None
        if isinstance(node.target, HigherOrderOperator):
            reason = "expected a model whose control flow does not depend on tensors"
        elif random in getattr(node.target, "tags", ()):
            reason = "expected a model without random numbers"
        if reason:
            problems.error(f"'{operator_name(node)}' is not supported: {reason}", user_line(node))


def _check_effects(program: ExportedProgram, problems: Collector) -> None:
    """Refuse programs that change their buffers or inputs."""
    signature = program.graph_signature
    nodes = {node.name: node for node in program.graph.nodes}
    mutations = [(f"buffer '{name}'", node) for node, name in signature.buffers_to_mutate.items()]
    mutations += [
        (f"input '{name}'", node) for node, name in signature.user_inputs_to_mutate.items()
    ]
    for what, node in mutations:
        problems.error(
            f"{what} is changed in place: expected a model that leaves it as it is",
            user_line(nodes[node]),
            hint="take the state as an argument and return the new one",
        )


def _check_mode(program: ExportedProgram, problems: Collector) -> bool:
    """Refuse operators that behave as in training; return whether there are any."""
    training = [node for node in program.graph.nodes if _trains(node)]
    for node in training:
        problems.error(
            f"'{operator_name(node)}' runs in training mode: expected evaluation mode",
            user_line(node),
            hint="call model.eval() first",
        )
    return bool(training)


def _trains(node: Any) -> bool:
    schema = getattr(node.target, "_schema", None)
    if schema is None:
        return False
    names = [argument.name for argument in schema.arguments]
    given = dict(zip(names, node.args, strict=False)) | dict(node.kwargs)
    return any(given.get(name) is True for name in TRAINING_ARGUMENTS)


def _check_shapes(program: ExportedProgram, problems: Collector) -> None:
    """Refuse tensors of dynamic shape or without elements, once a line."""
    reported: set[object] = set()
    for node, value in _values(program):
        problem = _shape_problem(value.shape)
        line = user_line(node)
        if problem is None or line in reported or node.op == "placeholder":
            continue
        reported.add(line)
        problems.error(f"'{operator_name(node)}' gives {problem}", line)


def _check_outputs(program: ExportedProgram, problems: Collector, *, hosted: bool) -> None:
    """Refuse results that are no tensors, or of another dtype."""
    nodes = {node.name: node for node in program.graph.nodes}
    dtypes = {*ELEMENT_TYPES, *(HOSTED if hosted else ())}
    for number, spec in enumerate(_user_outputs(program)):
        node = nodes.get(spec.arg.name)
        value = node.meta.get("val") if node is not None else None
        if value is None or not hasattr(value, "dtype"):
            got = kind_of(getattr(spec.arg, "value", value))
            problems.error(f"output {number}: expected a tensor, got {got}")
        elif str(value.dtype) not in dtypes:
            dtype = str(value.dtype).removeprefix("torch.")
            line = user_line(node)
            problems.error(f"output {number}: expected {EXPECTED_DTYPES}, got {dtype}", line)


def _user_outputs(program: ExportedProgram) -> list[Any]:
    from torch.export.graph_signature import OutputKind

    specs = program.graph_signature.output_specs
    return [spec for spec in specs if spec.kind == OutputKind.USER_OUTPUT]


def _values(program: ExportedProgram) -> Iterator[tuple[Any, Any]]:
    """Yield every node with each tensor that it gives."""
    for node in program.graph.nodes:
        value: Any = node.meta.get("val")
        parts = cast("Sequence[Any]", value if isinstance(value, tuple | list) else (value,))
        for part in parts:
            if hasattr(part, "shape"):
                yield node, part


def _shape_problem(shape: Sequence[Any]) -> str | None:
    listed = ", ".join(str(size) for size in shape)
    if any(not isinstance(size, int) for size in shape):
        return f"a dynamic shape [{listed}]: expected a static one"
    return f"an empty tensor [{listed}]" if 0 in shape else None
