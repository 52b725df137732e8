"""What the import of a PyTorch model gives: a module, its weights and its signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rdu.support.diagnostics import Collector, Diagnostic, UsageError

if TYPE_CHECKING:
    import torch

ELEMENT_TYPES = {"torch.float32": "f32", "torch.int32": "i32"}
"""The dtypes that a model's weights, inputs and outputs may have, with their element types."""


HOSTED = ("torch.bool", "torch.int64")
"""Dtypes that dense tensors may have besides, where a host stores them as the i32 of `@main`."""


@dataclass(frozen=True, slots=True)
class TensorSignature:
    """An argument or result of `@main`: its name in every artefact, shape and element type.

    In the model it may be `hosted`: of that dtype, one of `HOSTED`.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    hosted: str | None = None


@dataclass(frozen=True, slots=True)
class ImportedModel:
    """A model as linalg on tensors.

    Attributes:
        module: a `builtin.module` with one `func.func @main`: weights first, then inputs. Each
            argument and result carries `rdu.name` and `rdu.role` ("weight", "input", "output").
        weights: the model's own tensors by name, in argument order; they never enter the IR.
        inputs: the arguments of `forward`, in order.
        outputs: the results, flattened in order.
        output_tree: how the results are nested in what `forward` returns (a pytree spec).
        operators: the PyTorch operators on each line of the model, by file and line.
        groups: n and m of weights and inputs that store at most n values in each m, by name.
        refused: what is wrong with operators of the model that the module lacks; what they give are
            further arguments of `@main`.
    """

    module: Any
    weights: list[tuple[str, torch.Tensor]]
    inputs: tuple[TensorSignature, ...]
    outputs: tuple[TensorSignature, ...]
    output_tree: Any
    operators: Mapping[tuple[str, int], tuple[str, ...]] = field(
        default_factory=dict[tuple[str, int], tuple[str, ...]]
    )
    groups: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    refused: tuple[Diagnostic, ...] = ()

    def weight_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the weights by name as arrays; contiguous ones share the model's memory."""
        return {name: as_array(tensor) for name, tensor in self.weights}

    def input_arrays(self, arguments: Sequence[torch.Tensor]) -> dict[str, NDArray[Any]]:
        """Return `forward`'s arguments as arrays by name; see `input_tensors`."""
        return {name: as_array(tensor) for name, tensor in self.input_tensors(arguments).items()}

    def input_tensors(
        self, arguments: Sequence[torch.Tensor], layouts: Collection[str] = ("strided",)
    ) -> dict[str, torch.Tensor]:
        """Return `forward`'s arguments by name.

        Those that are hosted are of int32.

        Raises UsageError for another number of them, RduError for all that are no tensors of
        values with one of `layouts`, and for values that no int32 is; shape and dtype are checked
        where they are used.
        """
        if len(arguments) != len(self.inputs):
            names = ", ".join(signature.name for signature in self.inputs)
            need = f"expected {len(self.inputs)} ({names})"
            raise UsageError(f"{len(arguments)} arguments given: {need}")
        problems = Collector()
        for signature, argument in zip(self.inputs, arguments, strict=True):
            if problem := no_values(argument, layouts):
                problems.error(f"input '{signature.name}': {problem}")
        problems.check()
        given = {
            s.name: narrowed(f"input '{s.name}'", tensor, problems) if s.hosted else tensor
            for s, tensor in zip(self.inputs, arguments, strict=True)
        }
        problems.check()
        return given

    def pack_outputs(self, outputs: Mapping[str, NDArray[Any]]) -> Any:
        """Return tensors nested as `forward` nests them, from arrays by output name."""
        import torch
        from torch.utils import _pytree

        leaves = [
            torch.as_tensor(outputs[s.name])
            if s.hosted is None
            else _hosted(outputs[s.name], s.hosted)
            for s in self.outputs
        ]
        return _pytree.tree_unflatten(leaves, self.output_tree)


def no_values(argument: object, layouts: Collection[str] = ("strided",)) -> str | None:
    """Say why an argument is not a tensor with values of one of some layouts; None if it is one."""
    import torch

    if not isinstance(argument, torch.Tensor):
        return f"expected a tensor, got {kind_of(argument)}"
    if argument.is_nested:
        return "expected a tensor of a single shape, got a nested one"
    if str(argument.layout).removeprefix("torch.") not in layouts:
        need = (
            "a dense tensor" if tuple(layouts) == ("strided",) else f"one of {', '.join(layouts)}"
        )
        return f"expected {need}, got layout {argument.layout}"
    if argument.device.type == "meta":
        return "expected values, got a tensor on the meta device"
    return None


def other_dtype(signature: TensorSignature, tensor: torch.Tensor) -> str | None:
    """Say what a tensor should be of instead of its dtype, None if it is."""
    need = next(dtype for dtype, kind in ELEMENT_TYPES.items() if kind == signature.dtype)
    if str(tensor.dtype) == need:
        return None
    return f"expected {signature.hosted or need}, got {tensor.dtype}".replace("torch.", "")


def narrowed(what: str, tensor: torch.Tensor, problems: Collector) -> torch.Tensor:
    """Return a tensor of a hosted dtype as one of int32, others as they are; report misfits."""
    import torch

    if str(tensor.dtype) not in HOSTED or tensor.layout != torch.strided:
        return tensor
    narrow = tensor.to(torch.int32)
    wrong = (narrow != tensor).nonzero()
    if len(wrong):
        place = tuple(int(number) for number in wrong[0])
        have = f"{int(tensor[place])} at {list(place)}"
        problems.error(f"{what}: expected values from {-(2**31)} to {2**31 - 1}, got {have}")
    return narrow


def _hosted(array: NDArray[Any], dtype: str) -> torch.Tensor:
    import torch

    return torch.as_tensor(array).to(getattr(torch, dtype.removeprefix("torch.")))


def kind_of(value: object) -> str:
    """Return the name of a value's type, for messages."""
    return "None" if value is None else type(value).__name__


def as_array(tensor: torch.Tensor) -> NDArray[Any]:
    """Return a tensor's values as a contiguous array, sharing its memory where that is possible."""
    return np.asarray(tensor.detach().cpu().resolve_neg().numpy(), order="C")
