"""What the import of a PyTorch model gives: a module, its weights and its signature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import torch

ELEMENT_TYPES = {"torch.float32": "f32", "torch.int32": "i32"}
"""The dtypes that a model's weights, inputs and outputs may have, with their element types."""


@dataclass(frozen=True, slots=True)
class TensorSignature:
    """An argument or result of `@main`: its name in every artefact, shape and element type."""

    name: str
    shape: tuple[int, ...]
    dtype: str


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
    """

    module: Any
    weights: list[tuple[str, torch.Tensor]]
    inputs: tuple[TensorSignature, ...]
    outputs: tuple[TensorSignature, ...]
    output_tree: Any

    def weight_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the weights by name as arrays; contiguous ones share the model's memory."""
        return {name: as_array(tensor) for name, tensor in self.weights}

    def input_arrays(self, arguments: Sequence[torch.Tensor]) -> dict[str, NDArray[Any]]:
        """Return `forward`'s arguments as arrays by name."""
        pairs = zip(self.inputs, arguments, strict=True)
        return {signature.name: as_array(tensor) for signature, tensor in pairs}

    def pack_outputs(self, outputs: Mapping[str, NDArray[Any]]) -> Any:
        """Return tensors nested as `forward` nests them, from arrays by output name."""
        import torch
        from torch.utils import _pytree

        leaves = [torch.as_tensor(outputs[signature.name]) for signature in self.outputs]
        return _pytree.tree_unflatten(leaves, self.output_tree)


def as_array(tensor: torch.Tensor) -> NDArray[Any]:
    """Return a tensor's values as a contiguous array, sharing its memory where that is possible."""
    return np.asarray(tensor.detach().cpu().numpy(), order="C")
